// Package absencecase decides what is known of one absence: who is off, when,
// by the newest word of the HR system. Words may come twice, late, in any
// order, and take back what was never said.
package absencecase

import (
	"encoding/json"

	"github.com/lotse-hamburg/lotse/events/absence"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// Stamp says how new a word of the HR system is. Revision counts; without it
// ChangedAt, the source's change time in microseconds since 1970 (0: unknown);
// without both, what arrives later is newer. Two words that are equally new by
// these are ordered by what they say (State.age).
type Stamp struct {
	Revision  *int64 `json:"revision,omitempty"`
	ChangedAt int64  `json:"changed_at_us,omitempty"`
}

// age of one stamp as seen from another.
type age int

const (
	unordered age = iota // by arrival
	older
	same
	newer
)

func (s Stamp) against(known Stamp) age {
	switch {
	case s.Revision != nil && known.Revision != nil:
		return compare(*s.Revision, *known.Revision)
	case s.ChangedAt != 0 && known.ChangedAt != 0:
		return compare(s.ChangedAt, known.ChangedAt)
	}
	return unordered
}

// age of a word as seen from what is known. Systems whose change time is a date
// say two things at one moment, and careless ones under one revision: then a
// cancellation is newer than a report, and of two reports the one that is
// greater when written down. That is arbitrary, but the same in every order. A
// word under the revision of a state that was read as a whole is in that state.
func (s State) age(stamp Stamp, word *Report) age {
	a := stamp.against(s.Stamp)
	switch {
	case a != same || s.Stamp.Revision != nil && s.Stamp.ChangedAt != 0:
		return a
	case word == nil && s.Cancelled:
		return same
	case word == nil:
		return newer
	case s.Cancelled:
		return older
	}
	known, said := written(s.Employee, s.Extent), written(word.Employee, word.Extent)
	switch {
	case said < known:
		return older
	case said > known:
		return newer
	}
	return same
}

func written(e id.Employee, x absence.Extent) string {
	data, err := json.Marshal(x)
	if err != nil {
		panic(err) // dates and numbers are always written
	}
	return string(data) + " " + string(e)
}

func compare(a, b int64) age {
	switch {
	case a < b:
		return older
	case a > b:
		return newer
	}
	return same
}

func (s Stamp) equal(o Stamp) bool {
	return equal(s.Revision, o.Revision) && s.ChangedAt == o.ChangedAt
}

// Command is what can be asked of a case.
type Command interface{ command() }

// Report says that an employee is off: the original word or a correction.
type Report struct {
	Absence  id.Absence
	Employee id.Employee
	Extent   absence.Extent
	Stamp    Stamp
	// Original: the source speaks of a new absence, not of a change. Where
	// nothing tells which is newer, an original does not revive a case that
	// was cancelled: it is late.
	Original bool
	// AsOf, in microseconds since 1970, marks a state that was read as a whole at
	// that moment: it wins over every older word, whatever order that came in.
	// 0: this is a word of its own.
	AsOf int64
}

// Cancel takes the absence back. Employee may be empty.
type Cancel struct {
	Absence  id.Absence
	Employee id.Employee
	Stamp    Stamp
	AsOf     int64 // as in Report
}

func (Report) command() {}
func (Cancel) command() {}

// Private facts.
type (
	// CancellationNoted: a cancellation came before its original.
	CancellationNoted struct {
		Absence id.Absence `json:"absence"`
		Stamp   Stamp      `json:"stamp"`
	}
	// StampNoted: how new the case's newest word is, where the published
	// revision alone does not say it.
	StampNoted struct {
		Absence id.Absence `json:"absence"`
		Stamp   Stamp      `json:"stamp"`
	}
)

func (CancellationNoted) EventType() string { return "absence.cancellation-noted.v1" }
func (StampNoted) EventType() string        { return "absence.stamp-noted.v1" }

// State is what is known of one case.
type State struct {
	Seen      bool
	Cancelled bool
	Employee  id.Employee
	Extent    absence.Extent
	Stamp     Stamp
	Published int64 // the newest revision said to others; rises always
}

// Decider of one case.
func Decider() decider.Decider[State, Command] {
	return decider.Decider[State, Command]{Initial: func() State { return State{} }, Decide: decide, Evolve: evolve}
}

// Events lists examples of all events of a case, for the codec.
func Events() []decider.Event {
	return []decider.Event{absence.AbsenceRecorded{}, absence.AbsenceChanged{}, absence.AbsenceCancelled{},
		CancellationNoted{}, StampNoted{}}
}

func decide(s State, c Command) ([]decider.Event, error) {
	switch c := c.(type) {
	case Report:
		return report(s, c), nil
	case Cancel:
		return cancel(s, c), nil
	}
	return nil, nil
}

// asOf is the stamp of a state that was read as a whole, and whether what is
// known is newer.
func (s State) asOf(word Stamp, at int64) (stamp Stamp, late bool) {
	stamp = Stamp{Revision: s.Stamp.Revision, ChangedAt: at}
	if word.Revision != nil {
		late = s.Seen && s.Stamp.Revision != nil && *word.Revision < *s.Stamp.Revision
		stamp.Revision = word.Revision
	}
	return stamp, late || s.Stamp.ChangedAt > at
}

func report(s State, c Report) []decider.Event {
	switch {
	case c.AsOf != 0:
		stamp, late := s.asOf(c.Stamp, c.AsOf)
		if late || s.Seen && !s.Cancelled && s.Employee == c.Employee && SameExtent(s.Extent, c.Extent) {
			return nil
		}
		c.Stamp = stamp
	case s.Seen:
		switch s.age(c.Stamp, &c) {
		case older, same:
			return nil
		case unordered:
			if s.Cancelled && c.Original {
				return nil
			}
		}
	}
	revision := s.next(c.Stamp)
	recorded := absence.AbsenceRecorded{Absence: c.Absence, Revision: revision, Employee: c.Employee, Extent: c.Extent}
	var out []decider.Event
	switch {
	case !s.Seen || s.Cancelled:
		out = append(out, recorded)
	case s.Employee != c.Employee:
		// Two employees are concerned, and each has its own key.
		out = append(out, absence.AbsenceCancelled{Absence: c.Absence, Revision: revision, Employee: s.Employee}, recorded)
	case !SameExtent(s.Extent, c.Extent):
		out = append(out, absence.AbsenceChanged(recorded))
	}
	return s.stamped(out, c.Absence, c.Stamp)
}

func cancel(s State, c Cancel) []decider.Event {
	if c.AsOf != 0 {
		stamp, late := s.asOf(c.Stamp, c.AsOf)
		if late || s.Cancelled {
			return nil
		}
		c.Stamp = stamp
	}
	if !s.Seen {
		return []decider.Event{CancellationNoted{Absence: c.Absence, Stamp: c.Stamp}}
	}
	if a := s.age(c.Stamp, nil); c.AsOf == 0 && (a == older || a == same) {
		return nil
	}
	var out []decider.Event
	if !s.Cancelled {
		out = append(out, absence.AbsenceCancelled{Absence: c.Absence, Revision: s.next(c.Stamp), Employee: s.Employee})
	}
	return s.stamped(out, c.Absence, c.Stamp)
}

// next is the revision to publish: the source's own where it rises.
func (s State) next(stamp Stamp) int64 {
	if stamp.Revision != nil {
		return max(*stamp.Revision, s.Published+1)
	}
	return s.Published + 1
}

// stamped adds the source's stamp unless the events say it already.
func (s State) stamped(out []decider.Event, a id.Absence, stamp Stamp) []decider.Event {
	for _, e := range out {
		s = evolve(s, e)
	}
	if s.Stamp.equal(stamp) {
		return out
	}
	return append(out, StampNoted{Absence: a, Stamp: stamp})
}

func evolve(s State, e decider.Event) State {
	published := func(revision int64) {
		s.Seen, s.Published, s.Stamp = true, revision, Stamp{Revision: &revision}
	}
	switch e := e.(type) {
	case absence.AbsenceRecorded:
		published(e.Revision)
		s.Cancelled, s.Employee, s.Extent = false, e.Employee, e.Extent
	case absence.AbsenceChanged:
		published(e.Revision)
		s.Cancelled, s.Employee, s.Extent = false, e.Employee, e.Extent
	case absence.AbsenceCancelled:
		published(e.Revision)
		s.Cancelled = true
	case CancellationNoted:
		s.Seen, s.Cancelled, s.Stamp = true, true, e.Stamp
	case StampNoted:
		s.Stamp = e.Stamp
	}
	return s
}

// SameExtent reports whether two extents say the same.
func SameExtent(a, b absence.Extent) bool {
	return a.From == b.From && equal(a.Until, b.Until) && equal(a.ExpectedUntil, b.ExpectedUntil) &&
		equal(a.FromTime, b.FromTime) && equal(a.ToTime, b.ToTime) && a.Planned == b.Planned
}

func equal[T comparable](a, b *T) bool {
	return a == b || a != nil && b != nil && *a == *b
}
