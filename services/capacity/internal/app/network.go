package app

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// centresPerJob bounds one unit of a network that is applied.
const centresPerJob = 16

// Applied says what a network file changed (or, in a dry run, would change).
type Applied struct {
	Changed []string `json:"changed" doc:"what is new or different, such as centre/altona"`
	Removed []string `json:"removed" doc:"centres that are not part of the network any more"`
	// Kept are fields of the policy that were edited at the desk and that the
	// network says otherwise: From there, To in force.
	Kept []network.Change `json:"kept,omitempty" doc:"fields of the policy that were edited at the desk and stay: from is what the network says, to is in force"`
	Dry  bool             `json:"dry_run,omitempty"`
}

// Applying says how a network is applied.
type Applying struct {
	// Dry only tells what would change.
	Dry bool
	// Over: the policy of the network counts, whatever was edited at the desk.
	Over bool
}

// ApplyNetwork makes the network what is given: all is checked first, then
// written in chunks, policy and catalogue before centres. A repeat changes
// nothing; one that was interrupted is finished by asking again. What was edited of
// the policy at the desk stays.
func (a *App) ApplyNetwork(ctx context.Context, n network.Network, how Applying) (Applied, journal.Receipt, error) {
	dry := how.Dry
	out := Applied{Changed: []string{}, Removed: []string{}, Dry: dry}
	var last journal.Receipt
	known := map[id.Measure]bool{}
	for _, m := range n.Measures {
		known[m.ID] = true
	}
	whole := n
	var gone []id.Centre
	a.node.View(func() {
		// Measures that districts entered themselves stay in force.
		for _, m := range a.City.Measures {
			if !known[m.ID] && slices.ContainsFunc(n.Centres, func(c capacity.Centre) bool { return c.ID == m.Centre && c.District == m.District }) {
				whole.Measures = append(slices.Clip(whole.Measures), m.Measure)
			}
		}
		for _, k := range a.City.CentreIDs() {
			if !network.IsSiteOf(k, a.City.Measures) && !slices.ContainsFunc(n.Centres, func(c capacity.Centre) bool { return c.ID == k }) {
				gone = append(gone, k)
			}
		}
	})
	if err := whole.Check(a.Today()); err != nil {
		return out, last, err
	}
	type part struct {
		name   string
		change func(tx *journal.Tx) ([]decider.Event, error)
	}
	parts := []part{
		{"policy", func(tx *journal.Tx) ([]decider.Event, error) {
			c := network.SetPolicy{Policy: capacity.PolicyChanged{Policy: n.Policy, Districts: n.Districts, Holidays: n.Holidays}, Over: how.Over}
			evs, err := journal.Execute(tx, policies, city, network.PolicyCommand(c))
			if err != nil {
				return nil, err
			}
			s, _, err := journal.Load(tx, policies, city)
			out.Kept = s.Kept()
			return slices.DeleteFunc(evs, func(e decider.Event) bool { return e.EventType() == network.TypePolicyFiled }), err
		}},
		{"catalogue", func(tx *journal.Tx) ([]decider.Event, error) {
			return journal.Execute(tx, catalogues, city, network.SetCatalogue{Catalogue: capacity.CatalogueChanged{Groups: n.Groups, Services: n.Services}})
		}},
	}
	for _, m := range n.Measures {
		parts = append(parts, part{"measure/" + string(m.ID), func(tx *journal.Tx) ([]decider.Event, error) {
			return journal.Execute(tx, measures, string(m.ID), network.MeasureCommand(network.SetMeasure{Measure: m}))
		}})
	}
	for _, c := range n.Centres {
		parts = append(parts, part{"centre/" + string(c.ID), func(tx *journal.Tx) ([]decider.Event, error) {
			return journal.Execute(tx, centres, string(c.ID), network.CentreCommand(network.SetCentre{Centre: c}))
		}})
	}
	for _, k := range gone {
		parts = append(parts, part{"-" + string(k), func(tx *journal.Tx) ([]decider.Event, error) {
			return journal.Execute(tx, centres, string(k), network.CentreCommand(network.RemoveCentre{}))
		}})
	}
	for chunk := range slices.Chunk(parts, centresPerJob) {
		var changed []string
		receipt, err := a.node.Do(ctx, func(tx *journal.Tx) error {
			changed = nil
			for _, p := range chunk {
				evs, err := p.change(tx)
				if err != nil {
					return fmt.Errorf("%s: %w", p.name, err)
				}
				if len(evs) > 0 {
					changed = append(changed, p.name)
				}
			}
			if dry {
				return errDry
			}
			return nil
		})
		if err != nil && !errors.Is(err, errDry) {
			return out, last, err
		}
		if err == nil {
			last = receipt
		}
		for _, name := range changed {
			if name[0] == '-' {
				out.Removed = append(out.Removed, name[1:])
			} else {
				out.Changed = append(out.Changed, name)
			}
		}
	}
	return out, last, nil
}

// errDry ends a dry run's job so that nothing is written.
var errDry = fmt.Errorf("dry run")

// Network is the network as it stands, in the form in which it is applied.
func (a *App) Network() (n network.Network) {
	a.node.View(func() {
		c := a.City
		n.Districts, n.Policy, n.Holidays = c.Policy.Districts, c.Policy.Policy, c.Policy.Holidays
		n.Groups, n.Services = c.Catalogue.Groups, c.Catalogue.Services
		for _, k := range c.CentreIDs() {
			if !network.IsSiteOf(k, c.Measures) { // it follows from its measure
				n.Centres = append(n.Centres, c.Centres[k])
			}
		}
		for _, m := range c.Measures {
			n.Measures = append(n.Measures, m.Measure)
		}
	})
	slices.SortFunc(n.Measures, func(a, b capacity.Measure) int {
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	return n
}
