package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"syscall"
)

// render writes the report. Every figure comes from what was measured, from the
// file of best known values, or from the goals.
func render(w io.Writer, all []*measured, large []grown, folder string, seed uint64) {
	fmt.Fprintf(w, `# How good the plans are

`+"`make plan-report`"+` wrote this page with `+"`tools/planbench`"+` over `+"`%s`"+`.
Machine: %s, %d cores of which one was used, %s, %s/%s; seed %d.
Seconds and milliseconds are CPU time of the process, the garbage collector's included; budgets count from before the first
step. Peak memory of the process that solved them all: %d MB.

Prices are points: one point is one slot one day late. *Best known* is what the exact solver HiGHS found
(`+"`golden.json`"+`), **bold where it proved** that nothing better is left within its tolerance. *Bound* is our own: no plan costs less;
persons are divisible in it, so even the optimum lies above it. A minus means better than the best known. *Seeds* are the least, the middle
and the largest distance to the best known with seeds %d to %d and the largest budget.

## From scratch

| instance | staff | CPU s | objective | best known | above it | goal | seeds | bound | above it | bound's CPU s | previous plan | rules broken |
| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |
`, folder, processor(), runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH, seed, peak(), seed, seed+otherSeeds)
	missed := 0
	for _, m := range all {
		for i, s := range m.searches {
			above, goal := "", ""
			if m.known.Best > 0 {
				share := 100 * (s.result.Objective/m.known.Best - 1)
				above = percent(share)
				if s.percent > 0 {
					goal = fmt.Sprintf("≤ %.1f %%", s.percent)
					if share > s.percent {
						goal += ", missed"
						missed++
					}
				}
			}
			fmt.Fprintf(w, "| %s | %d | %.2f | %.2f | %s | %s | %s | %s | %.2f | %s | %.2f | %.0f | %d |\n", m.name, len(m.in.Staff), s.spent.Seconds(),
				s.result.Objective, best(m.known), above, goal, seeds(m, i), m.bound, percent(100*(s.result.Objective/m.bound-1)), m.bounding.Seconds(),
				m.previous, s.broken)
		}
	}
	fmt.Fprintf(w, "\nGoals missed: %d.\n", missed)
	renderBooked(w, all)
	renderCurve(w, all)
	renderEvents(w, all)
	renderGrowth(w, large)
}

// seeds tells how far apart the seeds come out, in the row of the largest budget.
func seeds(m *measured, row int) string {
	if row < len(m.searches)-1 || m.known.Best <= 0 {
		return ""
	}
	off := []float64{m.searches[row].result.Objective}
	off = append(off, m.others...)
	slices.Sort(off)
	for i := range off {
		off[i] = 100 * (off[i]/m.known.Best - 1)
	}
	return fmt.Sprintf("%s / %s / %s", percent(off[0]), percent(off[len(off)/2]), percent(off[len(off)-1]))
}

// renderBooked compares what stays uncovered; a plan that leaves the least that
// any plan can is done with, whatever the exact solver says.
func renderBooked(w io.Writer, all []*measured) {
	fmt.Fprint(w, `
## Booked appointments first

Booked slots without staff and heads below the minimum: in our plan with the largest budget, in the best known plan, and the least
that is possible. *Least possible* is what HiGHS finds where nothing else counts; *our bound* is a relaxation with no price but that of booked slots.

| instance | uncovered slots | best known plan | least possible | our bound | heads missing | best known plan | |
| --- | --: | --: | --: | --: | --: | --: | --- |
`)
	for _, m := range all {
		s := m.searches[len(m.searches)-1]
		slots, heads := uncovered(m, s), 0.0
		if m.in.Weights.MissingHead > 0 {
			heads = s.result.Parts.MissingHead / m.in.Weights.MissingHead
		}
		known, least, knownHeads, verdict := "", "", "", ""
		if b := m.known.Booked; b != nil {
			known, least, knownHeads = fmt.Sprintf("%.2f", b.UncoveredSlots), fmt.Sprintf("%.2f", b.LeastUncoveredSlots), fmt.Sprintf("%.0f", b.MissingHeads)
			switch {
			case slots > b.UncoveredSlots+nothing || heads > b.MissingHeads+nothing:
				verdict = "fewer covered than in the best known plan"
			case slots <= b.LeastUncoveredSlots+nothing:
				verdict = "as many as possible"
			default:
				verdict = "as many as in the best known plan"
			}
		}
		fmt.Fprintf(w, "| %s | %.2f | %s | %s | %.2f | %.0f | %s | %s |\n", m.name, slots, known, least, m.least, heads, knownHeads, verdict)
	}
}

