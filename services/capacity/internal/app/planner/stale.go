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
// that stands still. It answers in one sentence per language what has changed;
// nil: the proposal holds. It is stale only if a remaining move breaks a hard
// rule, uncovers a booked appointment, or if the moves together have lost more
// than the policy's share of their gain. Moves that were dropped take their own
// gains with them.
func (s *Session) Stale(city *read.City, st proposal.State, drop []id.Deployment) (map[string]string, error) {
	p := buildProblem(city, without{except: []id.Proposal{st.ID}, later: true}, s.memory)
	var asked []planning.Change
	was := st.Draft.Gain
	for _, m := range st.Moves {
		if slices.Contains(drop, m.Deployment) {
			was -= m.Gain
			continue
		}
		c, ok := p.change(m)
		switch {
		case m.Day <= city.Today:
			return underWay(m.Day), nil
		case !ok:
			return gone(m), nil
		}
		if m.Returns != nil { // it ends the deployment that holds the person there
			endsDeployment(&p.Staff[c.Employee], c.Day)
		}
		asked = append(asked, c)
	}
	if _, err := s.warm.take(p.Instance); err != nil {
		return nil, err
	}
	_, now, broken, err := s.warm.together(asked)
	if err != nil {
		return nil, err
	}
	if broken != nil {
		return p.breaks(*broken), nil
	}
	if was > 0 && now < (1-city.Policy.StaleLoss)*was {
		return lost(was, now), nil
	}
	return nil, nil
}

func underWay(d day.Day) map[string]string {
	return map[string]string{"de": fmt.Sprintf("Der %s hat schon begonnen.", d), "en": fmt.Sprintf("%s has begun already.", d)}
}

func gone(m proposal.Move) map[string]string {
	return map[string]string{"de": fmt.Sprintf("%s oder %s gibt es nicht mehr.", m.Employee, m.To),
		"en": fmt.Sprintf("%s or %s is not there any more.", m.Employee, m.To)}
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
