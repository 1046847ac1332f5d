package histories

import (
	"context"
	"math/rand/v2"
	"net/http/httptest"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/booking"
	"github.com/lotse-hamburg/lotse/services/internal/bus"
	"github.com/lotse-hamburg/lotse/services/internal/clock"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/pgtest"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/postgres"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/sqlite"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// serve runs booking in this process, once on each store, as replicas of one
// log; they end with the test.
func serve(t *testing.T, conn *bus.Conn, stores ...eventlog.Store) (urls []*atomic.Value) {
	t.Helper()
	cfg := booking.DefaultConfig()
	cfg.RateReads, cfg.RateCommands, cfg.HoldsPerClient = 0, 0, 0
	for _, store := range stores {
		s, err := booking.New(booking.Deps{Node: node.Deps{Store: store, Now: clock.System(berlin), Logger: quiet()}, Config: cfg, Master: make([]byte, 32)})
		if err == nil {
			err = s.Node().Start(t.Context())
		}
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- s.Node().Run(ctx, conn) }()
		server := httptest.NewServer(s.Handler())
		t.Cleanup(func() {
			server.Close()
			cancel()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
		url := &atomic.Value{}
		url.Store(server.URL)
		urls = append(urls, url)
	}
	return urls
}

func onSQLite(t *testing.T) eventlog.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "booking.db"), sqlite.WithLogger(quiet()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func onPostgres(t *testing.T, replicas int) (stores []eventlog.Store) {
	t.Helper()
	url := pgtest.Start(t)
	schema := pgtest.Schema(t, url)
	for range replicas {
		s, err := postgres.Open(t.Context(), postgres.Options{URL: url, Schema: schema})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = s.Close() })
		stores = append(stores, s)
	}
	return stores
}

// TestShortHistories judges many short ones, each of its own seed, without
// pauses: two replicas on one log in memory, and one on SQLite.
func TestShortHistories(t *testing.T) {
	const seeds, clients, days, operations = 6, 8, 2, 400
	for name, open := range map[string]func(t *testing.T) []eventlog.Store{
		"two replicas in memory": func(*testing.T) []eventlog.Store { s := memory.New(); return []eventlog.Store{s, s} },
		"SQLite":                 func(t *testing.T) []eventlog.Store { return []eventlog.Store{onSQLite(t)} },
	} {
		t.Run(name, func(t *testing.T) {
			for range seeds * times(t) {
				seed := rand.Uint64()
				if !t.Run("", func(t *testing.T) {
					t.Logf("seed %d", seed)
					stores := open(t)
					_, conn := server(t)
					urls := serve(t, conn, stores...)
					c := speak(t, conn)
					c.found()
					record := newRecorder(today() + 7)
					for d := range days {
						for centre := range centres {
							if !change(t, c, record, stores[0], asked{kind: offering, day: d, centre: centre, counters: [starts]int{1, 2, 1, 2}}, failover) {
								return
							}
						}
					}
					knows(t, newClient(t, 0, 1, urls, record, days))
					l := begin(t, urls, record, clients, days, seed, 0, offers(t, c, record, stores[0], days, seed, 5*time.Millisecond))
					l.after(t, operations)
					l.end()
					judge(t, record, stores[0])
				}) {
					return
				}
			}
		})
	}
}
