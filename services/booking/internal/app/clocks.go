package app

import (
	"errors"
	"fmt"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
)

// Times of a centre-day are those of the city's clock. On the two days of a year
// on which it changes, an hour is missing or comes twice: no time in it names one
// moment, so none is offered, and who asks for one is told why.
var (
	ErrMissingHour = errors.New("this time does not exist on that day, since the clocks are put forward: choose another")
	ErrDoubledHour = errors.New("this time comes twice on that day, since the clocks are put back, and cannot be booked: choose another")
	// ErrWrongOffset: the time is of another zone, or of the other half of the year.
	ErrWrongOffset = errors.New("the offset is not the city's at that time: send the time on the city's clock, 08:30, without an offset")
)

// odd is the hour of a day that names no moment, and why; empty on all days but two.
func odd(d day.Day, zone *time.Location) (hour day.Span, why error) {
	midnight := d.At(0, zone)
	_, change := midnight.ZoneBounds()
	if change.IsZero() || !change.Before((d+1).At(0, zone)) {
		return hour, nil
	}
	_, before := midnight.Zone()
	_, after := change.Zone()
	at := day.TimeOfDay(change.Sub(midnight) / time.Minute) // on the clock as it was
	by := day.TimeOfDay((after - before) / 60)
	if by > 0 {
		return day.Span{From: at, To: at + by}, ErrMissingHour
	}
	return day.Span{From: at + by, To: at}, ErrDoubledHour
}

// moments refuses a visit of which a moment has no name, or one of two.
func (a *App) moments(d day.Day, at day.TimeOfDay, minutes day.Minutes) error {
	hour, why := odd(d, a.zone)
	if why != nil && (day.Span{From: at, To: at + day.TimeOfDay(minutes)}).Meet(hour).Minutes() > 0 {
		return fmt.Errorf("%s at %s: %w", d, at, why)
	}
	return nil
}

// windows refuses times of one day that begin or end where no time does.
func (a *App) windows(s Search) error {
	if s.From == nil || s.Until == nil || *s.Until != *s.From+1 {
		return nil
	}
	hour, why := odd(*s.From, a.zone)
	for _, t := range s.Times {
		if why != nil && (hour.From <= t.From && t.From < hour.To || hour.From < t.To && t.To < hour.To) {
			return fmt.Errorf("%s from %s: %w", *s.From, t, why)
		}
	}
	return nil
}

// days refuses a search of which no day can be booked any more, or yet.
func (p planned) days() error {
	today := p.limits.Now.Day
	switch {
	case p.Until != nil && *p.Until <= today:
		return fmt.Errorf("until %s: %w", *p.Until, centreday.ErrPast)
	case p.From != nil && *p.From >= p.bookable.Until:
		return fmt.Errorf("from %s: %w", *p.From, centreday.ErrTooFar)
	}
	return nil
}

// awake are lines that rest in the hour that names no moment.
func awake(lines []centreday.Line, d day.Day, zone *time.Location) []centreday.Line {
	hour, why := odd(d, zone)
	if why == nil {
		return lines
	}
	for i, l := range lines {
		if l.Span.Meet(hour).Minutes() > 0 {
			lines[i].Breaks = append(append([]day.Span{}, l.Breaks...), l.Span.Meet(hour))
		}
	}
	return lines
}

// OnClock is a time of day with the offset that a client wrote behind it, which
// must be the city's.
func (a *App) OnClock(d day.Day, at day.TimeOfDay, offset *time.Duration) error {
	if offset == nil {
		return nil
	}
	if hour, why := odd(d, a.zone); why != nil && hour.From <= at && at < hour.To {
		return fmt.Errorf("%s at %s: %w", d, at, why)
	}
	if _, city := d.At(at, a.zone).Zone(); time.Duration(city)*time.Second != *offset {
		return fmt.Errorf("%s at %s: %w", d, at, ErrWrongOffset)
	}
	return nil
}
