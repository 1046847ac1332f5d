package network

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
)

func lines(cs []Change) string {
	var out []string
	for _, c := range cs {
		out = append(out, c.String())
	}
	return strings.Join(out, "\n")
}

func TestDiffNamesEachFieldOldAndNew(t *testing.T) {
	was, is := load(t, tinyDir), load(t, tinyDir)
	if got := Diff(was, is); len(got) != 0 {
		t.Errorf("the same network differs:\n%s", lines(got))
	}
	opens := day.Date(2027, 1, 4)
	is.Name = "Tiny City"
	is.Policy.Automatic.MaxMoves = 6
	is.Policy.Automatic.Enabled = false
	is.Districts[1].DailyDemand["id"] = 520
	is.Centres[0].Counters = 5
	is.Centres[0].Hours[5] = []day.Span{{From: day.Clock(7, 0), To: day.Clock(19, 0)}}
	delete(is.Centres[1].Hours, 6)
	is.Centres[1].Exceptions = nil
	is.Centres[2].Opens = &opens
	is.Catalogue.Services = is.Catalogue.Services[:2]
	is.Holidays = append(is.Holidays, is.Holidays[0])
	is.Holidays[3].Name, is.Holidays[3].Period = "Ostermontag", day.Period{From: day.Date(2027, 3, 29), Until: day.Date(2027, 3, 30)}
	is.Employees[0].Volunteer = true
	is.Employees[1].Skills = []id.Skill{"id"}
	is.Employees[2].Rotation[0][1] = Shift{Span: day.Span{From: day.Clock(8, 0), To: day.Clock(12, 0)}}
	is.Posts[8].VacantFrom, is.Posts[8].Employee = nil, "e-000009"
	want := strings.TrimSpace(`
~ network: name Tiny → Tiny City
~ policy: automatic.enabled true → false
~ policy: automatic.max_moves 4 → 6
~ district east: daily_demand.id 500 → 520
~ centre east-1: exceptions [day 2026-12-24, note Christmas Eve] → (none)
~ centre east-1: hours.6 [09:00–13:00] → (none)
~ centre east-2: opens (none) → 2027-01-04
~ centre west-1: counters 4 → 5
~ centre west-1: hours.5 [08:00–18:00] → [07:00–19:00]
- service registration: id registration, leika 99115005000000, minutes 15, name {de Wohnsitz anmelden, en Register a residence}, online https://serviceportal.hamburg.de, share 1, skill reg
+ holiday 2027-03-29 Ostermontag: from 2027-03-29, name Ostermontag, school true, until 2027-03-30
~ employee e-000001: volunteer false → true
~ employee e-000002: skills [id, reg] → [id]
~ employee e-000003: rotation[0].1 08:00–13:00 without [10:30–11:30] → 08:00–12:00
~ post p-9: employee (none) → e-000009
~ post p-9: vacant_from 2026-09-01 → (none)`)
	if got := lines(Diff(was, is)); got != want {
		t.Errorf("have\n%s\nwant\n%s", got, want)
	}
	if got := lines(Diff(was, is)); got != want {
		t.Error("the second time it is another")
	}
}

func TestDiffCountsStaffWhereThereIsMuch(t *testing.T) {
	n := load(t, hamburgDir)
	fresh := Diff(nil, n)
	got := fresh[len(fresh)-2:]
	if got[0].Count != len(n.Employees) || got[1].Count != len(n.Posts) || !strings.HasPrefix(got[0].String(), "+ 512 employees added: alstertal 26, altona 49,") {
		t.Errorf("a new network:\n%s", lines(got))
	}
	is := load(t, hamburgDir)
	for i := range 20 {
		is.Employees[i].Home = "city"
		is.Employees[i].Skills = nil
	}
	is.Employees = slices.Delete(is.Employees, 100, 103)
	if got, want := lines(Diff(n, is)), "- 3 employees removed: barmbek-uhlenhorst 3\n~ 20 employees changed: home 20, skills 20"; got != want {
		t.Errorf("have\n%s\nwant\n%s", got, want)
	}
	if got := lines(Diff(is, nil)); !strings.Contains(got, "- centre altona:") || !strings.Contains(got, "- 509 employees removed") {
		t.Errorf("to nothing:\n%s", got)
	}
}

// What a service reports has been through JSON, in an order of its own.
func TestDiffIgnoresOrderAndWhatJSONOmits(t *testing.T) {
	n := load(t, hamburgDir)
	b, err := json.Marshal(n)
	if err != nil {
		t.Fatal(err)
	}
	var back Network
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	slices.Reverse(back.Centres)
	slices.Reverse(back.Employees)
	slices.Reverse(back.Holidays)
	if got := Diff(n, &back); len(got) != 0 {
		t.Errorf("differs:\n%s", lines(got))
	}
}

func TestStaffImportIsWhatStaffingReads(t *testing.T) {
	b, err := json.Marshal(StaffImport{Employees: load(t, tinyDir).Employees[2:3], Holidays: nil})
	if err != nil {
		t.Fatal(err)
	}
	s := `{"from":"08:00","to":"13:00","breaks":[{"from":"10:30","to":"11:30"}]}`
	want := `{"employees":[{"employee":"e-000003","home":"west-1","skills":["reg"],"mobile":false,"volunteer":false,"deployable":false,` +
		`"max_days_away_per_week":2,"rotation":[{"1":` + s + `,"2":` + s + `,"3":` + s + `,"4":` + s + `,"5":` + s + `}]}],"holidays":null}`
	if string(b) != want {
		t.Errorf("have\n%s\nwant\n%s", b, want)
	}
}
