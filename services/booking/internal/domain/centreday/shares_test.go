package centreday

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/decidertest"
)

func TestSharesOfChannels(t *testing.T) {
	// 120 minutes of counters; a quarter is the telephone's, from ten days before
	// on it flows; a quarter is the desk's for good.
	two := adopted(1, line(9, 10, "pass"), line(9, 10, "pass"))
	shares := Shares{Channels: map[string]Share{booking.Telephone: {0.25, 10}, booking.Desk: {0.25, 0}}}
	ask := func(channel string, ahead, minutes int) Hold {
		h := asked("new", nine)
		h.Channel, h.Minutes, h.Limits.Channel, h.Limits.Shares = channel, day.Minutes(minutes), channel, shares
		h.Limits.Now = Moment{altona.Day - day.Day(ahead), 0}
		h.Limits.LeadDays = 0
		return h
	}
	taken := func(channel string, at day.TimeOfDay, minutes int) HoldPlaced {
		p := placed(HoldID(channel+at.String()), at)
		p.Channel, p.Minutes = channel, day.Minutes(minutes)
		return p
	}
	given := func(h Hold) []decider.Event {
		p := taken(h.Channel, nine, int(h.Minutes))
		p.Hold = "new"
		return []decider.Event{p}
	}
	events := func(e ...decider.Event) []decider.Event { return e }
	cases := []decidertest.Case[Command]{}
	add := func(name string, h Hold, err error, before ...decider.Event) {
		c := decidertest.Case[Command]{Name: name, Given: append(events(two), before...), When: h, Err: err}
		if err == nil {
			c.Then = given(h)
		}
		cases = append(cases, c)
	}
	add("half is open to who has no share", ask(booking.Online, 20, 60), nil)
	hour := taken(booking.Online, nine, 60)
	add("and no more", ask(booking.Online, 20, 5), ErrShareSpent, hour)
	add("the telephone has its own", ask(booking.Telephone, 20, 30), nil, hour)
	add("but not the desk's", ask(booking.Telephone, 20, 35), ErrShareSpent, hour)
	add("half of the telephone's share has flown", ask(booking.Online, 5, 15), nil, hour)
	add("the other half has not", ask(booking.Online, 5, 20), ErrShareSpent, hour)
	add("on the day all of it has", ask(booking.Online, 0, 30), nil, hour)
	add("the desk's share stays", ask(booking.Online, 0, 35), ErrShareSpent, hour)
	add("and is the desk's", ask(booking.Desk, 0, 60), nil, hour)
	add("what the telephone has booked is not kept twice", ask(booking.Online, 20, 40), ErrShareSpent, taken(booking.Telephone, nine, 60))
	add("so a half-used share keeps its rest only", ask(booking.Online, 20, 60), nil, taken(booking.Telephone, nine, 15))
	decidertest.Run(t, Decider, codec, cases)
}

func TestReleaseInStages(t *testing.T) {
	two := adopted(1, line(9, 10, "pass"), line(9, 10, "pass"))
	shares := Shares{Stages: []Stage{{60, day.Clock(7, 0), 0.25}, {60, day.Clock(10, 0), 0.5}, {3, 0, 1}}}
	ask := func(ahead int, at day.TimeOfDay, minutes int) Hold {
		h := asked("new", nine)
		h.Minutes, h.Limits = day.Minutes(minutes), Limits{Now: Moment{altona.Day - day.Day(ahead), at}, HorizonDays: 60, Channel: booking.Online, Shares: shares}
		return h
	}
	for _, c := range []struct {
		name string
		h    Hold
		err  error
	}{
		{"before the hour", ask(60, day.Clock(6, 59), 5), ErrNotReleased},
		{"on the hour", ask(60, day.Clock(7, 0), 30), nil},
		{"a quarter and no more", ask(60, day.Clock(7, 0), 35), ErrShareSpent},
		{"the second hour", ask(60, day.Clock(10, 0), 60), nil},
		{"short notice has the rest", ask(3, 0, 60), nil},
	} {
		_, err := Decide(Decider.Fold(Initial(), two), c.h)
		if !errors.Is(err, c.err) {
			t.Errorf("%s: %v, want %v", c.name, err, c.err)
		}
	}
	hour := placed("h", nine)
	hour.Minutes = 60
	if _, err := Decide(Decider.Fold(Initial(), two, hour), ask(4, day.Clock(23, 59), 5)); !errors.Is(err, ErrShareSpent) {
		t.Errorf("until the short notice: %v", err)
	}
	if _, err := Decide(Decider.Fold(Initial(), two, hour), ask(3, 0, 60)); err != nil {
		t.Errorf("at short notice: %v", err)
	}
	// Whoever releases in stages tells so.
	s := Decider.Fold(Initial(), two)
	early, _ := s.describe([]Length{{"pass", 15, 1}}, shares, Moment{altona.Day - 60, day.Clock(7, 0)})
	late, load := s.describe([]Length{{"pass", 15, 1}}, shares, Moment{altona.Day - 3, 0})
	if early.Open[booking.Online] != 30 || early.FreeSlots["pass"] != 2 || late.Open[booking.Online] != 120 || late.FreeSlots["pass"] != 8 || load.Free["pass"] != 8 {
		t.Fatalf("%+v, then %+v", early, late)
	}
}

