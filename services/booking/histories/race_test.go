package histories

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/services/booking"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// TestFiftyForOneSlot lets fifty clients race for the one slot there is, in 200
// rounds, over HTTP: each time exactly one gets it, and all others are told so.
func TestFiftyForOneSlot(t *testing.T) {
	const clients = 50
	rounds := 200
	if testing.Short() {
		rounds = 20
		t.Logf("short: %d rounds of 200", rounds)
	}
	for name, open := range map[string]func(t *testing.T) []eventlog.Store{
		"SQLite":                   func(t *testing.T) []eventlog.Store { return []eventlog.Store{onSQLite(t)} },
		"two replicas on Postgres": func(t *testing.T) []eventlog.Store { return onPostgres(t, 2) },
	} {
		t.Run(name, func(t *testing.T) {
			stores := open(t)
			_, conn := server(t)
			urls := serve(t, conn, stores...)
			c := speak(t, conn)
			c.found()
			record := newRecorder(today() + 7)
			for d := 0; d*starts < rounds; d++ {
				if !change(t, c, record, stores[0], asked{kind: offering, day: d, counters: [starts]int{1, 1, 1, 1}}, failover) {
					return
				}
			}
			transport := &http.Transport{MaxIdleConnsPerHost: clients}
			t.Cleanup(transport.CloseIdleConnections)
			racers := make([]*client, clients)
			for i := range racers {
				racers[i] = newClient(t, i, 1, urls, record, 1)
				racers[i].http.Transport = transport
			}
			knows(t, racers[0])
			begun := time.Now()
			for round := range rounds {
				var won, lost atomic.Int32
				var all sync.WaitGroup
				for i, r := range racers {
					all.Go(func() {
						switch status := r.race(urls[i%len(urls)].Load().(string), round); status {
						case http.StatusCreated:
							won.Add(1)
						case http.StatusConflict:
							lost.Add(1)
						default:
							t.Errorf("round %d: status %d", round, status)
						}
					})
				}
				all.Wait()
				if won.Load() != 1 || lost.Load() != clients-1 {
					t.Fatalf("round %d: %d won, %d lost", round, won.Load(), lost.Load())
				}
			}
			took := time.Since(begun)
			report, err := booking.Audit(context.Background(), stores[0], record.promises())
			if err != nil || len(report.Faults) > 0 || report.Booked != rounds {
				t.Errorf("%+v, %v; want %d appointments", report, err, rounds)
			}
			t.Logf("%d rounds of %d clients in %v", rounds, clients, took.Round(time.Millisecond))
		})
	}
}

// race holds a round's slot and confirms the hold; it returns the status of what
// it did last.
func (c *client) race(url string, round int) int {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	d, start := round/starts, round%starts
	var hold struct{ Hold string }
	status, err := c.once(ctx, url, http.MethodPost, "/v1/holds", uuid.NewString(),
		map[string]any{"service": service, "centre": centreOf(0), "day": c.date(d), "at": timeOf(start)}, &hold)
	if err == nil && status == http.StatusCreated {
		if status, err = c.once(ctx, url, http.MethodPost, "/v1/holds/"+hold.Hold+"/confirm", uuid.NewString(), struct{}{}, nil); err == nil && status == http.StatusCreated {
			c.record.promise(mine{id: hold.Hold, day: d, start: start}, "booked", false)
		}
	}
	if err != nil {
		c.t.Error(err)
	}
	return status
}

// knows waits until every replica knows the city: what is on offer was seen in
// the log, and each follows it.
func knows(t *testing.T, c *client) {
	t.Helper()
	deadline := time.After(failover)
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for _, url := range c.urls {
		for {
			var got json.RawMessage
			status, err := c.once(t.Context(), url.Load().(string), http.MethodGet, "/v1/centres", "", nil, &got)
			if err == nil && bytes.Contains(got, fmt.Appendf(nil, "%q", centreOf(centres-1))) {
				break
			}
			select {
			case <-deadline:
				t.Fatalf("a replica does not know the city: %d %v", status, err)
			case <-look.C:
			}
		}
	}
}
