package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lotse-hamburg/lotse/services/simulation"
	"github.com/lotse-hamburg/lotse/services/simulation/compare"
)

// about says what each policy is.
var about = map[string]string{
	"none":             "capacity stays where it is; the services run, nothing is planned",
	"local":            "each district helps itself: what Lotse proposes within one is done",
	"lotse-review":     "a planner answers each proposal, after hours or days, and rejects some",
	"lotse-auto":       "the guardrails approve by themselves; what they do not, a planner looks at",
	"clairvoyant":      "the planner's relaxation, which knows every absence and every citizen ahead, under the same rules of travel, notice and weekly caps; its moves made of whole people and ordered by hand, the services run, nothing is planned",
	"clairvoyant-book": "the same relaxation in a book, where people may be split",
	"pooled":           "all staff in one centre that every citizen accepts: cannot be reached; in a book",
	"none-book":        "nobody moves, in the same book: how far the book alone is from the services",
}

// Markdown is docs/proof.md.
func (r *Results) Markdown() string {
	var b strings.Builder
	w := func(format string, a ...any) { fmt.Fprintf(&b, format, a...) }
	w(head, compare.Steered, compare.Unsteered, compare.Foresight, 100*compare.LeastClosed, compare.MostMoved, compare.Unsteered, compare.MostLost,
		100*compare.Confidence, compare.Unsteered, compare.LeastDistance)
	w("| scenario | seeds | distance closed | | moved days per employee and month | | worst district | |\n| --- | ---: | --- | --- | --- | --- | --- | --- |\n")
	for _, o := range r.Scenarios {
		c := compare.ClaimOf(o.samples())
		name := o.Name
		if !o.Claimed {
			name += " *"
		}
		w("| %s | %s |", name, o.seeds())
		for _, l := range c.Lines() {
			w(" %s | %s |", l.Figure, mark(l.Verdict))
		}
		w("\n")
	}
	w("\n%s\n", r.verdict())
	w(policiesHead)
	for _, p := range order {
		w("| %s | %s |\n", p, about[p])
	}
	w(figuresHead)
	for _, f := range simulation.Figures {
		w("| %s | %s | %s |\n", f.Name, f.Unit, f.Means)
	}
	for _, o := range r.Scenarios {
		o.write(w)
	}
	w("\n## What was played\n\nCode `%s` (a hash of what a simulated city runs), %s. The hashes of scenario and city, and those of each run's logs, stand in\n[proof.json](proof.json): the same code gives the same ones on any machine.\n", r.Code, r.Go)
	if older := r.older(); older > 0 {
		w("\n**%d of the runs are of older code**, as it stands there with each of them.\n", older)
	}
	return b.String()
}

func mark(v compare.Verdict) string {
	switch v {
	case compare.Met:
		return "**met**"
	case compare.Missed:
		return "**MISSED**"
	}
	return string(v)
}

// verdict sums the claim up over the scenarios that it is about.
func (r *Results) verdict() string {
	met, lines := 0, 0
	var missed []string
	for _, o := range r.Scenarios {
		if !o.Claimed {
			continue
		}
		for _, l := range compare.ClaimOf(o.samples()).Lines() {
			lines++
			if l.Verdict == compare.Met {
				met++
			} else {
				missed = append(missed, fmt.Sprintf("%s, %s: %s", o.Name, l.What, l.Verdict))
			}
		}
	}
	if met == lines {
		return fmt.Sprintf("All %d lines are met.", lines)
	}
	return fmt.Sprintf("Of %d lines %d are met. Not met:\n\n- %s", lines, met, strings.Join(missed, "\n- "))
}

func (r *Results) older() (n int) {
	for _, o := range r.Scenarios {
		for _, row := range o.Runs {
			if row.Code != "" {
				n++
			}
		}
	}
	return n
}

// seeds of the policies, as "3" or "1–5".
func (o Outcome) seeds() string {
	seeds := compare.TableOf(o.samples(), "").Seeds
	few, many := slices.Min(seeds), slices.Max(seeds)
	if few == many {
		return fmt.Sprint(many)
	}
	return fmt.Sprintf("%d–%d", few, many)
}

