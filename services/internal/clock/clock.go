// Package clock has the clocks that are handed to services: nothing below the
// wiring asks the machine for the time.
//
// A plan day is a date in the city's zone, so every clock tells its instants in
// that zone. The zone's rules are part of the program, since a container often
// has none.
package clock

import (
	"fmt"
	"sync"
	"time"
	_ "time/tzdata" // the zones, for machines that have none
)

// Func tells the time. It is what node.Deps wants as Now.
type Func func() time.Time

// City is the zone of Hamburg.
const City = "Europe/Berlin"

// Zone finds a zone by its IANA name ("Europe/Berlin").
func Zone(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, fmt.Errorf("time zone %q depends on the machine: name one, such as %s", name, City)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("time zone %q is not known: name one of the IANA database, such as %s", name, City)
	}
	return zone, nil
}

// System tells the machine's time in a zone.
func System(zone *time.Location) Func {
	return func() time.Time { return time.Now().In(zone) }
}

// Fixed always tells the same time.
func Fixed(t time.Time) Func { return func() time.Time { return t } }

// Manual is a clock that moves only when it is told to. It may be read and
// moved by several goroutines.
type Manual struct {
	mu  sync.Mutex
	now time.Time
}

// NewManual makes a clock that stands at t.
func NewManual(t time.Time) *Manual { return &Manual{now: t} }

// Now tells the time; the method is a Func.
func (m *Manual) Now() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

// Advance moves the clock by d, back when it is negative, and tells the new time.
func (m *Manual) Advance(d time.Duration) time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d)
	return m.now
}

// Set moves the clock to t; earlier times are allowed, for clocks do jump.
func (m *Manual) Set(t time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = t
}
