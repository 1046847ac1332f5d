package memory

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// ErrForgotten: what was asked for was in the log and is not kept any more.
var ErrForgotten = errors.New("eventlog/memory: these events were forgotten: keep the log for longer")

// list holds events that are numbered 1, 2, 3 …; the first ones may be
// forgotten, and nobody gets them for nothing.
type list struct {
	gone int64
	kept []*eventlog.Event // number n at index n-1-gone
}

func (l *list) end() int64                 { return l.gone + int64(len(l.kept)) }
func (l *list) add(e *eventlog.Event)      { l.kept = append(l.kept, e) }
func (l *list) at(n int64) *eventlog.Event { return l.kept[n-1-l.gone] }

// page copies up to limit events after a number.
func (l *list) page(after int64, limit int) ([]eventlog.Event, error) {
	after = min(max(after, 0), l.end())
	n := min(int64(max(limit, 0)), l.end()-after)
	switch {
	case n == 0:
		return nil, nil
	case after < l.gone:
		return nil, fmt.Errorf("asked for what follows %d, kept is what follows %d: %w", after, l.gone, ErrForgotten)
	}
	found := make([]eventlog.Event, n)
	for i, e := range l.kept[after-l.gone:][:n] {
		found[i] = *e
	}
	return found, nil
}

// forget drops the first n of those kept.
func (l *list) forget(n int) {
	l.gone += int64(n)
	l.kept = slices.Clone(l.kept[n:])
}

// recent is how many of a stream's newest events are kept however old they are.
const recent = 8

// Forget drops events that were recorded before a time, for those who play for
// long and read on: a log that is the truth forgets nothing. The caller says by
// which position everybody has read the log, and of which streams nothing more is
// to come. Of these all is dropped, once their newest event is as old; of any
// other at least the last events are kept. What is dropped still counts: numbers
// go on, and who reads it is told ErrForgotten.
func (s *Store) Forget(before time.Time, read int64, ended func(stream string) bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := func(e *eventlog.Event) bool { return e.Position <= read && e.RecordedAt.Before(before) }
	count := func(l *list) int {
		for i, e := range l.kept {
			if !old(e) {
				return i
			}
		}
		return len(l.kept)
	}
	n := count(&s.events)
	if n == 0 {
		return
	}
	for _, e := range s.events.kept[:n] {
		delete(s.byID, e.ID)
	}
	s.events.forget(n)
	s.public.forget(count(&s.public))
	for name, l := range s.streams {
		switch n := count(l); {
		case n == 0:
		case n == len(l.kept) && ended(name):
			l.forget(n)
		case n > recent && len(l.kept) > n+recent:
			l.forget(n)
		}
	}
}
