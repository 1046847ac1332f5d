package faults

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"math/rand/v2"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/internal/clock"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// Options of a story.
type Options struct {
	Seed  uint64
	Steps int // 0: by the seed, 150 to 300
	// Keep names the steps that take place, by index; nil: all.
	Keep []int
	// Trace is told each step; nil: nobody is.
	Trace io.Writer
}

// Outcome of a story.
type Outcome struct {
	Seed   uint64         `json:"seed"`
	Steps  int            `json:"steps"`
	Faults map[string]int `json:"faults"` // that took place, by kind
	Seen   map[string]int `json:"seen"`   // what was booked, ordered and so on
	Hash   string         `json:"hash"`   // of all that was answered and of the logs
	// Violation of what must never happen, or must have happened; empty: none.
	Violation string `json:"violation,omitempty"`
	At        int    `json:"at"` // step of the violation; Steps: after the last
}

// machine plays one story.
type machine struct {
	Options
	ctx     context.Context
	zone    *time.Location
	clock   *clock.Manual
	seed    [32]byte
	members []*member
	people  []employee
	clients clients
	ledger  *ledger
	count   map[act]int
	trace   hash.Hash
	shown   bytes.Buffer // events that the trace is not told of yet
}

// violation is a finding.
type violation struct{ text string }

func (v violation) Error() string { return v.text }

func wrong(form string, a ...any) error { return violation{fmt.Sprintf(form, a...)} }

// Run plays a story. The error is one of the machine itself; what the story
// found is in the outcome.
func Run(ctx context.Context, o Options) (Outcome, error) {
	dice := rand.New(rand.NewPCG(o.Seed, 20261123))
	if n := 150 + dice.IntN(151); o.Steps == 0 {
		o.Steps = n
	}
	zone, err := clock.Zone(clock.City)
	if err != nil {
		return Outcome{}, err
	}
	m := &machine{Options: o, ctx: ctx, zone: zone, clock: clock.NewManual(monday.At(begins, zone)), people: staff(), count: map[act]int{}, trace: sha256.New()}
	m.clients = newClients()
	m.ledger = newLedger(m)
	automatic, busy := dice.IntN(2) == 0, 30+dice.IntN(60)
	steps := draw(dice, o.Steps)
	out := Outcome{Seed: o.Seed, Steps: o.Steps}
	err = m.furnish(automatic, busy)
	m.shown.Reset() // the trace begins with the first step
	if err == nil {
		out.At, err = m.play(steps)
	}
	if err == nil {
		err = m.end()
		m.tell(len(steps), step{act: "the faults have ended"}, "", err)
	}
	var found violation
	switch {
	case errors.As(err, &found):
		out.Violation = found.text
	case err != nil && ctx.Err() != nil:
		return out, ctx.Err()
	case err != nil:
		out.Violation = "a service fails: " + err.Error()
	}
	out.Faults, out.Seen = map[string]int{}, m.ledger.seen
	for a, n := range m.count {
		if a.isFault() {
			out.Faults[string(a)] = n
		}
	}
	m.logs()
	out.Hash = hex.EncodeToString(m.trace.Sum(nil)[:8])
	return out, nil
}

// play does the steps that are kept; at is the step that failed.
func (m *machine) play(steps []step) (at int, err error) {
	keep := m.Keep
	for i, s := range steps {
		if m.Keep != nil {
			if len(keep) == 0 || keep[0] != i {
				continue
			}
			keep = keep[1:]
		}
		said, err := m.do(s)
		if err == nil {
			err = m.ledger.look()
		}
		m.tell(i, s, said, err)
		if err != nil {
			return i, err
		}
	}
	return len(steps), nil
}

// tell writes a step down, and into the trace's hash.
func (m *machine) tell(i int, s step, said string, err error) {
	line := fmt.Sprintf("%4d %s %-42s %s", i, m.clock.Now().Format("Mon 15:04:05"), s.act, said)
	if err != nil {
		line += " ← " + err.Error()
	}
	fmt.Fprintln(m.trace, line)
	if m.Trace != nil {
		fmt.Fprintln(m.Trace, line)
		m.Trace.Write(m.shown.Bytes())
		m.shown.Reset()
	}
}

// show keeps an event for the trace, to be written after the step that it came
// of.
func (m *machine) show(service string, e eventlog.Event) {
	if m.Trace == nil {
		return
	}
	data := string(e.Data)
	if len(data) > 160 {
		data = data[:160] + "…"
	}
	fmt.Fprintf(&m.shown, "       %s %d %s %s %s\n", service, e.Position, e.Stream, e.Type, data)
}

// logs adds what the logs hold to the trace's hash.
func (m *machine) logs() {
	for _, x := range m.members {
		for at := int64(0); ; {
			page, err := x.store.After(m.ctx, at, 1000)
			if err != nil || len(page) == 0 {
				break
			}
			for _, e := range page {
				fmt.Fprintf(m.trace, "%s %d %s %s %s %s\n", x.name, e.Position, e.Stream, e.ID, e.Type, e.Data)
			}
			at = page[len(page)-1].Position
		}
	}
}

// furnish tells the services what the town is and books some of it out, before
// anything goes wrong.
func (m *machine) furnish(automatic bool, busy int) error {
	if err := m.beginAll(); err != nil {
		return err
	}
	if _, err := m.member("capacity").leader.capacity.ApplyNetwork(m.ctx, town(automatic), false); err != nil {
		return err
	}
	list, err := staffList(m.people)
	if err != nil {
		return err
	}
	if _, err := m.member("staffing").leader.staffing.ImportStaff(m.ctx, "staff", list); err != nil {
		return err
	}
	if err := m.settle(60); err != nil {
		return err
	}
	if err := m.bookOut(busy); err != nil {
		return err
	}
	if err := m.settle(60); err != nil {
		return err
	}
	return m.ledger.look()
}