// Whatever the shares: a channel never eats into what is kept for another, no
// more is booked than is open, and on the day with all released and flown
// nothing is kept from anybody.
func TestSharesAreKept(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Shares{Channels: map[string]Share{}}
		rest := 100
		for _, c := range Channels {
			of := rapid.IntRange(0, rest).Draw(t, c)
			rest -= of
			p.Channels[c] = Share{float64(of) / 100, rapid.IntRange(0, 14).Draw(t, "flow")}
		}
		for range rapid.IntRange(0, 3).Draw(t, "stages") {
			p.Stages = append(p.Stages, Stage{rapid.IntRange(0, 60).Draw(t, "before"), day.TimeOfDay(rapid.IntRange(0, 1439).Draw(t, "at")), float64(rapid.IntRange(1, 100).Draw(t, "share")) / 100})
		}
		total := day.Minutes(5 * rapid.IntRange(0, 600).Draw(t, "total"))
		spent := map[string]day.Minutes{}
		d := day.Day(1000)
		now := Moment{d - 60, 0}
		for range rapid.IntRange(1, 30).Draw(t, "bookings") {
			if later := (Moment{now.Day + day.Day(rapid.IntRange(0, 9).Draw(t, "days")), day.TimeOfDay(rapid.IntRange(0, 1439).Draw(t, "time"))}); later.Day <= d {
				now = later
			}
			channel := rapid.SampledFrom(Channels[:]).Draw(t, "channel")
			left := p.Left(channel, d, now, total, spent)
			take := day.Minutes(rapid.IntRange(0, 60).Draw(t, "minutes"))
			if take > left {
				continue
			}
			spent[channel] += take
			open := float64(total) * p.released(d, now)
			kept := 0.0
			for _, other := range Channels {
				if other != channel {
					kept += max(0, open*p.kept(other, d, now)-float64(spent[other]))
				}
			}
			if take > 0 && float64(sum(spent))+kept > open+0.01 {
				t.Fatalf("%s took %d of %d: %v spent, %.1f kept for others, %.1f open", channel, take, total, spent, kept, open)
			}
		}
		for c, s := range p.Channels {
			if s.FlowDays == 0 {
				p.Channels[c] = Share{s.Of, 1}
			}
		}
		p.Stages = append(p.Stages, Stage{0, 0, 1})
		if left := p.Left(booking.Online, d, Moment{d, 600}, total, spent); left != total-sum(spent) {
			t.Fatalf("on the day %d of %d are left", left, total-sum(spent))
		}
	})
}

// Ten counter hours, 30 % of them the telephone's until five days before: what it
// has not used flows to the others day by day, a fifth at a time, and none of it
// is left unused on the day.
func TestAnUnusedShareFlowsDayByDay(t *testing.T) {
	d := day.Date(2027, time.March, 30) // the clocks change two days before
	p := Shares{Channels: map[string]Share{booking.Telephone: {Of: 0.3, FlowDays: 5}}}
	unused := map[string]day.Minutes{booking.Online: 120}
	used := map[string]day.Minutes{booking.Online: 120, booking.Telephone: 100}
	for ahead, want := range map[int][3]day.Minutes{ // online; online when the telephone has used 100 minutes; telephone then
		60: {300, 300, 380}, 6: {300, 300, 380}, 5: {300, 300, 380}, // 600 − 120 − 180
		4: {336, 336, 380}, 3: {372, 372, 380}, // 180 · 4/5 = 144, 180 · 3/5 = 108, of which 100 are used
		2: {408, 380, 380}, 1: {444, 380, 380}, 0: {480, 380, 380}, // 72 and less are kept: used up
	} {
		now := Moment{d - day.Day(ahead), day.Clock(12, 0)}
		got := [3]day.Minutes{p.Left(booking.Online, d, now, 600, unused), p.Left(booking.Online, d, now, 600, used), p.Left(booking.Telephone, d, now, 600, used)}
		if got != want {
			t.Errorf("%d days ahead: %v, want %v", ahead, got, want)
		}
	}
}
