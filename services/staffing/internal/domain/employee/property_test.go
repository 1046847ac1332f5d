package employee

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/events/staffing"
)

func drawSpan(t *rapid.T, label string, in day.Span) day.Span {
	from := int(evenly(t, label+" from", int(in.From)/30, int(in.To)/30-1))
	to := int(evenly(t, label+" to", from+1, int(in.To)/30))
	return day.Span{From: day.TimeOfDay(from * 30), To: day.TimeOfDay(to * 30)}
}

// evenly draws a number of [from, to]; rapid's own ranges prefer small ones.
func evenly(t *rapid.T, label string, from, to int) day.Day {
	all := make([]day.Day, to-from+1)
	for i := range all {
		all[i] = day.Day(from + i)
	}
	return rapid.SampledFrom(all).Draw(t, label)
}

func drawDay(t *rapid.T, label string) day.Day {
	return mon + evenly(t, label, -4, 12)
}

func drawTerms(t *rapid.T) Terms {
	x := Terms{Home: "altona", Skills: []id.Skill{"passport"}, Deployable: true, MaxDaysAwayPerWeek: 5}
	for range int(evenly(t, "weeks", 1, 3)) {
		w := Week{}
		for wd := 1; wd <= 7; wd++ {
			if evenly(t, "works", 0, 3) > 0 {
				s := Shift{Span: drawSpan(t, "shift", span(7, 20))}
				if rapid.Bool().Draw(t, "breaks") {
					s.Breaks = []day.Span{drawSpan(t, "break", s.Span)}
				}
				w[wd] = s
			}
		}
		x.Rotation = append(x.Rotation, w)
	}
	if evenly(t, "hired", 0, 3) == 0 {
		d := drawDay(t, "hired on")
		x.From = &d
	}
	if evenly(t, "leaves", 0, 3) == 0 {
		d := drawDay(t, "leaves on")
		x.Until = &d
	}
	return x
}

func drawExtent(t *rapid.T) (x Extent) {
	x.From = drawDay(t, "off from")
	clock := func(label string) *day.TimeOfDay {
		if !rapid.Bool().Draw(t, label) {
			return nil
		}
		return new(day.TimeOfDay(evenly(t, label+" at", 14, 42) * 30))
	}
	x.FromTime = clock("from_time")
	until := x.From + evenly(t, "length", 1, 3)
	switch evenly(t, "end", 0, 3) {
	case 0:
	case 1:
		x.ExpectedUntil = &until
	case 2: // some hours of one day
		s := drawSpan(t, "hours", span(7, 20))
		until = x.From + 1
		x.Until, x.FromTime, x.ToTime = &until, &s.From, &s.To
	default:
		x.Until, x.ToTime = &until, clock("to_time")
	}
	return x
}

func drawHorizon(t *rapid.T, today day.Day) Horizon {
	h := Horizon{Today: today, Until: today + evenly(t, "horizon", 3, 14), OpenDays: rapid.IntRange(1, 9).Draw(t, "open days")}
	for range int(evenly(t, "holidays", 0, 2)) {
		h.Holidays = append(h.Holidays, drawDay(t, "holiday"))
	}
	slices.Sort(h.Holidays)
	h.Holidays = slices.Compact(h.Holidays)
	return h
}

// counter asks every minute of one day whether somebody sits at the counter,
// as a person with a calendar would: it shares no code with duties.
func counter(x Terms, h Horizon, offs []Extent, d day.Day) (open [1440]bool) {
	weekday, monday := 1, day.Date(1970, 1, 5)
	for at := monday; at < d; at++ { // day by day since 1970
		weekday++
	}
	weeks := (weekday - 1) / 7
	weekday = (weekday-1)%7 + 1
	if len(x.Rotation) == 0 || slices.Contains(h.Holidays, d) || x.From != nil && d < *x.From || x.Until != nil && d >= *x.Until {
		return open
	}
	s, works := x.Rotation[weeks%len(x.Rotation)][weekday]
	if !works {
		return open
	}
	for m := range 1440 {
		at := day.TimeOfDay(m)
		open[m] = s.From <= at && at < s.To
		for _, b := range s.Breaks {
			open[m] = open[m] && (at < b.From || at >= b.To)
		}
		for _, o := range offs {
			last := day.Day(0)
			switch {
			case o.Until != nil:
				last = *o.Until - 1
			case o.ExpectedUntil != nil:
				last = *o.ExpectedUntil - 1
			default:
				last = max(o.From, h.Today) + day.Day(h.OpenDays) - 1
			}
			off := o.From <= d && d <= last
			if d == o.From && o.FromTime != nil && at < *o.FromTime {
				off = false
			}
			if d == last && o.ToTime != nil && at >= *o.ToTime {
				off = false
			}
			open[m] = open[m] && !off
		}
	}
	return open
}

