package app

import (
	"context"
	"fmt"

	"github.com/lotse-hamburg/lotse/events/absence"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/absence/internal/domain/absencecase"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr/ical"
	"github.com/lotse-hamburg/lotse/services/absence/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// list is what was read of a table or calendar.
type list struct {
	source   string
	entries  []Entry
	stripped hr.Stripped
	hash     string
}

// Entry is what is recorded together: a row of a table, or an event of a
// calendar with its instances, which says what it is about besides.
type Entry struct {
	Words    []Word     `json:"words"`
	Whole    id.Absence `json:"whole,omitempty"` // as in ical.Event; empty: a row
	Revision int64      `json:"revision,omitempty"`
	Master   bool       `json:"master,omitempty"`
	// From and Until bound the days on which instances begin.
	From  day.Day `json:"from,omitempty"`
	Until day.Day `json:"until,omitempty"`
}

// Word says that somebody is off, or is not any more.
type Word struct {
	Line      int               `json:"line,omitempty"`
	Cancelled bool              `json:"cancelled,omitempty"`
	Absence   id.Absence        `json:"absence"`
	Employee  id.Employee       `json:"employee,omitempty"`
	Extent    absence.Extent    `json:"extent,omitzero"`
	Stamp     absencecase.Stamp `json:"stamp"`
	Said      int64             `json:"said_us,omitempty"`
}

func wordOf(m hr.Message) Word {
	w := Word{Line: m.Line, Absence: m.Absence, Said: m.Said}
	switch c := m.Command.(type) {
	case absencecase.Report:
		w.Employee, w.Extent, w.Stamp = c.Employee, c.Extent, c.Stamp
	case absencecase.Cancel:
		w.Cancelled, w.Employee, w.Stamp = true, c.Employee, c.Stamp
	}
	return w
}

// message is the word as it was read, as far as it decides anything.
func (w Word) message(source string) hr.Message {
	m := hr.Message{Source: source, Absence: w.Absence, Said: w.Said, Line: w.Line}
	if w.Cancelled {
		m.Command = absencecase.Cancel{Absence: w.Absence, Employee: w.Employee, Stamp: w.Stamp}
	} else {
		m.Command = absencecase.Report{Absence: w.Absence, Employee: w.Employee, Extent: w.Extent, Stamp: w.Stamp}
	}
	return m
}

// What a word does to what is known.
const (
	Added     = "added"
	Changed   = "changed"
	Cancelled = "cancelled"
	Same      = "unchanged" // it says what is known
	Kept      = "kept"      // what is known is newer
)

// Change is what one word does.
type Change struct {
	Line     int             `json:"line,omitempty"`
	Absence  id.Absence      `json:"absence"`
	Employee id.Employee     `json:"employee,omitempty"`
	What     string          `json:"what"`
	Before   *absence.Extent `json:"before,omitempty"` // what stands
	After    *absence.Extent `json:"after,omitempty"`  // what the word says
	said     bool            // others hear of it
}

// takeIn records a list at once.
func (a *App) takeIn(ctx context.Context, l list) (ImportCounts, error) {
	out := ImportCounts{Stripped: l.stripped.Reasons + l.stripped.Unknown}
	ctx = journal.WithCause(ctx, journal.Cause{CorrelationID: l.story(), CausationID: l.story(), Actor: "import"})
	for begin := 0; begin < len(l.entries); begin += chunk {
		entries := l.entries[begin:min(begin+chunk, len(l.entries))]
		known := a.instances(l.source, entries)
		var changes []Change
		rec, err := a.node.Do(ctx, func(tx *journal.Tx) (err error) {
			changes, err = record(tx, l.source, entries, known)
			return err
		})
		if err != nil {
			return ImportCounts{}, err
		}
		for _, c := range changes {
			out.Rows++
			if c.said {
				out.Recorded++
			} else {
				out.Unchanged++
			}
		}
		out.Epoch, out.Position = rec.Epoch, rec.Position
	}
	return out, nil
}

// instances are, by event, the absences that stand and that the event may have
// no longer.
func (a *App) instances(source string, entries []Entry) map[id.Absence][]read.Off {
	known := map[id.Absence][]read.Off{}
	a.node.View(func() {
		for _, e := range entries {
			if !e.Master {
				continue
			}
			event := ical.Event{Whole: e.Whole}
			known[e.Whole] = a.off.Of(source, func(x read.Off) bool {
				d, ok := event.Instance(x.Absence)
				return ok && d >= e.From && d < e.Until
			})
		}
	})
	return known
}

// record takes in entries and says what each word did.
func record(tx *journal.Tx, source string, entries []Entry, known map[id.Absence][]read.Off) ([]Change, error) {
	return each(tx, source, entries, known, func(which string, d deed) (before absencecase.State, evs []decider.Event, err error) {
		if before, _, err = journal.Load(tx, Cases, which); err == nil {
			evs, err = journal.Execute(tx, Cases, which, d.command)
		}
		return before, evs, err
	})
}

// foretell says what record would do, and records nothing. states has what
// entries before them would have done.
func foretell(tx *journal.Tx, source string, entries []Entry, known map[id.Absence][]read.Off, states map[id.Absence]absencecase.State) ([]Change, error) {
	return each(tx, source, entries, known, func(which string, d deed) (absencecase.State, []decider.Event, error) {
		before, met := states[named(d.command)]
		if !met {
			var err error
			if before, _, err = journal.Load(tx, Cases, which); err != nil {
				return before, nil, err
			}
		}
		evs, err := Cases.Decide(before, d.command)
		if err == nil {
			states[named(d.command)] = Cases.Fold(before, evs...)
		}
		return before, evs, err
	})
}

// each goes through the words of entries, in order, and says what each one does.
func each(tx *journal.Tx, source string, entries []Entry, known map[id.Absence][]read.Off,
	do func(which string, d deed) (before absencecase.State, evs []decider.Event, err error)) (all []Change, err error) {
	for _, e := range entries {
		deeds, err := e.deeds(tx, source, known[e.Whole])
		if err != nil {
			return nil, err
		}
		for _, d := range deeds {
			var c Change
			if d.command == nil {
				c = d.passedOver()
			} else {
				which := string(named(d.command))
				before, evs, err := do(which, d)
				if err != nil {
					return nil, fmt.Errorf("absence %s: %w", which, err)
				}
				c = d.change(before, evs)
			}
			if !d.marker || c.said {
				all = append(all, c)
			}
		}
	}
	return all, nil
}
