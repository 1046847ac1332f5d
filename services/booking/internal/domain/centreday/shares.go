package centreday

import (
	"errors"
	"math"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
)

// Refusals by policy.
var (
	ErrNotReleased = errors.New("the slots of this day are not released yet: choose an earlier day, or come back later")
	ErrShareSpent  = errors.New("this channel's share of the day is spent: choose another day, or another channel")
)

// Channels in the order in which they are told.
var Channels = [...]string{booking.Online, booking.Telephone, booking.Desk}

// Share is what is kept of a day for one channel: a share of the counters'
// minutes that is open, 0 to 1. From FlowDays before the day on it shrinks
// evenly, to nothing on the day itself; 0: it stays.
type Share struct {
	Of       float64 `json:"of"`
	FlowDays int     `json:"flow_days,omitempty"`
}

// Stage opens a share of a day's minutes, DaysBefore it, at a time of day.
type Stage struct {
	DaysBefore int           `json:"days_before"`
	At         day.TimeOfDay `json:"at"`
	Share      float64       `json:"share"`
}

// Shares rule who may book how much of a day, and from when on. The zero value
// lets every channel book all of it. It is not changed.
//
// They bound minutes of counters, not single slots: whoever comes first takes
// the time of day. A channel may book as long as what is open, less what all
// have booked and hold, less what the other channels have not yet taken of
// their own shares, is enough for the visit. So an unused share is kept, flows
// back as the day comes nearer, and never keeps a counter empty on the day.
type Shares struct {
	Channels map[string]Share `json:"channels,omitempty"`
	Stages   []Stage          `json:"stages,omitempty"`
}

// None reports whether nothing is ruled.
func (p Shares) None() bool { return len(p.Channels) == 0 && len(p.Stages) == 0 }

// released is the share of a day that is open at a moment.
func (p Shares) released(d day.Day, now Moment) float64 {
	if len(p.Stages) == 0 {
		return 1
	}
	open := 0.0
	for _, s := range p.Stages {
		on := d - day.Day(s.DaysBefore)
		if now.Day > on || now.Day == on && now.At >= s.At {
			open = max(open, s.Share)
		}
	}
	return open
}

// kept is the share of what is open that is a channel's own.
func (p Shares) kept(channel string, d day.Day, now Moment) float64 {
	s := p.Channels[channel]
	if ahead := int(d - now.Day); s.FlowDays > 0 && ahead < s.FlowDays {
		return s.Of * float64(max(0, ahead)) / float64(s.FlowDays)
	}
	return s.Of
}

// Same reports whether as much of a day is open, and kept, at one moment as at
// another.
func (p Shares) Same(d day.Day, before, after Moment) bool {
	for _, c := range Channels {
		if p.kept(c, d, before) != p.kept(c, d, after) {
			return false
		}
	}
	return p.released(d, before) == p.released(d, after)
}

// Left is how many minutes of a day a channel may still book, never negative,
// of total minutes of counters, when the channels have spent some.
func (p Shares) Left(channel string, d day.Day, now Moment, total day.Minutes, spent map[string]day.Minutes) day.Minutes {
	if p.None() {
		return max(0, total-sum(spent))
	}
	open := float64(total) * p.released(d, now)
	left := open
	for c, m := range spent {
		if left -= float64(m); c != channel {
			left -= max(0, open*p.kept(c, d, now)-float64(m))
		}
	}
	for _, c := range Channels {
		if _, counted := spent[c]; !counted && c != channel {
			left -= open * p.kept(c, d, now)
		}
	}
	return day.Minutes(max(0, math.Floor(left+1e-6)))
}

func sum(spent map[string]day.Minutes) (all day.Minutes) {
	for _, m := range spent {
		all += m
	}
	return all
}

// share refuses a visit that the channel's share of the day has no room for.
func (s State) share(l Limits, sl Slot) error {
	if l.Shares.None() {
		return nil
	}
	if l.Shares.released(s.Day, l.Now) == 0 {
		return ErrNotReleased
	}
	if l.Shares.Left(l.Channel, s.Day, l.Now, s.minutes, s.spent()) < sl.Minutes {
		return ErrShareSpent
	}
	return nil
}

// open tells how many minutes each channel may still book; nil where nothing
// is ruled.
func (s State) open(p Shares, now Moment) map[string]day.Minutes {
	if p.None() {
		return nil
	}
	all, spent := map[string]day.Minutes{}, s.spent()
	for _, c := range Channels {
		all[c] = p.Left(c, s.Day, now, s.minutes, spent)
	}
	return all
}
