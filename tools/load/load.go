package load

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/tools/network"
)

// Rates are arrivals a second.
type Rates struct {
	Bookings float64 `json:"bookings"`
	HR       float64 `json:"hr"`
}

// Times scales both.
func (r Rates) Times(f float64) Rates { return Rates{r.Bookings * f, r.HR * f} }

// Options of a load.
type Options struct {
	URL     string // of the front, APIs below the services' names
	Token   string // of an HR importer for Source
	Source  string // name of the HR system
	Network *network.Network
	Today   day.Day
	Rates   Rates
	// Listeners keep the stream of slots.
	Listeners int
	// Keep is how many appointments may stand: beyond them each booking is
	// followed by a cancellation.
	Keep int
	// Move is the share of arrivals that move an appointment instead of booking one.
	Move float64
	// Run is part of all keys and ids, so that runs do not meet.
	Run  string
	Seed uint64
	// Journal gets a receipt a line.
	Journal io.Writer
	// Processes to look at; nil: none.
	Processes func() []Process
	// Patience is how long a command is repeated until it is given up; 60 s when 0.
	Patience time.Duration
}

// Process is one of those under load.
type Process struct {
	Name string
	PID  int
}

// Load is one that runs.
type Load struct {
	opt      Options
	web      *http.Client
	offered  []capacity.ServiceType
	began    time.Time
	journal  *journal
	book     *record
	mine     pool
	absent   absences
	streams  []*stream
	watch    *watch
	diceLock sync.Mutex
	dice     *rand.Rand

	rates    atomic.Pointer[Rates]
	turned   chan struct{} // the rates have changed
	flying   atomic.Int64
	number   atomic.Int64 // of arrivals and commands, for keys
	life     context.Context
	end      context.CancelFunc
	arriving context.CancelFunc
	doors    sync.WaitGroup // who lets in
	guests   sync.WaitGroup // who came in, and listeners
}

// mostFlying bounds arrivals that are under way: further ones are turned away and
// counted as errors, so that a Lotse that stands still does not fill our memory.
const mostFlying = 20000

// Start begins: listeners first, then arrivals.
func Start(ctx context.Context, o Options) (*Load, error) {
	if o.Patience == 0 {
		o.Patience = time.Minute
	}
	if o.Journal == nil {
		o.Journal = io.Discard
	}
	l := &Load{opt: o, began: time.Now(), turned: make(chan struct{}, 1), dice: rand.New(rand.NewPCG(o.Seed, 8))}
	for _, s := range o.Network.Catalogue.Services {
		if s.Online == "" {
			l.offered = append(l.offered, s)
		}
	}
	if len(l.offered) == 0 || len(o.Network.Employees) == 0 {
		return nil, errors.New("load: the network has no services that need a visit, or no employees")
	}
	l.web = &http.Client{Timeout: 15 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 256, IdleConnTimeout: time.Minute}}
	l.journal, l.book = newJournal(o.Journal), &record{}
	l.life, l.end = context.WithCancel(ctx)
	l.rates.Store(&Rates{})
	for n := range o.Listeners {
		s := newStream(o.URL, fmt.Sprintf("10.250.%d.%d", n/250, n%250+1))
		l.streams = append(l.streams, s)
		l.guests.Go(func() { s.keep(l.life, func(what string) { l.book.failed("listen", l.at(time.Now()), what) }) })
	}
	for _, s := range l.streams {
		select {
		case <-s.open:
		case <-ctx.Done():
			l.end()
			return nil, ctx.Err()
		case <-time.After(time.Minute):
			l.end()
			return nil, errors.New("load: the stream of slots does not open")
		}
	}
	var arriving context.Context
	arriving, l.arriving = context.WithCancel(l.life)
	l.doors.Go(func() { l.let(arriving, func(r Rates) float64 { return r.Bookings }, l.citizen, "booking") })
	l.doors.Go(func() { l.let(arriving, func(r Rates) float64 { return r.HR }, l.note, "hr") })
	l.doors.Go(func() { l.journal.flushing(arriving) })
	l.watch = newWatch(o.Processes)
	l.doors.Go(func() { l.watch.keep(arriving) })
	l.Pace(o.Rates)
	return l, nil
}

// Pace sets other rates from now on; zero lets nobody in.
func (l *Load) Pace(r Rates) {
	l.rates.Store(&r)
	close(l.swap())
}

// swap puts a new signal in place and returns the old one.
func (l *Load) swap() chan struct{} {
	l.diceLock.Lock()
	defer l.diceLock.Unlock()
	old := l.turned
	l.turned = make(chan struct{})
	return old
}

func (l *Load) changed() chan struct{} {
	l.diceLock.Lock()
	defer l.diceLock.Unlock()
	return l.turned
}

// let lets somebody in whenever the clock says so, however many are inside.
func (l *Load) let(ctx context.Context, rate func(Rates) float64, in func(ctx context.Context, due time.Time), kind string) {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	var begin time.Time
	n, current := 0, -1.0
	for {
		changed := l.changed()
		if now := rate(*l.rates.Load()); now != current {
			begin, n, current = time.Now(), 0, now
		}
		wait, due := time.Hour, time.Time{}
		if current > 0 {
			due = begin.Add(time.Duration(float64(n) / current * float64(time.Second)))
			wait = time.Until(due)
		}
		if wait > 0 {
			timer.Reset(wait)
			select {
			case <-timer.C:
			case <-changed:
				continue
			case <-ctx.Done():
				return
			}
		} else if ctx.Err() != nil {
			return
		}
		if current <= 0 {
			continue
		}
		n++
		if l.flying.Load() >= mostFlying {
			l.book.failed(kind, l.at(due), "turned away: too many wait already")
			continue
		}
		l.flying.Add(1)
		l.guests.Go(func() {
			defer l.flying.Add(-1)
			in(l.life, due)
		})
	}
}

// at is a moment since the load began.
func (l *Load) at(t time.Time) time.Duration { return t.Sub(l.began) }

// Now is how long the load has run.
func (l *Load) Now() time.Duration { return l.at(time.Now()) }

// draw is a number below n.
func (l *Load) draw(n int) int {
	l.diceLock.Lock()
	defer l.diceLock.Unlock()
	return l.dice.IntN(n)
}

func (l *Load) chance() float64 {
	l.diceLock.Lock()
	defer l.diceLock.Unlock()
	return l.dice.Float64()
}

// Idle waits until nobody is under way; let nobody in before.
func (l *Load) Idle(ctx context.Context) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for l.flying.Load() > 0 {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("load: %d are still under way: %w", l.flying.Load(), ctx.Err())
		}
	}
	return l.journal.flush()
}

// Stop lets nobody in any more, waits for those under way, and adds up.
func (l *Load) Stop(ctx context.Context) (Report, error) {
	l.arriving()
	l.doors.Wait()
	took := l.Now()
	err := l.Idle(ctx)
	r := l.Since(0, took)
	r.Streams = len(l.streams)
	if err == nil && len(l.streams) > 0 {
		r.Apart, err = l.Agree(ctx)
	}
	r.Processes = l.watch.report()
	l.end()
	l.guests.Wait()
	l.web.CloseIdleConnections()
	return r, errors.Join(err, l.journal.flush())
}

// service that somebody comes for.
func (l *Load) service() id.Service { return l.offered[l.draw(len(l.offered))].ID }
