package absence

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/absence/internal/app"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
)

func (w *world) sweep(source string, asOf time.Time, more, table string) (int, app.Reconciled, string) {
	w.t.Helper()
	status, body := w.http("POST", "/v1/hr/"+source+"/sweeps?from=2026-12-01&as_of="+url.QueryEscape(asOf.Format(time.RFC3339))+more, "text/csv", table)
	var r app.Reconciled
	if status == 200 {
		if err := json.Unmarshal([]byte(body), &r); err != nil {
			w.t.Fatal(err)
		}
	}
	return status, r, body
}

func (w *world) standing() map[string]string {
	out := map[string]string{}
	for n := range 60 {
		for _, o := range w.WhoIsOff(day.Date(2026, 11, 15) + day.Day(n)) {
			x, _ := json.Marshal(o.Extent)
			out[string(o.Absence)] = string(o.Employee) + " " + string(x)
		}
	}
	return out
}

// A sweep adds, changes and cancels until its source is as it says, tells so
// before when asked to, and touches nothing else.
func TestSweep(t *testing.T) {
	w := start(t)
	for i, c := range []struct{ source, body string }{
		{"paisy", `{"absence_id":"same","employee":"e-1","revision":1,"from":"2026-12-01","last_day":"2026-12-03"}`},
		{"paisy", `{"absence_id":"shrinks","employee":"e-2","revision":7,"from":"2026-12-01","last_day":"2026-12-09"}`},
		{"paisy", `{"absence_id":"gone","employee":"e-3","revision":2,"from":"2026-11-20"}`},
		{"paisy", `{"absence_id":"past","employee":"e-4","revision":1,"from":"2026-11-20","last_day":"2026-11-22"}`},
		{"loga", `{"absence_id":"gone","employee":"e-5","revision":1,"from":"2026-12-01"}`},
	} {
		if _, err := w.Receive(t.Context(), c.source, ce(fmt.Sprint("ev-", i), hr.TypeReported), []byte(c.body)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Node().Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.clock = w.clock.Add(time.Hour)
	asOf := w.clock
	const table = "absence_id,employee,from,last_day,grund\nsame,e-1,2026-12-01,2026-12-03,geheim\nshrinks,e-2,2026-12-01,2026-12-04,\nnew,e-6,2026-12-02,2026-12-02,\n"
	before, events := w.standing(), len(w.events())
	_, dry, body := w.sweep("paisy", asOf, "&dry_run=true", table)
	if dry.Named != 3 || dry.Added != 1 || dry.Changed != 1 || dry.Cancelled != 1 || dry.Unchanged != 1 || dry.Kept != 0 || !dry.DryRun || len(dry.Differences) != 3 {
		t.Fatalf("the dry run tells %s", body)
	}
	if strings.Contains(body, "geheim") || len(w.events()) != events || !maps.Equal(w.standing(), before) {
		t.Fatalf("the dry run did something, or repeats a reason: %s", body)
	}
	_, done, body := w.sweep("paisy", asOf, "", table)
	if done.DryRun = true; fmt.Sprint(done.Added, done.Changed, done.Cancelled, done.Unchanged, len(done.Differences)) != fmt.Sprint(dry.Added, dry.Changed, dry.Cancelled, dry.Unchanged, len(dry.Differences)) {
		t.Fatalf("announced was %+v, done is %s", dry, body)
	}
	want := map[string]string{
		"paisy/same":    `e-1 {"from":"2026-12-01","until":"2026-12-04","planned":false}`,
		"paisy/shrinks": `e-2 {"from":"2026-12-01","until":"2026-12-05","planned":false}`,
		"paisy/past":    `e-4 {"from":"2026-11-20","until":"2026-11-23","planned":false}`,
		"paisy/new":     `e-6 {"from":"2026-12-02","until":"2026-12-03","planned":false}`,
		"loga/gone":     `e-5 {"from":"2026-12-01","planned":false}`,
	}
	if got := w.standing(); !maps.Equal(got, want) {
		t.Fatalf("stands\n%v\nwant\n%v", got, want)
	}
	events = len(w.events())
	if _, again, body := w.sweep("paisy", asOf, "", table); again.Unchanged != 3 || len(again.Differences) != 0 || len(w.events()) != events {
		t.Fatalf("the same sweep again: %s", body)
	}
	// Words from before the sweep come too late, newer ones count.
	late := ce("late", hr.TypeChanged)
	late["ce-time"] = []string{asOf.Add(-time.Minute).Format(time.RFC3339)}
	if r, err := w.Receive(t.Context(), "paisy", late, []byte(`{"absence_id":"gone","employee":"e-3","revision":3,"from":"2026-12-01"}`)); err != nil || r.Status != app.Unchanged {
		t.Fatal(r, err)
	}
	if r, err := w.receive("newer", hr.TypeChanged, `{"absence_id":"shrinks","employee":"e-2","revision":8,"from":"2026-12-01","last_day":"2026-12-08"}`); err != nil || r.Status != app.Recorded {
		t.Fatal(r, err)
	}
	if r, err := w.receive("old", hr.TypeChanged, `{"absence_id":"shrinks","employee":"e-2","revision":6,"from":"2026-12-01","last_day":"2026-12-31"}`); err != nil || r.Status != app.Unchanged {
		t.Fatal(r, err)
	}
}

// What was heard after the list was read stands, though the list does not have it.
func TestASweepKeepsWhatIsNewer(t *testing.T) {
	w := start(t)
	asOf := w.clock.Add(-time.Minute)
	for id, stamp := range map[string]string{"by-arrival": `"revision":1`, "by-time": `"changed_at":"2026-12-01T07:11:30Z"`} {
		if _, err := w.receive(id, hr.TypeReported, `{"absence_id":"`+id+`","employee":"e-1",`+stamp+`,"from":"2026-12-01","last_day":"2026-12-03"}`); err != nil {
			t.Fatal(err)
		}
	}
	if _, r, body := w.sweep("paisy", asOf, "", "absence_id,employee,from\n"); r.Kept != 2 || r.Cancelled != 0 || len(w.standing()) != 2 {
		t.Fatalf("%s", body)
	}
}

func TestSweepsRefused(t *testing.T) {
	w := start(t)
	rows := "absence_id,employee,from,last_day\n"
	for i := range 30 {
		rows += fmt.Sprintf("A%d,e-%d,2026-12-01,2026-12-02\n", i, i)
	}
	if status, r, body := w.sweep("paisy", w.clock, "", rows); status != 200 || r.Added != 30 {
		t.Fatal(status, body)
	}
	w.clock = w.clock.Add(time.Hour)
	empty := "absence_id,employee,from\n"
	for _, c := range []struct {
		name, source string
		asOf         time.Time
		more, table  string
		status       int
		says         string
	}{
		{"broke off", "paisy", w.clock, "", empty, 409, "doubtful-sweep"},
		{"older than the last", "paisy", w.clock.Add(-2 * time.Hour), "&dry_run=true", rows, 409, "older-sweep"},
		{"from the future", "paisy", w.clock.Add(time.Hour), "", rows, 422, "as_of"},
		{"no window", "paisy", w.clock, "&until=2026-12-01", rows, 422, "until"},
		{"bad day", "paisy", w.clock, "&until=geheim", rows, 422, "until"},
		{"bad row", "paisy", w.clock, "", rows + "x,e,morgen,\n", 422, "line 32, from"},
		{"no source", "a.b", w.clock, "", rows, 422, "source"},
	} {
		if status, _, body := w.sweep(c.source, c.asOf, c.more, c.table); status != c.status || !strings.Contains(body, c.says) || len(w.standing()) != 30 {
			t.Fatalf("%s: %d %s", c.name, status, body)
		}
	}
	if status, r, body := w.sweep("paisy", w.clock, "&confirmed=true", empty); status != 200 || r.Cancelled != 30 || len(w.standing()) != 0 {
		t.Fatal(status, body)
	}
}

// Wherever the sweep falls among the words of its source, in whatever order and
// how often they come: in the end the newest word or the sweep counts, whichever
// is newer.
func TestSweepAmongWordsInAnyOrder(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := start(t)
		begin := w.clock
		type word struct {
			id, kind, body string
			absence        string
		}
		var words []word
		truth := map[string]string{}
		table := ""
		n := rapid.IntRange(1, 8).Draw(rt, "words")
		cut := rapid.IntRange(0, n).Draw(rt, "sweep after")
		asOf := begin.Add(time.Duration(cut)*time.Minute - time.Second)
		sweepNow := func() {
			// Some were cancelled without a word.
			for _, a := range []string{"A", "B", "C"} {
				if truth[a] != "" && rapid.Bool().Draw(rt, "silently cancelled") {
					delete(truth, a)
				}
				if truth[a] != "" {
					table += a + "," + truth[a] + "\n"
				}
			}
		}
		for i := range n {
			if i == cut {
				sweepNow()
			}
			a := rapid.SampledFrom([]string{"A", "B", "C"}).Draw(rt, "absence")
			at := begin.Add(time.Duration(i) * time.Minute).Format(time.RFC3339)
			if rapid.IntRange(0, 3).Draw(rt, "cancelled") == 0 {
				words = append(words, word{fmt.Sprint(i), hr.TypeCancelled, `{"absence_id":"` + a + `","changed_at":"` + at + `"}`, a})
				delete(truth, a)
				continue
			}
			last := fmt.Sprintf("2026-12-%02d", rapid.IntRange(1, 9).Draw(rt, "last day"))
			words = append(words, word{fmt.Sprint(i), hr.TypeChanged, `{"absence_id":"` + a + `","employee":"e","from":"2026-12-01","last_day":"` + last + `","changed_at":"` + at + `"}`, a})
			truth[a] = "e,2026-12-01," + last
		}
		if cut == n {
			sweepNow()
		}
		for range rapid.IntRange(0, 3).Draw(rt, "repeats") {
			words = append(words, rapid.SampledFrom(words).Draw(rt, "again"))
		}
		words = rapid.Permutation(words).Draw(rt, "order")
		w.clock = begin.Add(time.Hour)
		at := rapid.IntRange(0, len(words)).Draw(rt, "sweep comes")
		for i := 0; i <= len(words); i++ {
			if i == at {
				if status, _, body := w.sweep("paisy", asOf, "", "absence_id,employee,from,last_day\n"+table); status != 200 {
					rt.Fatal(body)
				}
			}
			if i < len(words) {
				if _, err := w.receive(words[i].id, words[i].kind, words[i].body); err != nil {
					rt.Fatal(err)
				}
			}
		}
		got := map[string]string{}
		for _, o := range w.WhoIsOff(day.Date(2026, 12, 1)) {
			got[strings.TrimPrefix(string(o.Absence), "paisy/")] = string(o.Employee) + "," + o.From.String() + "," + (*o.Until - 1).String()
		}
		if !maps.Equal(got, truth) {
			rt.Fatalf("ends as %v, is %v", got, truth)
		}
	})
}

