package staffing

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/absence"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/access/accesstest"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/read"
)

func (w *world) attendance(from, until day.Day, by string) (weeks []read.WeekOff) {
	w.t.Helper()
	rec := httptest.NewRecorder()
	accesstest.Staff(w.Handler()).ServeHTTP(rec, httptest.NewRequest("GET", fmt.Sprintf("/v1/attendance?from=%s&until=%s&by=%s", from, until, by), nil))
	var out struct{ Weeks []read.WeekOff }
	if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil || rec.Code != 200 {
		w.t.Fatal(rec.Code, rec.Body)
	}
	return out.Weeks
}

// A word about the past corrects the weeks that it is about, and no duty of
// today or later; a restart folds the same.
func TestARetroactiveWordCorrectsTheStatistics(t *testing.T) {
	w := start(t)
	w.importing(list(6, week))
	until := mon + 2
	said := w.hear(absence.AbsenceRecorded{Absence: "paisy/1", Revision: 1, Employee: "e-001", Extent: absence.Extent{From: mon, Until: &until, Planned: true}})
	if len(said) == 0 {
		t.Fatal("nothing was said")
	}
	const full = 6 * (450 + 480) // Monday and Tuesday; Wednesday is a holiday
	check := func(what string, planned, unplanned day.Minutes) {
		t.Helper()
		got := w.attendance(mon, mon+7, "city")
		if want := (read.WeekOff{Week: mon, Persons: 6, Scheduled: full, Planned: planned, Unplanned: unplanned}); len(got) != 1 || got[0] != want {
			t.Fatalf("%s: %+v, want %+v", what, got, want)
		}
	}
	check("one on leave", 450+480, 0)
	w.now = w.now.Add(8 * 24 * time.Hour) // the week is over
	if err := w.Node().Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		w.step()
	}
	duties := w.duties("e-002")
	ill := absence.AbsenceRecorded{Absence: "paisy/2", Revision: 1, Employee: "e-002", Extent: absence.Extent{From: mon + 1, Until: &until}}
	if said := w.hear(ill); types(said) != "absence-noted" || w.duties("e-002").Version != duties.Version {
		t.Fatalf("a note about last week says %s", types(said))
	}
	check("somebody was ill, as is known now", 450+480, 480)
	w.hear(absence.AbsenceCancelled{Absence: "paisy/1", Revision: 2, Employee: "e-001"})
	check("the leave was not taken", 0, 480)
	ill.Revision, ill.Planned = 2, true
	w.hear(absence.AbsenceChanged(ill))
	check("it was leave after all", 480, 0)
	w.restart()
	check("after a restart", 480, 0)
	if got := w.attendance(mon+7, mon+8, "city"); len(got) != 1 || got[0].Scheduled == 0 || got[0].Planned != 0 {
		t.Fatalf("the next week: %+v", got)
	}
}

// Of small groups nothing is told, at no level and not by subtraction either.
func TestSmallGroupsAreNotTold(t *testing.T) {
	w := start(t)
	for centre, district := range map[id.Centre]id.District{"a1": "a", "a2": "a", "b1": "b", "c1": "c"} {
		w.hear(capacity.CentreChanged{Version: 1, Centre: capacity.Centre{ID: centre, District: district}})
	}
	var rows []string
	for centre, n := range map[string]int{"a1": 2, "a2": 9, "b1": 3, "c1": 20} {
		for i := range n {
			rows = append(rows, strings.Replace(fmt.Sprintf(row, fmt.Sprintf("%s-%d", centre, i)), `"altona"`, `"`+centre+`"`, 1))
		}
	}
	w.importing([]byte(`{"employees":[` + strings.Join(rows, ",") + `]}`))
	tell := func(by string) (s string) {
		for _, x := range w.attendance(mon, mon+1, by) {
			if x.Suppressed && (x.Persons != 0 || x.Scheduled != 0) {
				t.Fatalf("suppressed, and told: %+v", x)
			}
			s += fmt.Sprintf("%s%s=%d ", x.District, x.Centre, x.Persons)
		}
		return strings.TrimSpace(s)
	}
	for by, want := range map[string]string{"city": "=34", "district": "a=0 b=0 c=20", "centre": "aa1=0 aa2=0 bb1=0 cc1=20"} {
		if got := tell(by); got != want {
			t.Errorf("by %s: %s, want %s", by, got, want)
		}
	}
}