func (m *machine) today() day.Day { return day.Of(m.clock.Now(), m.zone) }

// do one step and say what came of it.
func (m *machine) do(s step) (said string, err error) {
	m.count[s.act]++
	x := m.members[s.of(0, len(m.members))]
	switch s.act {
	case wait:
		m.clock.Advance([]time.Duration{time.Second, 5 * time.Second, time.Minute, 6 * time.Minute, 20 * time.Minute, time.Hour}[s.of(0, 6)])
	case leap:
		m.clock.Advance([]time.Duration{-time.Second, -20 * time.Second, 11 * time.Hour, 26 * time.Hour}[s.of(0, 4)])
	case turnOne:
		return x.name, m.turn(x)
	case tickOne:
		return x.name, m.tick(x)
	case talk:
		_, err := m.talk(40)
		return "", err
	case carry:
		return m.onRoad(s, func(r *road) error { return m.carry(r, int64(1+s.of(1, 6))) })
	case repeatRoad, mixRoad, dropRoad:
		return m.onRoad(s, func(r *road) error {
			r.next = append(r.next, trouble{s.act, int64(1 + s.of(1, 5))})
			return nil
		})
	case holdRoad, freeRoad:
		return m.onRoad(s, func(r *road) error { r.held = s.act == holdRoad; return nil })
	case wipeBus:
		x.wipe(int64(s.of(1, 20)))
		return x.name, nil
	case noBackfill:
		x.refuses += 1 + s.of(1, 3)
		return x.name, nil
	case crash:
		p := x.serves(s.dice[1])
		p.disk.dead = true
		return x.name, m.kill(x, p)
	case crashBefore, crashAfter, unknownDone, unknownNot, conflict:
		p := x.serves(s.dice[1])
		p.disk.next = append(p.disk.next, s.act)
		return x.name, nil
	case away:
		x.leader.disk.away += 1 + s.of(1, 3)
		return x.name, nil
	case standby:
		if x.standby == nil {
			x.standby, err = m.begin(x)
		}
		return x.name, err
	case handOver:
		if x.standby != nil {
			x.leader, x.standby = x.standby, x.leader
			m.lead(x)
		}
		return x.name, nil
	case snapshotNow:
		b := m.member("booking")
		return "", m.at(b, b.leader, b.leader.node.SaveSnapshot)
	}
	return m.persons(s)
}

// onRoad picks a road that leads somewhere.
func (m *machine) onRoad(s step, do func(*road) error) (string, error) {
	var all []*road
	for _, x := range m.members {
		all = append(all, x.leader.roads...)
	}
	r := all[s.of(0, len(all))]
	return r.from.name + " → " + r.to.name, do(r)
}

// carry is a turn of one road; it may end the process it leads to.
func (m *machine) carry(r *road, limit int64) error {
	p := r.to.leader
	return m.at(r.to, p, func(ctx context.Context) error { _, err := r.carry(ctx, limit); return err })
}

// turn lets a service's processes fold, and its leader react.
func (m *machine) turn(x *member) error {
	if p := x.standby; p != nil {
		if err := m.at(x, p, p.node.Fold); err != nil {
			return err
		}
	}
	return m.at(x, x.leader, x.leader.node.Step)
}

// tick is what a service's leader does by the clock.
func (m *machine) tick(x *member) error {
	for _, r := range x.leader.roads {
		r.watch()
	}
	return m.at(x, x.leader, x.leader.node.Tick)
}

// talk lets everybody have turns until nobody has anything to say, at most so
// many rounds.
func (m *machine) talk(rounds int) (quiet bool, err error) {
	for range rounds {
		before, err := m.said()
		if err != nil {
			return false, err
		}
		for _, x := range m.members {
			if err := m.turn(x); err != nil {
				return false, err
			}
		}
		moved := false
		for _, x := range m.members {
			for _, r := range x.leader.roads {
				if err := m.at(x, x.leader, func(ctx context.Context) error {
					carried, err := r.carry(ctx, 1000)
					moved = moved || carried && err == nil
					return err
				}); err != nil {
					return false, err
				}
			}
		}
		after, err := m.said()
		if err != nil {
			return false, err
		}
		if after == before && !moved {
			return true, nil
		}
	}
	return false, nil
}

// said is how long all logs are together.
func (m *machine) said() (n int64, err error) {
	for _, x := range m.members {
		head, err := x.store.Head(m.ctx)
		if err != nil {
			return 0, err
		}
		n += head.Position
	}
	return n, nil
}

// settle lets the services talk, second by second, until they have been quiet
// for three; more than so many seconds are a finding.
func (m *machine) settle(seconds int) error {
	for calm := 0; calm < 3; seconds-- {
		if seconds == 0 {
			return wrong("the services do not come to rest")
		}
		before, err := m.said()
		if err != nil {
			return err
		}
		quiet, err := m.talk(200)
		if err != nil {
			return err
		}
		m.clock.Advance(time.Second)
		for _, x := range m.members {
			if err := m.tick(x); err != nil {
				return err
			}
		}
		if err := m.ledger.look(); err != nil {
			return err
		}
		after, err := m.said()
		if err != nil {
			return err
		}
		if calm++; after != before || !quiet {
			calm = 0
		}
	}
	return nil
}
