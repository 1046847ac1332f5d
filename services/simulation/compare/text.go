package compare

import (
	"fmt"
	"strings"
)

// Text of an estimate: the mean by a form such as "%.*f" with so many digits, then
// what joins and half the interval, if there is one.
func (e Estimate) Text(form string, digits int, joins string) string {
	if !e.Known() {
		return "–"
	}
	s := strings.Replace(fmt.Sprintf(form, digits, e.Mean), "-", "−", 1)
	if e.Interval() {
		s += joins + fmt.Sprintf("%.*f", digits, e.Half)
	}
	return s
}

// Line is a sentence of the claim, and what the runs say to it.
type Line struct {
	What, Figure, Aim string
	Verdict           Verdict
}

// Known says whether anything was played that the claim is about.
func (c Claim) Known() bool { return c.MovedVerdict != Unknown }

// Lines of the claim.
func (c Claim) Lines() []Line {
	percent := func(e Estimate) Estimate { e.Mean, e.Half = 100*e.Mean, 100*e.Half; return e }
	distance := fmt.Sprintf("of %s points %s are gained", c.Distance.Text("%.*f", 1, " ± "), c.Gained.Text("%.*f", 1, " ± "))
	closed := percent(c.Closed).Text("%.*f", 0, " ± ") + " %: " + distance
	switch c.ClosedVerdict {
	case Unknown:
		closed = "–"
	case Nothing:
		closed = distance
	}
	change := "–"
	if c.Change.Known() {
		change = fmt.Sprintf("%s: %s points", c.Worst, c.Change.Text("%+.*f", 1, " ± "))
	}
	return []Line{
		{fmt.Sprintf("share of the distance from %s to %s that %s closes", Unsteered, Foresight, Steered), closed, fmt.Sprintf("≥ %.0f %%", 100*LeastClosed), c.ClosedVerdict},
		{"moved days per employee and month", c.Moved.Text("%.*f", 2, " ± "), fmt.Sprintf("≤ %.1f", MostMoved), c.MovedVerdict},
		{"the district that fares worst against " + Unsteered, change, fmt.Sprintf("≥ −%.0f points", MostLost), c.WorstVerdict},
	}
}
