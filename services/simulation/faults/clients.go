package faults

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lotse-hamburg/lotse/events"
	eventsbooking "github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking"
)

// clients are the people around the services, with what they remember.
type clients struct {
	number   int
	lists    int                       // staff lists imported
	requests []*request                // bookings with a key, answered or not
	holds    []booking.HoldID          // not confirmed
	mine     []id.Appointment          // known to their citizens
	known    map[id.Appointment]bool   // the same
	ending   map[id.Appointment]bool   // somebody has asked for their end
	moving   map[id.Appointment]bool   // somebody has asked for another slot
	lost     int                       // bookings without a key that got no answer
	words    []word                    // HR's
	absences map[string]*word          // the newest revision of each
	unheard  map[string]bool           // message ids without a receipt
	wanted   map[booking.HoldID]bool   // holds asked to become appointments
	answered map[string]id.Appointment // by key
}

func newClients() clients {
	return clients{known: map[id.Appointment]bool{}, ending: map[id.Appointment]bool{}, moving: map[id.Appointment]bool{},
		absences: map[string]*word{}, unheard: map[string]bool{}, wanted: map[booking.HoldID]bool{}, answered: map[string]id.Appointment{}}
}

// request is a booking that its client repeats until it is answered.
type request struct {
	key  string
	wish booking.Wish
	done bool
}

// word is what HR says of one absence under one revision.
type word struct {
	name     string // of the absence
	revision int
	who      id.Employee
	from, to day.Day // both off
	gone     bool    // cancelled
}

func (w word) id() string { return fmt.Sprintf("%s-%d", w.name, w.revision) }

// ask does a command in one of a member's processes. unsure: no answer came.
func (m *machine) ask(name string, die uint32, command func(ctx context.Context, p *process) error) (said string, unsure bool, err error) {
	x := m.member(name)
	p := x.serves(die)
	var answer error
	err = m.at(x, p, func(ctx context.Context) error {
		if answer = command(ctx, p); answer == nil {
			answer = p.node.Fold(ctx) // the client sees its own effect
		}
		return nil
	})
	switch {
	case err != nil:
		return "", false, err
	case answer == nil:
		return "done", false, nil
	case strings.Contains(answer.Error(), "panicked"):
		return "", false, wrong("%s panics: %v", name, answer)
	case passing(answer):
		return "no answer", true, nil
	}
	for next := answer; next != nil; next = errors.Unwrap(next) {
		answer = next
	}
	return "refused: " + answer.Error(), false, nil
}

// persons is a step of somebody outside.
func (m *machine) persons(s step) (string, error) {
	switch s.act {
	case bookOne:
		r := &request{wish: m.wish(s)}
		if m.clients.number++; s.dice[3]%4 > 0 {
			r.key = fmt.Sprint("key-", m.clients.number)
			m.clients.requests = append(m.clients.requests, r)
		}
		return m.book(r, s.dice[3])
	case bookAgain:
		all := m.clients.requests
		if len(all) == 0 {
			return "", nil
		}
		r := all[len(all)-1-s.of(0, min(len(all), 6))]
		return m.book(r, s.dice[3])
	case holdOne:
		var h booking.Held
		said, _, err := m.ask("booking", s.dice[3], func(ctx context.Context, p *process) (err error) {
			h, err = p.booking.Hold(ctx, "", m.wish(s))
			return err
		})
		if said == "done" {
			m.clients.holds = append(m.clients.holds, h.Hold)
		}
		return said, err
	case confirmOne:
		return m.confirm(s)
	case moveOne, cancelOne, keepOne:
		return m.onAppointment(s)
	case hrSays, hrRepeats:
		return m.hr(s)
	case networkAgain:
		n := town(s.of(0, 2) == 0)
		n.Policy.LimitDays = 4 + s.of(1, 3)
		said, _, err := m.ask("capacity", s.dice[3], func(ctx context.Context, p *process) error {
			_, err := p.capacity.ApplyNetwork(ctx, n, false)
			return err
		})
		return said, err
	case staffAgain:
		return m.changeStaff(s)
	}
	return m.plan(s)
}

