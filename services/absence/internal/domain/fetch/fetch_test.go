package fetch

import "testing"

// What is said while a fetch is under way is fetched anew.
func TestSettledOnlyIfNothingNewWasSaid(t *testing.T) {
	d := Decider()
	s := d.Initial()
	for i, c := range []struct {
		command Command
		open    bool
		count   int
	}{
		{Settle{Count: 0}, false, 0},
		{Owe{Absence: "hr/1"}, true, 1},
		{Owe{Absence: "hr/1"}, true, 2},
		{Settle{Count: 1}, true, 2},
		{Settle{Count: 2}, false, 2},
		{Settle{Count: 2}, false, 2},
		{Owe{Absence: "hr/1"}, true, 3},
	} {
		evs, err := d.Decide(s, c.command)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range evs {
			s = d.Evolve(s, e)
		}
		if s.Open != c.open || s.Count != c.count {
			t.Fatalf("after command %d: %+v", i+1, s)
		}
	}
}
