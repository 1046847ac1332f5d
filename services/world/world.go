package world

import (
	"context"
	"encoding/binary"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/lotse"
	"github.com/lotse-hamburg/lotse/services/absence"
	"github.com/lotse-hamburg/lotse/services/booking"
	"github.com/lotse-hamburg/lotse/services/capacity"
	"github.com/lotse-hamburg/lotse/services/internal/clock"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
	"github.com/lotse-hamburg/lotse/services/staffing"
)

// Options of a world. Zero values mean the defaults named.
type Options struct {
	Start    time.Time       // required: where the clock stands, in the city's zone
	Seed     uint64          // of ids, keys and nonces
	Absence  absence.Config  // default: DefaultConfig of the service, and so for the others
	Staffing staffing.Config //
	Capacity capacity.Config //
	Booking  booking.Config  //
	Logger   *slog.Logger    // default: nothing is logged
	// Heard is told of each public event once, in the order in which they were
	// said. It must not touch the world.
	Heard func(from events.Envelope, event events.Event)
	// Wants says which types Heard is told; nil: all.
	Wants func(eventType string) bool
	// Keep is for how long Advance leaves in the logs what every service has read,
	// for worlds that last; 0: for ever. See memory.Store.Forget.
	Keep time.Duration
}

// World is the four services and what lies between them. It is not safe for
// use by several goroutines.
type World struct {
	Absence  *absence.Service
	Staffing *staffing.Service
	Capacity *capacity.Service
	Booking  *booking.Service

	clock   *clock.Manual
	members []*member
	roads   []*road
	known   *events.Registry
	heard   func(events.Envelope, events.Event)
	wants   func(string) bool
	keep    time.Duration
	tidied  day.Day // when logs were looked through last
}

// member is one service with its log.
type member struct {
	name   string
	node   *node.Node
	store  *memory.Store
	digest *digest
	said   int64 // public position told to Heard
}

// New makes a world in which nothing has happened yet.
func New(ctx context.Context, o Options) (*World, error) {
	if o.Start.IsZero() {
		return nil, fmt.Errorf("world: Options.Start is empty: say where the clock stands")
	}
	w := &World{clock: clock.NewManual(o.Start), known: lotse.Registry(), heard: o.Heard, wants: o.Wants, keep: o.Keep}
	if o.Capacity == (capacity.Config{}) {
		o.Capacity = capacity.DefaultConfig()
		o.Capacity.OfferingPace = 0 // here the clock stands while the services work
	}
	if o.Booking == (booking.Config{}) {
		o.Booking = booking.DefaultConfig()
	}
	var seed [32]byte
	binary.LittleEndian.PutUint64(seed[:], o.Seed)
	members := map[string]*member{}
	deps := func(name string) node.Deps {
		m := &member{name: name, digest: newDigest()}
		m.store = memory.New(memory.WithClock(w.clock.Now), memory.WithWitness(m.digest.add))
		members[name] = m
		opt := journal.Options{NewID: IDs(seed, byte(len(members)), w.clock.Now)}
		if o.Keep > 0 {
			opt.Cache, opt.Carry = allStreams, true
		}
		return node.Deps{Store: m.store, Now: w.clock.Now, Logger: o.Logger, Journal: opt}
	}
	var err error
	if w.Absence, err = absence.New(absence.Deps{Node: deps("absence"), Config: o.Absence}); err != nil {
		return nil, err
	}
	if w.Staffing, err = staffing.New(staffing.Deps{Node: deps("staffing"), Config: o.Staffing}); err != nil {
		return nil, err
	}
	if w.Capacity, err = capacity.New(capacity.Deps{Node: deps("capacity"), Config: o.Capacity}); err != nil {
		return nil, err
	}
	if w.Booking, err = booking.New(booking.Deps{Node: deps("booking"), Config: o.Booking, Master: seed[:], Random: rand.NewChaCha8(seed)}); err != nil {
		return nil, err
	}
	for _, n := range []*node.Node{w.Absence.Node(), w.Staffing.Node(), w.Capacity.Node(), w.Booking.Node()} {
		members[n.Service()].node = n
		w.members = append(w.members, members[n.Service()])
	}
	return w, w.start(ctx)
}

// start folds the empty logs and lays the lanes.
func (w *World) start(ctx context.Context) error {
	for _, m := range w.members {
		if err := m.node.Start(ctx); err != nil {
			return err
		}
		for _, in := range m.node.Inbounds() {
			source, err := w.member(in.Source())
			if err != nil {
				return err
			}
			w.roads = append(w.roads, newRoad(source, m, in))
		}
	}
	return w.tick(ctx)
}

// IDs makes a service's ids from a seed and a clock: of UUIDv7's form, in the
// order in which they are taken.
func IDs(seed [32]byte, service byte, now func() time.Time) func() uuid.UUID {
	dice := rand.NewChaCha8(seed)
	var n uint32
	return func() (u uuid.UUID) {
		n++
		binary.BigEndian.PutUint64(u[:8], uint64(now().UnixMilli())<<16)
		u[6], u[7] = 0x70, service
		binary.BigEndian.PutUint32(u[8:12], n)
		u[8] = u[8]&0x3f | 0x80
		binary.BigEndian.PutUint32(u[12:], uint32(dice.Uint64()))
		return u
	}
}

func (w *World) member(name string) (*member, error) {
	for _, m := range w.members {
		if m.name == name {
			return m, nil
		}
	}
	return nil, fmt.Errorf("there is no service %q: name absence, staffing, capacity or booking", name)
}

// Now is where the clock stands.
func (w *World) Now() time.Time { return w.clock.Now() }

// Log is a service's log for reading.
func (w *World) Log(service string) (eventlog.Store, error) {
	m, err := w.member(service)
	if err != nil {
		return nil, err
	}
	return m.store, nil
}
