package booking

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/internal/bus"
	"github.com/lotse-hamburg/lotse/services/internal/bus/natsd"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/sqlite"
)

// stores that the races and benchmarks run on.
func stores(t testing.TB) map[string]func(testing.TB) eventlog.Store {
	return map[string]func(testing.TB) eventlog.Store{
		"memory": func(testing.TB) eventlog.Store { return memory.New() },
		"sqlite": func(t testing.TB) eventlog.Store {
			s, err := sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "booking.db"))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { s.Close() })
			return s
		},
	}
}

// Two replicas on one log: what one decides on is old as soon as the other has
// written, so they meet at the store's version check and decide again.
func TestTwoReplicasOneSlot(t *testing.T) {
	w := newWorld(t, nil).city()
	first := w.service
	w.start()
	replicas := []*Service{first, w.service}
	for round := range 4 {
		at := nine + day.TimeOfDay(15*round)
		var won atomic.Int32
		var g sync.WaitGroup
		for i := range 50 {
			g.Go(func() {
				h, err := replicas[i%2].Hold(w.ctx, "", w.wish("altona", monday, at))
				if err == nil {
					_, err = replicas[i%2].Confirm(w.ctx, "", h.Hold, Contact{})
				}
				if err == nil {
					won.Add(1)
				} else if !errors.Is(err, centreday.ErrSlotTaken) {
					t.Error(err)
				}
			})
		}
		g.Wait()
		if won.Load() != 1 {
			t.Fatalf("round %d: %d won", round, won.Load())
		}
	}
}

// late looks for each key just before another replica makes it.
type late struct {
	eventlog.Store
	asked map[string]bool
}

func (l late) PersonalKey(ctx context.Context, id string) (eventlog.Key, error) {
	if !l.asked[id] {
		l.asked[id] = true
		return eventlog.Key{}, eventlog.ErrNotFound
	}
	return l.Store.PersonalKey(ctx, id)
}

// Two replicas count the first contacts of a month at the same moment: one makes
// the month's key, and the other takes it.
func TestTwoReplicasMakeOneMonthsKey(t *testing.T) {
	w := newWorld(t, nil).city()
	w.booked("altona", monday, nine, Contact{Email: "e1@example.org"})
	w.store = late{w.store, map[string]bool{}}
	w.start()
	w.booked("altona", monday, nine+15, Contact{Email: "e2@example.org"})
}

// connect starts a bus of its own.
func connect(t testing.TB) *bus.Conn {
	t.Helper()
	server, err := natsd.Start(natsd.Options{Dir: t.TempDir(), Port: natsd.RandomPort})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Shutdown)
	conn, err := bus.Connect(context.Background(), bus.Options{InProcess: server.InProcess(), Name: t.Name()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	return conn
}

// run puts the node's goroutines around the service until the test ends.
func run(w *world, conn *bus.Conn) {
	ctx, cancel := context.WithCancel(w.ctx)
	ended := make(chan error, 1)
	go func() { ended <- w.service.Node().Run(ctx, conn) }()
	w.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			w.Error(err)
		}
	})
}

// until polls a condition, with a deadline.
func until(t testing.TB, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-deadline:
			t.Fatalf("never came true: %s", what)
		case <-tick.C:
		}
	}
}

func TestFiftyForOneSlot(t *testing.T) {
	for name, open := range stores(t) {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, open(t)).city()
			w.runs()
			run(w, connect(t))
			for round := range 4 {
				at := nine + day.TimeOfDay(15*round)
				var won, lost atomic.Int32
				var g sync.WaitGroup
				for range 50 {
					g.Go(func() {
						h, err := w.service.Hold(w.ctx, "", w.wish("altona", monday, at))
						if err == nil {
							_, err = w.service.Confirm(w.ctx, "", h.Hold, Contact{Name: "N"})
						}
						switch {
						case err == nil:
							won.Add(1)
						case errors.Is(err, centreday.ErrSlotTaken):
							lost.Add(1)
						default:
							t.Error(err)
						}
					})
				}
				g.Wait()
				if won.Load() != 1 || lost.Load() != 49 {
					t.Fatalf("round %d: %d won, %d lost", round, won.Load(), lost.Load())
				}
			}
			until(t, "the last slot is said to be gone", func() bool {
				return len(said[booking.AppointmentBooked](w)) == 4 && last[booking.SlotsChanged](w).FreeSlots["pass"] == 0
			})
		})
	}
}

func TestMirrorOfSlots(t *testing.T) {
	w := newWorld(t, nil).city()
	conn := connect(t)
	ctx, cancel := context.WithCancel(w.ctx)
	ended := make(chan error, 1)
	go func() { ended <- w.service.MirrorSlots(ctx, conn.JetStream()) }()
	defer func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	key := "altona." + monday.String()
	has := func(text string) func() bool {
		return func() bool {
			kv, err := conn.JetStream().KeyValue(w.ctx, SlotsBucket)
			if err != nil {
				return false
			}
			e, err := kv.Get(w.ctx, key)
			return err == nil && bytes.Contains(e.Value(), []byte(text))
		}
	}
	until(t, "the bucket is filled", has(`"free_slots":{"car":6,"pass":4`))
	w.booked("altona", monday, nine, Contact{})
	until(t, "a change arrives", has(`"free_slots":{"car":4,"pass":3`))
	if err := conn.JetStream().DeleteKeyValue(w.ctx, SlotsBucket); err != nil && !errors.Is(err, jetstream.ErrBucketNotFound) {
		t.Fatal(err)
	}
	until(t, "a lost bucket is filled again", has(`"free_slots":{"car":4,"pass":3`))
}