func TestDutiesAgainstEveryMinute(t *testing.T) {
	d := Decider()
	rapid.Check(t, func(t *rapid.T) {
		x, h := drawTerms(t), drawHorizon(t, mon)
		s := d.Fold(d.Initial(), Imported{"e1", x}, HorizonAdvanced{"e1", h})
		var offs []Extent
		for i := range int(evenly(t, "absences", 0, 4)) {
			offs = append(offs, drawExtent(t))
			s = d.Fold(s, AbsenceNoted{"e1", Absence{Case: id.Absence(rune('a' + i)), Revision: 1, Extent: offs[i]}})
		}
		duties := map[day.Day]staffing.Duty{}
		last := day.Day(0)
		for _, duty := range s.duties() {
			if duty.Day <= last || !h.Period().Contains(duty.Day) {
				t.Fatalf("duty of %s out of order or horizon", duty.Day)
			}
			last = duty.Day
			duties[duty.Day] = duty
		}
		for at := h.Today; at < h.Until; at++ {
			want := counter(x, h, offs, at)
			duty, on := duties[at]
			minutes := 0
			for m := range 1440 {
				got := on && duty.From <= day.TimeOfDay(m) && day.TimeOfDay(m) < duty.To
				for _, b := range duty.Breaks {
					got = got && (day.TimeOfDay(m) < b.From || day.TimeOfDay(m) >= b.To)
				}
				if got != want[m] {
					t.Fatalf("%s %s: at the counter %v, by the calendar %v", at, day.TimeOfDay(m), got, want[m])
				}
				if got {
					minutes++
				}
			}
			if shift, _ := x.Shift(at); on && minutes == 0 && duty.Span != shift.Span {
				t.Fatalf("%s: an absence left a duty without a minute at the counter", at)
			}
		}
	})
}

// Any order and repetition of what absence says of one employee, before or
// after the import, ends in the same duties.
func TestAnyOrderOfAbsencesEndsInTheSameDuties(t *testing.T) {
	d := Decider()
	rapid.Check(t, func(t *rapid.T) {
		x, h := drawTerms(t), drawHorizon(t, mon)
		var words []Command
		for c := range int(evenly(t, "cases", 1, 3)) {
			name := id.Absence(rune('a' + c))
			for r := range int(evenly(t, "revisions", 1, 4)) {
				if rapid.IntRange(0, 3).Draw(t, "kind") == 0 {
					words = append(words, LiftAbsence{"e1", name, int64(r + 1), 0})
				} else {
					words = append(words, RecordAbsence{"e1", Absence{Case: name, Revision: int64(r + 1), Extent: drawExtent(t)}})
				}
			}
		}
		tell := func(order []Command) staffing.DutiesChanged {
			s := d.Initial()
			for _, c := range order {
				out, err := d.Decide(s, c)
				if err != nil {
					t.Fatal(err)
				}
				s = d.Fold(s, out...)
			}
			return s.Said
		}
		imported := Command(Import{"e1", x, h})
		want := tell(append([]Command{imported}, words...))
		mixed := append(slices.Clone(words), imported)
		mixed = append(mixed, words[:rapid.IntRange(0, len(words)).Draw(t, "repeats")]...)
		mixed = rapid.Permutation(mixed).Draw(t, "order")
		if got := tell(mixed); !sameDuties(got, want) {
			t.Fatalf("tidy order ends in\n%+v\nthis one in\n%+v", want, got)
		}
	})
}

// Whatever happens: nobody is deployed while off duty, or twice a day, or more
// often in a week than agreed; versions rise by one and each says something
// new.
func TestNeverDeployedWhileOff(t *testing.T) {
	d := Decider()
	rapid.Check(t, func(t *rapid.T) {
		x := drawTerms(t)
		x.MaxDaysAwayPerWeek = 2
		today, version := mon, int64(0)
		s := d.Initial()
		do := func(c Command) {
			out, err := d.Decide(s, c)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range out {
				if said, ok := e.(staffing.DutiesChanged); ok {
					if said.Version != version+1 || sameDuties(said, s.Said) {
						t.Fatalf("version %d after %d", said.Version, version)
					}
					version = said.Version
				}
				s = d.Fold(s, e)
			}
		}
		do(Import{"e1", x, drawHorizon(t, today)})
		for i := range int(evenly(t, "steps", 1, 15)) {
			p := id.Deployment(rune('a' + int(evenly(t, "deployment", 0, 9))))
			switch rapid.IntRange(0, 4).Draw(t, "step") {
			case 0:
				do(RecordAbsence{"e1", Absence{Case: id.Absence(rune('a' + i%3)), Revision: int64(i + 1), Extent: drawExtent(t)}})
			case 1:
				today += day.Day(rapid.IntRange(0, 5).Draw(t, "days pass"))
				do(AdvanceHorizon{"e1", drawHorizon(t, today)})
			case 2:
				do(WithdrawDeployment{"e1", p})
			default:
				do(OrderDeployment{Deployment: p, Employee: "e1", Day: drawDay(t, "day"), From: "altona", To: "wandsbek", Today: today})
			}
			deployed := map[id.Deployment]bool{}
			for _, duty := range s.Said.Duties {
				if duty.Deployment != "" {
					deployed[duty.Deployment] = true
				}
			}
			weeks, days := map[day.Day]int{}, map[day.Day]bool{}
			for _, q := range s.Deployments {
				if q.Status != Ordered {
					continue
				}
				if weeks[q.Day.Monday()]++; weeks[q.Day.Monday()] > 2 || days[q.Day] {
					t.Fatalf("away too often: %+v", s.Deployments)
				}
				days[q.Day] = true
				if s.Horizon.Period().Contains(q.Day) && !deployed[q.ID] {
					t.Fatalf("%s is ordered and no duty shows it", q.ID)
				}
			}
		}
	})
}
