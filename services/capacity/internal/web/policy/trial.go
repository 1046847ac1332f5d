package policy

import (
	"slices"
	"strings"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/app"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// trial is what guardrails would have approved.
type trial struct {
	Said    []string
	Table   pages.Table
	Against int
}

// mostTried bounds the list.
const mostTried = 50

func trialOf(x *pages.Context, out app.Trial) *trial {
	t := &trial{Table: pages.Table{ID: "trial", Caption: x.Say("trial.caption"), Empty: x.Say("trial.none"), Head: []pages.Cell{{Text: x.Say("trial.proposal")}, {Text: x.Say("trial.drafted")},
		{Text: x.Say("trial.moves"), Number: true}, {Text: x.Say("trial.gain"), Number: true}, {Text: x.Say("trial.would")}, {Text: x.Say("trial.did")}}}}
	against := 0
	for _, y := range out.Tried {
		if y.Would && y.Against {
			against++
		}
	}
	t.Against = against
	t.Said = append(t.Said, x.Say("trial.looked", "n", out.Looked, "since", x.Date(x.Today(out.Since))), x.Say("trial.count", "n", out.Would, "did", out.Did))
	if against > 0 {
		t.Said = append(t.Said, x.Say("trial.against", "n", against))
	}
	// First what would be otherwise.
	slices.SortStableFunc(out.Tried, func(a, b app.Tried) int { return rank(a) - rank(b) })
	for i, y := range out.Tried {
		if i == mostTried {
			t.Said = append(t.Said, x.Say("trial.cut", "n", mostTried))
			break
		}
		would := pages.Cell{Badge: &pages.Badge{Kind: "success", Text: x.Say("trial.yes")}}
		if !y.Would {
			var rails []string
			for _, r := range y.Outside {
				rails = append(rails, x.Say("rail."+r))
			}
			would = pages.Cell{Text: x.Say("trial.no", "why", strings.Join(rails, "; "))}
		}
		t.Table.Rows = append(t.Table.Rows, []pages.Cell{{Text: string(y.Proposal), Href: "/desk/proposals/" + string(y.Proposal)}, {Text: x.MomentShort(y.Drafted)},
			{Text: x.Number(y.Moves), Number: true}, {Text: x.Decimal(y.Gain, 1), Number: true}, would, did(x, y)})
	}
	return t
}

func rank(t app.Tried) int {
	switch {
	case t.Would && t.Against:
		return 0
	case t.Would != t.Did:
		return 1
	}
	return 2
}

// did says what has become of a proposal.
func did(x *pages.Context, t app.Tried) pages.Cell {
	text := x.Say("state." + t.State)
	if t.Did {
		text = x.Say("trial.itself", "state", text)
	}
	if t.Reason != "" {
		text = x.Say("trial.reason", "state", text, "reason", t.Reason)
	}
	if t.Would && t.Against {
		return pages.Cell{Badge: &pages.Badge{Kind: "warning", Text: text}}
	}
	return pages.Cell{Text: text}
}

// reading is the policy for those who may not change it.
func reading(x *pages.Context, p capacity.Policy) []pages.Fact {
	g := p.Automatic
	yes := func(b bool) string {
		if b {
			return x.Say("value.yes")
		}
		return x.Say("value.no")
	}
	all := []pages.Fact{
		{Key: x.Say("rails.enabled"), Value: yes(g.Enabled)}, {Key: x.Say("rails.moves"), Value: x.Number(g.MaxMoves)},
		{Key: x.Say("rails.travel"), Value: x.Minutes(g.MaxTravelMinutes)}, {Key: x.Say("rails.gain"), Value: x.Decimal(g.MinGain, 2)}, {Key: x.Say("rails.mobile"), Value: yes(g.MobileOnly)},
		{Key: x.Say("promise.goal"), Value: x.Days(p.GoalDays)}, {Key: x.Say("promise.limit"), Value: x.Days(p.LimitDays)},
		{Key: x.Say("reserve.walkin"), Value: x.Percent(p.WalkInShare, 1)}, {Key: x.Say("reserve.express"), Value: x.Number(p.ExpressCounters)},
		{Key: x.Say("reserve.notice"), Value: x.Days(p.NoticeDays)}, {Key: x.Say("reserve.away"), Value: x.Number(p.MaxDaysAwayPerWeek)}, {Key: x.Say("reserve.travel"), Value: x.Minutes(p.MaxTravelMinutes)},
	}
	for _, s := range seasons(p) {
		all = append(all, pages.Fact{Key: s.Name, Value: x.Say("season.said", "skill", string(s.Skill), "span", x.Span(s.From, s.Until-1), "factor", s.Factor)})
	}
	return all
}