// nothing is below what a minute is in slots, and above the rounding of golden
// values.
const nothing = 1e-3

// curvePoints is how many rows of a curve are shown at most.
const curvePoints = 16

func renderCurve(w io.Writer, all []*measured) {
	for _, m := range all {
		if m.name != curved {
			continue
		}
		s := m.searches[len(m.searches)-1]
		fmt.Fprintf(w, "\n## Anytime curve of %s\n\nThe best plan so far, at the end of each round that found a better one. The search begins at the previous plan.\n\n"+
			"| CPU s | objective | above the best known | above the bound |\n| --: | --: | --: | --: |\n", m.name)
		row := func(seconds, objective float64) {
			above := ""
			if m.known.Best > 0 {
				above = percent(100 * (objective/m.known.Best - 1))
			}
			fmt.Fprintf(w, "| %.2f | %.2f | %s | %s |\n", seconds, objective, above, percent(100*(objective/m.bound-1)))
		}
		row(0, m.previous)
		step := (len(s.curve) + curvePoints - 1) / curvePoints
		for i, p := range s.curve {
			if i%step == 0 || i == len(s.curve)-1 {
				row(p.spent.Seconds(), p.objective)
			}
		}
	}
}

func renderEvents(w io.Writer, all []*measured) {
	var with []*measured
	for _, m := range all {
		if m.events != nil {
			with = append(with, m)
		}
	}
	if len(with) == 0 {
		return
	}
	fmt.Fprintf(w, "\n## %d absences on a warm plan\n\nSick notes of five days, one after the other, on the plan found above. Each is priced (the damage figure), then the plan is\n"+
		"repaired around it. *Drift* is how far the plan stands above what a search of %v more finds from there.\n\n", with[0].events.n, with[0].events.improve)
	fmt.Fprint(w, "| |")
	for _, m := range with {
		fmt.Fprintf(w, " %s |", m.name)
	}
	fmt.Fprintf(w, " goal |\n| --- |%s --: |\n", strings.Repeat(" --: |", len(with)))
	for _, r := range []struct {
		name, goal string
		value      func(p *played) string
		missed     func(p *played) bool
	}{
		{"damage figure, ms, median / p90 / p99 / max", "p99 ≤ 5", func(p *played) string { return times("%.2f", p, false) },
			func(p *played) bool { return at(p.price, 99) > 5 }},
		{"repair, ms, median / p90 / p99 / max", "median ≤ 20, p90 ≤ 100", func(p *played) string { return times("%.1f", p, true) },
			func(p *played) bool { return at(p.mend, 50) > 20 || at(p.mend, 90) > 100 }},
		{"mean damage of an absence, points", "", func(p *played) string { return fmt.Sprintf("%.0f", p.damage) }, nil},
		{"what the repair leaves of it, points", "", func(p *played) string { return fmt.Sprintf("%.0f", p.left) }, nil},
		{"objective after all of them", "", func(p *played) string { return fmt.Sprintf("%.2f", p.after) }, nil},
		{"bound then", "", func(p *played) string { return fmt.Sprintf("%.2f", p.bound) }, nil},
		{"above the bound", "≤ 3 %", func(p *played) string { return percent(100 * (p.after/p.bound - 1)) },
			func(p *played) bool { return p.after > 1.03*p.bound }},
		{"objective after searching on", "", func(p *played) string { return fmt.Sprintf("%.2f", p.more) }, nil},
		{"drift", "", func(p *played) string { return percent(100 * (p.after/p.more - 1)) }, nil},
		{"rules broken", "0", func(p *played) string { return fmt.Sprint(p.broken) }, func(p *played) bool { return p.broken > 0 }},
	} {
		fmt.Fprintf(w, "| %s |", r.name)
		for _, m := range with {
			fmt.Fprintf(w, " %s |", r.value(m.events))
		}
		if r.missed != nil && slices.ContainsFunc(with, func(m *measured) bool { return r.missed(m.events) }) {
			r.goal += ", missed"
		}
		fmt.Fprintf(w, " %s |\n", r.goal)
	}
}

