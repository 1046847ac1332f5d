package load

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"
)

// Step is one rate held for a while.
type Step struct {
	Offered Rates   `json:"offered_per_s"`
	Reached Rates   `json:"reached_per_s"`
	P99     float64 `json:"booking_p99_ms"`
	Failed  int     `json:"failed_tries"`
}

// follows is the share of what is offered that must be reached.
const follows = 0.95

// Knee finds the last step that keeps up: what is offered is reached, no try
// fails, and p99 stays within bound. -1: not even the first does. why says what
// the next one lacks; "" when all keep up.
func Knee(steps []Step, bound time.Duration) (at int, why string) {
	for i, s := range steps {
		switch {
		case s.Failed > 0:
			return i - 1, fmt.Sprintf("%d tries failed", s.Failed)
		case s.Reached.Bookings < follows*s.Offered.Bookings:
			return i - 1, fmt.Sprintf("%.0f of %.0f bookings/s were reached", s.Reached.Bookings, s.Offered.Bookings)
		case s.Reached.HR < follows*s.Offered.HR:
			return i - 1, fmt.Sprintf("%.0f of %.0f HR events/s were reached", s.Reached.HR, s.Offered.HR)
		case s.P99 > ms(bound):
			return i - 1, fmt.Sprintf("p99 of a booking was %.0f ms", s.P99)
		}
	}
	return len(steps) - 1, ""
}

// settling is the part of a step that is not looked at: the rate has just changed.
const settling = 3 * time.Second

// Climb raises the rates step by step, each held for a while, until one does not
// keep up or most steps are done.
func (l *Load) Climb(ctx context.Context, first Rates, factor float64, hold, bound time.Duration, most int, told func(Step)) (steps []Step, err error) {
	for n, f := 0, 1.0; n < most; n, f = n+1, f*factor {
		l.Pace(first.Times(f))
		begin := l.Now() + settling
		t := time.NewTimer(hold + settling)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return steps, ctx.Err()
		}
		end := l.Now()
		s := Step{Offered: first.Times(f)}
		r := l.Since(begin, end)
		// What is done within the step counts, and whoever came in it and still waits
		// has waited too long for the bound.
		s.Failed, s.Reached = r.Failed(), l.within(begin, end)
		for _, k := range r.Latencies {
			if k.Kind == "booking" {
				s.P99 = k.P99
			}
		}
		steps = append(steps, s)
		told(s)
		if at, _ := Knee(steps, bound); at < len(steps)-1 {
			break
		}
	}
	l.Pace(Rates{})
	return steps, nil
}

// within is what was done within a stretch, a second.
func (l *Load) within(begin, end time.Duration) (r Rates) {
	l.book.mu.Lock()
	defer l.book.mu.Unlock()
	rate := func(kind string) (n float64) {
		for _, s := range l.book.samples[kind] {
			if done := s.at + s.took; done >= begin && done < end {
				n++
			}
		}
		return n / (end - begin).Seconds()
	}
	return Rates{rate("booking"), rate("hr event")}
}

// PrintSteps writes the curve and names its knee.
func PrintSteps(out io.Writer, steps []Step, bound time.Duration) {
	t := tabwriter.NewWriter(out, 2, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "bookings/s offered\treached\tHR/s offered\treached\tp99 ms\tfailed\t")
	for _, s := range steps {
		fmt.Fprintf(t, "%.0f\t%.1f\t%.0f\t%.1f\t%.1f\t%d\t\n", s.Offered.Bookings, s.Reached.Bookings, s.Offered.HR, s.Reached.HR, s.P99, s.Failed)
	}
	_ = t.Flush()
	at, why := Knee(steps, bound)
	switch {
	case at < 0:
		fmt.Fprintf(out, "knee: below the first step (%s)\n", why)
	case why == "":
		fmt.Fprintf(out, "knee: not reached at %.0f bookings/s and %.0f HR events/s\n", steps[at].Offered.Bookings, steps[at].Offered.HR)
	default:
		fmt.Fprintf(out, "knee: %.0f bookings/s and %.0f HR events/s; one step further %s\n", steps[at].Offered.Bookings, steps[at].Offered.HR, why)
	}
}
