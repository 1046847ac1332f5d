package proposal

import (
	"slices"

	"github.com/lotse-hamburg/lotse/events/capacity"
)

// Guardrails of automatic approval, as Outside names them.
const (
	RailEnabled = "enabled"
	RailMoves   = "max_moves"
	RailTravel  = "max_travel_minutes"
	RailGain    = "min_gain"
	RailMobile  = "mobile_only"
	RailNotice  = "notice"
)

// Outside names the guardrails that a draft is outside of, in the order above;
// nothing: it may be approved without a planner. mobile tells of whom it is the
// job to be sent; late that somebody is sent home within the notice, whom a
// planner asks.
func Outside(g capacity.Guardrails, moves []capacity.Move, mobile func(capacity.Move) bool, late bool) (rails []string) {
	out := func(rail string, is bool) {
		if is {
			rails = append(rails, rail)
		}
	}
	any := func(is func(capacity.Move) bool) bool { return slices.ContainsFunc(moves, is) }
	out(RailEnabled, !g.Enabled)
	out(RailMoves, len(moves) > g.MaxMoves)
	out(RailTravel, any(func(m capacity.Move) bool { return m.TravelMinutes > g.MaxTravelMinutes }))
	out(RailGain, any(func(m capacity.Move) bool { return m.Gain < g.MinGain }))
	out(RailMobile, g.MobileOnly && any(func(m capacity.Move) bool { return !mobile(m) }))
	out(RailNotice, late)
	return rails
}

// OutsideOf names the guardrails that a proposal was outside of when it was
// drafted, had they been g. What was known of its people then is in its details.
func (s State) OutsideOf(g capacity.Guardrails) []string {
	return Draft{s.Details, s.Draft}.OutsideOf(g)
}

// OutsideOf names the guardrails g that a draft is outside of.
func (d Draft) OutsideOf(g capacity.Guardrails) []string {
	late := false
	for dep, p := range d.Details.People {
		if _, back := d.Details.Returns[dep]; back && p.Late {
			late = true
		}
	}
	return Outside(g, d.Drafted.Moves, func(m capacity.Move) bool { return d.Details.People[m.Deployment].Mobile }, late)
}