// What sweeps came to is kept, and a table or a calendar that is older than the
// newest sweep does not bring back what it had taken away.
func TestSweepsAreRememberedAndWinOverOldTables(t *testing.T) {
	w := start(t)
	old := w.clock.Add(-2 * time.Hour).Format(time.RFC3339)
	table := "absence_id,employee,from,last_day,changed_at\nA,e,2026-12-01,2026-12-03," + old + "\nB,e2,2026-12-01,2026-12-03," + old + "\n"
	importing := func() string {
		t.Helper()
		status, body := w.http("POST", "/v1/imports/absences?source=paisy", "text/csv", table)
		if status != 200 {
			t.Fatal(status, body)
		}
		return body
	}
	importing()
	if status, _, body := w.sweep("paisy", w.clock.Add(-time.Minute), "", "absence_id,employee,from,last_day\nA,e,2026-12-01,2026-12-02\n"); status != 200 {
		t.Fatal(body)
	}
	if body := importing(); !strings.Contains(body, `"recorded":0`) || !strings.Contains(body, `"unchanged":2`) {
		t.Fatalf("an older table: %s", body)
	}
	if off := w.WhoIsOff(day.Date(2026, 12, 3)); len(off) != 0 {
		t.Fatalf("off: %+v", off)
	}
	if status, body := w.http("GET", "/v1/sweeps", "", ""); status != 200 || !strings.Contains(body, `"source":"paisy"`) || !strings.Contains(body, `"changed":1`) || !strings.Contains(body, `"cancelled":1`) {
		t.Fatal(status, body)
	}
	if status, body := w.http("GET", "/v1/sweeps?source=other", "", ""); status != 200 || !strings.Contains(body, `"sweeps":[]`) {
		t.Fatal(status, body)
	}
}