// changeStaff imports the staff list again after one person's terms have changed:
// what capacity plans meanwhile rests on the old ones.
func (m *machine) changeStaff(s step) (string, error) {
	e := &m.people[s.of(0, len(m.people))]
	e.MaxAway, e.Deployable = s.of(1, 3), s.of(2, 5) > 0
	if s.dice[1]>>8%3 == 0 {
		e.Home = places[s.dice[2]>>8%uint32(len(places))].centre
	}
	list, err := staffList(m.people)
	if err != nil {
		return "", err
	}
	m.clients.lists++
	said, _, err := m.ask("staffing", s.dice[3], func(ctx context.Context, p *process) error {
		_, err := p.staffing.ImportStaff(ctx, fmt.Sprint("staff-", m.clients.lists), list)
		return err
	})
	return fmt.Sprintf("%s at home at %s, %d days away, deployable %v: %s", e.ID, e.Home, e.MaxAway, e.Deployable, said), err
}

// wish is a slot, most of the time one that may be free.
func (m *machine) wish(s step) booking.Wish {
	w := booking.Wish{Service: []id.Service{"id-card", "move"}[s.dice[0]%2], Centre: places[s.dice[0]/2%3].centre,
		Day: m.today() + day.Day(s.dice[1]%8), At: day.Clock(8, 0) + day.TimeOfDay(s.dice[2]%17)*30, Channel: eventsbooking.Telephone}
	if wd := w.Day - w.Day.Monday(); wd > 4 {
		w.Day += 7 - wd
	}
	return w
}

func (m *machine) book(r *request, die uint32) (string, error) {
	var got booking.Confirmation
	said, unsure, err := m.ask("booking", die>>2, func(ctx context.Context, p *process) (err error) {
		got, err = p.booking.Book(ctx, r.key, r.wish, booking.Contact{})
		return err
	})
	if unsure && r.key == "" {
		m.clients.lost++
	}
	// A refusal is not remembered by its key: who clicks again after one, and gets
	// no answer then, may have an appointment now and has to ask once more.
	r.done = err == nil && !unsure
	if !r.done {
		return said, err
	}
	if r.key == "" {
		if said != "done" {
			return said, nil
		}
		return said, m.mine(got.Appointment)
	}
	if said != "done" {
		if first := m.clients.answered[r.key]; first != "" {
			return said, wrong("booking was asked again with key %s of appointment %s and answers: %s", r.key, first, said)
		}
		return said, nil
	}
	if first := m.clients.answered[r.key]; first != "" && first != got.Appointment {
		return said, wrong("one key, two appointments: %s is answered with %s, before with %s", r.key, got.Appointment, first)
	}
	m.clients.answered[r.key] = got.Appointment
	return fmt.Sprintf("%s %s %s", got.Centre, got.Day, got.At), m.mine(got.Appointment)
}

// mine notes an appointment that a citizen was told of; it must be in the log.
func (m *machine) mine(a id.Appointment) error {
	if !m.clients.known[a] {
		m.clients.known[a] = true
		m.clients.mine = append(m.clients.mine, a)
	}
	if err := m.ledger.look(); err != nil {
		return err
	}
	if m.ledger.appointments[a] == nil {
		return wrong("a citizen was told of appointment %s and the log does not have it", a)
	}
	return nil
}

func (m *machine) confirm(s step) (string, error) {
	if len(m.clients.holds) == 0 {
		return "", nil
	}
	i := s.of(0, len(m.clients.holds))
	h := m.clients.holds[i]
	m.clients.wanted[h] = true
	var got booking.Confirmation
	said, unsure, err := m.ask("booking", s.dice[3], func(ctx context.Context, p *process) (err error) {
		got, err = p.booking.Confirm(ctx, "", h, booking.Contact{})
		return err
	})
	if err != nil || unsure {
		return said, err
	}
	m.clients.holds = slices.Delete(m.clients.holds, i, i+1)
	if said != "done" {
		return said, nil
	}
	return said, m.mine(got.Appointment)
}

func (m *machine) onAppointment(s step) (string, error) {
	if len(m.clients.mine) == 0 {
		return "", nil
	}
	a := m.clients.mine[s.of(3, len(m.clients.mine))]
	proof := booking.Proof{Channel: eventsbooking.Telephone}
	said, _, err := m.ask("booking", s.dice[3]>>8, func(ctx context.Context, p *process) error {
		switch s.act {
		case cancelOne:
			m.clients.ending[a] = true
			return p.booking.Cancel(ctx, "", a, proof)
		case keepOne:
			m.clients.ending[a] = true
			return p.booking.Keep(ctx, "", a)
		}
		m.clients.moving[a] = true
		w := m.wish(s)
		_, err := p.booking.Move(ctx, "", a, proof, booking.NewPlace{Centre: w.Centre, Day: w.Day, At: w.At})
		return err
	})
	return said, err
}

