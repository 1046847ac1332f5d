package absence

import (
	"bytes"
	"fmt"
	"html"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/pages/pagestest"
)

// reader asks for pages as somebody.
type reader struct {
	w    *world
	as   access.Principal
	lang string
}

func (w *world) as(lang string, roles ...access.Role) reader {
	return reader{w, access.Principal{Subject: "sub-1", Roles: roles, Sources: []string{"form", "csv", "calendar"}}, lang}
}

func (r reader) do(req *http.Request) *httptest.ResponseRecorder {
	t := r.w.t
	t.Helper()
	if r.w.pages == nil {
		all, err := r.w.Pages()
		if err != nil {
			t.Fatal(err)
		}
		r.w.pages = all["/absences/"]
	}
	h := r.w.pages
	if r.as.Roles != nil {
		h = access.As(h, r.as)
	}
	req.Header.Set("Accept-Language", r.lang)
	out := httptest.NewRecorder()
	h.ServeHTTP(out, req)
	if strings.HasPrefix(out.Header().Get("Content-Type"), "text/html") && out.Code != 303 && req.Header.Get("HX-Request") == "" {
		pagestest.Rendered(t.(*testing.T), req.Method+" "+req.URL.RequestURI(), out.Body.String())
	}
	if err := r.w.Node().Fold(t.Context()); err != nil {
		t.Fatal(err)
	}
	return out
}

// plain is an answer as one reads it.
func plain(out *httptest.ResponseRecorder) string {
	return strings.ReplaceAll(html.UnescapeString(out.Body.String()), "\u00a0", " ")
}

func (r reader) get(path string) (int, string) {
	r.w.t.Helper()
	out := r.do(httptest.NewRequest("GET", path, nil))
	return out.Code, plain(out)
}

