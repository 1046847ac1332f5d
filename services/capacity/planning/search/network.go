package search

import "github.com/lotse-hamburg/lotse/services/capacity/planning/flow"

// Network is the warm mix of the present plan (Present), lent to those who price
// changes of it on their own. They give it back as it was: Save it, Restore it,
// and set the multipliers found. It is of the planner's own instance.
func (p *Planner) Network() (*flow.Network, error) {
	if !p.priced {
		if err := p.Price(); err != nil {
			return nil, err
		}
	}
	return p.s.net, nil
}