// plan is a planner's step.
func (m *machine) plan(s step) (string, error) {
	all := m.ledger.order
	if len(all) == 0 {
		return "", nil
	}
	p := all[len(all)-1-s.of(0, min(len(all), 3))]
	said, _, err := m.ask("capacity", s.dice[3], func(ctx context.Context, x *process) error {
		switch s.act {
		case rejectOne:
			return x.capacity.Reject(ctx, p, "not this time")
		case undoOne:
			return x.capacity.Undo(ctx, p, "better so")
		case approvePart:
			if moves := m.ledger.drafts[p].Moves; len(moves) > 1 {
				return x.capacity.Approve(ctx, p, moves[s.of(1, len(moves))].Deployment)
			}
		}
		return x.capacity.Approve(ctx, p)
	})
	return said, err
}

// hr says something of an absence: in any order, and sometimes again.
func (m *machine) hr(s step) (string, error) {
	var w word
	if s.act == hrRepeats {
		if len(m.clients.words) == 0 {
			return "", nil
		}
		w = m.clients.words[s.of(0, len(m.clients.words))]
	} else {
		w = word{name: fmt.Sprint("A", s.dice[0]%14), revision: 1 + int(s.dice[1]%7), who: m.people[s.dice[0]%14%uint32(len(m.people))].ID,
			gone: s.dice[1]>>8%5 == 0}
		w.from = m.today() + day.Day(s.dice[2]%7) - 1
		w.to = w.from + day.Day(s.dice[2]>>8%4)
		for _, said := range m.clients.words {
			if said.id() == w.id() {
				w = said // a revision says one thing
			}
		}
	}
	return m.send(w, s.dice[3])
}

func (m *machine) send(w word, die uint32) (string, error) {
	kind, data := "changed", map[string]any{"absence_id": w.name, "revision": w.revision}
	if w.gone {
		kind = "cancelled"
	} else {
		data["employee"], data["from"], data["last_day"] = w.who, w.from, w.to
	}
	raw, err := json.Marshal(data)
	if err != nil {
		return "", err
	}
	e := events.Envelope{ID: "w-" + w.id(), Source: "hr", Type: "hr.absence." + kind + ".v1", Time: monday.At(begins, m.zone), Data: raw}
	said, unsure, err := m.ask("absence", die, func(ctx context.Context, p *process) error {
		_, err := p.absence.Receive(ctx, "hr", e.Headers(), raw)
		return err
	})
	if !slices.ContainsFunc(m.clients.words, func(x word) bool { return x.id() == w.id() }) {
		m.clients.words = append(m.clients.words, w)
	}
	if m.clients.unheard[w.id()] = unsure; err == nil && !unsure {
		if strings.HasPrefix(said, "refused") {
			return said, wrong("absence refuses HR's %s: %s", raw, said)
		}
		if now := m.clients.absences[w.name]; now == nil || now.revision < w.revision {
			m.clients.absences[w.name] = &w
		}
	}
	return fmt.Sprintf("%s %s %s to %s, cancelled %v: %s", w.id(), w.who, w.from, w.to, w.gone, said), err
}

// bookOut books a share of each day in advance, as another system's appointments.
func (m *machine) bookOut(percent int) error {
	var all []booking.ImportAppointment
	for d := m.today(); d < m.today()+horizonDays; d++ {
		for _, k := range places {
			for n := range k.people * 6 * percent / 100 {
				all = append(all, booking.ImportAppointment{External: fmt.Sprintf("%s/%s/%d", k.centre, d, n), Service: []id.Service{"id-card", "move"}[n%2],
					Centre: k.centre, Day: d, At: day.Clock(8, 0) + day.TimeOfDay(n*5%17)*30, Channel: eventsbooking.Online})
			}
		}
	}
	if _, err := m.member("booking").leader.booking.Import(m.ctx, all); err != nil {
		return err
	}
	if err := m.ledger.look(); err != nil {
		return err
	}
	for _, a := range m.ledger.booked {
		m.clients.known[a] = true
		m.clients.mine = append(m.clients.mine, a)
	}
	return nil
}
