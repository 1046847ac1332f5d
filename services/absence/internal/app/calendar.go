package app

import (
	"context"
	"fmt"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/absence/internal/domain/absencecase"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr/ical"
	"github.com/lotse-hamburg/lotse/services/absence/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
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
	today := day.Of(a.node.Now(), a.zone)
	o := ical.Options{Source: source, Employee: employee, Zone: a.zone, From: today - seriesBehind, Until: today + seriesAhead}
	c, err := ical.Read(o, data)
	if err != nil {
		return ImportCounts{}, err
	}
	for _, e := range c.Events {
		if err := a.name(e.Words); err != nil {
			return ImportCounts{}, err
		}
	}
	a.count(hr.Message{Source: source, Stripped: c.Stripped})
	if err := a.node.Fold(ctx); err != nil {
		return ImportCounts{}, err
	}
	out := ImportCounts{Stripped: c.Stripped.Reasons + c.Stripped.Unknown}
	hash := c.Hash
	if a.names != nil {
		hash = a.names.Mark(source, hash)
	}
	story := fmt.Sprintf("%s-import-%s", source, hash[:16])
	ctx = journal.WithCause(ctx, journal.Cause{CorrelationID: story, CausationID: story, Actor: "import"})
	for _, e := range c.Events {
		var known []read.Off
		if e.Master {
			a.node.View(func() {
				known = a.off.Of(source, func(x read.Off) bool {
					d, ok := e.Instance(x.Absence)
					return ok && d >= o.From && d < o.Until
				})
			})
		}
		recorded, rows := 0, 0
		rec, err := a.node.Do(ctx, func(tx *journal.Tx) error {
			var err error
			recorded, rows, err = a.calendarEvent(tx, e, known)
			return err
		})
		if err != nil {
			return ImportCounts{}, err
		}
		out.Rows += rows
		out.Recorded += recorded
		out.Unchanged += rows - recorded
		out.Epoch, out.Position = rec.Epoch, rec.Position
	}
	return out, nil
}

// calendarEvent records one event: its instances, and that those which it has
// no longer are off. The whole event's own case remembers the newest state.
func (a *App) calendarEvent(tx *journal.Tx, e ical.Event, known []read.Off) (recorded, rows int, err error) {
	whole, _, err := journal.Load(tx, Cases, string(e.Whole))
	if err != nil {
		return 0, 0, err
	}
	newest := int64(-1)
	if whole.Stamp.Revision != nil {
		newest = *whole.Stamp.Revision
	}
	commands := []absencecase.Command{}
	listed := map[id.Absence]bool{}
	for _, w := range e.Words {
		if revision := w.Fields.Revision; revision != nil && *revision < newest && w.Absence != e.Whole {
			rows++ // the newest state had it in mind
			continue
		}
		listed[w.Absence] = true
		if swept, err := overtaken(tx, w); err != nil {
			return 0, 0, err
		} else if swept {
			rows++
			continue
		}
		commands = append(commands, w.Command)
	}
	if e.Master && e.Revision >= newest {
		stamp := absencecase.Stamp{Revision: &e.Revision}
		for _, o := range known {
			if !listed[o.Absence] {
				commands = append(commands, absencecase.Cancel{Absence: o.Absence, Stamp: stamp})
			}
		}
		if !listed[e.Whole] {
			commands = append(commands, absencecase.Cancel{Absence: e.Whole, Stamp: stamp})
		}
	}
	for _, c := range commands {
		evs, err := journal.Execute(tx, Cases, string(named(c)), c)
		if err != nil {
			return 0, 0, fmt.Errorf("record absence %s: %w", named(c), err)
		}
		if named(c) != e.Whole || listed[e.Whole] {
			rows++
		}
		if status(evs) == Recorded {
			recorded++
		}
	}
	return recorded, max(rows, recorded), nil
}