func (r reader) post(path string, form ...string) (int, string, string) {
	r.w.t.Helper()
	v := url.Values{}
	for i := 0; i < len(form); i += 2 {
		v.Set(form[i], form[i+1])
	}
	req := httptest.NewRequest("POST", path, strings.NewReader(v.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	out := r.do(req)
	return out.Code, plain(out), out.Header().Get("Location")
}

func (r reader) upload(key, name, content string, form ...string) (int, string, string) {
	r.w.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for i := 0; i < len(form); i += 2 {
		_ = m.WriteField(form[i], form[i+1])
	}
	_ = m.WriteField("key", key)
	f, err := m.CreateFormFile("file", name)
	if err != nil {
		r.w.t.Fatal(err)
	}
	_, _ = f.Write([]byte(content))
	_ = m.Close()
	req := httptest.NewRequest("POST", "/absences/imports", &b)
	req.Header.Set("Content-Type", m.FormDataContentType())
	out := r.do(req)
	return out.Code, plain(out), out.Header().Get("Location")
}

func contains(t *testing.T, what, body string, all ...string) {
	t.Helper()
	for _, s := range all {
		if !strings.Contains(body, s) {
			_, main, _ := strings.Cut(body, "<main")
			t.Errorf("%s: %q is missing in\n%s", what, s, main)
		}
	}
}

func TestPagesOfWhoIsOff(t *testing.T) {
	w := start(t)
	de, en := w.as("de", access.HRImporter), w.as("en", access.HRImporter)
	status, body, _ := de.post("/absences/enter", "employee", "<b>Erika</b>", "from", "1.13.2026", "key", "k0")
	if status != 422 || strings.Contains(body, "<b>Erika</b>") && !strings.Contains(body, `value="<b>Erika</b>"`) {
		t.Errorf("%d %s", status, body)
	}
	contains(t, "a wrong date", body, "Bitte geben Sie ein Datum ein", `href="#f-from"`, `id="lotse-errors"`)
	status, body, _ = en.post("/absences/enter", "employee", "e-1", "from", "2026-12-03", "last_day", "2026-12-01", "key", "k0")
	if status != 422 {
		t.Error(status)
	}
	contains(t, "an end before the start", body, "ends before it starts", `value="2026-12-03"`)
	for range 2 { // a double click
		status, body, to := de.post("/absences/enter", "employee", "e-1", "from", "2026-12-01", "last_day", "2026-12-03", "to_time", "12:00", "planned", "yes", "key", "k1")
		if status != 303 || !strings.HasPrefix(to, "/absences/?") {
			t.Fatalf("%d %s %s", status, to, body)
		}
	}
	if n := len(w.events()); n > 2 {
		t.Errorf("%d events", n)
	}
	_, body = de.get("/absences/?week=2026-12-02")
	contains(t, "the week", body, "30.11.2026 bis 06.12.2026", "e-1", "geplant bis 12:00 Uhr", "1 Person ist")
	_, body = en.get("/absences/?week=2026-12-02&source=form")
	contains(t, "the week in English", body, "planned until 12:00", "1 person is off")
	if _, body = de.get("/absences/?week=2026-12-02&source=sap"); strings.Contains(body, "e-1") {
		t.Error("the filter lets everybody through")
	}
	if _, body = de.get("/absences/?week=2026-12-09"); strings.Contains(body, "e-1") {
		t.Error("off for ever")
	}
	_, body = de.get("/absences/list?from=2026-12-01")
	contains(t, "the list", body, "03.12.2026, bis 12:00 Uhr", "/absences/enter?absence=form%2Fe-1-2026-12-01")
	_, body = de.get("/absences/enter?absence=form%2Fe-1-2026-12-01")
	contains(t, "the form again", body, `value="e-1"`, `value="2026-12-03"`, `value="12:00"`, "checked")
	if status, _, _ := de.post("/absences/enter", "absence", "form/e-1-2026-12-01", "employee", "e-1", "from", "2026-12-01", "last_day", "2026-12-04", "key", "k2"); status != 303 {
		t.Error(status)
	}
	if got := fmt.Sprint(w.standing()); !strings.Contains(got, `"until":"2026-12-05","planned":false`) {
		t.Error(got)
	}
	_, body = de.get("/absences/cancel?absence=form%2Fe-1-2026-12-01")
	contains(t, "the question", body, "Ja, zurücknehmen", "04.12.2026")
	if status, _, _ := de.post("/absences/cancel", "absence", "form/e-1-2026-12-01", "key", "k3"); status != 303 || len(w.standing()) != 0 {
		t.Errorf("%d %v", status, w.standing())
	}
	if status, _ := de.get("/absences/enter?absence=form%2Fe-1-2026-12-01"); status != 404 {
		t.Error(status)
	}
}

func TestWhoMayOpenThePages(t *testing.T) {
	w := start(t)
	if _, err := w.app.ImportAbsences(t.Context(), "sap", []byte(head+"A-1;e-1;2026-12-01;2026-12-03;;\n")); err != nil {
		t.Fatal(err)
	}
	if out := w.as("de").do(httptest.NewRequest("GET", "/absences/", nil)); out.Code != 303 || !strings.HasPrefix(out.Header().Get("Location"), "/auth/login?back=") {
		t.Errorf("the public: %d", out.Code)
	}
	if status, body := w.as("de", access.Desk).get("/absences/"); status != 403 || !strings.Contains(body, "<h1") {
		t.Errorf("a desk: %d", status)
	}
	if _, body := w.as("de", access.CentralPlanner).get("/absences/list?from=2026-12-01"); !strings.Contains(body, "e-1") || strings.Contains(body, "/absences/enter") {
		t.Error("a planner sees all, and enters nothing")
	}
	if _, body := w.as("de", access.HRImporter).get("/absences/list?from=2026-12-01"); strings.Contains(body, "e-1") {
		t.Error("an importer sees what is of others' sources")
	}
	for _, path := range []string{"/absences/imports", "/absences/enter"} {
		if status, _, _ := w.as("de", access.Auditor).post(path); status != 403 {
			t.Errorf("an auditor posts to %s: %d", path, status)
		}
	}
	foreign := w.as("de", access.HRImporter)
	foreign.as.Sources = []string{"paisy"}
	if status, _, _ := foreign.upload("k", "a.csv", head, "source", "csv"); status != 403 {
		t.Errorf("another's source: %d", status)
	}
	if status, _, _ := foreign.post("/absences/enter", "employee", "e-1", "from", "2026-12-01"); status != 403 {
		t.Errorf("the form is another's source: %d", status)
	}
	_, _, to := w.as("de", access.HRImporter).upload("k", "a.csv", head+"A-1;e-1;2026-12-01;;;\n")
	if status, _ := foreign.get(to); status != 403 {
		t.Errorf("another's draft: %d", status)
	}
	if status, _, _ := foreign.post(to + "/apply"); status != 403 {
		t.Errorf("another's draft: %d", status)
	}
	if status, _, _ := foreign.post(to + "/discard"); status != 403 {
		t.Errorf("another's draft: %d", status)
	}
}

var effect = regexp.MustCompile(`name="effect" value="([0-9a-f]+)"`)

func TestPagesOfAnImport(t *testing.T) {
	w := start(t)
	de := w.as("de", access.HRImporter)
	status, body, _ := de.upload("k0", `<script>alert("x")</script>.csv`, "Vorgang;Personalnummer;von;bis;Bemerkung\nA-1;e-1;1.13.2026;;Grippe\nA-2;e 2;1.12.2026;30.11.2026;Migr\xe4ne\n")
	if status != 422 || strings.Contains(body, "Grippe") || strings.Contains(body, "Migr") || strings.Contains(body, "alert(") {
		t.Errorf("%d %s", status, body)
	}
	contains(t, "errors by line", body, "Zeile 2, erster Tag", "Ist kein Datum: Schreiben Sie es als 1.12.2026.", "Zeile 3, Personalnummer", "3 Angaben in der Datei sind falsch")
	if status, body, _ := de.upload("k0", "a.csv", ""); status != 422 || !strings.Contains(body, "nicht leer") {
		t.Error(status)
	}
	if status, _, _ := de.upload("k0", "a.csv", strings.Repeat("x", 9<<20)); status != 422 && status != 413 {
		t.Error(status)
	}
	table := strings.Builder{}
	table.WriteString("Vorgang;Personalnummer;von;bis;Bemerkung\n")
	for n := range 120 {
		fmt.Fprintf(&table, "A-%d;e-%d;1.12.2026;3.12.2026;Geheim\n", n, n)
	}
	status, _, to := de.upload("k1", "a.csv", table.String())
	if _, _, again := de.upload("k1", "a.csv", table.String()); status != 303 || again != to {
		t.Fatalf("%d %s %s", status, to, again)
	}
	status, body = de.get(to)
	if status != 200 || strings.Contains(body, "Geheim") || len(w.events()) != 0 {
		t.Fatalf("%d", status)
	}
	contains(t, "the preview", body, "120 Einträge aus der Quelle csv", "Zeile 2: A-0", "01.12.2026 – 03.12.2026, ungeplant", "nicht abwesend", "eine Angabe wurde entfernt"[5:], "nach einem Grund", "Übernehmen", "Weiter")
	if _, next := de.get(to + "?from=100"); !strings.Contains(next, "Zeile 121: A-119") || strings.Contains(next, "Zeile 2: A-0") {
		t.Error("the second page")
	}
	m := effect.FindStringSubmatch(body)
	if m == nil {
		t.Fatal(body)
	}
	for range 2 {
		if status, _, at := de.post(to+"/apply", "effect", m[1], "key", "k2"); status != 303 || at != to {
			t.Fatalf("%d %s", status, at)
		}
	}
	_, body = de.get(to)
	contains(t, "at the beginning", body, "0 von 120 Einträgen", `http-equiv="refresh"`, "Sie können diese Seite schließen", `sse-connect="`+to+"/live?at=")
	if _, err := w.app.Drafts().React(t.Context()); err != nil {
		t.Fatal(err)
	}
	req := httptest.NewRequest("GET", to, nil)
	req.Header.Set("HX-Request", "true")
	req.Header.Set("HX-Target", "progress-part")
	if out := de.do(req); !strings.Contains(out.Body.String(), "50 von 120") || strings.Contains(out.Body.String(), "<html") {
		t.Errorf("the part alone: %s", out.Body)
	}
	w.step()
	_, body = de.get(to)
	contains(t, "at the end", body, "120 von 120 Einträgen", "Fertig", "hr-importer:sub-1")
	if strings.Contains(body, "http-equiv") {
		t.Error("asks on for ever")
	}
	_, body = w.as("en", access.Auditor).get("/absences/imports")
	contains(t, "the files so far", body, to, "done", "table")
	if strings.Contains(body, `type="file"`) {
		t.Error("an auditor may upload")
	}
	status, _, to = de.upload("k3", "a.csv", table.String())
	if _, body = de.get(to); status != 303 || !strings.Contains(body, "sagt nichts Neues") {
		t.Error(body)
	}
	if status, _, _ = de.post(to+"/discard", "key", "k"); status != 303 {
		t.Error(status)
	}
	if status, body = de.get(to); status != 410 || !strings.Contains(body, "Laden Sie die Datei noch einmal hoch") {
		t.Errorf("%d %s", status, body)
	}
}

func TestAChangedPreviewIsShownAgain(t *testing.T) {
	w := start(t)
	de := w.as("de", access.HRImporter)
	_, _, to := de.upload("k1", "a.csv", head+"A-1;e-1;2026-12-01;2026-12-03;;\n")
	_, body := de.get(to)
	shown := effect.FindStringSubmatch(body)[1]
	if _, err := w.app.ImportAbsences(t.Context(), "csv", []byte(head+"A-1;e-1;2026-12-01;2026-12-09;;\n")); err != nil {
		t.Fatal(err)
	}
	status, _, now := de.post(to+"/apply", "effect", shown)
	if status != 303 || strings.HasPrefix(now, to) {
		t.Fatalf("%d %s", status, now)
	}
	_, body = de.get(now)
	contains(t, "the new preview", body, "Inzwischen hat sich etwas geändert", "Übernehmen")
}

func TestPagesOfVacanciesAndParked(t *testing.T) {
	w := start(t)
	planner, operator := w.as("de", access.CentralPlanner), w.as("de", access.Operator)
	status, body, _ := planner.post("/absences/vacancies/open", "post", "a b", "centre", "", "from", "2026-12-01")
	if status != 422 {
		t.Error(status)
	}
	contains(t, "a bad post", body, `href="#f-centre"`)
	if status, _, _ := planner.post("/absences/vacancies/open", "post", "p-1", "centre", "altona", "from", "2026-12-01", "key", "k1"); status != 303 {
		t.Error(status)
	}
	_, body = planner.get("/absences/vacancies")
	contains(t, "the posts", body, "p-1", "altona", "frei", "Besetzen")
	if status, body, _ := planner.post("/absences/vacancies/fill", "filled_post", "p-2", "filled_employee", "e-1", "filled_from", "2026-12-01"); status != 404 || !strings.Contains(body, "nicht als frei bekannt") {
		t.Errorf("%d %s", status, body)
	}
	if status, _, _ := planner.post("/absences/vacancies/fill", "filled_post", "p-1", "filled_employee", "e-1", "filled_from", "2026-12-02"); status != 303 {
		t.Error(status)
	}
	_, body = w.as("en", access.DistrictPlanner).get("/absences/vacancies?all=yes")
	contains(t, "the filled post", body, "filled", "e-1")

	if _, err := w.receive("ev-1", "hr.absence.reported.v1", `{"absence_id":"A-7","employee":"e-7","from":"2026-13-01","reason":"Grippe"}`); err == nil {
		t.Fatal("taken")
	}
	w.clock = w.clock.Add(time.Minute)
	all, err := w.Node().Parked(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatal(err)
	}
	path := "/absences/parked/" + all[0].ID.String()
	_, body = operator.get("/absences/parked")
	contains(t, "the list", body, "1 Nachricht", "hr/paisy", path, "Erster Tag „2026-13-01“ ist kein Datum")
	_, body = operator.get(path)
	contains(t, "the message", body, "A-7", "e-7", "Berichtigen und verarbeiten")
	if strings.Contains(body, "Grippe") {
		t.Error("a reason is shown")
	}
	if status, body, _ := operator.post(path+"/fix", "type", "hr.absence.reported.v1", "absence_id", "A-7", "employee", "e-7", "from", "2026-12-32", "why", "x", "key", "k2"); status != 422 || !strings.Contains(body, `href="#f-from"`) {
		t.Errorf("%d %s", status, body)
	}
	if status, _, _ := w.as("de", access.Auditor).post(path+"/fix", "why", "x"); status != 403 {
		t.Error(status)
	}
	if status, body, _ := operator.post(path+"/fix", "type", "hr.absence.reported.v1", "absence_id", "A-7", "employee", "e-7", "from", "2026-12-01", "last_day", "2026-12-02", "why", "verschrieben", "key", "k3"); status != 303 {
		t.Errorf("%d %s", status, body)
	}
	_, body = operator.get(path)
	contains(t, "what became of it", body, "berichtigt", "operator:sub-1", "verschrieben")
	if strings.Contains(body, "Berichtigen und verarbeiten") || len(w.standing()) != 1 {
		t.Error("it can be decided twice")
	}
	if status, _, _ := operator.post(path+"/discard", "discard_why", "x", "key", "k4"); status != 409 {
		t.Error(status)
	}
	if status, _ := operator.get("/absences/parked/nonsense"); status != 404 {
		t.Error(status)
	}
	if status, body := w.as("en", access.Auditor).get("/absences/sweeps"); status != 200 || !strings.Contains(body, "There was no sweep yet") {
		t.Error(body)
	}
}
