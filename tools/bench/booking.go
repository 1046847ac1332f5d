package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/booking/trial"
)

// BookingOptions say what is measured.
type BookingOptions struct {
	Postgres  bool          // the log lies in Postgres instead of SQLite
	Searches  int           // requests per kind of search
	Load      time.Duration // how long each load lasts
	Rounds    int           // of a counter that goes, and of an update to all listeners
	Listeners int
	Only      []string // parts; empty: all
	Profile   string   // file for the server's profile
	Child     Command
	Said      func(string)
}

// Parts of the benchmark, in order.
var Parts = []string{"searches", "loads", "counters", "listeners"}

// Figure is one line of the report.
type Figure struct {
	Name string  `json:"name"`
	P50  float64 `json:"p50,omitempty"`
	P99  float64 `json:"p99,omitempty"`
	// Rate per second, of the whole load.
	Rate float64 `json:"rate,omitempty"`
	// Server is what one request costs the server, in computing time.
	Server float64 `json:"server,omitempty"`
	N      int     `json:"n"`
	Aim    string  `json:"aim,omitempty"`
	Note   string  `json:"note,omitempty"`
}

// BookingReport is what was measured with one kind of log. Times are in
// milliseconds.
type BookingReport struct {
	Log     string   `json:"log"`
	City    string   `json:"city"`
	Figures []Figure `json:"figures"`
}

// run is one benchmark at work.
type run struct {
	BookingOptions
	s      *server
	today  day.Day
	next   int // the next slot that nobody has asked for
	report BookingReport
}

// Booking starts a city of 20 centres and 120 counters in a process of its own
// and measures it over HTTP and the bus.
func Booking(ctx context.Context, o BookingOptions) (report BookingReport, err error) {
	for _, p := range o.Only {
		if !slices.Contains(Parts, p) {
			return report, fmt.Errorf("there is no part %q: name some of %v", p, Parts)
		}
	}
	folder, err := os.MkdirTemp("", "lotse-bench-")
	if err != nil {
		return report, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	r := &run{BookingOptions: o}
	size := trial.Hamburg
	r.report = BookingReport{Log: "SQLite", City: fmt.Sprintf("%d centres of %d counters, %d days, the first %d booked to %.0f %%",
		size.Centres, size.Counters, size.Days, size.FullDays, 100*size.Full)}
	args := []string{"bench", "serve", "--folder", folder}
	if o.Postgres {
		r.report.Log = "Postgres"
		url, err := trial.Postgres()
		if err != nil {
			return report, err
		}
		args = append(args, "--postgres", url, "--schema", fmt.Sprintf("bench_%d_%d", os.Getpid(), rand.Uint32()))
	}
	if o.Profile != "" {
		args = append(args, "--profile", o.Profile)
	}
	o.Said(r.report.Log + ": build the city")
	if r.s, err = serve(ctx, o.Child, args...); err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, r.s.close()) }()
	if r.today, err = day.Parse(r.s.Today); err != nil {
		return report, err
	}
	if err := r.rest(ctx); err != nil {
		return r.report, err
	}
	if err := r.yardsticks(ctx); err != nil {
		return r.report, err
	}
	parts := map[string]func(context.Context) error{"searches": r.searches, "loads": r.loads, "counters": r.counters, "listeners": r.listeners}
	for _, name := range Parts {
		if len(o.Only) > 0 && !slices.Contains(o.Only, name) {
			continue
		}
		if err := parts[name](ctx); err != nil {
			return r.report, err
		}
		if err := r.rest(ctx); err != nil {
			return r.report, err
		}
	}
	return r.report, nil
}

func (r *run) add(f Figure) { r.report.Figures = append(r.report.Figures, f) }

// usage asks the server what it has used.
func (r *run) usage(c *client) (u trial.Usage, err error) {
	return u, c.ask("GET", "/trial/usage", "", "", &u)
}

