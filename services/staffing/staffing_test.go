package staffing

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/kelseyhightower/envconfig"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/absence"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/events/staffing"
	"github.com/lotse-hamburg/lotse/services/internal/access/accesstest"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/node"
	"github.com/lotse-hamburg/lotse/services/internal/pseudonym"
)

// mon is Monday 2026-11-30; every test begins on it at 07:12 in Hamburg.
var mon = day.Date(2026, 11, 30)

type world struct {
	*Service
	t     testing.TB
	store eventlog.Store
	now   time.Time
	log   *bytes.Buffer
	sent  map[string]int64
}

func start(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, now: time.Date(2026, 11, 30, 6, 12, 0, 0, time.UTC), log: &bytes.Buffer{}, sent: map[string]int64{}}
	w.store = memory.New(memory.WithClock(func() time.Time { return w.now }))
	w.restart()
	return w
}

// restart makes the service anew on the same log.
func (w *world) restart() {
	w.t.Helper()
	s, err := New(Deps{Node: node.Deps{Store: w.store, Now: func() time.Time { return w.now }, Logger: slog.New(slog.NewTextHandler(w.log, nil))}})
	if err != nil {
		w.t.Fatal(err)
	}
	w.Service = s
	if err := s.Node().Start(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) step() {
	w.t.Helper()
	if err := w.Node().Step(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

// hear delivers an event of another service and returns what staffing says.
func (w *world) hear(e events.Event) []eventlog.Event {
	w.t.Helper()
	before := w.events()
	service, _, _, err := events.SplitType(e.EventType())
	if err != nil {
		w.t.Fatal(err)
	}
	data, err := json.Marshal(e)
	if err != nil {
		w.t.Fatal(err)
	}
	w.sent[service]++
	for _, in := range w.Node().Inbounds() {
		if in.Source() == service {
			err = in.Deliver(w.t.Context(), events.Envelope{ID: fmt.Sprint(service, w.sent[service]), Type: e.EventType(), Subject: events.Key(e.EventKey()...),
				CorrelationID: "ev-1", Epoch: 1, Position: w.sent[service], Data: data})
		}
	}
	if err != nil {
		w.t.Fatal(err)
	}
	w.step()
	return w.events()[len(before):]
}

func (w *world) events() []eventlog.Event {
	w.t.Helper()
	all, err := w.store.After(w.t.Context(), 0, 1<<20)
	if err != nil {
		w.t.Fatal(err)
	}
	return all
}

func types(evs []eventlog.Event) string {
	s := ""
	for _, e := range evs {
		s += strings.TrimSuffix(e.Type[strings.Index(e.Type, "staffing.")+9:], ".v1") + " "
	}
	return strings.TrimSpace(s)
}

const row = `{"employee":"%s","home":"altona","skills":["passport"],"mobile":false,"volunteer":true,"deployable":true,"max_days_away_per_week":2,
	"rotation":[{"1":{"from":"08:00","to":"16:00","breaks":[{"from":"12:00","to":"12:30"}]},"2":{"from":"08:00","to":"16:00"},"3":{"from":"08:00","to":"16:00"}}]}`

func list(employees int, more string) []byte {
	rows := make([]string, employees)
	for i := range rows {
		rows[i] = fmt.Sprintf(row, fmt.Sprintf("e-%03d", i))
	}
	return []byte(`{"employees":[` + strings.Join(rows, ",") + `]` + more + `}`)
}

const week = `,"holidays":[{"name":"Feast","from":"2026-12-02","until":"2026-12-03"},{"name":"Herbst","from":"2026-12-01","until":"2026-12-02","school":true}],"horizon_days":7`

func (w *world) importing(body []byte) Counts {
	w.t.Helper()
	c, err := w.ImportStaff(w.t.Context(), "", body)
	if err != nil {
		w.t.Fatal(err)
	}
	w.step()
	return c
}

func (w *world) duties(who id.Employee) (last staffing.DutiesChanged) {
	w.t.Helper()
	for _, e := range w.events() {
		if e.Type == staffing.TypeDutiesChanged && e.Meta.Key == string(who) {
			last = staffing.DutiesChanged{}
			if err := json.Unmarshal(e.Data, &last); err != nil {
				w.t.Fatal(err)
			}
		}
	}
	return last
}

func days(d staffing.DutiesChanged) string {
	s := ""
	for _, x := range d.Duties {
		s += fmt.Sprintf("%d@%s ", x.Day-mon, x.Centre)
	}
	return strings.TrimSpace(s)
}

func TestASickNoteTakesOffDutyAndCancelsTheDeployment(t *testing.T) {
	w := start(t)
	if c := w.importing(list(2, week)); c != (Counts{Created: 2, CalendarChanged: true}) {
		t.Fatalf("%+v", c)
	}
	if got := days(w.duties("e-000")); got != "0@altona 1@altona" {
		t.Fatalf("duties %s", got)
	}
	said := w.hear(capacity.DeploymentRequested{Deployment: "d1", Proposal: "p", Employee: "e-000", Day: mon + 1, From: "altona", To: "wandsbek"})
	if types(said) != "deployment-ordered duties-changed" || days(w.duties("e-000")) != "0@altona 1@wandsbek" {
		t.Fatalf("%s, %s", types(said), days(w.duties("e-000")))
	}
	until := mon + 3
	sick := absence.AbsenceRecorded{Absence: "paisy/1", Revision: 1, Employee: "e-000", Extent: absence.Extent{From: mon + 1, Until: &until}}
	said = w.hear(sick)
	if types(said) != "absence-noted deployment-cancelled duties-changed" || days(w.duties("e-000")) != "0@altona" {
		t.Fatalf("%s, %s", types(said), days(w.duties("e-000")))
	}
	if m := said[2].Meta; m.CorrelationID != "ev-1" || m.CausationID != "absence1" || m.Key != "e-000" {
		t.Fatalf("%+v", m)
	}
	if said = w.hear(sick); len(said) > 0 {
		t.Fatalf("the same again says %s", types(said))
	}
	said = w.hear(absence.AbsenceCancelled{Absence: "paisy/1", Revision: 2, Employee: "e-000"})
	if types(said) != "absence-lifted duties-changed" || w.duties("e-000").Version != 4 {
		t.Fatalf("%s", types(said))
	}
}

func TestRefusalNamesTheRule(t *testing.T) {
	w := start(t)
	w.importing(list(1, week))
	w.hear(capacity.CentreChanged{Version: 1, Centre: capacity.Centre{ID: "altona", TravelMinutes: map[id.Centre]int{"bergedorf": 80}}})
	for who, want := range map[id.Employee]string{"e-000": "rest-period", "nobody": "unknown-employee"} {
		said := w.hear(capacity.DeploymentRequested{Deployment: id.Deployment("d-" + who), Proposal: "p", Employee: who, Day: mon + 1, From: "altona", To: "bergedorf"})
		if types(said) != "deployment-refused" || !strings.Contains(string(said[0].Data), `"rule":"`+want+`"`) {
			t.Fatalf("%s: %s %s", who, types(said), said[0].Data)
		}
	}
}

func TestAbsenceOfAnUnknownEmployeeWaitsForTheImport(t *testing.T) {
	w := start(t)
	until := mon + 1
	said := w.hear(absence.AbsenceRecorded{Absence: "paisy/1", Revision: 1, Employee: "e-000", Extent: absence.Extent{From: mon, Until: &until}})
	if types(said) != "absence-of-unknown-employee" || !strings.Contains(w.log.String(), "unknown employee") {
		t.Fatalf("%s %s", types(said), w.log)
	}
	if status, body := w.get("/v1/unknown-employees"); status != 200 || !strings.Contains(body, `"absences":["paisy/1"]`) {
		t.Fatal(status, body)
	}
	w.importing(list(1, week))
	if got := days(w.duties("e-000")); got != "1@altona" {
		t.Fatalf("duties %s", got)
	}
	if _, body := w.get("/v1/unknown-employees"); strings.Contains(body, "e-000") {
		t.Fatal(body)
	}
}

// At the city's midnight, and when the calendar changes, the duties of all
// follow, in chunks; a restart in between goes on.
func TestTheHorizonFollowsDayAndCalendar(t *testing.T) {
	w := start(t)
	const n = 120
	w.importing(list(n, week))
	w.now = time.Date(2026, 11, 30, 22, 59, 0, 0, time.UTC) // 23:59 in Hamburg
	before := len(w.events())
	if err := w.Node().Tick(t.Context()); err != nil || len(w.events()) != before {
		t.Fatalf("before midnight: %d events more, %v", len(w.events())-before, err)
	}
	w.now = time.Date(2026, 11, 30, 23, 0, 0, 0, time.UTC)
	if err := w.Node().Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.step()
	if d := w.duties("e-119"); d.Horizon != (day.Period{From: mon + 1, Until: mon + 8}) || days(d) != "1@altona 7@altona" {
		t.Fatalf("%v %s", d.Horizon, days(d))
	}
	// The policy brings another calendar; the service stops after one chunk.
	data, _ := json.Marshal(capacity.PolicyChanged{Version: 1, Policy: capacity.Policy{HorizonDays: 3},
		Holidays: []capacity.Holiday{{Name: "Feast", Period: day.Period{From: mon + 1, Until: mon + 2}}}})
	for _, in := range w.Node().Inbounds() {
		if in.Source() == capacity.Service {
			if err := in.Deliver(t.Context(), events.Envelope{ID: "x", Type: capacity.TypePolicyChanged, Subject: "city", Epoch: 1, Position: 1, Data: data}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Node().Fold(t.Context()); err != nil {
		t.Fatal(err)
	}
	if more, err := w.app.Advance(t.Context()); !more || err != nil {
		t.Fatal(more, err)
	}
	if got := w.duties("e-119").Horizon.Days(); got != 7 {
		t.Fatalf("all were advanced in one unit: %d days", got)
	}
	w.restart()
	w.step()
	for i := range n {
		if d := w.duties(id.Employee(fmt.Sprintf("e-%03d", i))); d.Horizon != (day.Period{From: mon + 1, Until: mon + 4}) || days(d) != "2@altona" {
			t.Fatalf("%d: %v %s", i, d.Horizon, days(d))
		}
	}
	before = len(w.events())
	w.step()
	if err := w.Node().Tick(t.Context()); err != nil || len(w.events()) != before {
		t.Fatal("it does not come to rest", err)
	}
}

func (w *world) get(path string) (int, string) { return w.http("GET", path, "") }

func (w *world) http(method, path, body string, header ...string) (int, string) {
	w.t.Helper()
	req := httptest.NewRequest(method, path, strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	accesstest.Staff(w.Handler()).ServeHTTP(rec, req)
	w.step()
	return rec.Code, rec.Body.String()
}

func TestImportIsRepeatable(t *testing.T) {
	w := start(t)
	body := list(60, week)
	if status, got := w.http("POST", "/v1/imports/staff", string(body), "Idempotency-Key", "k"); status != 200 || !strings.Contains(got, `"created":60`) {
		t.Fatal(status, got)
	}
	n := len(w.events())
	if c := w.importing(body); c != (Counts{Unchanged: 60}) || len(w.events()) != n {
		t.Fatalf("%+v, %d events more", c, len(w.events())-n)
	}
	if status, got := w.http("POST", "/v1/imports/staff", string(body), "Idempotency-Key", "k"); status != 200 || !strings.Contains(got, `"created":60`) {
		t.Fatal(status, got)
	}
	if status, got := w.http("POST", "/v1/imports/staff", string(list(1, "")), "Idempotency-Key", "k"); status != 422 || !strings.Contains(got, "idempotency-key-reused") {
		t.Fatal(status, got)
	}
	changed := strings.Replace(string(list(2, "")), `"home":"altona"`, `"home":"harburg"`, 1)
	if c := w.importing([]byte(changed)); c != (Counts{Changed: 1, Unchanged: 1}) {
		t.Fatalf("%+v", c)
	}
	status, exported := w.get("/v1/exports/staff")
	if status != 200 || !strings.Contains(exported, `"name":"Herbst"`) {
		t.Fatal(status, exported)
	}
	if c := w.importing([]byte(exported)); c != (Counts{Unchanged: 60}) {
		t.Fatalf("the export imported: %+v", c)
	}
}

func TestABadImportListsEveryFaultAndAppliesNothing(t *testing.T) {
	w := start(t)
	body := `{"employees":[` + fmt.Sprintf(row, "good") + `,
		{"employee":"e 1","home":"","skills":["a","a"],"mobile":false,"volunteer":false,"deployable":true,"max_days_away_per_week":9,"rotation":[{"8":{"from":"08:00","to":"16:00"},"1":{"from":"16:00","to":"08:00"},"2":{"from":"8","to":"16:00","breaks":[{"from":"12:00","to":"12:30"}]},"3":{"from":"08:00","to":"16:00","breaks":[{"from":"15:00","to":"17:00"}]}}],"from":"2026-13-01"},
		{"employee":"good","home":"altona","rotation":[],"until":"2026-01-01","from":"2026-02-01"},
		{"employee":"e3","hme":"altona"},
		{"employee":7}],
		"holidays":[{"name":"x","from":"2026-12-02","until":"2026-12-01"}],"horizon_days":0}`
	status, got := w.http("POST", "/v1/imports/staff", body)
	if status != 422 {
		t.Fatal(status, got)
	}
	for _, field := range []string{"employees[1].employee", "employees[1].home", "employees[1].skills[1]", "employees[1].max_days_away_per_week",
		"employees[1].rotation[0].8", "employees[1].rotation[0].1.to", "employees[1].rotation[0].2.from", "employees[1].rotation[0].3.breaks[0]",
		"employees[1].from", "employees[2].employee", "employees[2].rotation", "employees[2].until", "employees[3].hme", "employees[4].employee", "holidays[0].until", "horizon_days"} {
		if !strings.Contains(got, `"location":"`+field+`"`) {
			t.Errorf("no error names %s:\n%s", field, got)
		}
	}
	if len(w.events()) > 0 {
		t.Fatalf("something was applied: %s", types(w.events()))
	}
	if status, got := w.http("POST", "/v1/imports/staff", `{"employees": [`); status != 400 || !strings.Contains(got, "broken JSON") {
		t.Fatal(status, got)
	}
	if status, got := w.http("POST", "/v1/imports/staff", `{"staff": []}`); status != 400 || !strings.Contains(got, `"location":"staff"`) {
		t.Fatal(status, got)
	}
}

func TestReads(t *testing.T) {
	w := start(t)
	w.importing(list(3, week))
	w.hear(capacity.DeploymentRequested{Deployment: "d1", Proposal: "p", Employee: "e-001", Day: mon + 1, From: "altona", To: "wandsbek"})
	w.hear(capacity.DeploymentRequested{Deployment: "d2", Proposal: "p", Employee: "e-002", Day: mon + 2, From: "altona", To: "wandsbek"})
	w.hear(absence.VacancyOpened{Post: "post-1", Centre: "altona", From: mon})
	w.hear(absence.VacancyFilled{Post: "post-1", Centre: "altona", Employee: "e-001", From: mon + 1})
	for _, c := range []struct {
		path   string
		status int
		says   []string
	}{
		{"/v1/employees?limit=2", 200, []string{`"employee":"e-001"`, `"next_cursor":`, `"1":{"from":"08:00","to":"16:00","breaks":[`}},
		{"/v1/employees/e-001", 200, []string{`"deployment":"d1"`, `"version":2`, `"from":"2026-11-30","until":"2026-12-07"`}},
		{"/v1/employees/nobody", 404, []string{"nobody"}},
		{"/v1/roster?from=2026-12-01&until=2026-12-02&centre=wandsbek", 200, []string{`{"duties":[{"employee":"e-001"`}},
		{"/v1/roster?from=2026-12-02&until=2026-12-01", 422, []string{"span"}},
		{"/v1/deployments?limit=1", 200, []string{`"status":"ordered"`, `"next_cursor":`}},
		{"/v1/deployments?employee=e-002", 200, []string{`"status":"refused"`, `"rule":"off-duty"`}},
		{"/v1/posts", 200, []string{`"post":"post-1"`, `"employee":"e-001"`}},
		{"/openapi.json", 200, []string{"import-staff"}},
	} {
		status, body := w.get(c.path)
		for _, s := range c.says {
			if status != c.status || !strings.Contains(body, s) {
				t.Errorf("%s: %d %s\nwant %d with %s", c.path, status, body, c.status, s)
			}
		}
	}
	status, body := w.get("/v1/deployments?limit=1&cursor=" + next(t, w, "/v1/deployments?limit=1"))
	if status != 200 || !strings.Contains(body, `"d2"`) || strings.Contains(body, `"d1"`) {
		t.Fatal(status, body)
	}
	status, body = w.get("/v1/employees?limit=2&cursor=" + next(t, w, "/v1/employees?limit=2"))
	if status != 200 || !strings.Contains(body, `"e-002"`) || strings.Contains(body, `"e-001"`) {
		t.Fatal(status, body)
	}
}

func next(t *testing.T, w *world, path string) string {
	t.Helper()
	_, body := w.get(path)
	var page struct {
		Next string `json:"next_cursor"`
	}
	if err := json.Unmarshal([]byte(body), &page); err != nil || page.Next == "" {
		t.Fatal(body, err)
	}
	return page.Next
}

func BenchmarkSickNote(b *testing.B) {
	w := start(b)
	w.importing(list(500, `,"horizon_days":60`))
	in := w.Node().Inbounds()[0]
	until := mon + 5
	b.ResetTimer()
	for i := range b.N {
		data, err := json.Marshal(absence.AbsenceRecorded{Absence: id.Absence(fmt.Sprint("paisy/", i)), Revision: 1,
			Employee: id.Employee(fmt.Sprintf("e-%03d", i%500)), Extent: absence.Extent{From: mon + day.Day(i/500%50), Until: &until}})
		if err != nil {
			b.Fatal(err)
		}
		if err := in.Deliver(b.Context(), events.Envelope{ID: fmt.Sprint(i), Type: absence.TypeAbsenceRecorded, Subject: "x", Epoch: 1, Position: int64(i + 1), Data: data}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkImport500(b *testing.B) {
	body := list(500, `,"horizon_days":60`)
	for b.Loop() {
		w := start(b)
		w.importing(body)
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
	for _, bad := range []Config{{"Hamburg", 60, 7, 5, "*=given", ""}, {"Europe/Berlin", 0, 7, 5, "*=given", ""}, {"Europe/Berlin", 60, 0, 5, "*=given", ""},
		{"Europe/Berlin", 60, 7, 0, "*=given", ""}, {"Europe/Berlin", 60, 7, 5, "*=keyed", ""}} {
		if bad.Validate() == nil {
			t.Fatalf("%+v was accepted", bad)
		}
	}
}