func (o Outcome) write(w func(string, ...any)) {
	table := compare.TableOf(o.samples(), compare.Unsteered)
	w("\n## %s\n\n%s\n\n%d days from %s on, after %d days in which calendars fill; %d people, %d centres, %s.\n", o.Name, o.About, o.Days, o.From, o.WarmUp,
		o.People, o.Centres, o.citizens())
	w("\n`lotse simulate --scenario %s --seeds %d --policies %s`\n\n", o.Name, slices.Max(table.Seeds), strings.Join(table.Policies, ","))
	columns(w, "", table.Policies)
	w("| seeds |")
	for _, n := range table.Seeds {
		w(" %d |", n)
	}
	w("\n")
	for _, r := range table.Rows {
		w("| %s |", label(r))
		for _, e := range r.Policies {
			w(" %s |", e.Text("%.*f", r.Digits, " ± "))
		}
		w("\n")
	}
	if table.Against == "" {
		w("\n%s was not played, so there are no differences to it.\n", compare.Unsteered)
		return
	}
	others := slices.DeleteFunc(slices.Clone(table.Policies), func(p string) bool { return p == table.Against })
	w("\nDifferences to %s on the same seeds:\n\n", table.Against)
	columns(w, "", others)
	for _, r := range table.Rows {
		w("| %s |", label(r))
		for i, e := range r.Differences {
			if table.Policies[i] != table.Against {
				w(" %s |", e.Text("%+.*f", r.Digits, " ± "))
			}
		}
		w("\n")
	}
	w("\n")
	for _, l := range compare.ClaimOf(o.samples()).Lines() {
		w("- %s: %s (aimed at: %s): %s\n", l.What, l.Figure, l.Aim, mark(l.Verdict))
	}
	if !o.Claimed {
		w("\nThe claim is not about this scenario; its lines are given for comparison.\n")
	}
}

func label(r compare.Row) string {
	if r.Unit == "" {
		return r.Name
	}
	return r.Name + ", " + r.Unit
}

func columns(w func(string, ...any), first string, names []string) {
	w("| %s |", first)
	for _, n := range names {
		w(" %s |", n)
	}
	w("\n| --- |%s\n", strings.Repeat(" ---: |", len(names)))
}

// citizens of all runs, by the seed.
func (o Outcome) citizens() string {
	few, many := o.Runs[0].Citizens, o.Runs[0].Citizens
	for _, r := range o.Runs {
		few, many = min(few, r.Citizens), max(many, r.Citizens)
	}
	if few == many {
		return fmt.Sprintf("%d citizens", many)
	}
	return fmt.Sprintf("%d to %d citizens by the seed", few, many)
}

const head = `# Does the promise hold? A city with and without Lotse

Written by ` + "`make proof`" + ` (` + "`go run ./tools/proof`" + `): every figure below is computed from [proof.json](proof.json), which holds those of each run. The real
services are played in memory, on a clock that jumps, with invented citizens, staff, HR systems and planners (` + "`lotse simulate`" + `);
where the scenarios' numbers are from stands in ` + "`deploy/scenarios`" + `. All policies have the same staff, and on the same seed the same citizens ask
and the same people are ill.

The claim, for the scenarios without an asterisk, under %s:

- of the distance between %s and %s in promises kept within 14 days it closes at least %.0f %%;
- people work at another centre on at most %.1f days a month, on average;
- no district is worse off than under %s by more than %.0f percentage point.

It is judged by the mean over seeds. What follows ± is half the %.0f %% interval (Student's t over seeds; of the share closed, that of a ratio); differences
to %s are taken seed by seed, so that chance common to both is not in them. One seed has no interval. Where the distance is
below %.0f percentage point there is nothing to close.

`

const policiesHead = `
## Policies

| policy | what is done |
| --- | --- |
`

const figuresHead = `
## Figures

| figure | unit | what it is |
| --- | --- | --- |
`
