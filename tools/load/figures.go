package load

import (
	"math"
	"slices"
	"sync"
	"time"
)

// sample is one thing done: when it began, and how long it took.
type sample struct{ at, took time.Duration }

// failed is one try that failed.
type failed struct {
	at   time.Duration
	what string
}

// record is what happened, by kind.
type record struct {
	mu       sync.Mutex
	samples  map[string][]sample
	failures map[string][]failed
	notes    map[string]int
}

func (r *record) done(kind string, at, took time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.samples == nil {
		r.samples = map[string][]sample{}
	}
	r.samples[kind] = append(r.samples[kind], sample{at, took})
}

func (r *record) failed(kind string, at time.Duration, what string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failures == nil {
		r.failures = map[string][]failed{}
	}
	r.failures[kind] = append(r.failures[kind], failed{at, what})
}

// note counts what is no fault.
func (r *record) note(what string, n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.notes == nil {
		r.notes = map[string]int{}
	}
	r.notes[what] += n
}

// Latency of one kind, milliseconds.
type Latency struct {
	Kind   string  `json:"kind"`
	N      int     `json:"n"`
	P50    float64 `json:"p50_ms"`
	P95    float64 `json:"p95_ms"`
	P99    float64 `json:"p99_ms"`
	P999   float64 `json:"p999_ms"`
	Worst  float64 `json:"worst_ms"`
	Failed int     `json:"failed_tries"`
}

// percentile of sorted durations by the nearest rank: the smallest that at least
// share of them do not exceed.
func percentile(sorted []time.Duration, share float64) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	rank := int(math.Ceil(share * float64(len(sorted))))
	return sorted[min(max(rank, 1), len(sorted))-1]
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func latency(kind string, took []time.Duration, fails int) Latency {
	slices.Sort(took)
	return Latency{Kind: kind, N: len(took), P50: ms(percentile(took, .5)), P95: ms(percentile(took, .95)), P99: ms(percentile(took, .99)), P999: ms(percentile(took, .999)),
		Worst: ms(percentile(took, 1)), Failed: fails}
}

// Window is a stretch of the load.
type Window struct {
	From     float64 `json:"from_s"`
	Bookings float64 `json:"bookings_per_s"`
	HR       float64 `json:"hr_per_s"`
	Failed   int     `json:"failed_tries"`
	P99      float64 `json:"booking_p99_ms"`
}

// window is how long a stretch is.
const window = 10 * time.Second

// windows adds up by when things were done.
func windows(r *record, from, until time.Duration) (all []Window) {
	for begin, end := from, from; begin < until; begin = end {
		end = begin + window
		if until-end < window/2 { // a short rest belongs to the last
			end = until
		}
		within := func(kind string) (took []time.Duration) {
			for _, s := range r.samples[kind] {
				if done := s.at + s.took; done >= begin && done < end {
					took = append(took, s.took)
				}
			}
			return took
		}
		booked := within("booking")
		slices.Sort(booked)
		w := Window{From: begin.Seconds(), Bookings: float64(len(booked)) / (end - begin).Seconds(), HR: float64(len(within("hr event"))) / (end - begin).Seconds(), P99: ms(percentile(booked, .99))}
		for _, list := range r.failures {
			for _, f := range list {
				if f.at >= begin && f.at < end {
					w.Failed++
				}
			}
		}
		all = append(all, w)
	}
	return all
}

// Silence is the longest stretch within [from, until) in which nothing of a kind
// was done: what clients feel of a fault.
func silence(samples []sample, from, until time.Duration) (longest time.Duration) {
	var done []time.Duration
	for _, s := range samples {
		if d := s.at + s.took; d >= from && d < until {
			done = append(done, d)
		}
	}
	slices.Sort(done)
	last := from
	for _, d := range append(done, until) {
		longest = max(longest, d-last)
		last = d
	}
	return longest
}
