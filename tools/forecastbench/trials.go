package main

import (
	"fmt"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/outlook"
	"github.com/lotse-hamburg/lotse/tools/network"
	"github.com/lotse-hamburg/lotse/tools/simulate"
)

const (
	// ahead is how far capacity looks.
	ahead = 60
	// years of counts before the first origin, in days.
	before = 2 * 365
	// rolls is how many days lie between two origins.
	rolls = 14
	// young is a history without a year to look back to, in days.
	young = 120
)

// trials are each scenario after two known years, and its last months without
// them; and Warsaw's January.
func trials(folder, scenarios, counts string, seed uint64) (all []trial, err error) {
	n, err := network.Load(folder)
	if err != nil {
		return nil, err
	}
	names, err := simulate.Scenarios(scenarios)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		s, err := simulate.Scenario(scenarios, name)
		if err != nil {
			return nil, err
		}
		h := simulated(n, s, seed, before)
		all = append(all, years(name, h, s.Days, rolls))
		if len(s.Demand.Seasons) > 0 {
			all = append(all, years(name+", its seasons named beforehand", named(h, n, s), s.Days, rolls))
		}
		keep := young + min(s.Days, 120) + ahead
		t := trial{name: fmt.Sprintf("%s, its last months alone", name), history: without(h, keep), ahead: ahead, seasons: []int{7}, learned: young}
		for o := young; o+ahead <= keep; o += rolls {
			t.origins = append(t.origins, o)
		}
		all = append(all, t)
	}
	h, err := warsaw(counts)
	if err != nil {
		return nil, err
	}
	all = append(all, january("Warsaw, January 2020", h))
	last := len(h.Series[0].Counts) - 1
	h = without(h, last+1)
	for i := range h.Series {
		h.Series[i].Counts = h.Series[i].Counts[:last]
	}
	all = append(all, january("Warsaw, its last day left out", h))
	h, err = warsaw(counts)
	return append(all, january("Warsaw, each day's sum told beforehand", told(h))), err
}

// years rolls through a scenario's days after the known ones.
func years(name string, h outlook.History, days, every int) trial {
	t := trial{name: name + ", two years known", history: h, ahead: ahead, seasons: []int{7, 364}, learned: 364}
	for o := before; o+ahead <= before+days; o += every {
		t.origins = append(t.origins, o)
	}
	return t
}

// january rolls through a few weeks: one is known from the ninth day on.
func january(name string, h outlook.History) trial {
	t := trial{name: name, history: h, ahead: 7, seasons: []int{7}, learned: 60}
	for o := 9; o < len(h.Series[0].Counts); o++ {
		t.origins = append(t.origins, o)
	}
	return t
}
