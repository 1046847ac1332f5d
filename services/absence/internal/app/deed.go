package app

import (
	"github.com/lotse-hamburg/lotse/events/absence"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/absence/internal/domain/absencecase"
	"github.com/lotse-hamburg/lotse/services/absence/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// deed is what a word of a list asks for.
type deed struct {
	word    Word
	command absencecase.Command // nil: what is known had it in mind
	marker  bool                // only remembers how new an event's state is
}

// deeds are what an entry asks for. Of a calendar's event: its instances, and
// that those which it has no longer are off. The whole event's own case
// remembers the newest state.
func (e Entry) deeds(tx *journal.Tx, source string, known []read.Off) (all []deed, err error) {
	newest := int64(-1)
	if e.Whole != "" {
		whole, _, err := journal.Load(tx, Cases, string(e.Whole))
		if err != nil {
			return nil, err
		}
		if whole.Stamp.Revision != nil {
			newest = *whole.Stamp.Revision
		}
	}
	listed := map[id.Absence]bool{}
	for _, w := range e.Words {
		d := deed{word: w}
		if revision := w.Stamp.Revision; e.Whole != "" && revision != nil && *revision < newest && w.Absence != e.Whole {
			all = append(all, d) // the newest state had it in mind
			continue
		}
		listed[w.Absence] = true
		m := w.message(source)
		swept, err := overtaken(tx, m)
		if err != nil {
			return nil, err
		}
		if !swept {
			d.command = m.Command
		}
		all = append(all, d)
	}
	if !e.Master || e.Revision < newest {
		return all, nil
	}
	stamp := absencecase.Stamp{Revision: &e.Revision}
	for _, o := range known {
		if !listed[o.Absence] {
			all = append(all, deed{word: Word{Absence: o.Absence, Employee: o.Employee, Cancelled: true}, command: absencecase.Cancel{Absence: o.Absence, Stamp: stamp}})
		}
	}
	if !listed[e.Whole] {
		all = append(all, deed{word: Word{Absence: e.Whole, Cancelled: true}, command: absencecase.Cancel{Absence: e.Whole, Stamp: stamp}, marker: true})
	}
	return all, nil
}

func (d deed) passedOver() Change {
	return Change{Line: d.word.Line, Absence: d.word.Absence, Employee: d.word.Employee, What: Kept, After: d.after()}
}

func (d deed) after() *absence.Extent {
	if d.word.Cancelled {
		return nil
	}
	return &d.word.Extent
}

func (d deed) change(before absencecase.State, evs []decider.Event) Change {
	c := Change{Line: d.word.Line, Absence: named(d.command), Employee: d.word.Employee, What: what(before, d.command, evs),
		After: d.after(), said: status(evs) == Recorded}
	if before.Seen && !before.Cancelled {
		c.Before = &before.Extent
		if c.Employee == "" {
			c.Employee = before.Employee
		}
	}
	return c
}
