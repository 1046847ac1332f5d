package rule

import (
	"reflect"
	"slices"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

// Each rule stands in the way until it is loosened, and the instance stays as it
// was.
func TestRelax(t *testing.T) {
	no, one := false, 1
	crowd := func(in *planning.Instance) {
		in.Centres[1].Counters = 1
		in.Prev[1][9] = 1
	}
	for _, c := range []struct {
		rule Name
		edit func(in *planning.Instance)
		e    int
		days []int // at centre 1
	}{
		{Deployable, func(in *planning.Instance) { in.Staff[0].Deployable = &no }, 0, []int{9}},
		{Open, func(in *planning.Instance) { in.Centres[1].Open = make([]int, 28) }, 0, []int{9}},
		{Notice, nil, 0, []int{1}},
		{Notice, func(in *planning.Instance) { in.Staff[1].NoticeDays = &one }, 1, []int{0}},
		{Fixed, func(in *planning.Instance) { in.Staff[0].FixedDays = []int{9} }, 0, []int{9}},
		{Reach, func(in *planning.Instance) { in.Staff[0].Reach = nil }, 0, []int{9}},
		{Skills, func(in *planning.Instance) { in.Centres[1].MinStaff = 0 }, 3, []int{9}},
		{Sunday, saturdays, 1, []int{13}},
		{Saturday, saturdays, 0, []int{12}},
		{TenHours, func(in *planning.Instance) { duties(in, 420, 1080) }, 0, []int{9}},
		{WeeklyCap, nil, 0, []int{2, 3, 4}},
		{WeeklyCap, func(in *planning.Instance) { in.Staff[0].MaxMovedPerWeek = &one }, 0, []int{2, 3}},
		{HalfYear, func(in *planning.Instance) { in.MaxAwayPerHalfYear = &one }, 0, []int{2, 9}},
		{HalfYear, func(in *planning.Instance) { in.Staff[0].MaxAwayPerHalfYear = &one }, 0, []int{2, 9}},
		{SaturdayCap, saturdays, 1, []int{5, 12}},
		{Rest, func(in *planning.Instance) { late(in, 1260) }, 0, []int{9}},
		{Counters, crowd, 0, []int{9}},
	} {
		in := valid(t, city(c.edit))
		p := in.Previous()
		p.X[c.e] = rowOf(in, c.e, 1, c.days...)
		was := New(in).Broken(p)
		if len(was) == 0 || was[0].Rule != c.rule || was[0].De == "" || was[0].String() == "" {
			t.Errorf("%s: broken %v", c.rule, was)
		}
		loose := Relax(in, c.rule)
		if is := New(loose).Broken(p); len(is) > 0 {
			t.Errorf("%s relaxed: still broken %v", c.rule, is)
		}
		if !reflect.DeepEqual(in, city(c.edit)) {
			t.Errorf("%s relaxed: the instance has changed", c.rule)
		}
		if r, _ := ByName(c.rule); !r.Hard {
			if err := loose.Validate(); err != nil {
				t.Errorf("%s relaxed: %v", c.rule, err)
			}
		}
	}
}

func TestRelaxMinima(t *testing.T) {
	in := valid(t, city(express))
	if got := New(Relax(in, Minimum)).Missing(0, 9, []int{4, 5, 10}); got != 0 {
		t.Errorf("minimum relaxed: %d short", got)
	}
	if got := New(Relax(in, Express)).Missing(0, 9, []int{4, 5, 6, 7}); got != 0 {
		t.Errorf("express relaxed: %d short", got)
	}
	if New(in).Missing(0, 9, []int{4, 5, 10}) != 1 || New(in).Missing(0, 9, []int{4, 5, 6, 7}) != 1 {
		t.Error("nothing was short before")
	}
}

func TestReachIsRelaxedToTheFarthestWay(t *testing.T) {
	in := city(func(in *planning.Instance) {
		in.Staff[0].Reach, in.Staff[1].Reach = []int{0}, []int{0, 1}
		in.Staff[2].Reach, in.Staff[3].Reach = nil, nil
	})
	loose := Relax(in, Reach)
	if got := loose.Staff[0].Reach; !slices.Equal(got, []int{0, 1}) {
		t.Errorf("within 20 minutes of centre 0 are %v", got)
	}
	if got := loose.Staff[3].Reach; !slices.Equal(got, []int{2}) {
		t.Errorf("within 20 minutes of centre 2 are %v", got)
	}
}

func TestSomeRulesCannotBeRelaxed(t *testing.T) {
	for _, r := range Rules {
		can := Relax(city(nil), r.Name) != nil
		if want := r.Name != Presence && r.Name != Covered && !r.Priced; can != want {
			t.Errorf("%s relaxed: %v", r.Name, can)
		}
	}
}
