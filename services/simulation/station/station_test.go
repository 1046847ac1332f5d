package station_test

import (
	"context"
	"math"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/planningtest"
	"github.com/lotse-hamburg/lotse/services/simulation/agenda"
	"github.com/lotse-hamburg/lotse/services/simulation/dice"
	"github.com/lotse-hamburg/lotse/services/simulation/station"
)

var begin = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)

// run is one replication: arrivals at a rate, a warm-up that does not count, and
// what was seen after it.
type run struct {
	perHour  float64
	minutes  float64 // of service
	constant bool    // each service takes as long; else it is exponential
	counters int
	room     int
	hours    int
}

type seen struct {
	wait    float64 // mean, minutes
	delayed float64 // share that waited at all
	long    float64 // share that waited more than 15 minutes
	turned  float64 // share that found the room full
	waiting float64 // mean number that waits, over time
}

func (r run) play(t *testing.T, seed uint64) (out seen) {
	a, d := agenda.New(begin), dice.Of(seed, "station")
	warm := begin.Add(time.Duration(r.hours/10) * time.Hour)
	counts := func() bool { return !a.Now().Before(warm) }
	called, area := 0.0, 0.0
	s := station.New(a, station.Options{Counters: r.counters, Room: r.room,
		Called: func(w time.Duration) {
			if !counts() {
				return
			}
			called++
			out.wait += w.Minutes()
			if w > 0 {
				out.delayed++
			}
			if w > 15*time.Minute {
				out.long++
			}
		},
		Level: func(there int, d time.Duration) {
			if counts() {
				area += float64(max(there-r.counters, 0)) * d.Hours()
			}
		}})
	came, turned := 0, 0
	var come func() error
	come = func() error {
		service := time.Duration(r.minutes * float64(time.Minute))
		if !r.constant {
			service = d.After(service)
		}
		in := s.Come(service)
		if counts() {
			came++
			if !in {
				turned++
			}
		}
		a.In(d.After(time.Duration(float64(time.Hour)/r.perHour)), "a visitor comes", come)
		return nil
	}
	a.In(d.After(time.Duration(float64(time.Hour)/r.perHour)), "a visitor comes", come)
	end := begin.Add(time.Duration(r.hours) * time.Hour)
	if err := a.Run(context.Background(), end, func(time.Time) error { return nil }); err != nil {
		t.Fatal(err)
	}
	out.wait, out.delayed, out.long = out.wait/called, out.delayed/called, out.long/called
	out.turned, out.waiting = float64(turned)/float64(came), area/end.Sub(warm).Hours()
	return out
}

// hold compares the mean of independent replications with the truth: it must lie
// within three standard errors of it, and these must be small, or the test would
// hold whatever comes.
func hold(t *testing.T, what string, got []float64, want, precise float64) {
	t.Helper()
	var sum, squares float64
	for _, x := range got {
		sum += x
	}
	n := float64(len(got))
	mean := sum / n
	for _, x := range got {
		squares += (x - mean) * (x - mean)
	}
	e := math.Sqrt(squares / (n - 1) / n)
	if math.Abs(mean-want) > 3*e {
		t.Errorf("%s: %.5f ± %.5f, want %.5f", what, mean, e, want)
	}
	if e > precise*want {
		t.Errorf("%s: the standard error %.5f is more than %.0f %% of %.5f: simulate longer", what, e, 100*precise, want)
	}
}

func replications(t *testing.T, r run) (wait, delayed, long, turned, waiting []float64) {
	const n = 24
	for i := range n {
		s := r.play(t, uint64(i+1))
		wait, delayed, long = append(wait, s.wait), append(delayed, s.delayed), append(long, s.long)
		turned, waiting = append(turned, s.turned), append(waiting, s.waiting)
	}
	return wait, delayed, long, turned, waiting
}

// erlangC is the probability that somebody has to wait (Erlang 1917), by the
// recursion of Erlang B; a is the offered load in erlang.
func erlangC(c int, a float64) float64 {
	b := 1.0
	for k := 1; k <= c; k++ {
		b = a * b / (float64(k) + a*b)
	}
	return b / (1 - a/float64(c)*(1-b))
}

// The formula itself, against values that others publish for n agents, calls per
// 1800 s and handle time: ErlcWait4(20,1800,100,240), ErlcWait4(20,1800,100,300)
// and the numbers that wait (abstractmicro.com).
func TestErlangCIsWhatOthersPublish(t *testing.T) {
	for _, c := range []struct {
		calls, handle, wait float64
	}{{100, 240, 2.243505841}, {100, 300, 30.4312286}} {
		a := c.calls * c.handle / 1800
		if got := erlangC(20, a) * c.handle / (20 - a); math.Abs(got-c.wait) > 1e-6 {
			t.Errorf("%v calls of %v s: wait %.9f s, want %.9f", c.calls, c.handle, got, c.wait)
		}
	}
	for _, c := range []struct {
		calls, handle, waiting float64
	}{{60, 540, 4.956921}, {60, 580, 24.141673}} {
		a := c.calls * c.handle / 1800
		if got := erlangC(20, a) * a / (20 - a); math.Abs(got-c.waiting) > 1e-6 {
			t.Errorf("%v calls of %v s: %.6f wait, want %.6f", c.calls, c.handle, got, c.waiting)
		}
	}
}

