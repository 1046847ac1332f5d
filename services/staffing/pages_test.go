package staffing

import (
	"bytes"
	"fmt"
	"html"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/events/absence"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/pages/pagestest"
)

// reader asks for pages as somebody.
type reader struct {
	w     *world
	pages http.Handler
	lang  string
}

func (w *world) as(lang string, roles ...access.Role) reader {
	w.t.Helper()
	all, err := w.Pages()
	if err != nil {
		w.t.Fatal(err)
	}
	h := all["/staff/"]
	if roles != nil {
		h = access.As(h, access.Principal{Subject: "sub-1", Roles: roles})
	}
	return reader{w, h, lang}
}

func (r reader) do(req *http.Request) (status int, body, location string) {
	r.w.t.Helper()
	req.Header.Set("Accept-Language", r.lang)
	out := httptest.NewRecorder()
	r.pages.ServeHTTP(out, req)
	if strings.HasPrefix(out.Header().Get("Content-Type"), "text/html") && out.Code != 303 {
		pagestest.Rendered(r.w.t.(*testing.T), req.Method+" "+req.URL.RequestURI(), out.Body.String())
	}
	if err := r.w.Node().Fold(r.w.t.Context()); err != nil {
		r.w.t.Fatal(err)
	}
	return out.Code, strings.NewReplacer("\u00a0", " ", "\u2060", "").Replace(html.UnescapeString(out.Body.String())), out.Header().Get("Location")
}

func (r reader) get(path string) string {
	r.w.t.Helper()
	status, body, _ := r.do(httptest.NewRequest("GET", path, nil))
	if status != 200 {
		r.w.t.Errorf("%s: %d", path, status)
	}
	_, main, _ := strings.Cut(body, "<main")
	return main
}

func (r reader) upload(key, content string) (int, string, string) {
	r.w.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	_ = m.WriteField("key", key)
	f, err := m.CreateFormFile("file", `<b>"list".csv`)
	if err != nil {
		r.w.t.Fatal(err)
	}
	_, _ = f.Write([]byte(content))
	_ = m.Close()
	req := httptest.NewRequest("POST", "/staff/imports", &b)
	req.Header.Set("Content-Type", m.FormDataContentType())
	return r.do(req)
}

func (r reader) post(path, form string) (int, string, string) {
	r.w.t.Helper()
	req := httptest.NewRequest("POST", path, strings.NewReader(form))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r.do(req)
}

func contains(t *testing.T, what, body string, all ...string) {
	t.Helper()
	for _, s := range all {
		if !strings.Contains(body, s) {
			t.Errorf("%s: %q is missing in\n%s", what, s, body)
		}
	}
}

// city has two centres, and three employees of whom one is sent away.
func city(t *testing.T) *world {
	w := start(t)
	for _, c := range []struct{ id, name string }{{"altona", "Kundenzentrum Altona"}, {"mitte", `<script>Mitte</script>`}} {
		w.hear(capacity.CentreChanged{Version: 1, Centre: capacity.Centre{ID: id.Centre(c.id), Name: c.name, District: "a"}})
	}
	const week = `"rotation":[{"1":{"from":"08:00","to":"16:30"},"2":{"from":"08:00","to":"16:30"},"3":{"from":"08:00","to":"16:30"}}]`
	if _, err := w.ImportStaff(t.Context(), "", []byte(`{"employees":[
		{"employee":"e-1","home":"altona","skills":["id"],"deployable":true,"max_days_away_per_week":2,`+week+`},
		{"employee":"e-2","home":"altona","skills":["id","pass"],"mobile":true,"deployable":true,"max_days_away_per_week":5,`+week+`},
		{"employee":"e-3","home":"mitte","skills":["id"],`+week+`}]}`)); err != nil {
		t.Fatal(err)
	}
	w.step()
	w.hear(capacity.DeploymentRequested{Deployment: "d-1", Proposal: "p-1", Employee: "e-2", Day: mon + 1, From: "altona", To: "mitte"})
	w.hear(capacity.DeploymentRequested{Deployment: "d-2", Proposal: "p-1", Employee: "e-3", Day: mon + 1, From: "mitte", To: "altona"})
	until := mon + 2
	w.hear(absence.AbsenceRecorded{Absence: "sap/1", Revision: 1, Employee: "e-1", Extent: absence.Extent{From: mon + 1, Until: &until}})
	w.hear(absence.AbsenceRecorded{Absence: "sap/2", Revision: 1, Employee: "e-9", Extent: absence.Extent{From: mon + 1}})
	w.hear(absence.VacancyOpened{Post: "post-1", Centre: "altona", From: mon})
	return w
}

