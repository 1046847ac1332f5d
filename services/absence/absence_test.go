package absence

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/kelseyhightower/envconfig"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/absence"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/absence/internal/app"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
	"github.com/lotse-hamburg/lotse/services/internal/access/accesstest"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/node"
	"github.com/lotse-hamburg/lotse/services/internal/pseudonym"
)

type world struct {
	*Service
	t     testing.TB
	store eventlog.Store
	log   *bytes.Buffer
	clock time.Time
	pages http.Handler // once asked for
}

func start(t testing.TB) *world {
	t.Helper()
	return startWith(t, DefaultConfig())
}

func startWith(t testing.TB, c Config) *world {
	t.Helper()
	w := &world{t: t, log: &bytes.Buffer{}, clock: time.Date(2026, 12, 1, 7, 12, 0, 0, time.UTC)}
	w.store = memory.New(memory.WithClock(func() time.Time { return w.clock }))
	return w.serve(c)
}

// again is another replica on the same log.
func (w *world) again() *world {
	w.t.Helper()
	o := *w
	return o.serve(DefaultConfig())
}

func (w *world) serve(c Config) *world {
	t := w.t
	t.Helper()
	now := func() time.Time { return w.clock }
	s, err := New(Deps{Node: node.Deps{Store: w.store, Now: now, Logger: slog.New(slog.NewTextHandler(w.log, nil))}, Config: c})
	if err != nil {
		t.Fatal(err)
	}
	w.Service = s
	if err := s.Node().Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w
}

