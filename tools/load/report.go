package load

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// Report is what a load saw.
type Report struct {
	Seconds   float64                   `json:"seconds"`
	Offered   Rates                     `json:"offered_per_s"` // when it ended
	Reached   Rates                     `json:"reached_per_s"`
	Latencies []Latency                 `json:"latencies"`
	Failures  map[string]map[string]int `json:"failed_tries,omitempty"` // by kind, then by what
	Notes     map[string]int            `json:"notes,omitempty"`
	Windows   []Window                  `json:"windows"`
	Streams   int                       `json:"streams"`
	Events    int                       `json:"stream_events"` // that all listeners heard
	Apart     int                       `json:"streams_apart"` // that in the end know something else than a newcomer is told
	Processes []Used                    `json:"processes,omitempty"`
	Open      int                       `json:"open_appointments"`
	Receipts  int                       `json:"receipts"`
	// Silences are the longest stretches in which nothing of a kind was done, s.
	Silences map[string]float64 `json:"longest_silence_s"`
	// LastFailure is when the last try failed, since the load began; 0: none did.
	LastFailure float64 `json:"last_failure_s,omitempty"`
}

// kinds in the order in which they are told: the whole first, then its steps.
var kinds = []string{"booking", "hr event", "search", "hold", "confirm", "move", "cancel", "hr"}

// Since adds up what began within a stretch of the load.
func (l *Load) Since(from, until time.Duration) Report {
	l.book.mu.Lock()
	defer l.book.mu.Unlock()
	span := (until - from).Seconds()
	r := Report{Seconds: span, Offered: *l.rates.Load(), Failures: map[string]map[string]int{}, Notes: maps.Clone(l.book.notes), Silences: map[string]float64{}}
	count := map[string]int{}
	for kind, list := range l.book.failures {
		for _, f := range list {
			if f.at < from || f.at >= until {
				continue
			}
			if r.Failures[kind] == nil {
				r.Failures[kind] = map[string]int{}
			}
			r.Failures[kind][f.what]++
			count[kind]++
			r.LastFailure = max(r.LastFailure, f.at.Seconds())
		}
	}
	for _, kind := range kinds {
		var took []time.Duration
		for _, s := range l.book.samples[kind] {
			if s.at >= from && s.at < until {
				took = append(took, s.took)
			}
		}
		if len(took) > 0 || count[kind] > 0 {
			r.Latencies = append(r.Latencies, latency(kind, took, count[kind]))
			r.Silences[kind] = silence(l.book.samples[kind], from, until).Seconds()
		}
		switch kind {
		case "booking":
			r.Reached.Bookings = float64(len(took)) / span
		case "hr event":
			r.Reached.HR = float64(len(took)) / span
		}
	}
	r.Windows = windows(l.book, from, until)
	for _, s := range l.streams {
		s.mu.Lock()
		r.Events += s.events
		s.mu.Unlock()
	}
	l.mine.mu.Lock()
	r.Open = len(l.mine.all)
	l.mine.mu.Unlock()
	l.journal.mu.Lock()
	r.Receipts = l.journal.lines
	l.journal.mu.Unlock()
	return r
}

// LastFailure is when the last try failed, and of what kind and how.
func (l *Load) LastFailure() (at time.Duration, what string) {
	l.book.mu.Lock()
	defer l.book.mu.Unlock()
	for kind, list := range l.book.failures {
		if n := len(list); n > 0 && list[n-1].at >= at {
			at, what = list[n-1].at, kind+": "+list[n-1].what
		}
	}
	return at, what
}

// Failed tries of all kinds.
func (r Report) Failed() (n int) {
	for _, of := range r.Failures {
		for _, k := range of {
			n += k
		}
	}
	return n
}

// Errors names the tries that failed, by kind.
func (r Report) Errors() string {
	var all []string
	for _, kind := range slices.Sorted(maps.Keys(r.Failures)) {
		for _, what := range slices.Sorted(maps.Keys(r.Failures[kind])) {
			all = append(all, fmt.Sprintf("%s: %s ×%d", kind, what, r.Failures[kind][what]))
		}
	}
	return strings.Join(all, "; ")
}

// Print writes it for people.
func (r Report) Print(out io.Writer) {
	fmt.Fprintf(out, "%.0f s: %.1f bookings/s and %.1f HR events/s offered, %.1f and %.1f reached; %d appointments stand, %d receipts\n\n",
		r.Seconds, r.Offered.Bookings, r.Offered.HR, r.Reached.Bookings, r.Reached.HR, r.Open, r.Receipts)
	t := tabwriter.NewWriter(out, 2, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "kind\tn\tp50 ms\tp95\tp99\tp99.9\tworst\tfailed tries\t")
	for _, l := range r.Latencies {
		fmt.Fprintf(t, "%s\t%d\t%.1f\t%.1f\t%.1f\t%.1f\t%.1f\t%d\t\n", l.Kind, l.N, l.P50, l.P95, l.P99, l.P999, l.Worst, l.Failed)
	}
	_ = t.Flush()
	fmt.Fprintln(out, "\nbooking: from the moment a citizen came until confirmed or moved; hr event: from when it was due until recorded; the others: one try that was answered.")
	if len(r.Failures) > 0 {
		fmt.Fprintln(out, "failed tries: "+r.Errors())
	}
	for _, what := range slices.Sorted(maps.Keys(r.Notes)) {
		fmt.Fprintf(out, "%s: %d\n", what, r.Notes[what])
	}
	if r.Streams > 0 {
		fmt.Fprintf(out, "%d listeners heard %d events; %d know something else in the end than a newcomer is told\n", r.Streams, r.Events, r.Apart)
	}
	fmt.Fprintln(out)
	t = tabwriter.NewWriter(out, 2, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "from s\tbookings/s\tHR/s\tfailed\tp99 ms\t")
	for _, w := range r.Windows {
		fmt.Fprintf(t, "%.0f\t%.1f\t%.1f\t%d\t%.1f\t\n", w.From, w.Bookings, w.HR, w.Failed, w.P99)
	}
	_ = t.Flush()
	if len(r.Processes) == 0 {
		return
	}
	fmt.Fprintln(out)
	t = tabwriter.NewWriter(out, 2, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "process\tMB at 10 s\thalf-way\tat the end\tmost\tCPU s\t")
	for _, p := range r.Processes {
		fmt.Fprintf(t, "%s\t%.0f\t%.0f\t%.0f\t%.0f\t%.1f\t\n", p.Name, p.Start, p.Half, p.End, p.Most, p.CPU)
	}
	_ = t.Flush()
}
