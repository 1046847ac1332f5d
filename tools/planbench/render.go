package main

import (
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"syscall"
)

// render writes the report. Every figure comes from what was measured, from the
// file of best known values, or from the goals.
func render(w io.Writer, all []*measured, folder string, seed uint64) {
	fmt.Fprintf(w, `# How good the plans are

`+"`make plan-report`"+` wrote this page with `+"`tools/planbench`"+` over `+"`%s`"+`.
Machine: %s, %d cores of which one was used, %s, %s/%s; seed %d.
Seconds and milliseconds are CPU time of the process, the garbage collector's included; budgets count from before the first
step. Peak memory of the whole run: %d MB.

Prices are points: one point is one slot one day late. *Best known* is what the exact solver HiGHS found
(`+"`golden.json`"+`), **bold where it proved** that nothing better is left within its tolerance. *Bound* is our own: no plan costs less;
persons are divisible in it, so even the optimum lies above it. A minus means better than the best known.

## From scratch

| instance | staff | CPU s | objective | best known | above it | goal | booked slots uncovered | bound | above it | bound's CPU s | previous plan | rules broken |
| --- | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |
`, folder, processor(), runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH, seed, peak())
	missed := 0
	for _, m := range all {
		for _, s := range m.searches {
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
			fmt.Fprintf(w, "| %s | %d | %.2f | %.2f | %s | %s | %s | %.2f | %.2f | %s | %.2f | %.0f | %d |\n", m.name, len(m.in.Staff), s.spent.Seconds(),
				s.result.Objective, best(m.known), above, goal, uncovered(m, s), m.bound, percent(100*(s.result.Objective/m.bound-1)), m.bounding.Seconds(),
				m.previous, s.broken)
		}
	}
	fmt.Fprintf(w, "\nGoals missed: %d.\n", missed)
	renderCurve(w, all)
	renderEvents(w, all)
}

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
	}{
		{"damage figure, ms, median / p90 / p99 / max", "p99 ≤ 5", func(p *played) string { return times("%.2f", p, false) }},
		{"repair, ms, median / p90 / p99 / max", "median ≤ 20, p90 ≤ 100", func(p *played) string { return times("%.1f", p, true) }},
		{"mean damage of an absence, points", "", func(p *played) string { return fmt.Sprintf("%.0f", p.damage) }},
		{"what the repair leaves of it, points", "", func(p *played) string { return fmt.Sprintf("%.0f", p.left) }},
		{"objective after all of them", "", func(p *played) string { return fmt.Sprintf("%.2f", p.after) }},
		{"bound then", "", func(p *played) string { return fmt.Sprintf("%.2f", p.bound) }},
		{"above the bound", "≤ 3 %", func(p *played) string { return percent(100 * (p.after/p.bound - 1)) }},
		{"objective after searching on", "", func(p *played) string { return fmt.Sprintf("%.2f", p.more) }},
		{"drift", "", func(p *played) string { return percent(100 * (p.after/p.more - 1)) }},
		{"rules broken", "0", func(p *played) string { return fmt.Sprint(p.broken) }},
	} {
		fmt.Fprintf(w, "| %s |", r.name)
		for _, m := range with {
			fmt.Fprintf(w, " %s |", r.value(m.events))
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
	return u.Maxrss / 1024 // KB on Linux
}
