package trial

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// Usage is what the process of the city has used so far.
type Usage struct {
	CPU      time.Duration `json:"cpu"`      // user and system
	Resident int64         `json:"resident"` // bytes; 0 where the system does not say
	Position int64         `json:"position"` // of the log
	Public   int64         `json:"public"`   // of the public log
}

// control lets a benchmark in another process act as capacity, look at what the
// server uses, and measure yardsticks inside it.
func (c *City) control(mux *http.ServeMux) {
	var one sync.Mutex // capacity says one thing after the other
	answer := func(pattern string, do func(ctx context.Context, q func(string) string) (any, error)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			v, err := do(r.Context(), r.URL.Query().Get)
			if err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(v) // who does not read it has gone
		})
	}
	answer("POST /trial/offer", func(ctx context.Context, q func(string) string) (any, error) {
		one.Lock()
		defer one.Unlock()
		d, err := day.Parse(q("day"))
		if err != nil {
			return nil, err
		}
		n, err := strconv.Atoi(q("counters"))
		if err != nil {
			return nil, err
		}
		return struct{}{}, c.Offer(ctx, id.Centre(q("centre")), d, n)
	})
	answer("GET /trial/usage", func(ctx context.Context, _ func(string) string) (any, error) {
		h, err := c.store.Head(ctx)
		return Usage{CPU: CPU(), Resident: Resident(), Position: h.Position, Public: h.PublicPosition}, err
	})
	answer("GET /trial/plain", func(context.Context, func(string) string) (any, error) { return struct{}{}, nil })
	answer("POST /trial/search", func(ctx context.Context, q func(string) string) (any, error) {
		n, err := strconv.Atoi(q("times"))
		if err != nil {
			return nil, err
		}
		from, until := c.today+day.Day(1), c.today+2
		if u, err := strconv.Atoi(q("days")); err == nil {
			until = from + day.Day(u)
		}
		s := booking.Search{Service: id.Service(q("service")), From: &from, Until: &until, Limit: 500}
		begin := CPU()
		for range n {
			if _, err := c.service.Search(ctx, s); err != nil {
				return nil, err
			}
		}
		return (CPU() - begin) / time.Duration(max(n, 1)), nil
	})
	answer("POST /trial/append", func(ctx context.Context, q func(string) string) (any, error) {
		units, err := strconv.Atoi(q("units"))
		if err != nil {
			return nil, err
		}
		return c.appends(ctx, units)
	})
}

// appends counts how many units the bare log takes in a second, so many to a
// commit, each of one event of 400 bytes.
func (c *City) appends(ctx context.Context, units int) (perSecond float64, err error) {
	store, err := c.options.open(ctx, fmt.Sprint("yard", units))
	if err != nil {
		return 0, err
	}
	defer func() { _ = store.Close() }()
	data := fmt.Appendf(nil, `{"pad":%q}`, strings.Repeat("lotse ", 65))
	n, begin := 0, time.Now()
	for time.Since(begin) < time.Second {
		batch := make([]eventlog.Unit, units)
		for i := range batch {
			batch[i] = eventlog.Unit{Appends: []eventlog.Append{{Stream: fmt.Sprint("s", n), Events: []eventlog.NewEvent{
				{ID: uuid.Must(uuid.NewV7()), Type: "trial.padded.v1", Data: data, Meta: eventlog.Meta{Time: begin}}}}}}
			n++
		}
		outcomes, err := store.Commit(ctx, batch)
		for _, out := range outcomes {
			err = errors.Join(err, out.Err)
		}
		if err != nil {
			return 0, err
		}
	}
	return float64(n) / time.Since(begin).Seconds(), nil
}