func TestPagesOfStaff(t *testing.T) {
	w := city(t)
	de, en := w.as("de", access.DistrictPlanner), w.as("en", access.CentralPlanner)
	body := de.get("/staff/")
	contains(t, "the city", body, "Kundenzentrum Altona", "0 / 1 −1", "(0 im Dienst, 1 außer Dienst, 0 von anderen Standorten, 1 an andere)", "2 +1", "30.11.2026 bis 06.12.2026", `id="roster-table"`)
	if strings.Contains(de.get("/staff/"), "<script>Mitte") { // get reads escaped text back, so look at it raw
		raw := httptest.NewRecorder()
		de.pages.ServeHTTP(raw, httptest.NewRequest("GET", "/staff/", nil))
		if strings.Contains(raw.Body.String(), "<script>Mitte") {
			t.Error("a name is not escaped")
		}
	}
	body = en.get("/staff/?centre=altona&week=2026-12-02")
	contains(t, "a centre", body, "Roster of Kundenzentrum Altona", "off duty", "08:00–16:30 at <script>Mitte", "mobile team", "part-time, 24 h", "On duty at this centre")
	for _, word := range []string{"sap", "planned"} {
		if strings.Contains(body, word) {
			t.Errorf("tells why somebody is off: %s", word)
		}
	}
	body = de.get("/staff/?centre=mitte&week=2026-11-30")
	contains(t, "the other centre", body, "8:00–16:30 von Kundenzentrum Altona", "am Stammstandort Kundenzentrum Altona")
	contains(t, "years ago", de.get("/staff/?centre=altona&week=2020-01-01"), "keine Angabe")
	body = de.get("/staff/employees")
	contains(t, "employees", body, "3 Personen", "/staff/employees/e-1", "e-9", "auf keiner Liste")
	if status, _, to := de.do(httptest.NewRequest("GET", "/staff/employees?employee=e-2", nil)); status != 303 || to != "/staff/employees/e-2" {
		t.Errorf("%d %s", status, to)
	}
	if status, body, _ := de.do(httptest.NewRequest("GET", "/staff/employees?employee=nobody", nil)); status != 422 || !strings.Contains(body, "niemand bekannt") {
		t.Error(status)
	}
	body = de.get("/staff/employees/e-2")
	contains(t, "one employee", body, "1 von höchstens 5 Tagen auswärts", "mobiles Team", "angeordnet", "1 von 1", "24 Stunden")
	if status, _, _ := de.do(httptest.NewRequest("GET", "/staff/employees/nobody", nil)); status != 404 {
		t.Error(status)
	}
	body = de.get("/staff/deployments")
	contains(t, "deployments", body, "abgelehnt", "Die Person kann nicht an andere Standorte.", "01.12.2026", "Tage auswärts")
	if body = de.get("/staff/deployments?status=ordered"); strings.Contains(body, "e-3") || !strings.Contains(body, "e-2") {
		t.Error("the filter lets others through")
	}
	contains(t, "posts", en.get("/staff/posts"), "post-1", "vacant")
	for _, by := range []string{"city", "district", "centre", "nonsense"} {
		if body = de.get("/staff/attendance?by=" + by); strings.Contains(body, ">1</td>") || !strings.Contains(body, "zu wenige Personen") {
			t.Errorf("by %s a small group is told of: %s", by, body)
		}
	}
}

func TestWhoMayOpenStaffPages(t *testing.T) {
	w := city(t)
	if status, _, to := w.as("de").do(httptest.NewRequest("GET", "/staff/", nil)); status != 303 || !strings.HasPrefix(to, "/auth/login") {
		t.Errorf("%d %s", status, to)
	}
	for _, role := range []access.Role{access.Desk, access.TelephoneAgent, access.Operator} {
		if status, _, _ := w.as("de", role).do(httptest.NewRequest("GET", "/staff/", nil)); status != 403 {
			t.Errorf("%s: %d", role, status)
		}
	}
	if status, _, _ := w.as("de", access.DistrictPlanner).upload("k", "x"); status != 403 {
		t.Error(status)
	}
	if body := w.as("de", access.Auditor).get("/staff/imports"); strings.Contains(body, `type="file"`) {
		t.Error("an auditor may upload")
	}
}

func TestPagesOfAStaffImport(t *testing.T) {
	w := city(t)
	hr := w.as("de", access.HRImporter)
	status, body, _ := hr.upload("k0", "employee;home;mo\ne 1;altona;8:00-9:00\n")
	if status != 422 || strings.Contains(body, `<b>"list"`) {
		t.Errorf("%d", status)
	}
	contains(t, "an error", body, "Zeile 2, Personalnummer", "Ist keine Kennung", `href="#f-file"`)
	table := strings.Builder{}
	table.WriteString("employee;home;skills;mo\ne-1;mitte;id;8:00-16:30\n")
	for n := range 110 {
		fmt.Fprintf(&table, "n-%03d;altona;id;8:00-16:30\n", n)
	}
	status, _, to := hr.upload("k1", table.String())
	if status != 303 {
		t.Fatal(status)
	}
	body = hr.get(to)
	contains(t, "the preview", body, "111 Einträge", "2 bekannte Personen stehen nicht auf der Liste", "Stammstandort: Kundenzentrum Altona", "Mo 8:00–16:30", "Weiter")
	effect := regexp.MustCompile(`name="effect" value="([0-9a-f]+)"`).FindStringSubmatch(body)[1]
	for range 2 {
		if status, _, at := hr.post(to+"/apply", "effect="+effect); status != 303 || at != to {
			t.Fatalf("%d %s", status, at)
		}
	}
	contains(t, "at the beginning", hr.get(to), "0 von 111", "Sie können diese Seite schließen")
	if _, err := w.app.Drafts().React(t.Context()); err != nil {
		t.Fatal(err)
	}
	contains(t, "after a step", hr.get(to), "50 von 111")
	w.step()
	contains(t, "at the end", hr.get(to), "111 von 111", "Fertig")
	contains(t, "the lists so far", w.as("en", access.Auditor).get("/staff/imports"), to, "done")
	if body = hr.get("/staff/employees/e-1?week=" + day.Day(mon).String()); !strings.Contains(body, "Mitte") {
		t.Error(body)
	}
	status, _, to = hr.upload("k2", table.String())
	if body = hr.get(to); status != 303 || !strings.Contains(body, "sagt nichts Neues") {
		t.Error(body)
	}
	if status, _, _ := hr.post(to+"/discard", ""); status != 303 {
		t.Error(status)
	}
	if status, _, _ := hr.do(httptest.NewRequest("GET", to, nil)); status != 410 {
		t.Error(status)
	}
}