// bigCity has centres with counters that serve everything, for a number of days.
func bigCity(w *world, centres, counters, days int) {
	hours := map[int][]day.Span{}
	for d := 1; d <= 7; d++ {
		hours[d] = []day.Span{{From: day.Clock(8, 0), To: day.Clock(18, 0)}}
	}
	services := []capacity.ServiceType{}
	for i, k := range []id.Skill{"pass", "car", "resident", "business", "other"} {
		for _, m := range []day.Minutes{10, 15, 20} {
			services = append(services, capacity.ServiceType{ID: id.Service(fmt.Sprint(k, m)), Skill: k, Minutes: m, Share: float64(i + 1)})
		}
	}
	services = append(services, capacity.ServiceType{ID: "wedding", Skill: "registrar", Minutes: 30}) // nobody can
	w.hear(capacity.PolicyChanged{Version: 1, Policy: capacity.Policy{LimitDays: 14, HorizonDays: 60, HoldMinutes: 10}})
	w.hear(capacity.CatalogueChanged{Version: 1, Services: services})
	lines := make([]capacity.Line, counters)
	for i := range lines {
		lines[i] = line(8, 18, []id.Skill{"pass", "car", "resident", "business", "other"}[:5-i%3]...)
	}
	for c := range centres {
		centre := id.Centre(fmt.Sprint("c", c))
		w.hear(capacity.CentreChanged{Version: 1, Centre: capacity.Centre{ID: centre, District: "d", Hours: hours}})
		for d := range days {
			w.offer(centre, today+1+day.Day(d), false, lines...)
		}
	}
}

// BenchmarkHoldConfirm counts durable hold+confirm of 64 clients over 20
// centres of 6 counters, on a running node with its relay and reactor.
func BenchmarkHoldConfirm(b *testing.B) {
	for name, open := range stores(b) {
		b.Run(name, func(b *testing.B) {
			w := newWorld(b, open(b))
			w.runs()
			bigCity(w, 20, 6, 14)
			run(w, connect(b))
			// 40 starts × 6 counters × 20 centres × 14 days = 67,200 slots.
			var next, refused atomic.Int64
			b.SetParallelism(32) // times GOMAXPROCS 2
			b.ResetTimer()
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					n := next.Add(1)
					wish := Wish{Service: "pass15", Centre: id.Centre(fmt.Sprint("c", n%20)), Day: today + 1 + day.Day(n/20%14),
						At: day.Clock(8, 0) + day.TimeOfDay(n/280%40*15)}
					h, err := w.service.Hold(w.ctx, "", wish)
					if err == nil {
						_, err = w.service.Confirm(w.ctx, "", h.Hold, Contact{Name: "Erika Mustermann", Email: "erika@example.org"})
					}
					if errors.Is(err, centreday.ErrSlotTaken) {
						refused.Add(1)
					} else if err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.StopTimer()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pairs/s")
			b.ReportMetric(float64(refused.Load()), "refused")
		})
	}
}

// BenchmarkSearch asks a city of 20 centres with 60 days through the service.
func BenchmarkSearch(b *testing.B) {
	w := newWorld(b, nil)
	bigCity(w, 20, 6, 60)
	for _, q := range []struct {
		name string
		s    Search
	}{{"earliest three anywhere", Search{Service: "pass15", Limit: 3}}, {"all of 14 days", Search{Service: "pass15", Until: ptr(today + 15), Limit: 500}},
		{"nothing free in 60 days", Search{Service: "wedding", Districts: []id.District{"d"}}}} {
		b.Run(q.name, func(b *testing.B) {
			for b.Loop() {
				if _, err := w.service.Search(w.ctx, q.s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkImport books 10,000 appointments.
func BenchmarkImport(b *testing.B) {
	for name, open := range stores(b) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				w := newWorld(b, open(b))
				bigCity(w, 20, 6, 14)
				all := make([]ImportAppointment, 10000)
				for n := range all {
					all[n] = ImportAppointment{External: fmt.Sprint(n), Service: "pass15", Centre: id.Centre(fmt.Sprint("c", n%20)),
						Day: today + 1 + day.Day(n/20%14), At: day.Clock(8, 0) + day.TimeOfDay(n/280%40*15)}
				}
				b.StartTimer()
				r, err := w.service.Import(w.ctx, all)
				if err != nil || r.Booked != 10000 {
					b.Fatal(err, r.Booked)
				}
			}
		})
	}
}

type centre = id.Centre

func ptr[T any](v T) *T { return &v }
