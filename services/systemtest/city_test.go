// Package systemtest tries all services together, over a real NATS server and
// real logs.
package systemtest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/events/lotse"
	"github.com/lotse-hamburg/lotse/services/allinone"
	"github.com/lotse-hamburg/lotse/services/natsaccess"
)

// town is a running Lotse of two centres with an outside subscriber.
type town struct {
	t    *testing.T
	cfg  allinone.Config
	city *allinone.City
	nc   *nats.Conn
	url  func(path string) string // of "/<service>/v1/…"
	// token of all roles
	token func() string

	mu    sync.Mutex
	heard []heard
	moved chan struct{}
}

type heard struct {
	envelope events.Envelope
	event    events.Event
	at       time.Time
}

var registry = lotse.Registry()

func start(t *testing.T, cfg allinone.Config) *town {
	t.Helper()
	if cfg.Data == "" {
		cfg.Data = t.TempDir()
	}
	cfg.HTTP, cfg.NATS = "127.0.0.1:0", "127.0.0.1:0"
	w := &town{t: t, cfg: cfg, moved: make(chan struct{})}
	w.up()
	t.Cleanup(w.down)
	return w
}

func (w *town) up() {
	w.t.Helper()
	var err error
	if w.city, err = allinone.Start(context.Background(), w.cfg); err != nil {
		w.t.Fatal(err)
	}
	w.url = func(path string) string { return w.city.URL() + path }
	w.token = func() string { return w.city.Token(allinone.AllRoles) }
	w.listen(w.city.NATSURL())
}

// listen hears everything that is said on a bus.
func (w *town) listen(bus string) {
	w.t.Helper()
	w.connect(bus, nil, nil)
}

// connect hears as one user of a bus what is said and reports absences as
// another.
func (w *town) connect(bus string, ears, hr []nats.Option) {
	w.t.Helper()
	var err error
	if w.nc, err = nats.Connect(bus, hr...); err != nil {
		w.t.Fatal(err)
	}
	listener, err := nats.Connect(bus, ears...)
	if err != nil {
		w.t.Fatal(err)
	}
	w.nc.SetClosedHandler(func(*nats.Conn) { listener.Close() })
	if _, err = listener.Subscribe("lotse.>", w.take); err != nil {
		w.t.Fatal(err)
	}
	if err = listener.Flush(); err != nil || listener.LastError() != nil {
		w.t.Fatal(err, listener.LastError())
	}
}

// as a user whose credentials lie in a folder of the bus's access.
func as(t *testing.T, access, user string) []nats.Option {
	t.Helper()
	seed, err := nats.NkeyOptionFromSeed(natsaccess.Credentials(access, user))
	if err != nil {
		t.Fatal(err)
	}
	return []nats.Option{seed, nats.CustomInboxPrefix(natsaccess.InboxPrefix(user))}
}

func (w *town) down() {
	if w.city == nil {
		return
	}
	w.nc.Close()
	if err := w.city.Close(); err != nil {
		w.t.Errorf("the city ended with: %v", err)
	}
	w.city = nil
}

func (w *town) take(m *nats.Msg) {
	at := time.Now()
	e, err := events.ParseMessage(m.Header, m.Data)
	if err != nil {
		w.t.Errorf("%s is no CloudEvent: %v", m.Subject, err)
		return
	}
	ev, err := registry.Decode(e.Type, e.Data)
	if err != nil {
		w.t.Errorf("%s: %v", m.Subject, err)
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.heard = append(w.heard, heard{e, ev, at})
	close(w.moved)
	w.moved = make(chan struct{})
}

// mark is how much was heard so far.
func (w *town) mark() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.heard)
}

// until waits for an event after mark that satisfies is.
func until[E events.Event](w *town, mark int, what string, is func(E) bool) (E, heard) {
	w.t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		w.mu.Lock()
		all, moved := w.heard, w.moved
		w.mu.Unlock()
		for ; mark < len(all); mark++ {
			if e, ok := all[mark].event.(E); ok && is(e) {
				return e, all[mark]
			}
		}
		select {
		case <-moved:
		case <-deadline:
			w.t.Fatalf("never heard: %s\nthe last events were\n%s", what, tail(all))
		}
	}
}

func tail(all []heard) string {
	s := ""
	for _, h := range all[max(0, len(all)-12):] {
		s += fmt.Sprintf("  %s %s\n", h.envelope.Type, h.envelope.Data)
	}
	return s
}

// quiet waits until nothing has been said for a moment.
func (w *town) quiet() {
	w.t.Helper()
	deadline := time.After(30 * time.Second)
	for {
		w.mu.Lock()
		moved := w.moved
		w.mu.Unlock()
		select {
		case <-moved:
		case <-time.After(700 * time.Millisecond):
			return
		case <-deadline:
			w.t.Fatal("the town does not come to rest")
		}
	}
}

