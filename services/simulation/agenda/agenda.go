// Package agenda is the order of things in a simulation: what happens when, on
// a clock that jumps from one to the next. One goroutine, one heap ordered by
// (time, sequence): what is due at the same moment happens in the order in which
// it was entered, so the same seed gives the same run.
package agenda

import (
	"container/heap"
	"context"
	"fmt"
	"time"
)

// Agenda is what is still to happen. It is not safe for use by several
// goroutines.
type Agenda struct {
	now  time.Time
	seq  uint64
	done uint64
	due  entries
}

// Act is what happens. It may enter more.
type Act func() error

type entry struct {
	at   time.Time
	seq  uint64
	what string
	act  Act
}

type entries []entry

func (e entries) Len() int { return len(e) }

func (e entries) Less(i, j int) bool {
	if c := e[i].at.Compare(e[j].at); c != 0 {
		return c < 0
	}
	return e[i].seq < e[j].seq
}

func (e entries) Swap(i, j int) { e[i], e[j] = e[j], e[i] }
func (e *entries) Push(x any)   { *e = append(*e, x.(entry)) }

func (e *entries) Pop() any {
	last := len(*e) - 1
	x := (*e)[last]
	(*e)[last] = entry{} // lets go of what the act holds
	*e = (*e)[:last]
	return x
}

// New begins at a moment with nothing to do.
func New(start time.Time) *Agenda { return &Agenda{now: start} }

// Now is the moment of what happens at present.
func (a *Agenda) Now() time.Time { return a.now }

// Done counts what has happened; Waiting what is entered.
func (a *Agenda) Done() uint64 { return a.done }

// Waiting counts what is entered and has not happened.
func (a *Agenda) Waiting() int { return len(a.due) }

// At enters what happens at a moment; what is named in errors. A moment that has
// passed is now.
func (a *Agenda) At(t time.Time, what string, act Act) {
	if t.Before(a.now) {
		t = a.now
	}
	a.seq++
	heap.Push(&a.due, entry{t, a.seq, what, act})
}

// In enters what happens after a while.
func (a *Agenda) In(d time.Duration, what string, act Act) { a.At(a.now.Add(d), what, act) }

// Every enters what happens now and again after each period, until it says that it
// was the last time.
func (a *Agenda) Every(d time.Duration, what string, act func() (last bool, err error)) {
	var again Act
	again = func() error {
		last, err := act()
		if err == nil && !last {
			a.In(d, what, again)
		}
		return err
	}
	a.In(0, what, again)
}

// Run lets everything happen that is due before a moment, then stands at it.
// moved is told of each new moment before what is due then happens. The first
// error ends the run.
func (a *Agenda) Run(ctx context.Context, until time.Time, moved func(time.Time) error) error {
	for len(a.due) > 0 && a.due[0].at.Before(until) {
		if a.done%1024 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		next := heap.Pop(&a.due).(entry)
		if next.at.After(a.now) {
			a.now = next.at
			if err := moved(a.now); err != nil {
				return fmt.Errorf("at %s: %w", a.now.Format(time.DateTime), err)
			}
		}
		a.done++
		if err := next.act(); err != nil {
			return fmt.Errorf("at %s: %s: %w", a.now.Format(time.DateTime), next.what, err)
		}
	}
	if until.After(a.now) {
		a.now = until
		return moved(until)
	}
	return nil
}
