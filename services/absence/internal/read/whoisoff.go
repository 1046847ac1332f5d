// Package read answers questions from what the absence log says.
package read

import (
	"slices"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/events/absence"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// Off is one absence that stands.
type Off struct {
	Absence  id.Absence  `json:"absence"`
	Employee id.Employee `json:"employee"`
	Revision int64       `json:"revision"`
	absence.Extent
	// RecordedAt is when we last heard something new of it.
	RecordedAt time.Time `json:"-"`
}

// WhoIsOff knows the absences that stand.
type WhoIsOff struct {
	cases map[id.Absence]Off
	keys  []id.Absence // of cases, sorted
	at    int64        // position of the newest change
}

// NewWhoIsOff is empty.
func NewWhoIsOff() *WhoIsOff { return &WhoIsOff{cases: map[id.Absence]Off{}} }

// Apply takes in one event.
func (w *WhoIsOff) Apply(stored eventlog.Event, event decider.Event) {
	if p, ok := event.(decider.Public); ok && strings.HasPrefix(p.EventType(), "lotse.absence.absence-") {
		w.at = stored.Position
	}
	switch e := event.(type) {
	case absence.AbsenceRecorded:
		w.put(e, stored.RecordedAt)
	case absence.AbsenceChanged:
		w.put(absence.AbsenceRecorded(e), stored.RecordedAt)
	case absence.AbsenceCancelled:
		if i, found := slices.BinarySearch(w.keys, e.Absence); found {
			w.keys = slices.Delete(w.keys, i, i+1)
		}
		delete(w.cases, e.Absence)
	}
}

func (w *WhoIsOff) put(e absence.AbsenceRecorded, at time.Time) {
	if i, found := slices.BinarySearch(w.keys, e.Absence); !found {
		w.keys = slices.Insert(w.keys, i, e.Absence)
	}
	w.cases[e.Absence] = Off{e.Absence, e.Employee, e.Revision, e.Extent, at}
}

// Changed is the position of the newest change.
func (w *WhoIsOff) Changed() int64 { return w.at }

// Find one absence that stands.
func (w *WhoIsOff) Find(a id.Absence) (Off, bool) {
	o, ok := w.cases[a]
	return o, ok
}

// During calls see for who is off in a period, by absence id.
func (w *WhoIsOff) During(p day.Period, see func(Off)) {
	for _, k := range w.keys {
		if o := w.cases[k]; o.From < p.Until && o.LastsBeyond(p.From) {
			see(o)
		}
	}
}

// Sources lists who said what stands, sorted.
func (w *WhoIsOff) Sources() (all []string) {
	for i := 0; i < len(w.keys); {
		source, _, _ := strings.Cut(string(w.keys[i]), "/")
		all = append(all, source)
		i, _ = slices.BinarySearch(w.keys, id.Absence(source+"0")) // "0" follows "/"
	}
	return all
}

// On lists who is off on a day, also in part, by absence id.
func (w *WhoIsOff) On(d day.Day) []Off {
	all, _ := w.Page(func(o Off) bool { return o.Covers(d) }, "", len(w.keys))
	return all
}

// Covers reports whether the employee is off on a day, also in part.
func (o Off) Covers(d day.Day) bool { return o.From <= d && o.LastsBeyond(d) }

// LastsBeyond reports whether the first day back lies after a day. An open end
// counts until its expected end, or for ever where none is expected.
func (o Off) LastsBeyond(d day.Day) bool {
	switch {
	case o.Until != nil:
		return d < *o.Until
	case o.ExpectedUntil != nil:
		return d < *o.ExpectedUntil
	}
	return true
}

// Of lists the absences of a source that are wanted, by absence id.
func (w *WhoIsOff) Of(source string, want func(Off) bool) (out []Off) {
	prefix := id.Absence(source + "/")
	i, _ := slices.BinarySearch(w.keys, prefix)
	for _, k := range w.keys[i:] {
		if !strings.HasPrefix(string(k), string(prefix)) {
			break
		}
		if o := w.cases[k]; want(o) {
			out = append(out, o)
		}
	}
	return out
}

// Page lists up to limit absences that are wanted, after a key, by absence id.
func (w *WhoIsOff) Page(want func(Off) bool, after id.Absence, limit int) (page []Off, more bool) {
	i, found := slices.BinarySearch(w.keys, after)
	if found {
		i++
	}
	for _, k := range w.keys[i:] {
		o := w.cases[k]
		switch {
		case !want(o):
		case len(page) == limit:
			return page, true
		default:
			page = append(page, o)
		}
	}
	return page, false
}
