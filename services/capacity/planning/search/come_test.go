package search

import (
	"slices"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

// What Make makes is worth what Reprice says, stays until the next Update, and is
// forbidden where it says so.
func TestMake(t *testing.T) {
	in := tiny(nil)
	in.Booked[1][0][0] = 180
	p := planner(t, in)
	asked := []planning.Change{{Employee: 0, Day: 0, To: 1}, {Employee: 1, Day: 0, To: 1}}
	want, err := p.Reprice(asked)
	if err != nil {
		t.Fatal(err)
	}
	was := p.Objective()
	got, err := p.Make(asked)
	if err != nil || !slices.Equal(got, want) {
		t.Fatalf("made %+v, priced %+v (%v)", got, want, err)
	}
	if x := p.Present().X; x[0][0] != 1 || x[1][0] != 0 {
		t.Errorf("the plan is %v", x)
	}
	if gain := was - p.Objective(); gain < got[0].Gain-1e-6 || gain > got[0].Gain+1e-6 {
		t.Errorf("the objective fell by %v, the move is worth %v", gain, got[0].Gain)
	}
	if again, err := p.Reprice(asked[:1]); err != nil || again[0].Gain != 0 || again[0].From != 1 {
		t.Errorf("asked on top of it %+v (%v)", again, err)
	}
	if _, err := p.Update(in); err != nil {
		t.Fatal(err)
	}
	if x := p.Present().X; x[0][0] != 0 {
		t.Errorf("after the update the plan is %v", x)
	}
	if _, err := p.Make([]planning.Change{{Employee: 9}}); err == nil {
		t.Error("somebody who is not there was moved")
	}
}

// Come finds the rules that Reprice finds, and whoever may come first.
func TestCome(t *testing.T) {
	in := tiny(nil)
	in.Booked[1][0][0] = 180
	p := planner(t, in)
	all, err := p.Come(1, 0)
	if err != nil || len(all) == 0 {
		t.Fatalf("%+v (%v)", all, err)
	}
	forbidden := false
	for _, k := range all {
		priced, err := p.Reprice([]planning.Change{{Employee: k.Employee, Day: 0, To: 1}})
		if err != nil || priced[0].Rule != string(k.Rule) || priced[0].From != k.From {
			t.Errorf("%+v, priced %+v (%v)", k, priced, err)
		}
		if k.Rule == "" && forbidden {
			t.Errorf("%+v comes after those who may not", all)
		}
		forbidden = forbidden || k.Rule != ""
	}
}