func times(format string, p *played, repair bool) string {
	d := p.price
	if repair {
		d = p.mend
	}
	var all []string
	for _, q := range []int{50, 90, 99, 100} {
		all = append(all, fmt.Sprintf(format, at(d, q)))
	}
	return strings.Join(all, " / ")
}

func best(k known) string {
	switch {
	case k.Best <= 0:
		return ""
	case k.Proven:
		return fmt.Sprintf("**%.2f**", k.Best)
	}
	return fmt.Sprintf("%.2f", k.Best)
}

func percent(p float64) string {
	s := fmt.Sprintf("%.3f %%", p)
	if s == "-0.000 %" {
		return "0.000 %"
	}
	return s
}

// renderGrowth shows what larger cities take.
func renderGrowth(w io.Writer, large []grown) {
	if len(large) == 0 {
		return
	}
	fmt.Fprint(w, `
## Growth

Made-up cities of the same density (`+"`planbench -generate`"+`), two, four and ten times Hamburg, each planned from scratch in a process of
its own. *First plan* is the first that the search hands out: relaxed, rounded, improved by a first
round; it is missing where the budget ended that round.

| size | staff | centres | person-days | CPU s | objective | bound | above it | goal | first plan: CPU s | above the bound | bound's CPU s | peak memory, MB | uncovered slots | least possible | rules broken |
| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |
`)
	for _, g := range large {
		above, goal := 100*(g.Objective/g.Bound-1), ""
		if g.percent > 0 {
			goal = fmt.Sprintf("≤ %.0f %% in %.0f s", g.percent, g.budget.Seconds())
			if above > g.percent || g.SearchSeconds > g.budget.Seconds()*1.05 {
				goal += ", missed"
			}
		}
		memory := fmt.Sprint(g.memory)
		if g.memory > mostMemory {
			memory += ", more than the goal"
		}
		when, first := "", "" // none where the budget ended the first round
		if g.FirstObjective > 0 {
			when, first = fmt.Sprintf("%.1f", g.FirstSeconds), percent(100*(g.FirstObjective/g.Bound-1))
		}
		fmt.Fprintf(w, "| %s | %d | %d | %d | %.1f | %.2f | %.2f | %s | %s | %s | %s | %.1f | %s | %.2f | %.2f | %d |\n", g.Size, g.Staff, g.Centres,
			g.PersonDays, g.SearchSeconds, g.Objective, g.Bound, percent(above), goal, when, first, g.BoundSeconds, memory, g.Uncovered, g.Least, g.Broken)
	}
}

func uncovered(m *measured, s reached) float64 {
	if m.in.Weights.UncoveredSlot == 0 {
		return 0
	}
	return s.result.Parts.Uncovered / m.in.Weights.UncoveredSlot
}

// processor is the name of the first one, as Linux tells it.
func processor() string {
	data, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(data)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "an unnamed processor"
}

// peak is the most memory this process has had, in MB.
func peak() int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return megabytes(&u)
}
