package load

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/lotse-hamburg/lotse/events/absence"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
)

// away is one absence that the HR system has told of.
type away struct {
	id       string
	employee id.Employee
	since    time.Time
}

// absences of the HR system: at most one of each employee at a time.
type absences struct {
	mu    sync.Mutex
	open  []away
	taken map[id.Employee]bool
}

// begin takes an employee who is not away; ok is false if this one is.
func (a *absences) begin(e id.Employee) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.taken == nil {
		a.taken = map[id.Employee]bool{}
	}
	if a.taken[e] {
		return false
	}
	a.taken[e] = true
	return true
}

func (a *absences) told(one away) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.open = append(a.open, one)
}

// end takes the oldest that was told of before a moment.
func (a *absences) end(before time.Time) (one away, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.open) == 0 || a.open[0].since.After(before) {
		return one, false
	}
	one = a.open[0]
	a.open = a.open[1:]
	return one, true
}

func (a *absences) back(e id.Employee) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.taken, e)
}

// lasts is how long an absence stands at least before HR takes it back.
const lasts = 2 * time.Second

// note tells of an absence, or takes back the oldest: in turn, so that about as
// many are away at any rate.
func (l *Load) note(ctx context.Context, due time.Time) {
	n := l.number.Add(1)
	if n%2 == 0 {
		if one, ok := l.absent.end(time.Now().Add(-lasts)); ok {
			if l.tell(ctx, due, n, "cancelled", map[string]any{"absence_id": one.id, "revision": 2}) {
				l.absent.back(one.employee)
			}
			return
		}
	}
	for range 20 {
		e := l.opt.Network.Employees[l.draw(len(l.opt.Network.Employees))].ID
		if !l.absent.begin(e) {
			continue
		}
		from := l.opt.Today + 1 + day.Day(l.draw(ahead))
		one := away{id: fmt.Sprintf("%s-%d", l.opt.Run, n), employee: e}
		if l.tell(ctx, due, n, "reported", map[string]any{"absence_id": one.id, "employee": e, "from": from, "until": from + 1 + day.Day(l.draw(3)), "revision": 1}) {
			one.since = time.Now()
			l.absent.told(one)
		}
		return
	}
	l.book.note("nobody left to be absent", 1)
}

// tell sends one HR event until it is answered.
func (l *Load) tell(ctx context.Context, due time.Time, n int64, what string, body any) bool {
	message := fmt.Sprintf("%s-hr-%d", l.opt.Run, n)
	a, err := l.ask(ctx, request{kind: "hr", method: http.MethodPost, path: "/absence/v1/hr/" + l.opt.Source + "/events", body: body, head: map[string]string{
		"Authorization": "Bearer " + l.opt.Token, "ce-specversion": "1.0", "ce-id": message, "ce-source": "/hr/" + l.opt.Source, "ce-type": "hr.absence." + what + ".v1"}})
	if err != nil || !l.right("hr", a) {
		return false
	}
	var r struct {
		Status          string
		Epoch, Position int64
	}
	if json.Unmarshal(a.body, &r) != nil || r.Status != "recorded" && r.Status != "duplicate" {
		l.book.failed("hr", l.Now(), "answered with "+r.Status)
		return false
	}
	l.journal.put(Receipt{Service: absence.Service, Position: fmt.Sprintf("%d-%d", r.Epoch, r.Position), Message: message})
	l.book.done("hr event", l.at(due), time.Since(due))
	return true
}
