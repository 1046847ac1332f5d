package app

import (
	"context"
	"fmt"
	"slices"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// ReportMeasure enters or changes a district's measure. A temporary site becomes a
// centre in the same unit.
func (a *App) ReportMeasure(ctx context.Context, key string, m capacity.Measure) (journal.Receipt, error) {
	site, isSite, err := a.checkMeasure(m)
	if err != nil {
		return journal.Receipt{}, err
	}
	return a.do(ctx, key, m, func(tx *journal.Tx) error {
		if err := ownMeasure(ctx, tx, m.ID, m.District); err != nil {
			return err
		}
		if _, err := journal.Execute(tx, measures, string(m.ID), network.MeasureCommand(network.SetMeasure{Measure: m})); err != nil || !isSite {
			return err
		}
		_, err := journal.Execute(tx, centres, string(site.ID), network.CentreCommand(network.SetCentre{Centre: site}))
		return err
	})
}

// checkMeasure holds a measure against the network, and tells the centre that it
// makes, if it makes one.
func (a *App) checkMeasure(m capacity.Measure) (site capacity.Centre, isSite bool, err error) {
	if err := network.CheckMeasure("measure", m); err != nil {
		return site, false, err
	}
	a.node.View(func() {
		c := a.City
		centre, known := c.Centres[m.Centre]
		switch {
		case m.Centre != "" && (!known || centre.District != m.District):
			err = field("centre", string(m.Centre), "is not a centre of district \""+string(m.District)+"\"")
		case !slices.ContainsFunc(c.Policy.Districts, func(d capacity.District) bool { return d.ID == m.District }):
			err = field("district", string(m.District), "is not a district of this network")
		}
		site, isSite = network.CentreOf(m, c.Centres)
	})
	return site, isSite, err
}

// ownMeasure keeps district planners to measures of their own districts: the one
// that stands under the id, and those named.
func ownMeasure(ctx context.Context, tx *journal.Tx, m id.Measure, named ...id.District) error {
	stands, version, err := journal.Load(tx, measures, string(m))
	if err != nil {
		return err
	}
	if version > 0 {
		named = append(named, stands.District)
	}
	if len(named) == 0 {
		return nil // there is none: the measure itself says so
	}
	return access.District(ctx, named...)
}

// EndMeasure ends a measure on a day. It is refused where the centre's hours
// would then lie below the minimum. A temporary site closes with it.
func (a *App) EndMeasure(ctx context.Context, key string, m id.Measure, on day.Day) (journal.Receipt, error) {
	var err error
	a.node.View(func() {
		has, ok := a.City.Measures[m]
		centre, there := a.City.Centres[has.Centre]
		if !ok || !there {
			return
		}
		rest := slices.DeleteFunc(a.City.MeasuresOf(has.Centre), func(o capacity.Measure) bool { return o.ID == m })
		err = network.CheckHours("centre", centre, rest, max(on, has.From))
	})
	if err != nil {
		return journal.Receipt{}, fmt.Errorf("end measure %s: %w", m, err)
	}
	return a.do(ctx, key, on, func(tx *journal.Tx) error {
		if err := ownMeasure(ctx, tx, m); err != nil {
			return err
		}
		if _, err := journal.Execute(tx, measures, string(m), network.MeasureCommand(network.EndMeasure{On: on})); err != nil {
			return err
		}
		return closeSite(tx, m, on)
	})
}

// closeSite closes the centre that a temporary site was, on a day.
func closeSite(tx *journal.Tx, m id.Measure, on day.Day) error {
	k := network.SiteCentre(m)
	stands, version, err := journal.Load(tx, centres, string(k))
	if err != nil || version == 0 || stands.Removed {
		return err
	}
	c := stands.Centre
	switch {
	case c.Closes != nil && *c.Closes <= on:
		return nil
	case c.Opens != nil && on <= *c.Opens:
		_, err = journal.Execute(tx, centres, string(k), network.CentreCommand(network.RemoveCentre{}))
	default:
		c.Closes = &on
		_, err = journal.Execute(tx, centres, string(k), network.CentreCommand(network.SetCentre{Centre: c}))
	}
	return err
}

// MeasureEffect is what a measure would do to what is on offer.
type MeasureEffect struct {
	Days []MeasureDay
	// Beyond is how many days of it lie beyond the horizon, where nothing is on
	// offer yet.
	Beyond int
	// Appointments booked on the days that change, and how many of them could not
	// take place as booked: an estimate, booking decides.
	Appointments, Touched int
	// Minutes at the counter for appointments that go (above 0) or come.
	Minutes day.Minutes
}

// MeasureDay is one day that changes.
type MeasureDay struct {
	Day                 day.Day
	Before, After       []day.Span // opening hours
	Offered, Left       day.Minutes
	Appointments        int
	Touched             int
	People, KeptMinimum int // on duty; who would stay, of a reserve
}

// MeasureEffect tells what a measure would do, before it is entered. Nothing is
// written.
func (a *App) MeasureEffect(m capacity.Measure) (e MeasureEffect, err error) {
	if _, _, err = a.checkMeasure(m); err != nil {
		return e, err
	}
	a.node.View(func() {
		c := a.City
		h := c.Horizon()
		period := m.Meet(day.Period{From: c.Today, Until: m.Until})
		e.Beyond = day.Period{From: max(period.From, h.Until), Until: period.Until}.Days()
		centre, known := c.Centres[m.Centre]
		if !known {
			return
		}
		others := slices.DeleteFunc(c.MeasuresOf(m.Centre), func(o capacity.Measure) bool { return o.ID == m.ID })
		for d := period.From; d < min(period.Until, h.Until); d++ {
			x := effectOn(c, centre, append(slices.Clip(others), m), m, d)
			if x == nil {
				continue
			}
			e.Days = append(e.Days, *x)
			e.Appointments, e.Touched, e.Minutes = e.Appointments+x.Appointments, e.Touched+x.Touched, e.Minutes+x.Offered-x.Left
		}
	})
	return e, err
}

// effectOn is one day; nil: nothing changes.
func effectOn(c *read.City, centre capacity.Centre, with []capacity.Measure, m capacity.Measure, d day.Day) *MeasureDay {
	p := read.Place{Centre: centre.ID, Day: d}
	x := &MeasureDay{Day: d, Before: c.Opening(centre.ID, d), After: network.Opening(centre, with, c.Policy.Holidays, d)}
	load := c.Loads[p]
	switch {
	case m.Kind == capacity.MeasureReserve:
		if len(x.Before) == 0 {
			return nil
		}
		x.People, x.KeptMinimum = c.OnDuty(p), m.People
	case slices.Equal(x.Before, x.After) && m.Kind != capacity.MeasureRelocation:
		return nil
	case len(x.Before)+len(x.After) == 0:
		return nil
	}
	x.Offered, x.Left = c.OfferedWithin(p, x.Before), c.OfferedWithin(p, x.After)
	x.Appointments = load.Appointments
	x.Touched = touched(load.Appointments, c.BookedOutside(p, x.After), load.BookedMinutes())
	return x
}

// touched estimates how many appointments a part of the booked minutes is.
func touched(appointments int, outside, booked day.Minutes) int {
	if booked <= 0 || outside <= 0 {
		return 0
	}
	return min(appointments, (appointments*int(outside)+int(booked)-1)/int(booked))
}
