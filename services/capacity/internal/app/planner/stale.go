package planner

import (
	"fmt"
	"slices"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

// Stale evaluates an open proposal again, without the moves dropped, on a city
// that stands still. It answers in one sentence per language what has changed, and
// what the moves were worth and are; nil: the proposal holds. It is stale only if a
// remaining move breaks a hard rule, uncovers a booked appointment, or if the moves
// together have lost more than the policy's share of their gain. Moves that were
// dropped take their own gains with them.
func (s *Session) Stale(city *read.City, st proposal.State, drop []id.Deployment) (map[string]string, *proposal.Reappraised, error) {
	p := s.problem(city, without{except: []id.Proposal{st.ID}, later: true})
	asked, why := p.remaining(city, st, drop)
	if why != nil {
		return why, nil, nil
	}
	if _, err := s.warm.take(p.Instance); err != nil {
		return nil, nil, err
	}
	priced, err := s.warm.each(asked)
	if err != nil {
		return nil, nil, err
	}
	return p.holds(city, st, drop, priced)
}

// remaining are the moves of a proposal that are not dropped, in the problem's
// numbers; why says what of them is not there any more.
func (p *problem) remaining(city *read.City, st proposal.State, drop []id.Deployment) (asked []planning.Change, why map[string]string) {
	for _, m := range st.Moves {
		if slices.Contains(drop, m.Deployment) {
			continue
		}
		c, ok := p.change(m)
		switch {
		case m.Day <= city.Today:
			return nil, underWay(m.Day)
		case !ok:
			return nil, gone(m)
		case m.Returns != nil && city.Duties[m.Employee].Home != m.To:
			return nil, nowAtHome(m, city.Duties[m.Employee].Home)
		}
		if m.Returns != nil { // it ends the deployment that holds the person there
			endsDeployment(&p.Staff[c.Employee], c.Day)
		}
		asked = append(asked, c)
	}
	return asked, nil
}

// holds compares what a proposal's moves are worth now with what they were.
func (p *problem) holds(city *read.City, st proposal.State, drop []id.Deployment, priced []planning.Priced) (why map[string]string, found *proposal.Reappraised, err error) {
	found = &proposal.Reappraised{Proposal: st.ID, Was: st.Draft.Gain}
	var broken *planning.Priced
	for _, m := range st.Moves {
		if slices.Contains(drop, m.Deployment) {
			found.Was -= m.Gain
			continue
		}
		w := proposal.MoveWorth{Deployment: m.Deployment, Was: m.Gain}
		c, _ := p.change(m)
		for i, x := range priced {
			if x.Employee != c.Employee || x.Day != c.Day || x.To != c.To {
				continue
			}
			if w.Rule = x.Rule; x.Rule == "" {
				w.Now = round(x.Gain)
				found.Now += x.Gain
			} else if broken == nil {
				broken = &priced[i]
			}
		}
		found.Moves = append(found.Moves, w)
	}
	was, now := found.Was, found.Now
	found.Was, found.Now = round(was), round(now)
	switch {
	case broken != nil:
		return p.breaks(*broken), found, nil
	case was > 0 && now < (1-city.Policy.StaleLoss)*was:
		return lost(was, now), found, nil
	}
	return nil, nil, nil
}

func underWay(d day.Day) map[string]string {
	return map[string]string{"de": fmt.Sprintf("Der %s hat schon begonnen.", d), "en": fmt.Sprintf("%s has begun already.", d)}
}

func gone(m proposal.Move) map[string]string {
	return map[string]string{"de": fmt.Sprintf("%s oder %s gibt es nicht mehr.", m.Employee, m.To),
		"en": fmt.Sprintf("%s or %s is not there any more.", m.Employee, m.To)}
}

// nowAtHome: nobody is sent back to where they are not at home any more.
func nowAtHome(m proposal.Move, home id.Centre) map[string]string {
	return map[string]string{"de": fmt.Sprintf("%s gehört jetzt zu %s und nicht mehr zu %s.", m.Employee, home, m.To),
		"en": fmt.Sprintf("%s belongs to %s now and to %s no more.", m.Employee, home, m.To)}
}

// breaks says which move is not possible any more, and why.
func (p *problem) breaks(m planning.Priced) map[string]string {
	e, to, on := p.employees[m.Employee], p.centres[m.To], p.day(m.Day)
	de, en := ruleWords(m.Rule)
	return map[string]string{"de": fmt.Sprintf("Der Einsatz von %s in %s am %s ist nicht mehr möglich: %s", e, to, on, de),
		"en": fmt.Sprintf("Sending %s to %s on %s is not possible any more: %s", e, to, on, en)}
}

func lost(was, now float64) map[string]string {
	if now <= 0 {
		return map[string]string{"de": "Der Vorschlag nützt nichts mehr: Die Lage hat sich geändert, seit er entstand.",
			"en": "The proposal is of no use any more: things have changed since it was drafted."}
	}
	share := int(100*now/was + .5)
	return map[string]string{"de": fmt.Sprintf("Der Vorschlag nützt nur noch %d Prozent dessen, was er nützte, als er entstand.", share),
		"en": fmt.Sprintf("The proposal is worth only %d percent of what it was worth when it was drafted.", share)}
}
