// Package calendar decides what days the city does not work, and how far ahead
// duties are worked out.
package calendar

import (
	"errors"
	"fmt"
	"slices"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// MaxHorizonDays bounds the horizon.
const MaxHorizonDays = 366

// ErrHorizon refuses a horizon.
var ErrHorizon = errors.New("lies outside 1 to 366: give days ahead")

// Holiday is a day or a period; school holidays are kept but are no days off.
type Holiday struct {
	Name string `json:"name"`
	day.Period
	School bool `json:"school,omitempty"`
}

// Command is what can be asked.
type Command interface{ command() }

// Set replaces the calendar. Nil holidays or no horizon keep what is there.
type Set struct {
	Holidays    []Holiday
	HorizonDays int
}

func (Set) command() {}

// Changed carries the whole calendar.
type Changed struct {
	Version     int64     `json:"version"`
	Holidays    []Holiday `json:"holidays"`
	HorizonDays int       `json:"horizon_days"`
}

// EventType is private.
func (Changed) EventType() string { return "staffing.calendar-changed.v1" }

// State is the newest calendar; version 0 before the first.
type State = Changed

// Decider of the calendar.
func Decider() decider.Decider[State, Command] {
	return decider.Decider[State, Command]{
		Initial: func() State { return State{} },
		Decide:  decide,
		Evolve: func(s State, e decider.Event) State {
			if c, ok := e.(Changed); ok {
				return c
			}
			return s
		},
	}
}

func decide(s State, c Command) ([]decider.Event, error) {
	set, ok := c.(Set)
	if !ok {
		return nil, nil
	}
	if set.HorizonDays < 0 || set.HorizonDays > MaxHorizonDays {
		return nil, fmt.Errorf("horizon_days %d: %w", set.HorizonDays, ErrHorizon)
	}
	next := Changed{s.Version + 1, set.Holidays, set.HorizonDays}
	if next.Holidays == nil {
		next.Holidays = s.Holidays
	}
	if next.HorizonDays == 0 {
		next.HorizonDays = s.HorizonDays
	}
	if slices.Equal(next.Holidays, s.Holidays) && next.HorizonDays == s.HorizonDays {
		return nil, nil
	}
	return []decider.Event{next}, nil
}

// Public lists the days of a period that are public holidays, sorted.
func Public(holidays []Holiday, in day.Period) (days []day.Day) {
	for _, h := range holidays {
		if h.School {
			continue
		}
		for d := max(h.From, in.From); d < min(h.Until, in.Until); d++ {
			days = append(days, d)
		}
	}
	slices.Sort(days)
	return slices.Compact(days)
}
