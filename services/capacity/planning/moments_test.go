package planning

import (
	"slices"
	"testing"
)

// two is tiny with need for both p and q at the second centre.
func two(edit func(*Instance)) *Instance {
	return tiny(func(in *Instance) {
		in.Booked[0][0][0], in.Booked[1][0][0] = 0, 200
		in.Centres[0].MinStaff = 0
		if edit != nil {
			edit(in)
		}
	})
}

func TestAGiverMustStayCoveredAtEveryMoment(t *testing.T) {
	replan := func(in *Instance) Solution {
		t.Helper()
		s, err := Stand(in).Replan(Damage{Days: []int{0}, Centres: []int{1}}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	if s := replan(two(nil)); len(s.Moves) != 2 {
		t.Fatalf("by minutes both may go: %+v", s.Moves)
	}
	var asked [][]int
	one := replan(two(func(in *Instance) {
		in.MayLeave = func(c, _ int, gone []int) bool {
			if c == 0 {
				asked = append(asked, slices.Clone(gone))
			}
			return len(gone) < 2
		}
	}))
	if len(one.Moves) != 1 || len(one.Unsolved) != 1 || one.Unsolved[0].Rule != "would-uncover" {
		t.Errorf("one after the other may go, not both: %+v %+v", one.Moves, one.Unsolved)
	}
	if !slices.ContainsFunc(asked, func(gone []int) bool { slices.Sort(gone); return slices.Equal(gone, []int{0, 1}) }) {
		t.Errorf("both together were never asked for: %v", asked)
	}
	q := replan(two(func(in *Instance) {
		in.MayLeave = func(_, _ int, gone []int) bool { return !slices.Contains(gone, 0) }
	}))
	if len(q.Moves) != 1 || q.Moves[0].Employee != 1 {
		t.Errorf("only q may go: %+v", q.Moves)
	}
	in := two(func(in *Instance) { in.MayLeave = func(int, int, []int) bool { return false } })
	priced, err := Stand(in).Reprice([]Change{{Employee: 0, Day: 0, To: 1}})
	if err != nil || priced[0].Rule != "would-uncover" {
		t.Errorf("%+v %v", priced, err)
	}
}

func TestAppointmentsAtRiskAreMendedFirst(t *testing.T) {
	in := tiny(func(in *Instance) {
		// The second centre's own minutes do for what is booked on day 1, but
		// 40 of them lie at moments when nobody is free.
		in.Booked = [][][]int{{{0, 0}}, {{0, 90}}}
		in.Uncovered = [][][]int{{{0, 0}}, {{0, 40}}}
	})
	if err := in.Validate(); err != nil {
		t.Fatal(err)
	}
	standing := Stand(in)
	if got := standing.Result(); got.UncoveredMinutes[1][1] != 40 || got.Parts.Uncovered != 800 {
		t.Fatalf("%d minutes, %v points; want 40 and 4 slots of 200", got.UncoveredMinutes[1][1], got.Parts.Uncovered)
	}
	s, err := standing.Replan(Damage{Days: []int{1}, Centres: []int{1}}, Options{})
	if err != nil || len(s.Moves) != 1 || s.Moves[0].Split.Uncovered != 800 || s.Result.UncoveredMinutes[1][1] != 0 {
		t.Fatalf("%+v %v", s.Moves, err)
	}
	in.Uncovered = nil
	if s, err = Stand(in).Replan(Damage{Days: []int{1}, Centres: []int{1}}, Options{}); err != nil || len(s.Moves) != 0 {
		t.Fatalf("nothing is uncovered by minutes: %+v %v", s.Moves, err)
	}
	in.Uncovered = [][][]int{{{0, 0}}}
	var path *PathError
	if err := in.Validate(); !asPath(err, &path) || path.Path != "uncovered" {
		t.Errorf("%v", err)
	}
}

func TestStandingPricesAsTheFunctionsDo(t *testing.T) {
	in := tiny(nil)
	standing := Stand(in)
	plan := in.Previous()
	plan.X[1][0] = 1
	was, is, err := Compare(in, in.Previous(), in, plan)
	if err != nil {
		t.Fatal(err)
	}
	got, err := standing.Price(in, plan)
	if err != nil || got.Objective != is.Objective || standing.Result().Objective != was.Objective {
		t.Errorf("%v %v, want %v %v (%v)", standing.Result().Objective, got.Objective, was.Objective, is.Objective, err)
	}
	changes := []Change{{Employee: 1, Day: 0, To: 1}}
	alone, err := Reprice(in, changes)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := standing.Reprice(changes); err != nil || again[0] != alone[0] {
		t.Errorf("%+v, want %+v (%v)", again, alone, err)
	}
}

// A person who may be moved once a week goes where something is booked, even if
// lead time is worth more elsewhere.
func TestWhatIsBookedComesBeforeLeadTime(t *testing.T) {
	in := two(func(in *Instance) {
		in.Booked[0][0], in.Booked[1][0] = []int{0, 0}, []int{0, 10}
		in.Centres[0].District, in.Districts = 1, []string{"d", "e"}
		in.Walkin = [][][]int{{{0, 0}}, {{100, 0}}}
		in.DemandOwn = [][][]int{{{0, 0}}, {{0, 0}}}
		in.Avail = [][]int{{100, 100}, {0, 0}, {0, 0}}
		in.Weights.WalkinSlot = 100
	})
	d := Damage{Days: []int{0, 1}, Centres: []int{1}}
	s, err := Replan(in, in.Previous(), d, Options{})
	if err != nil || len(s.Moves) != 1 || s.Moves[0].Day != 1 || s.Moves[0].Split.Uncovered != 200 {
		t.Fatalf("%+v %v", s.Moves, err)
	}
	in.Booked[1][0][1] = 0
	if s, err = Replan(in, in.Previous(), d, Options{}); err != nil || len(s.Moves) != 1 || s.Moves[0].Day != 0 || s.Moves[0].Gain < 900 {
		t.Fatalf("with nothing booked the walk-ins are worth the move: %+v %v", s.Moves, err)
	}
}
