package app

import (
	"context"
	"fmt"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr/ical"
)

// Series are followed from a little before today to a year ahead.
const (
	seriesBehind = 31
	seriesAhead  = 366
)

// ImportCalendar records what a calendar in iCalendar form says; employee is
// whose it is where its events do not say. Nothing of a calendar with an event
// at fault is recorded; asking again records nothing twice, and calendars that
// come in any order end in the state of the newest.
func (a *App) ImportCalendar(ctx context.Context, source, employee string, data []byte) (ImportCounts, error) {
	l, err := a.readCalendar(source, employee, data)
	if err != nil {
		return ImportCounts{}, err
	}
	if err := a.node.Fold(ctx); err != nil {
		return ImportCounts{}, err
	}
	return a.takeIn(ctx, l)
}

// readCalendar reads a calendar, with pseudonyms in the place of numbers.
func (a *App) readCalendar(source, employee string, data []byte) (list, error) {
	today := day.Of(a.node.Now(), a.zone)
	o := ical.Options{Source: source, Employee: employee, Zone: a.zone, From: today - seriesBehind, Until: today + seriesAhead}
	c, err := ical.Read(o, data)
	if err != nil {
		return list{}, err
	}
	l := list{source: source, stripped: c.Stripped, hash: c.Hash}
	for _, e := range c.Events {
		if err := a.name(e.Words); err != nil {
			return list{}, err
		}
		entry := Entry{Whole: e.Whole, Revision: e.Revision, Master: e.Master, From: o.From, Until: o.Until}
		for _, m := range e.Words {
			entry.Words = append(entry.Words, wordOf(m))
		}
		l.entries = append(l.entries, entry)
	}
	a.count(hr.Message{Source: source, Stripped: c.Stripped})
	if a.names != nil {
		l.hash = a.names.Mark(source, l.hash)
	}
	return l, nil
}

func (l list) story() string { return fmt.Sprintf("%s-import-%s", l.source, l.hash[:16]) }
