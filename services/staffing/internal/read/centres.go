package read

import (
	"cmp"
	"slices"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/domain/centre"
)

// Centre is where people work.
type Centre struct {
	ID       id.Centre
	District id.District
	Name     string
}

// Centres knows the centres of the network.
type Centres struct{ list []Centre } // by id

// NewCentres is empty.
func NewCentres() *Centres { return &Centres{} }

// Apply takes in one event.
func (m *Centres) Apply(_ eventlog.Event, event decider.Event) {
	e, ok := event.(centre.Noted)
	if !ok {
		return
	}
	c := Centre{e.Centre, e.District, cmp.Or(e.Name, string(e.Centre))}
	i, known := m.find(e.Centre)
	if !known {
		m.list = slices.Insert(m.list, i, c)
	}
	m.list[i] = c
}

func (m *Centres) find(c id.Centre) (int, bool) {
	return slices.BinarySearchFunc(m.list, c, func(x Centre, c id.Centre) int { return cmp.Compare(x.ID, c) })
}

// All centres by district, then name.
func (m *Centres) All() []Centre {
	all := slices.Clone(m.list)
	slices.SortFunc(all, func(a, b Centre) int {
		return cmp.Or(cmp.Compare(a.District, b.District), cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// Name of a centre; its id where it is not known.
func (m *Centres) Name(c id.Centre) string {
	if i, known := m.find(c); known {
		return m.list[i].Name
	}
	return string(c)
}
