package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/explain"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/rule"
)

// planned is what --json prints. Prices are points, days count from day 0 of
// the instance, Gap is a share of the bound.
type planned struct {
	Instance  string         `json:"instance"`
	Search    *searched      `json:"search,omitempty"` // missing after --evaluate
	Objective float64        `json:"objective"`
	Parts     planning.Parts `json:"parts"`
	Bound     *float64       `json:"bound,omitempty"` // missing with --bound=false
	Gap       *float64       `json:"gap,omitempty"`   // missing where the bound is 0
	// Away counts person-days away from home; Moves are those that differ from
	// the previous plan.
	Away   int            `json:"away"`
	Moves  []planMove     `json:"moves"`
	Unmet  []unmet        `json:"unmet"`
	Late   []lateDistrict `json:"late"`
	Broken []planBreach   `json:"broken"`
	// Impossible is what no plan mends, the dearest first; indices are those of
	// the instance.
	Impossible []rule.Impossibility `json:"impossible"`
	PlanFile   string               `json:"plan_file,omitempty"`
	// Explanation with --explain; NotExplained says why there is none.
	Explanation  *explain.Explanation `json:"explanation,omitempty"`
	NotExplained string               `json:"not_explained,omitempty"`

	in     *planning.Instance
	plan   planning.Plan
	result planning.Result
}

type searched struct {
	BudgetSeconds float64 `json:"budget_seconds"`
	Seconds       float64 `json:"seconds"`
	Seed          uint64  `json:"seed"`
	Rounds        int     `json:"rounds"`
	Tries         int     `json:"tries"`
	Complete      bool    `json:"complete"` // false where the budget ended it
	// Rough is true where the budget ended even the pricing of the previous plan:
	// its objective is at most the one given.
	Rough bool `json:"rough,omitempty"`
}

type planMove struct {
	Employee string `json:"employee"`
	Day      int    `json:"day"`
	From     string `json:"from"`
	To       string `json:"to"`
}

// unmet is what a centre lacks on a day under the plan.
type unmet struct {
	Centre        string `json:"centre"`
	Day           int    `json:"day"`
	BookedMinutes int    `json:"booked_minutes"` // without staff
	MissingHeads  int    `json:"missing_heads"`
}

type lateDistrict struct {
	District string  `json:"district"`
	SlotDays float64 `json:"slot_days"`
}

// planProblem is what --json prints where nothing could be planned.
type planProblem struct {
	File  string `json:"file"`
	Path  string `json:"path,omitempty"`
	Error string `json:"error"`
}

// describe derives what is told from plan and result.
func (p *planned) describe() {
	in := p.in
	p.Objective, p.Parts, p.Away = p.result.Objective, p.result.Parts, p.result.Moves
	p.Moves, p.Unmet, p.Late = []planMove{}, []unmet{}, []lateDistrict{}
	before := in.Previous()
	for t := range in.Horizon {
		for e, s := range in.Staff {
			from, to := before.X[e][t], p.plan.X[e][t]
			if from != to {
				p.Moves = append(p.Moves, planMove{s.ID, t, p.centre(from), p.centre(to)})
			}
		}
		for c := range in.Centres {
			if m, h := p.result.UncoveredMinutes[c][t], p.result.MissingHeads[c][t]; m > 0 || h > 0 {
				p.Unmet = append(p.Unmet, unmet{p.centre(c), t, m, h})
			}
		}
	}
	for r, v := range p.result.LateSlotDays {
		p.Late = append(p.Late, lateDistrict{in.Districts[r], v})
	}
	p.checkRules()
}

func (p *planned) centre(c int) string {
	if c == planning.Nowhere {
		return "absent"
	}
	return p.in.Centres[c].ID
}

// listed is how many moves and gaps are printed one by one.
const listed = 20

