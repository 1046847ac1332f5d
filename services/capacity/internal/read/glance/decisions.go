package glance

import (
	"cmp"
	"slices"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/forecast"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/promise"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
)

// decisions gathers what is open. Proposals are looked through from the newest
// back to where none can bind anybody any more: one drafted before another has
// expired at most the policy's days of expiry after it.
func (r *Raw) decisions(c *read.City) {
	helped := map[read.Place]bool{} // somebody is on the way, or proposed to be
	promised := map[id.District]bool{}
	oldest := c.Today - day.Day(c.Policy.ProposalDays) - day.Day(c.Policy.HorizonDays)
	for i := len(c.Order) - 1; i >= 0; i-- {
		s := c.Proposals[c.Order[i]]
		if s.Draft.ExpiresOn < oldest {
			break
		}
		if s.Open() || s.Status == proposal.Approved || s.Status == proposal.Applied {
			for _, m := range s.Moves {
				if !m.Answered() || m.Step == proposal.IsOrdered {
					helped[read.Place{Centre: m.To, Day: m.Day}] = true
				}
			}
		}
		if s.Open() {
			r.city.Open++
			r.city.Decisions = append(r.city.Decisions, r.open(c, s, promised))
		}
	}
	r.unanswered(c, helped)
	for _, d := range c.Policy.Districts {
		broken := Decision{Kind: AtRisk, Urgency: 2, District: d.ID, Districts: []id.District{d.ID}, Day: c.Today}
		for _, g := range c.Catalogue.Groups {
			s, ok := c.LeadTimes[read.Gauge{District: d.ID, Skill: g.Skill}]
			if ok && s.Measured && d.DailyDemand[g.Skill] > 0 && promise.Broken(s.Last.Days, s.Last.Limit) {
				broken.Groups, broken.Lead = append(broken.Groups, g.Skill), forecast.Longer(broken.Lead, s.Last.Days)
			}
		}
		if len(broken.Groups) > 0 && !promised[d.ID] {
			r.city.Decisions = append(r.city.Decisions, broken)
		}
	}
	for _, s := range c.Suggestions {
		if s.Accepted == nil && len(s.Made.Days) > 0 && !s.Over(c.Today) {
			m := s.Made
			r.city.Decisions = append(r.city.Decisions, Decision{Kind: Suggestion, Urgency: 4, ID: m.ID, Centre: m.Centre, District: m.District, Districts: []id.District{m.District},
				Day: m.Days[0], Gain: m.Gain, Words: m.Why})
		}
	}
}

// open is a proposal that waits: urgent by what is uncovered where it helps, then
// by a promise that is broken there, then by when it expires.
func (r *Raw) open(c *read.City, s proposal.State, promised map[id.District]bool) Decision {
	d := Decision{Kind: Proposal, Urgency: 3, Proposal: s.ID, Moves: len(s.Moves), Gain: s.Draft.Gain, Expires: s.Draft.ExpiresOn}
	if x := s.Details.Explanation; x != nil {
		d.Words = x.Headline
	}
	for _, m := range s.Moves {
		if d.Day == 0 || m.Day < d.Day {
			d.Day = m.Day
		}
		for _, r := range []id.District{m.FromDistrict, m.ToDistrict} {
			if !slices.Contains(d.Districts, r) {
				d.Districts = append(d.Districts, r)
			}
		}
		d.District, promised[m.ToDistrict] = m.ToDistrict, true
	}
	soonest := day.Day(0)
	for _, l := range s.Details.Losses {
		if n := c.Loads[read.Place(l)].AtRisk; n > 0 {
			d.Uncovered += n
			if soonest == 0 || l.Day < soonest {
				soonest = l.Day
			}
		}
	}
	switch {
	case soonest != 0:
		d.Urgency, d.Day = 1, soonest
	case slices.ContainsFunc(c.Catalogue.Groups, func(g capacity.ServiceGroup) bool {
		return c.LeadTimes[read.Gauge{District: d.District, Skill: g.Skill}].AtRisk
	}):
		d.Urgency = 2
	}
	return d
}

// unanswered: appointments are at risk and nobody is on the way.
func (r *Raw) unanswered(c *read.City, helped map[read.Place]bool) {
	for _, k := range r.city.Centres {
		for _, x := range k.Days {
			if p := (read.Place{Centre: k.ID, Day: x.Day}); x.AtRisk > 0 && !helped[p] {
				r.city.Decisions = append(r.city.Decisions, Decision{Kind: Uncovered, Urgency: 1, District: k.District, Districts: []id.District{k.District}, Centre: k.ID, Day: x.Day,
					Uncovered: x.AtRisk})
			}
		}
	}
}

// rank sorts by urgency, then day or expiry, then weight.
func (r *Raw) rank() {
	due := func(d Decision) day.Day {
		if d.Urgency > 1 && d.Kind == Proposal {
			return d.Expires
		}
		return d.Day
	}
	slices.SortFunc(r.city.Decisions, func(a, b Decision) int {
		return cmp.Or(cmp.Compare(a.Urgency, b.Urgency), cmp.Compare(due(a), due(b)), cmp.Compare(b.Uncovered, a.Uncovered), cmp.Compare(b.Gain, a.Gain),
			cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Proposal, b.Proposal), cmp.Compare(a.ID, b.ID), cmp.Compare(a.District, b.District), cmp.Compare(a.Centre, b.Centre))
	})
}
