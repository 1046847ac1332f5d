package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/outlook"
	"github.com/lotse-hamburg/lotse/services/simulation"
	"github.com/lotse-hamburg/lotse/services/simulation/scenario"
	"github.com/lotse-hamburg/lotse/tools/network"
)

// simulated counts what the citizens of a scenario ask for, some years before it
// and the scenario itself.
func simulated(n *network.Network, s scenario.Scenario, seed uint64, before int) outlook.History {
	days := day.Period{From: s.From - day.Day(before), Until: s.From + day.Day(s.Days)}
	h := outlook.History{From: days.From, Kind: outlook.Calendar(isHoliday(n.Holidays, false), isHoliday(n.Holidays, true))}
	truth := simulation.Truth(seed, &s, n.Districts, n.Catalogue.Services, days)
	for _, d := range n.Districts {
		for g, group := range n.Catalogue.Groups {
			counts, known := truth[simulation.Asked{District: d.ID, Skill: group.Skill}]
			if !known {
				continue
			}
			row := outlook.Series{Group: g, Prior: float64(d.DailyDemand[group.Skill]) / minutes(n, group)}
			for _, c := range counts {
				row.Counts = append(row.Counts, float64(c))
			}
			h.Series = append(h.Series, row)
		}
	}
	return h
}

// named is a history with the scenario's seasons known, as a policy may name them.
func named(h outlook.History, n *network.Network, s scenario.Scenario) outlook.History {
	h.Known = func(g int, d day.Day) float64 {
		m := 1.0
		for _, x := range s.Demand.Seasons {
			if x.Contains(d) && x.District == "" && (x.Skill == "" || x.Skill == n.Catalogue.Groups[g].Skill) {
				m *= x.Factor
			}
		}
		return m
	}
	return h
}

// told is a history whose days' sums over all series are known beforehand, against
// the mean of those that were counted.
func told(h outlook.History) outlook.History {
	sums := make([]float64, len(h.Series[0].Counts))
	mean, n := 0.0, 0.0
	for t := range sums {
		for _, s := range h.Series {
			sums[t] += max(0, s.Counts[t])
		}
		if sums[t] > 0 {
			mean, n = mean+sums[t], n+1
		}
	}
	from := h.From
	h.Known = func(_ int, d day.Day) float64 {
		if t := int(d - from); t >= 0 && t < len(sums) && sums[t] > 0 {
			return sums[t] / (mean / n)
		}
		return 1
	}
	return h
}

func isHoliday(all []capacity.Holiday, school bool) func(day.Day) bool {
	return func(d day.Day) bool {
		return slices.ContainsFunc(all, func(h capacity.Holiday) bool { return h.School == school && h.Contains(d) })
	}
}

// minutes is the mean length of a group's requests.
func minutes(n *network.Network, g capacity.ServiceGroup) float64 {
	sum, shares := 0.0, 0.0
	for _, s := range n.Catalogue.Services {
		if s.Skill == g.Skill && !s.Express {
			sum, shares = sum+s.Share*float64(s.Minutes), shares+s.Share
		}
	}
	return sum / shares
}

// without drops what was counted before the last days of a history.
func without(h outlook.History, keep int) outlook.History {
	out := h
	out.Series = slices.Clone(h.Series)
	drop := len(h.Series[0].Counts) - keep
	out.From += day.Day(drop)
	for i := range out.Series {
		out.Series[i].Counts = out.Series[i].Counts[drop:]
	}
	return out
}

// warsaw reads tickets by date, office and group. Days without tickets anywhere were
// not counted. Each office is a group of its own: its queues share the days' level.
func warsaw(path string) (h outlook.History, err error) {
	file, err := os.Open(path)
	if err != nil {
		return h, err
	}
	defer file.Close()
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return h, fmt.Errorf("%s: %w", path, err)
	}
	series, offices := map[string]int{}, map[string]int{}
	for i, r := range rows[1:] {
		on, err := day.Parse(r[0])
		if err != nil {
			return h, fmt.Errorf("%s, line %d: %w", path, i+2, err)
		}
		tickets, err := strconv.ParseFloat(r[3], 64)
		if err != nil {
			return h, fmt.Errorf("%s, line %d: %w", path, i+2, err)
		}
		if h.From == 0 {
			h.From = on
		}
		if _, known := offices[r[1]]; !known {
			offices[r[1]] = len(offices)
		}
		key := strings.Join(r[1:3], " ")
		at, known := series[key]
		if !known {
			at = len(h.Series)
			series[key] = at
			h.Series = append(h.Series, outlook.Series{Group: offices[r[1]]})
		}
		s := &h.Series[at]
		for len(s.Counts) <= int(on-h.From) {
			s.Counts = append(s.Counts, -1)
		}
		s.Counts[on-h.From] = tickets
	}
	epiphany := func(d day.Day) bool { return d == day.Date(2020, 1, 6) || d == day.Date(2020, 1, 1) }
	h.Kind = outlook.Calendar(epiphany, nil)
	return h, nil
}