func (p *planned) print(w io.Writer, language string) {
	in := p.in
	fmt.Fprintf(w, "%s: %s, %s, %s, %s\n", p.Instance, count(len(in.Districts), "district"), count(len(in.Centres), "centre"),
		count(len(in.Staff), "employee"), count(in.Horizon, "day"))
	if s := p.Search; s != nil {
		switch {
		case s.BudgetSeconds == 0:
			fmt.Fprintln(w, "search     none: this is the previous plan")
		case s.Complete:
			fmt.Fprintf(w, "search     %s in %.1f s, seed %d\n", count(s.Rounds, "round"), s.Seconds, s.Seed)
		default:
			fmt.Fprintf(w, "search     %s in %.1f s, seed %d, ended by the budget\n", count(s.Rounds, "round"), s.Seconds, s.Seed)
		}
	}
	most := ""
	if p.Search != nil && p.Search.Rough {
		most = " at most: the budget ended before it was priced to the end"
	}
	fmt.Fprintf(w, "objective  %12.2f points%s\n", p.Objective, most)
	for _, part := range []struct {
		name   string
		points float64
	}{{"booked appointments uncovered", p.Parts.Uncovered}, {"heads missing", p.Parts.MissingHead}, {"walk-in slots not held", p.Parts.Walkin},
		{"promise, slot-days late", p.Parts.Breach}, {"goal, slot-days late", p.Parts.Goal}, {"fairness between districts", p.Parts.Fairness},
		{"days away from home, travel", p.Parts.Move}, {"changes of the previous plan", p.Parts.Change}} {
		fmt.Fprintf(w, "           %12.2f %s\n", part.points, part.name)
	}
	if p.Bound != nil {
		fmt.Fprintf(w, "bound      %12.2f points: no plan costs less\n", *p.Bound)
	}
	if p.Gap != nil {
		fmt.Fprintf(w, "gap        %12.3f %%\n", 100**p.Gap)
	}
	fmt.Fprintf(w, "moves      %s away from home; %s from the previous plan\n", count(p.Away, "person-day"), count(len(p.Moves), "difference"))
	for _, m := range p.Moves[:min(len(p.Moves), listed)] {
		fmt.Fprintf(w, "           %-10s %-14s %s → %s\n", m.Employee, p.day(m.Day), m.From, m.To)
	}
	more(w, len(p.Moves))
	for i, u := range p.Unmet[:min(len(p.Unmet), listed)] {
		head := "unmet"
		if i > 0 {
			head = ""
		}
		var lacks []string
		if u.BookedMinutes > 0 {
			lacks = append(lacks, count(u.BookedMinutes, "booked minute")+" without staff")
		}
		if u.MissingHeads > 0 {
			lacks = append(lacks, count(u.MissingHeads, "head")+" below the minimum")
		}
		fmt.Fprintf(w, "%-10s %-10s %-14s %s\n", head, u.Centre, p.day(u.Day), strings.Join(lacks, ", "))
	}
	more(w, len(p.Unmet))
	p.printRules(w, language)
	if p.PlanFile != "" {
		fmt.Fprintf(w, "written    %s\n", p.PlanFile)
	}
}

func more(w io.Writer, n int) {
	if n > listed {
		fmt.Fprintf(w, "           and %d more; --json lists all\n", n-listed)
	}
}

var weekdays = [...]string{"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"}

func (p *planned) day(t int) string {
	return fmt.Sprintf("day %d (%s)", t, weekdays[(p.in.Weekday0+t)%7])
}

// terminal tells whether somebody watches.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	at, err := f.Stat()
	return err == nil && at.Mode()&os.ModeCharDevice != 0
}

// rewrite shows one line after the other in the same place; "" clears it.
func rewrite(w io.Writer) func(string) {
	shown := 0
	return func(line string) {
		n := utf8.RuneCountInString(line)
		if shown > 0 || n > 0 {
			fmt.Fprintf(w, "\r%s%*s\r%s", line, max(0, shown-n), "", line)
		}
		shown = n
	}
}