func ce(id, kind string) map[string][]string {
	return map[string][]string{"ce-specversion": {"1.0"}, "ce-id": {id}, "ce-source": {"paisy"}, "ce-type": {kind},
		"Content-Type": {"application/json"}, "traceparent": {"00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}}
}

func (w *world) receive(id, kind, body string) (Receipt, error) {
	w.t.Helper()
	r, err := w.Receive(w.t.Context(), "paisy", ce(id, kind), []byte(body))
	if err := w.Node().Step(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	return r, err
}

func (w *world) events() []eventlog.Event {
	w.t.Helper()
	all, err := w.store.After(w.t.Context(), 0, 10000)
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

const sick = `{"absence_id":"A-1","employee":"e-17","revision":1,"from":"2026-12-01","expected_until":"2026-12-04"}`

func TestRecordedOnce(t *testing.T) {
	w := start(t)
	for i, want := range []string{app.Recorded, app.Duplicate} {
		r, err := w.receive("ev-1", hr.TypeReported, sick)
		if err != nil || r.Status != want || r.Absence != "paisy/A-1" || r.Position != 1 || r.Epoch != 1 {
			t.Fatalf("receipt %d: %+v, %v", i, r, err)
		}
	}
	if r, err := w.receive("ev-2", hr.TypeReported, sick); err != nil || r.Status != app.Unchanged {
		t.Fatalf("the same revision in another message: %+v, %v", r, err)
	}
	all := w.events()
	if len(all) != 1 {
		t.Fatalf("the log holds %d events", len(all))
	}
	e := all[0]
	if e.Type != absence.TypeAbsenceRecorded || e.Meta.Key != "e-17" || e.Meta.CorrelationID != "ev-1" ||
		!strings.HasPrefix(e.Meta.TraceParent, "00-0af7651916cd43dd8448eb211c80319c-") {
		t.Fatalf("%+v", e)
	}
	if off := w.WhoIsOff(day.Date(2026, 12, 3)); len(off) != 1 || off[0].Employee != "e-17" {
		t.Fatalf("off: %+v", off)
	}
	if off := w.WhoIsOff(day.Date(2026, 12, 4)); len(off) != 0 {
		t.Fatalf("off on the first day back: %+v", off)
	}
}

func TestCancelledBeforeItsOriginal(t *testing.T) {
	w := start(t)
	if r, err := w.receive("ev-9", hr.TypeCancelled, `{"absence_id":"A-1","revision":2}`); err != nil || r.Status != app.Unchanged {
		t.Fatal(r, err)
	}
	if r, err := w.receive("ev-1", hr.TypeReported, sick); err != nil || r.Status != app.Unchanged {
		t.Fatal(r, err)
	}
	if off := w.WhoIsOff(day.Date(2026, 12, 1)); len(off) != 0 {
		t.Fatalf("off: %+v", off)
	}
}

// What tells why an absence is, or might, is nowhere: not in the log, not with
// parked messages, not in the log lines, not in the answer.
func TestReasonsGoNowhere(t *testing.T) {
	w := start(t)
	bodies := []string{
		`{"absence_id":"A-1","employee":"e-17","from":"2026-12-01","reason":"geheim","note":{"x":"geheim"},"team":"geheim"}`,
		`{"absence_id":"A-2","employee":"e-17","from":"geheim","geheim":1}`,
		`{"absence_id":"A-3","employee":"geheim krank","from":"2026-12-01"}`,
		`{"absence_id":"geheim`,
	}
	answers := ""
	for i, b := range bodies {
		r, err := w.receive(fmt.Sprint("ev-", i), hr.TypeReported, b)
		if (err != nil) != (i > 0) {
			t.Fatalf("%s: %v", b, err)
		}
		answers += fmt.Sprintf("%+v %v", r, err)
		rec := httptest.NewRecorder()
		req := httptest.NewRequest(http.MethodPost, "/v1/absences", strings.NewReader(b))
		accesstest.Staff(w.Handler()).ServeHTTP(rec, req)
		answers += rec.Body.String()
	}
	parked, err := w.store.ParkedRecords(t.Context(), true, 100)
	if err != nil || len(parked) != 3 {
		t.Fatalf("%d parked, %v", len(parked), err)
	}
	for _, p := range parked {
		if p.Reason == "" || p.Hash == "" || p.Sender != "paisy" || p.Type != hr.TypeReported || p.Source != "hr/paisy" {
			t.Fatalf("%+v", p)
		}
		answers += fmt.Sprintf("%+v%s", p, p.Data)
	}
	for _, e := range w.events() {
		answers += fmt.Sprintf("%+v%s", e, e.Data)
	}
	if all := answers + w.log.String(); strings.Contains(all, "geheim") {
		t.Fatalf("a secret got through:\n%s", all)
	}
	reasons, unknown := w.Stripped()
	if reasons["paisy"] != 2 || unknown["paisy"] != 2 {
		t.Fatalf("stripped %v %v", reasons, unknown)
	}
	// The same bad message again is kept once.
	if _, err := w.receive("ev-1", hr.TypeReported, bodies[1]); !IsRefusal(err) {
		t.Fatal(err)
	}
	if again, _ := w.store.ParkedRecords(t.Context(), true, 100); len(again) != 3 {
		t.Fatalf("%d parked", len(again))
	}
}

func (w *world) http(method, path, contentType, body string, header ...string) (int, string) {
	w.t.Helper()
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	req.Header.Set("Content-Type", contentType)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	accesstest.Staff(w.Handler()).ServeHTTP(rec, req)
	if err := w.Node().Step(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
	return rec.Code, rec.Body.String()
}

func TestHTTP(t *testing.T) {
	w := start(t)
	const js, csv = "application/json", "text/csv"
	for _, c := range []struct {
		name, method, path, contentType, body string
		status                                int
		says                                  string
	}{
		{"structured event", "POST", "/v1/hr/paisy/events", events.StructuredContentType, `{"specversion":"1.0","id":"ev-1","source":"x","type":"hr.absence.reported.v1","data":` + sick + `}`, 202, `"status":"recorded"`},
		{"the same again", "POST", "/v1/hr/paisy/events", events.StructuredContentType, `{"specversion":"1.0","id":"ev-1","source":"x","type":"hr.absence.reported.v1","data":` + sick + `}`, 202, `"status":"duplicate"`},
		{"no event", "POST", "/v1/hr/paisy/events", js, sick, 400, `"location":"ce-specversion"`},
		{"ends before it starts", "POST", "/v1/hr/paisy/events", events.StructuredContentType, `{"specversion":"1.0","id":"ev-2","source":"x","type":"hr.absence.reported.v1","data":{"absence_id":"A-2","employee":"e-1","from":"2026-12-03","until":"2026-12-01"}}`, 422, `ends before it starts`},
		{"changed in the future", "POST", "/v1/hr/paisy/events", events.StructuredContentType, `{"specversion":"1.0","id":"ev-3","source":"x","type":"hr.absence.reported.v1","data":{"absence_id":"A-3","employee":"e-1","from":"2026-12-03","until":"2026-12-04","changed_at":"9998-12-31T00:00:00Z"}}`, 422, `lies in the future`},
		{"form", "POST", "/v1/absences", js, `{"employee":"e-3","from":"2026-12-01","last_day":"2026-12-02"}`, 202, `"absence":"form/e-3-2026-12-01"`},
		{"form without employee", "POST", "/v1/absences", js, `{"from":"2026-12-01"}`, 422, `"location":"data.employee"`},
		{"list", "GET", "/v1/absences?limit=1", "", "", 200, `"next_cursor":`},
		{"list of one", "GET", "/v1/absences?employee=e-17", "", "", 200, `"expected_until":"2026-12-04"`},
		{"list from a day on", "GET", "/v1/absences?from=2026-12-03", "", "", 200, `"absence":"paisy/A-1"`},
		{"nobody later", "GET", "/v1/absences?from=2026-12-04", "", "", 200, `"absences":[]`},
		{"off on a day", "GET", "/v1/absences?on=2026-12-01&employee=e-17", "", "", 200, `"absence":"paisy/A-1"`},
		{"off before", "GET", "/v1/absences?on=2026-11-30", "", "", 200, `"absences":[]`},
		{"a bad day", "GET", "/v1/absences?from=2026-13-04", "", "", 422, `from`},
		{"a vacancy on a bad day", "POST", "/v1/vacancies", js, `{"post":"p-1","centre":"altona","from":"morgen"}`, 422, `from`},
		{"a vacancy without centre", "POST", "/v1/vacancies", js, `{"post":"p-1","centre":"","from":"2026-12-01"}`, 422, `"location":"centre"`},
		{"bad cursor", "GET", "/v1/absences?cursor=!", "", "", 422, `cursor`},
		{"cancel the form's", "DELETE", "/v1/absences/form/e-3-2026-12-01", "", "", 202, `"status":"recorded"`},
		{"csv", "POST", "/v1/imports/absences", csv, "absence_id;employee;from;last_day;grund\nA;e-4;2026-12-01;2026-12-03;x\nB;e-5;2026-12-01;;y\n", 200, `"recorded":2`},
		{"csv again", "POST", "/v1/imports/absences", csv, "absence_id;employee;from;last_day;grund\nA;e-4;2026-12-01;2026-12-03;x\nB;e-5;2026-12-01;;y\n", 200, `"unchanged":2`},
		{"bad csv", "POST", "/v1/imports/absences", csv, "absence_id,employee,from,until\nC,e-4,2026-12-01,2026-12-03\nD,e-5,morgen,\n", 422, `"location":"line 3, from"`},
		{"csv without column", "POST", "/v1/imports/absences", csv, "absence_id,from\nC,2026-12-01\n", 422, `has no column employee`},
		{"vacancy", "POST", "/v1/vacancies", js, `{"post":"p-1","centre":"altona","from":"2026-12-01"}`, 204, ""},
		{"vacancies", "POST", "/v1/imports/vacancies", js, `{"vacancies":[{"post":"p-1","centre":"altona","from":"2026-12-01"},{"post":"p-2","centre":"altona","from":"2026-12-01"}]}`, 200, `"recorded":1`},
		{"a vacancy twice", "POST", "/v1/imports/vacancies", js, `{"vacancies":[{"post":"p-1","centre":"altona","from":"2026-12-01"},{"post":"p-1","centre":"b","from":"2026-12-01"}]}`, 422, `vacancies[1].post`},
		{"fill", "POST", "/v1/vacancies/p-1/fill", js, `{"employee":"e-9","from":"2027-01-01"}`, 204, ""},
		{"fill by another", "POST", "/v1/vacancies/p-1/fill", js, `{"employee":"e-8","from":"2027-01-01"}`, 409, `post-filled`},
		{"fill unknown", "POST", "/v1/vacancies/p-7/fill", js, `{"employee":"e-8","from":"2027-01-01"}`, 404, `unknown-post`},
		{"vacant", "GET", "/v1/vacancies", "", "", 200, `"post":"p-2"`},
		{"parked", "GET", "/v1/parked", "", "", 200, `"until":"2026-12-01"`},
		{"openapi", "GET", "/openapi.json", "", "", 200, `receive-hr-event`},
	} {
		if status, body := w.http(c.method, c.path, c.contentType, c.body); status != c.status || !strings.Contains(body, c.says) {
			t.Fatalf("%s: %d %s\nwant %d with %s", c.name, status, body, c.status, c.says)
		}
	}
	if _, body := w.http("GET", "/v1/absences", "", ""); strings.Contains(body, `"C"`) || strings.Contains(body, "e-3") {
		t.Fatalf("a row of a bad table was applied, or a cancelled absence stands: %s", body)
	}
	key := []string{"Idempotency-Key", "k1"}
	form := `{"employee":"e-6","from":"2026-12-01"}`
	w.http("POST", "/v1/absences", js, form, key...)
	before := len(w.events())
	if status, body := w.http("POST", "/v1/absences", js, form, key...); status != 202 || !strings.Contains(body, "recorded") || len(w.events()) != before {
		t.Fatalf("the same key again: %d %s", status, body)
	}
	if status, _ := w.http("POST", "/v1/absences", js, `{"employee":"e-7","from":"2026-12-01"}`, key...); status != http.StatusUnprocessableEntity {
		t.Fatalf("the same key with another body: %d", status)
	}
}

func TestReplyIsReadable(t *testing.T) {
	w := start(t)
	ask := serve(t, w)
	reply := ask("hr.absence.v1.paisy.reported", ce("ev-1", hr.TypeReported), sick)
	if reply["status"] != "recorded" || reply["position"] != 1.0 {
		t.Fatalf("%v", reply)
	}
	reply = ask("hr.absence.v1.paisy.reported", ce("ev-2", hr.TypeReported), `{"absence_id":"A-2","employee":"e","from":"2026-12-09","until":"2026-12-01"}`)
	p, _ := json.Marshal(reply["problem"])
	if reply["status"] != "refused" || !strings.Contains(string(p), `"location":"data.until"`) || !strings.Contains(string(p), "ends before it starts") {
		t.Fatalf("%v", reply)
	}
}

func BenchmarkReceive(b *testing.B) {
	w := start(b)
	for i := range b.N {
		body := fmt.Appendf(nil, `{"absence_id":"A-%d","employee":"e-17","revision":1,"from":"2026-12-01","reason":"x"}`, i)
		if _, err := w.Receive(b.Context(), "paisy", ce(fmt.Sprint("ev-", i), hr.TypeReported), body); err != nil {
			b.Fatal(err)
		}
	}
}

func TestDefaultsAreThoseOfTheTags(t *testing.T) {
	var c Config
	if err := envconfig.Process("LOTSE_NOT_SET", &c); err != nil || c.Pseudonyms != pseudonym.DefaultPolicy || c.Validate() == nil {
		t.Fatalf("%+v, %v: a deployable without the key of pseudonyms must not start", c, err)
	}
	if c.Pseudonyms = pseudonym.AllGiven; c != DefaultConfig() || c.Validate() != nil {
		t.Fatalf("%+v", c)
	}
	for _, bad := range []Config{{HRWorkers: 0, HRQueue: 1}, {HRWorkers: 1, HRQueue: 0}, {HRWorkers: 1, HRQueue: 1, Zone: "Hamburg"},
		{HRWorkers: 1, HRQueue: 1, Zone: "Europe/Berlin", Pseudonyms: pseudonym.AllGiven, WebhookSecrets: "/does/not/exist"},
		{HRWorkers: 1, HRQueue: 1, Zone: "Europe/Berlin", Pseudonyms: "*=keyed"}} {
		if bad.Validate() == nil {
			t.Fatalf("%+v was accepted", bad)
		}
	}
}

// A sender that counts its messages from 1 again must not be told that all is
// well while nothing it says is heard.
func TestAnIDIsNotUsedForTwoMessages(t *testing.T) {
	w := start(t)
	if r, err := w.receive("1", hr.TypeReported, sick); err != nil || r.Status != app.Recorded {
		t.Fatal(r, err)
	}
	structured := `{"specversion":"1.0","id":"1","source":"elsewhere","type":"` + hr.TypeReported + `","data":` + sick + `}`
	r, err := w.Receive(t.Context(), "paisy", map[string][]string{"Content-Type": {events.StructuredContentType}}, []byte(structured))
	if err != nil || r.Status != app.Duplicate {
		t.Fatalf("the same message sent another way: %+v, %v", r, err)
	}
	for _, body := range []string{strings.Replace(sick, "A-1", "A-2", 1), strings.Replace(sick, "12-04", "12-05", 1)} {
		for range 2 {
			r, err := w.receive("1", hr.TypeReported, body)
			if !app.IsRefusal(err) || r.Status != app.Refused || !strings.Contains(err.Error(), `id "1": was used before`) {
				t.Fatalf("%s: %+v, %v", body, r, err)
			}
		}
	}
	if parked, err := w.store.ParkedRecords(t.Context(), true, 10); err != nil || len(parked) != 2 {
		t.Fatalf("%d messages are parked, want 2: %v", len(parked), err)
	}
}