// call asks one of the services; a status of 300 or more fails the test unless
// it is the one wanted.
func (w *town) call(method, path string, body, out any, want ...int) {
	w.t.Helper()
	var in io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			w.t.Fatal(err)
		}
		in = bytes.NewReader(raw)
	}
	req, err := http.NewRequest(method, w.url(path), in)
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+w.token())
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	if ok := res.StatusCode < 300 && len(want) == 0 || slices.Contains(want, res.StatusCode); !ok {
		w.t.Fatalf("%s %s: %d %s", method, path, res.StatusCode, raw)
	}
	if out != nil && res.StatusCode < 300 {
		if err := json.Unmarshal(raw, out); err != nil {
			w.t.Fatalf("%s %s: %v in %s", method, path, err, raw)
		}
	}
}

// report sends a sick note as HR does, and returns the receipt.
func (w *town) report(eventID, kind string, body map[string]any) map[string]any {
	w.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		w.t.Fatal(err)
	}
	e := events.Envelope{ID: eventID, Source: "hr", Type: "hr.absence." + kind + ".v1", Time: time.Now(), Data: raw}
	m := &nats.Msg{Subject: events.HRAbsenceSubject + ".hr." + kind, Header: e.Headers(), Data: raw}
	answer, err := w.nc.RequestMsg(m, 10*time.Second)
	if err != nil {
		w.t.Fatalf("HR event %s is not answered: %v", eventID, err)
	}
	var r map[string]any
	if err := json.Unmarshal(answer.Data, &r); err != nil {
		w.t.Fatalf("%v in %s", err, answer.Data)
	}
	return r
}

// Two centres of two districts, twenty minutes apart: North has four people, of
// whom one is in the mobile team, South has eight.
const (
	north = id.Centre("north")
	south = id.Centre("south")
)

func hours() map[int][]day.Span {
	h := map[int][]day.Span{}
	for weekday := 1; weekday <= 7; weekday++ { // on Sundays too: the test must run on any day
		h[weekday] = []day.Span{{From: day.Clock(8, 0), To: day.Clock(18, 0)}}
	}
	return h
}

func (w *town) settle(auto bool) {
	w.t.Helper()
	skills := []id.Skill{"id", "pass"}
	name := func(s string) map[string]string { return map[string]string{"de": s, "en": s} }
	centre := func(c, other id.Centre, d id.District) capacity.Centre {
		return capacity.Centre{ID: c, Name: string(c), District: d, Address: "Platz 1, Hamburg", Lat: 53.55, Lon: 10.0, Accessible: true,
			Counters: 20, MinStaff: 2, Hours: hours(), TravelMinutes: map[id.Centre]int{other: 20}}
	}
	district := func(d id.District) capacity.District {
		return capacity.District{ID: d, Name: string(d), Population: 100000, AnyShare: 0.25,
			DailyDemand: map[id.Skill]day.Minutes{"id": 500, "pass": 400}}
	}
	network := map[string]any{
		"districts": []capacity.District{district("nord"), district("sued")},
		"centres":   []capacity.Centre{centre(north, south, "nord"), centre(south, north, "sued")},
		"groups":    []capacity.ServiceGroup{{Skill: "id", Name: name("id")}, {Skill: "pass", Name: name("pass")}},
		"services": []capacity.ServiceType{
			{ID: "identity-card", Name: name("identity card"), LeiKa: "99008001000000", Skill: "id", Minutes: 15, Share: 1},
			{ID: "passport", Name: name("passport"), LeiKa: "99085001000000", Skill: "pass", Minutes: 15, Share: 1}},
		"policy": capacity.Policy{GoalDays: 10, LimitDays: 14, HorizonDays: 30, MinLeadDays: 0, HoldMinutes: 10, NoticeDays: 4,
			MaxDaysAwayPerWeek: 2, MaxTravelMinutes: 60, StaleLoss: 0.2, ProposalDays: 3,
			Automatic: capacity.Guardrails{Enabled: auto, MaxMoves: 50, MaxTravelMinutes: 60}},
		"holidays": []capacity.Holiday{},
		"measures": []capacity.Measure{},
	}
	week := map[string]any{}
	for weekday := 1; weekday <= 7; weekday++ {
		week[fmt.Sprint(weekday)] = map[string]any{"from": "08:00", "to": "18:00", "breaks": []day.Span{}}
	}
	var employees []map[string]any
	person := func(name string, home id.Centre, mobile bool) {
		employees = append(employees, map[string]any{"employee": name, "home": home, "skills": skills, "mobile": mobile,
			"volunteer": mobile, "deployable": true, "max_days_away_per_week": 5, "rotation": []any{week}})
	}
	for i := range 4 {
		person(fmt.Sprintf("n-%d", i), north, false)
	}
	for i := range 8 {
		person(fmt.Sprintf("s-%d", i), south, i < 4)
	}
	w.call("PUT", "/capacity/v1/network", network, nil)
	w.call("POST", "/staffing/v1/imports/staff", map[string]any{"employees": employees, "holidays": []any{}, "horizon_days": 30}, nil)
	w.quiet()
}
