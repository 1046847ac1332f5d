package load

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
)

// appointment is one that a citizen of ours has.
type appointment struct {
	ID      id.Appointment `json:"appointment"`
	Service id.Service     `json:"service"`
	Code    string         `json:"code"`
	State   string         `json:"state"`
	booking.Place
}

// pool are the appointments that stand.
type pool struct {
	mu  sync.Mutex
	all []appointment
}

func (p *pool) put(a appointment) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all = append(p.all, a)
}

// take removes one, drawn by a number of at least 0; ok is false when there are
// not more than keep.
func (p *pool) take(keep, drawn int) (a appointment, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.all) <= keep {
		return a, false
	}
	i := drawn % len(p.all)
	a = p.all[i]
	p.all[i] = p.all[len(p.all)-1]
	p.all = p.all[:len(p.all)-1]
	return a, true
}

// person is one citizen, with a place that they ask from.
type person struct {
	number int64
	client string
}

func (l *Load) person() person {
	n := l.number.Add(1)
	return person{n, fmt.Sprintf("10.%d.%d.%d", n>>16&127, n>>8&255, n&255)}
}

// key of one of their commands.
func (l *Load) key(p person, what string) string {
	return fmt.Sprintf("%s-%d-%s", l.opt.Run, p.number, what)
}

// citizen books; some move what they have instead, and once there are enough
// appointments another citizen cancels one.
func (l *Load) citizen(ctx context.Context, due time.Time) {
	p := l.person()
	if l.chance() < l.opt.Move {
		if a, ok := l.mine.take(0, l.draw(1<<30)); ok {
			if l.move(ctx, p, a) {
				l.book.done("booking", l.at(due), time.Since(due))
			}
			return
		}
	}
	if l.bookOne(ctx, p) {
		l.book.done("booking", l.at(due), time.Since(due))
	}
	if a, ok := l.mine.take(l.opt.Keep, l.draw(1<<30)); ok {
		l.cancel(ctx, p, a)
	}
}

const (
	searches = 4 // that a citizen makes before they go
	offers   = 3 // of one search that they try
	ahead    = 25
)

// find searches; a first search is picky.
func (l *Load) find(ctx context.Context, p person, service id.Service, round int) ([]booking.Place, bool) {
	q := url.Values{"service": {string(service)}, "limit": {"30"}, "from": {(l.opt.Today + 1 + day.Day(l.draw(ahead))).String()}}
	if round < searches-1 {
		q.Set("centre", string(l.opt.Network.Centres[l.draw(len(l.opt.Network.Centres))].ID))
	}
	a, err := l.ask(ctx, request{kind: "search", method: http.MethodGet, path: "/booking/v1/slots?" + q.Encode(), client: p.client})
	if err != nil || !l.right("search", a) {
		return nil, false
	}
	var found struct{ Offers []booking.Place }
	if json.Unmarshal(a.body, &found) != nil {
		l.book.failed("search", l.Now(), "no JSON")
		return nil, false
	}
	return found.Offers, true
}

// right: it was answered with success; else what it was is counted.
func (l *Load) right(kind string, a answer) bool {
	if a.status < 300 {
		return true
	}
	l.book.failed(kind, l.Now(), strconv.Itoa(a.status)+" "+a.problem())
	return false
}

type placed struct {
	Code    string        `json:"code,omitempty"`
	Service id.Service    `json:"service,omitempty"`
	Centre  id.Centre     `json:"centre"`
	Day     day.Day       `json:"day"`
	At      day.TimeOfDay `json:"at"`
}

// bookOne searches, holds and confirms.
func (l *Load) bookOne(ctx context.Context, p person) bool {
	service := l.service()
	for round := range searches {
		found, ok := l.find(ctx, p, service, round)
		if !ok {
			return false
		}
		for try := range min(offers, len(found)) {
			at := found[l.draw(len(found))]
			key := l.key(p, fmt.Sprintf("hold-%d-%d", round, try))
			a, err := l.ask(ctx, request{kind: "hold", method: http.MethodPost, path: "/booking/v1/holds", key: key, client: p.client,
				body: placed{Service: service, Centre: at.Centre, Day: at.Day, At: at.At}})
			if err != nil {
				return false
			}
			if a.status == http.StatusConflict {
				l.book.note("taken by another", 1)
				continue
			}
			if !l.right("hold", a) {
				return false
			}
			l.journal.put(Receipt{Service: booking.Service, Position: a.position, Key: key, Command: "hold"})
			return l.confirm(ctx, p, a)
		}
	}
	l.book.note("nothing free", 1)
	return false
}

func (l *Load) confirm(ctx context.Context, p person, held answer) bool {
	var h struct{ Hold string }
	if json.Unmarshal(held.body, &h) != nil || h.Hold == "" {
		l.book.failed("hold", l.Now(), "no JSON")
		return false
	}
	key := l.key(p, "confirm")
	a, err := l.ask(ctx, request{kind: "confirm", method: http.MethodPost, path: "/booking/v1/holds/" + h.Hold + "/confirm", key: key, client: p.client,
		body: map[string]string{"name": "Erika Mustermann", "email": fmt.Sprintf("%s-%d@example.org", l.opt.Run, p.number)}})
	if err != nil || !l.right("confirm", a) {
		return false
	}
	return l.have("confirm", key, a)
}

// have notes an appointment as it was told.
func (l *Load) have(kind, key string, a answer) bool {
	var mine appointment
	if json.Unmarshal(a.body, &mine) != nil || mine.ID == "" || mine.State != "booked" {
		l.book.failed(kind, l.Now(), "no appointment in the answer")
		return false
	}
	l.journal.put(Receipt{Service: booking.Service, Position: a.position, Key: key, Command: kind, Appointment: mine.ID, State: mine.State, Place: &mine.Place})
	l.mine.put(mine)
	return true
}

// move takes another slot for an appointment; it stays ours whatever comes.
func (l *Load) move(ctx context.Context, p person, mine appointment) bool {
	found, ok := l.find(ctx, p, mine.Service, searches-1)
	if !ok || len(found) == 0 {
		l.mine.put(mine)
		return false
	}
	to := found[l.draw(len(found))]
	key := l.key(p, "move")
	a, err := l.ask(ctx, request{kind: "move", method: http.MethodPost, path: "/booking/v1/appointments/" + string(mine.ID) + "/move", key: key, client: p.client,
		body: placed{Code: mine.Code, Centre: to.Centre, Day: to.Day, At: to.At}})
	switch {
	case err != nil:
		l.journal.put(Receipt{Service: booking.Service, Appointment: mine.ID, State: unknown})
		return false
	case a.status == http.StatusConflict:
		l.book.note("taken by another", 1)
		l.mine.put(mine)
		return false
	case !l.right("move", a):
		return false
	}
	return l.have("move", key, a)
}

// cancel gives one back.
func (l *Load) cancel(ctx context.Context, p person, mine appointment) {
	key := l.key(p, "cancel")
	a, err := l.ask(ctx, request{kind: "cancel", method: http.MethodPost, path: "/booking/v1/appointments/" + string(mine.ID) + "/cancel", key: key, client: p.client,
		body: map[string]string{"code": mine.Code}})
	if err != nil {
		l.journal.put(Receipt{Service: booking.Service, Appointment: mine.ID, State: unknown})
		return
	}
	if l.right("cancel", a) {
		l.journal.put(Receipt{Service: booking.Service, Position: a.position, Key: key, Command: "cancel", Appointment: mine.ID, State: "cancelled"})
	}
}