// Walk-ins at counters: M/M/c.
func TestWalkInsWaitAsErlangSays(t *testing.T) {
	planningtest.InOneGoroutine(t)
	for _, r := range []run{
		{perHour: 6, minutes: 15, counters: 2, hours: 4000},
		{perHour: 12, minutes: 15, counters: 4, hours: 3000},
		{perHour: 20, minutes: 10, counters: 4, hours: 3000},
		{perHour: 24, minutes: 15, counters: 7, hours: 3000},
		{perHour: 30, minutes: 15, counters: 8, hours: 6000},
		{perHour: 60, minutes: 15, counters: 16, hours: 3000},
	} {
		wait, delayed, long, _, waiting := replications(t, r)
		a, c := r.perHour*r.minutes/60, float64(r.counters)
		p := erlangC(r.counters, a)
		w := p * r.minutes / (c - a)
		hold(t, "wait, minutes", wait, w, .05)
		hold(t, "share that waits", delayed, p, .02)
		hold(t, "share above 15 minutes", long, p*math.Exp(-(c-a)*15/r.minutes), .05)
		hold(t, "number that waits", waiting, w*r.perHour/60, .05)
	}
}

// Slots of one length: M/D/1 waits ρs/2(1−ρ) (Pollaczek, Khinchine), half of M/M/1;
// M/D/c by Crommelin, in service times.
func TestFixedLengthsWaitLess(t *testing.T) {
	planningtest.InOneGoroutine(t)
	for _, c := range []struct {
		run
		want float64 // minutes
	}{
		{run{perHour: 3, minutes: 15, counters: 1, hours: 6000}, 22.5},
		{run{perHour: 5, minutes: 10, counters: 1, hours: 6000}, 25},
		{run{perHour: 6.4, minutes: 15, counters: 2, hours: 4000}, .90328388 * 15},
		{run{perHour: 12.8, minutes: 15, counters: 4, hours: 4000}, .38609493 * 15},
		{run{perHour: 36, minutes: 15, counters: 10, hours: 3000}, .34458205 * 15},
	} {
		c.constant = true
		wait, _, _, _, _ := replications(t, c.run)
		hold(t, "wait, minutes", wait, c.want, .05)
	}
}

// A room that is full turns people away: M/M/c/K, by its birth and death.
func TestAFullRoomTurnsPeopleAway(t *testing.T) {
	planningtest.InOneGoroutine(t)
	for _, r := range []run{
		{perHour: 6, minutes: 15, counters: 1, room: 5, hours: 3000},
		{perHour: 14, minutes: 15, counters: 4, room: 8, hours: 3000},
	} {
		a, weight, sum := r.perHour*r.minutes/60, 1.0, 1.0
		for k := 1; k <= r.room; k++ {
			weight *= a / float64(min(k, r.counters))
			sum += weight
		}
		_, _, _, turned, _ := replications(t, r)
		hold(t, "share turned away", turned, weight/sum, .05)
	}
}

// Demand above capacity grows by what is lacking: the fluid backlog.
func TestWhatIsLackingPilesUp(t *testing.T) {
	planningtest.InOneGoroutine(t)
	r := run{perHour: 44, minutes: 15, counters: 10}
	const hours = 1000
	var piled []float64
	for i := range 24 {
		a, d := agenda.New(begin), dice.Of(uint64(i+1), "fluid")
		s := station.New(a, station.Options{Counters: r.counters})
		var come func() error
		come = func() error {
			s.Come(d.After(15 * time.Minute))
			a.In(d.After(time.Duration(float64(time.Hour)/r.perHour)), "a visitor comes", come)
			return nil
		}
		a.In(0, "a visitor comes", come)
		if err := a.Run(t.Context(), begin.Add(hours*time.Hour), func(time.Time) error { return nil }); err != nil {
			t.Fatal(err)
		}
		piled = append(piled, float64(s.Waiting()))
	}
	hold(t, "backlog", piled, hours*(44-40), .02)
}

// Counters open and close; who is served is served to the end, and who waits is
// called in order.
func TestStaffComesAndGoes(t *testing.T) {
	a := agenda.New(begin)
	var waits []int
	s := station.New(a, station.Options{Counters: 1, Called: func(w time.Duration) { waits = append(waits, int(w.Minutes())) }})
	for range 5 {
		s.Come(10 * time.Minute)
	}
	a.In(5*time.Minute, "a colleague comes", func() error { s.Staff(2); return nil })
	a.In(12*time.Minute, "everybody leaves", func() error { s.Staff(0); return nil })
	a.In(60*time.Minute, "one is back", func() error { s.Staff(1); return nil })
	if err := a.Run(t.Context(), begin.Add(2*time.Hour), func(time.Time) error { return nil }); err != nil {
		t.Fatal(err)
	}
	want := []int{0, 5, 10, 60, 70}
	for i := range want {
		if i >= len(waits) || waits[i] != want[i] {
			t.Fatalf("waits %v minutes, want %v", waits, want)
		}
	}
	if s.There() != 0 || s.Came != 5 {
		t.Errorf("%d are still there of %d", s.There(), s.Came)
	}
}
