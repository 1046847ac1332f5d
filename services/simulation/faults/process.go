package faults

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/lotse-hamburg/lotse/services/absence"
	"github.com/lotse-hamburg/lotse/services/booking"
	"github.com/lotse-hamburg/lotse/services/capacity"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/lane"
	"github.com/lotse-hamburg/lotse/services/internal/node"
	"github.com/lotse-hamburg/lotse/services/staffing"
	"github.com/lotse-hamburg/lotse/services/world"
)

// member is one service: its log, and the processes that serve on it.
type member struct {
	name  string
	store eventlog.Store
	ids   journal.Options // where ids come from, process by process
	lives uint64          // processes begun so far

	leader  *process // has the lease: reactors, lanes, ticks
	standby *process // nil: there is none. It folds and takes commands.

	bus     bus // what it has said
	refuses int // questions for backfill that it does not answer
}

// process is one life of a service.
type process struct {
	disk  *disk
	node  *node.Node
	roads []*road

	absence  *absence.Service
	staffing *staffing.Service
	capacity *capacity.Service
	booking  *booking.Service
}

// members in the order in which words flow.
var services = []string{"absence", "staffing", "capacity", "booking"}

func (m *machine) member(name string) *member {
	for _, x := range m.members {
		if x.name == name {
			return x
		}
	}
	panic("faults: there is no service " + name)
}

// beginAll makes the four services on empty logs.
func (m *machine) beginAll() error {
	m.seed[0], m.seed[1], m.seed[2], m.seed[3] = byte(m.Seed), byte(m.Seed>>8), byte(m.Seed>>16), byte(m.Seed>>24)
	for i, name := range services {
		m.members = append(m.members, &member{name: name, store: memory.New(memory.WithClock(m.clock.Now)), ids: journal.Options{NewID: world.IDs(m.seed, byte(i+1), m.clock.Now), Pause: func(context.Context, time.Duration) {}}})
	}
	for _, x := range m.members {
		var err error
		if x.leader, err = m.begin(x); err != nil {
			return err
		}
		m.lead(x)
	}
	return nil
}

// begin a process on a member's log.
func (m *machine) begin(x *member) (*process, error) {
	p := &process{disk: &disk{Store: x.store, left: turnful}}
	x.lives++
	deps := node.Deps{Store: p.disk, Now: m.clock.Now, Journal: x.ids}
	var err error
	switch x.name {
	case "absence":
		if p.absence, err = absence.New(absence.Deps{Node: deps}); err == nil {
			p.node = p.absence.Node()
		}
	case "staffing":
		if p.staffing, err = staffing.New(staffing.Deps{Node: deps}); err == nil {
			p.node = p.staffing.Node()
		}
	case "capacity":
		cfg := capacity.DefaultConfig()
		cfg.OfferingPace = 0
		if p.capacity, err = capacity.New(capacity.Deps{Node: deps, Config: cfg}); err == nil {
			p.node = p.capacity.Node()
		}
	case "booking":
		chance := m.seed
		chance[31], chance[30] = byte(x.lives), byte(x.lives>>8)
		if p.booking, err = booking.New(booking.Deps{Node: deps, Config: booking.DefaultConfig(), Master: m.seed[:], Random: rand.NewChaCha8(chance)}); err == nil {
			p.node = p.booking.Node()
		}
	}
	if err != nil {
		return nil, err
	}
	return p, p.node.Start(m.ctx)
}

// lead gives the leader its lanes, as a process has them that takes the lease.
func (m *machine) lead(x *member) {
	x.leader.roads = nil
	for _, in := range x.leader.node.Inbounds() {
		source := m.member(in.Source())
		r := &road{from: source, to: x}
		r.lane = lane.New(lane.Options{Consumer: x.name, Source: source.name, Handler: in, OnEpoch: in.Rewind,
			Backfill: source.backfill, Logger: slog.New(slog.DiscardHandler)})
		x.leader.roads = append(x.leader.roads, r)
	}
}

// kill a process; who is left takes the lease, or a new one begins.
func (m *machine) kill(x *member, p *process) error {
	m.count[crash]++
	if p == x.standby {
		x.standby = nil
		return nil
	}
	x.leader, x.standby = x.standby, nil
	if x.leader == nil {
		var err error
		if x.leader, err = m.begin(x); err != nil {
			return fmt.Errorf("%s does not start again: %w", x.name, err)
		}
	}
	m.lead(x)
	return nil
}

// at does something in a process, and buries the process if it has died of it.
// An error that is no fault of ours is a finding.
func (m *machine) at(x *member, p *process, do func(context.Context) error) error {
	p.disk.left = turnful
	err := safely(m.ctx, do)
	if p.disk.dead {
		if err := m.kill(x, p); err != nil {
			return err
		}
	}
	if err == nil || passing(err) {
		return nil
	}
	return fmt.Errorf("%s: %w", x.name, err)
}

// safely makes a finding of a panic.
func safely(ctx context.Context, do func(context.Context) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = wrong("it panics: %v", p)
		}
	}()
	return do(ctx)
}

// passing are errors that faults cause and that are over by themselves.
func passing(err error) bool {
	for _, e := range []error{errCrashed, errSilent, eventlog.ErrUnknown, eventlog.ErrUnreachable, eventlog.ErrConflict, eventlog.ErrOutOfOrder, journal.ErrBusy} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// serves picks who answers a command.
func (x *member) serves(die uint32) *process {
	if x.standby != nil && die&1 == 1 {
		return x.standby
	}
	return x.leader
}
