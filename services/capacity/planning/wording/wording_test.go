package wording

import (
	"testing"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

func TestNumbers(t *testing.T) {
	for n, want := range map[int]string{1: "first", 8: "8th", 11: "11th", 21: "21st", 22: "22nd", 113: "113th", 0: "0th"} {
		if got := En.Ordinal(n); got != want {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
	for _, c := range []struct{ got, want string }{
		{De.Ordinal(3), "dritte"}, {De.Ordinal(12), "12."},
		{De.People(1), "eine Person"}, {De.People(2), "2 Personen"}, {En.People(1), "one person"}, {En.People(0), "0 people"},
		{De.Count(3, "", "noch %d Tage", "", ""), "noch 3 Tage"},
		{De.And(nil), ""}, {De.And([]string{"a"}), "a"}, {De.And([]string{"a", "b", "c"}), "a, b und c"}, {En.Or([]string{"a", "b"}), "a or b"},
		{En.Join([]Text{{"x", "a"}, {"y", "b"}}), "a; b"},
		{Sentence("über"), "Über."}, {Sentence("Done."), "Done."}, {Sentence(""), ""},
		{Clock(570), "09:30"},
		{Text{"ja", "yes"}.In("de"), "ja"}, {Text{"ja", "yes"}.In("fr"), "yes"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}

func TestTimes(t *testing.T) {
	for minutes, want := range map[int]Text{
		0: {"0 Minuten", "0 minutes"}, 1: {"eine Minute", "one minute"}, 45: {"45 Minuten", "45 minutes"}, 60: {"eine Stunde", "one hour"},
		120: {"2 Stunden", "2 hours"}, 230: {"230 Minuten", "230 minutes"}, 331: {"etwa 6 Stunden", "about 6 hours"},
	} {
		if got := Duration(minutes); got != want {
			t.Errorf("%d minutes are %q, want %q", minutes, got, want)
		}
	}
	friday := OnDate(day.Date(2026, 6, 12))
	if friday != (Text{"am Freitag, 12. Juni", "on Friday, 12 June"}) {
		t.Error(friday)
	}
	if got := Span(friday, OnDate(day.Date(2026, 6, 15))); got != (Text{"von Freitag, 12. Juni bis Montag, 15. Juni", "from Friday, 12 June to Monday, 15 June"}) {
		t.Error(got)
	}
	if got := Span(friday, friday); got != friday {
		t.Error(got)
	}
}

func TestIDs(t *testing.T) {
	n := IDs(&planning.Instance{Weekday0: 6, Districts: []string{"west"}, Centres: []planning.Centre{{ID: "altona"}}, Skills: []string{"pass"},
		Staff: []planning.Employee{{ID: "e-1"}}})
	if n.Centre(0)+n.District(0)+n.Employee(0)+n.Skill(0).De != "altonawest"+"e-1"+"pass" {
		t.Error(n.Centre(0), n.District(0), n.Employee(0), n.Skill(0))
	}
	if got := n.Day(1); got != (Text{"am Montag (Tag 1)", "on Monday (day 1)"}) {
		t.Error(got)
	}
}
