package offering_test

import (
	"testing"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/observed"
	. "github.com/lotse-hamburg/lotse/services/capacity/internal/domain/offering"
)

func TestShortTellsWhatNobodyServes(t *testing.T) {
	line := func(from, to int, use string, skills ...id.Skill) capacity.Line {
		return capacity.Line{Span: day.Span{From: day.Clock(from, 0), To: day.Clock(to, 0)}, Skills: skills, Use: use}
	}
	use := observed.InUse{From: day.Clock(8, 0), Step: 60, Counters: []int{3, 2, 0}, Skills: map[id.Skill][]int{"id": {2, 1, 0}, "pass": {1, 1, 0}}}
	for name, c := range map[string]struct {
		lines    []capacity.Line
		id, pass int // minutes
	}{
		"all are served":      {[]capacity.Line{line(8, 10, capacity.ForAppointments, "id"), line(8, 10, capacity.ForAppointments, "id"), line(8, 10, capacity.ForAppointments, "pass")}, 0, 0},
		"nobody is there":     {nil, 300, 0},
		"who is there cannot": {[]capacity.Line{line(8, 10, capacity.ForAppointments, "id"), line(8, 10, capacity.ForAppointments, "id"), line(8, 10, capacity.ForAppointments, "id")}, 0, 120},
		"one goes at half":    {[]capacity.Line{line(8, 10, capacity.ForAppointments, "id", "pass"), line(8, 9, capacity.ForAppointments, "id", "pass")}, 120, 0},
		"walk-ins do not":     {[]capacity.Line{line(8, 10, capacity.ForWalkIns, "id", "pass"), line(8, 10, capacity.ForAppointments, "id", "pass"), line(8, 10, capacity.ForAppointments, "pass")}, 60, 0},
	} {
		sum := map[id.Skill]int{}
		for s, row := range Short(c.lines, use) {
			for _, m := range row {
				sum[s] += m
			}
		}
		if sum["id"] != c.id || sum["pass"] != c.pass {
			t.Errorf("%s: %v", name, sum)
		}
	}
}