// A system's own list is taken in as it is: what is not decided yet stays as it
// was, what is not listed is cancelled.
func TestASystemsOwnListIsASweep(t *testing.T) {
	w := start(t)
	for i, a := range []string{"A", "B", "C"} {
		body := fmt.Sprintf(`{"absence_id":"%s","employee":"e-%d","from":"2026-12-01","last_day":"2026-12-03","changed_at":"2026-12-01T06:00:00Z"}`, a, i)
		if _, err := w.receive("ev-"+a, hr.TypeReported, body); err != nil {
			t.Fatal(err)
		}
	}
	row := func(id, employee, status string) string {
		return `{"externalCode":"` + id + `","userId":"` + employee + `","startDate":"/Date(1796083200000)/","endDate":"/Date(1796083200000)/","approvalStatus":"` + status + `","comment":"geheim"}`
	}
	list := `{"d":{"results":[` + row("A", "e-0", "APPROVED") + "," + row("B", "e-1", "PENDING_CANCELLATION") + "," + row("D", "e-3", "APPROVED") + `]}}`
	status, r, body := w.sweep("paisy", w.clock, "&system=successfactors", list)
	if status != 200 || r.Added != 1 || r.Changed != 1 || r.Cancelled != 1 || strings.Contains(body, "geheim") {
		t.Fatal(status, body)
	}
	got := ""
	for _, o := range w.WhoIsOff(day.Date(2026, 12, 1)) {
		got += string(o.Absence) + " until " + o.Until.String() + "; "
	}
	if got != "paisy/A until 2026-12-02; paisy/B until 2026-12-04; paisy/D until 2026-12-02; " {
		t.Fatal(got)
	}
	if status, _, body := w.sweep("paisy", w.clock, "&system=successfactors", strings.Replace(list, `"results"`, `"__next":"x","results"`, 1)); status != 422 || !strings.Contains(body, "goes on") {
		t.Fatal(status, body)
	}
}