// rest waits until the server has published what it has to: its log stands
// still for half a second.
func (r *run) rest(ctx context.Context) error {
	c, err := dial(r.s.URL)
	if err != nil {
		return err
	}
	defer c.close()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	late := time.After(2 * time.Minute)
	at, still := int64(-1), 0
	for still < 5 {
		u, err := r.usage(c)
		if err != nil {
			return err
		}
		if still++; u.Position != at {
			at, still = u.Position, 0
		}
		select {
		case <-tick.C:
		case <-late:
			return errors.New("the server does not come to rest")
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// yardsticks are what the machine gives without Lotse.
func (r *run) yardsticks(context.Context) error {
	r.Said("yardsticks")
	c, err := dial(r.s.URL)
	if err != nil {
		return err
	}
	defer c.close()
	for _, units := range []int{1, 64} {
		var rate float64
		if err := c.ask("POST", fmt.Sprint("/trial/append?units=", units), "", "", &rate); err != nil {
			return err
		}
		r.add(Figure{Name: fmt.Sprintf("yardstick: bare log, %d units a commit", units), Rate: rate, N: int(rate)})
	}
	return r.series("yardstick: an empty net/http handler", "/trial/plain", "", r.Searches)
}

// series sends one request again and again on one connection.
func (r *run) series(name, path, aim string, n int) error {
	c, err := dial(r.s.URL)
	if err != nil {
		return err
	}
	defer c.close()
	for range 20 { // what is counted on first use
		if err := c.ask("GET", path, "", "", nil); err != nil {
			return err
		}
	}
	before, err := r.usage(c)
	if err != nil {
		return err
	}
	took := make([]time.Duration, n)
	for i := range took {
		begin := time.Now()
		if err := c.ask("GET", path, "", "", nil); err != nil {
			return err
		}
		took[i] = time.Since(begin)
	}
	after, err := r.usage(c)
	if err != nil {
		return err
	}
	f := percentiles(name, took)
	f.Server, f.Aim = ms((after.CPU-before.CPU)/time.Duration(n)), aim
	r.add(f)
	return nil
}

// searches measures what citizens ask, over HTTP and in the server's memory.
func (r *run) searches(context.Context) error {
	c, err := dial(r.s.URL)
	if err != nil {
		return err
	}
	defer c.close()
	from := (r.today + 1).String()
	for _, s := range []struct {
		name, service string
		days          int
		aim           string
	}{
		{"search one day at all centres", string(trial.Usual), 1, "≤ 0.26 ms of the server"},
		{"search 14 days at all centres", string(trial.Usual), 14, "≤ 1.8 ms of the server"},
		{"nothing free in a month", string(trial.BookedUp), 31, "as fast as any"},
	} {
		r.Said(s.name)
		path := fmt.Sprintf("/booking/v1/slots?service=%s&from=%s&until=%s&limit=", s.service, from, r.today+1+day.Day(s.days))
		var found struct{ Offers, Elsewhere, Later, OtherTimes []any }
		if err := c.ask("GET", path+"500", "", "", &found); err != nil {
			return err
		}
		if booked := s.service == string(trial.BookedUp); booked == (len(found.Offers) > 0) {
			return fmt.Errorf("%s: %d offers", s.name, len(found.Offers))
		}
		for _, limit := range []int{10, 100, 500} {
			if len(found.Offers) == 0 && limit > 10 {
				continue
			}
			name := fmt.Sprintf("%s, %d answers", s.name, min(limit, len(found.Offers)))
			if err := r.series(name, fmt.Sprint(path, limit), s.aim, r.Searches); err != nil {
				return err
			}
		}
		var each time.Duration
		if err := c.ask("POST", fmt.Sprintf("/trial/search?times=%d&days=%d&service=%s", r.Searches, s.days, s.service), "", "", &each); err != nil {
			return err
		}
		r.add(Figure{Name: "yardstick: the same in memory, at most 500", Server: ms(each), N: r.Searches})
	}
	return nil
}
