package booking

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/access/accesstest"
	"github.com/lotse-hamburg/lotse/services/internal/clock"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// world is booking on a memory log and a clock by hand, in one goroutine.
type world struct {
	testing.TB
	ctx      context.Context
	clock    *clock.Manual
	now      func() time.Time // clock, or one that runs
	store    eventlog.Store
	service  *Service
	position int64 // of capacity's public log
	offering map[string]int64
	config   Config
}

// staffToken opens what is for staff; call sends it.
const staffToken = "of the staff of this test"

var (
	berlin = must(clock.Zone(clock.City))
	begin  = time.Date(2026, time.November, 23, 7, 12, 0, 0, berlin) // a Monday
	today  = day.Of(begin, berlin)
	monday = today + 7
	nine   = day.Clock(9, 0)
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func newWorld(t testing.TB, store eventlog.Store) *world {
	t.Helper()
	w := &world{TB: t, ctx: context.Background(), clock: clock.NewManual(begin), store: store, offering: map[string]int64{}, config: DefaultConfig()}
	w.now = w.clock.Now
	if store == nil {
		w.store = memory.New(memory.WithClock(w.clock.Now))
	}
	w.start()
	if _, timed := t.(*testing.B); !timed {
		t.Cleanup(w.restores)
	}
	return w
}

// runs lets the clock run from now on.
func (w *world) runs() {
	w.Helper()
	from, started := w.now(), time.Now()
	w.now = func() time.Time { return from.Add(time.Since(started)) }
	w.start()
}

// start makes the service anew on the same log.
func (w *world) start() {
	w.Helper()
	s, err := New(Deps{Node: node.Deps{Store: w.store, Now: w.now}, Config: w.config, Master: bytes.Repeat([]byte{1}, 32)})
	w.ok(err)
	w.ok(s.Node().Start(w.ctx))
	w.service = s
}

// handler serves citizens, and staff who send the token.
func (w *world) handler() http.Handler { return accesstest.Token(w.service.Handler(), staffToken) }

func (w *world) ok(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

// hear delivers one of capacity's events and lets the service react.
func (w *world) hear(e events.Event) {
	w.Helper()
	w.position++
	w.deliver(e, w.position)
	w.step()
}

func (w *world) deliver(e events.Event, position int64) {
	w.Helper()
	data := must(json.Marshal(e))
	w.ok(w.service.Node().Inbounds()[0].Deliver(w.ctx, events.Envelope{ID: fmt.Sprint("e", position), Source: "lotse/capacity", Type: e.EventType(),
		Subject: events.Key(e.EventKey()...), Time: w.now(), CorrelationID: "sick-note-1", Epoch: 1, Position: position, Data: data}))
}

func (w *world) step() { w.Helper(); w.ok(w.service.Node().Step(w.ctx)) }

// pass lets time pass, tick by tick of a second at the end.
func (w *world) pass(d time.Duration) {
	w.Helper()
	w.clock.Advance(d)
	w.ok(w.service.Node().Tick(w.ctx))
	w.step()
}

func line(from, to int, skills ...id.Skill) capacity.Line {
	return capacity.Line{Span: day.Span{From: day.Clock(from, 0), To: day.Clock(to, 0)}, Skills: skills, Use: capacity.ForAppointments}
}

// offer says what a centre can serve.
func (w *world) offer(c id.Centre, d day.Day, tentative bool, lines ...capacity.Line) {
	w.Helper()
	k := events.Key(string(c), d.String())
	w.offering[k]++
	w.hear(capacity.OfferingChanged{Centre: c, Day: d, Version: w.offering[k], Lines: lines, Tentative: tentative})
}

// city has two centres in two districts, two services, one counter at each
// centre on Monday and Tuesday.
func (w *world) city() *world {
	w.Helper()
	hours := map[int][]day.Span{}
	for d := 1; d <= 5; d++ {
		hours[d] = []day.Span{{From: day.Clock(8, 0), To: day.Clock(18, 0)}}
	}
	w.hear(capacity.PolicyChanged{Version: 1, Policy: capacity.Policy{GoalDays: 10, LimitDays: 14, HorizonDays: 60, MinLeadDays: 1, HoldMinutes: 10}})
	w.hear(capacity.CatalogueChanged{Version: 1, Services: []capacity.ServiceType{
		{ID: "passport", Skill: "pass", Minutes: 15, Share: 0.8}, {ID: "licence", Skill: "car", Minutes: 10, Share: 1},
		{ID: "move-house", Skill: "resident", Minutes: 10, Online: "https://example.org/move", Share: 1}}})
	w.hear(capacity.CentreChanged{Version: 1, Centre: capacity.Centre{ID: "altona", Name: "Altona", District: "altona", Hours: hours}})
	w.hear(capacity.CentreChanged{Version: 1, Centre: capacity.Centre{ID: "wandsbek", Name: "Wandsbek", District: "wandsbek", Hours: hours}})
	for _, d := range []day.Day{monday, monday + 1} {
		w.offer("altona", d, false, line(9, 10, "pass", "car"))
		w.offer("wandsbek", d, false, line(10, 12, "pass"))
	}
	return w
}

func (w *world) wish(c id.Centre, d day.Day, at day.TimeOfDay) Wish {
	return Wish{Service: "passport", Centre: c, Day: d, At: at}
}

// booked holds and confirms.
func (w *world) booked(c id.Centre, d day.Day, at day.TimeOfDay, who Contact) Confirmation {
	w.Helper()
	h, err := w.service.Hold(w.ctx, "", w.wish(c, d, at))
	w.ok(err)
	out, err := w.service.Confirm(w.ctx, "", h.Hold, who)
	w.ok(err)
	w.step()
	return out
}

// said lists the public events of a type, oldest first.
func said[E events.Event](w *world) (all []E) {
	w.Helper()
	page, err := w.store.PublicAfter(w.ctx, 0, 100000)
	w.ok(err)
	reg := events.NewRegistry(booking.Kinds())
	for _, e := range page {
		if x, ok := must(reg.Decode(e.Type, e.Data)).(E); ok {
			all = append(all, x)
		}
	}
	return all
}

func last[E events.Event](w *world) E {
	w.Helper()
	all := said[E](w)
	if len(all) == 0 {
		w.Fatalf("nothing of type %T was said", *new(E))
	}
	return all[len(all)-1]
}

// callWith sends a request with headers.
func (w *world) callWith(method, path string, headers map[string]string) *httptest.ResponseRecorder {
	w.Helper()
	r := httptest.NewRequest(method, path, nil)
	for k, v := range headers {
		r.Header.Set(k, v)
	}
	rec := httptest.NewRecorder()
	w.handler().ServeHTTP(rec, r)
	return rec
}

// call sends a request to the API and reads the answer into out.
func (w *world) call(method, path, key, body string, out any) *httptest.ResponseRecorder {
	w.Helper()
	r := httptest.NewRequest(method, path, bytes.NewBufferString(body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+staffToken)
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	rec := httptest.NewRecorder()
	w.handler().ServeHTTP(rec, r)
	if out != nil && rec.Code < http.StatusMultipleChoices {
		if err := json.Unmarshal(rec.Body.Bytes(), out); err != nil {
			w.Fatalf("%s %s: %v: %s", method, path, err, rec.Body)
		}
	}
	return rec
}

func forget(key string) journal.Job {
	return func(tx *journal.Tx) error { tx.ForgetKey(key); return nil }
}
