package histories

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// patience is how long a client tries one command, at one replica and the other.
const patience = 20 * time.Second

// recorder collects a history.
type recorder struct {
	begun time.Time
	first day.Day // of the city's days

	mu      sync.Mutex
	history []porcupine.Operation
	told    map[id.Appointment]booking.Promise
	retried int
}

func newRecorder(first day.Day) *recorder {
	return &recorder{begun: time.Now(), first: first, told: map[id.Appointment]booking.Promise{}}
}

func (r *recorder) now() int64 { return int64(time.Since(r.begun)) }

func (r *recorder) add(client int, in asked, call int64, out answered) {
	end := r.now()
	if out.unknown {
		end = math.MaxInt64
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.history = append(r.history, porcupine.Operation{ClientId: client, Input: in, Call: call, Output: out, Return: end})
}

func (r *recorder) length() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.history)
}

// promise notes what a client was told last of its appointment; unknown: it
// cannot say any more.
func (r *recorder) promise(a mine, state string, unknown bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if unknown {
		delete(r.told, id.Appointment(a.id))
		return
	}
	p := booking.Promise{Appointment: id.Appointment(a.id), State: state}
	p.Place.Centre, p.Place.Day, p.Place.At, p.Place.Minutes = centreOf(a.centre), r.first+day.Day(a.day), timeOf(a.start), minutes
	r.told[p.Appointment] = p
}

func (r *recorder) promises() (all []booking.Promise) {
	for _, p := range r.told {
		all = append(all, p)
	}
	return all
}

// mine is a client's own hold or appointment.
type mine struct {
	id, code           string
	day, centre, start int
	unsure             bool // a command to it had no answer
}

// client is one citizen after the other, at whichever replica.
type client struct {
	t      *testing.T
	number int
	dice   *rand.Rand
	urls   []*atomic.Value // of the replicas; ""; while one is down
	record *recorder
	days   int
	http   *http.Client

	held, booked []mine
}

func newClient(t *testing.T, number int, seed uint64, urls []*atomic.Value, record *recorder, days int) *client {
	transport := &http.Transport{MaxIdleConnsPerHost: 4}
	t.Cleanup(transport.CloseIdleConnections)
	return &client{t: t, number: number, dice: rand.New(rand.NewPCG(seed, uint64(number))), urls: urls, record: record, days: days,
		http: &http.Client{Timeout: 8 * time.Second, Transport: transport}}
}

var errNoAnswer = errors.New("no answer")

// once sends a request to one replica. What the replica cannot say for sure is
// no answer.
func (c *client) once(ctx context.Context, url, method, path, key string, body, into any) (status int, err error) {
	data, err := json.Marshal(body)
	if err != nil {
		return 0, err
	}
	r, err := http.NewRequestWithContext(ctx, method, url+path, bytes.NewReader(data))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/json")
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	answer, err := c.http.Do(r)
	if err != nil {
		return 0, errNoAnswer
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	switch {
	case err != nil || answer.StatusCode >= http.StatusInternalServerError:
		return answer.StatusCode, errNoAnswer
	case answer.StatusCode < 300 && into != nil:
		return answer.StatusCode, json.Unmarshal(raw, into)
	case answer.StatusCode < 300, answer.StatusCode == http.StatusConflict, answer.StatusCode == http.StatusGone,
		answer.StatusCode == http.StatusNotFound && method == http.MethodGet:
		return answer.StatusCode, nil
	}
	return answer.StatusCode, fmt.Errorf("%s %s: %d %s", method, path, answer.StatusCode, raw)
}

// ask sends a command until there is an answer, to one replica and the other,
// with the same idempotency key, as a frontend does.
func (c *client) ask(method, path string, body, into any) (status int, known bool) {
	key := ""
	if method != http.MethodGet {
		key = uuid.NewString()
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	pause := time.NewTicker(20 * time.Millisecond)
	defer pause.Stop()
	for at := c.dice.IntN(len(c.urls)); ; at++ {
		if url := c.urls[at%len(c.urls)].Load().(string); url != "" {
			status, err := c.once(ctx, url, method, path, key, body, into)
			if err == nil {
				return status, true
			}
			if !errors.Is(err, errNoAnswer) {
				c.t.Error(err)
				return status, false
			}
			c.record.mu.Lock()
			c.record.retried++
			c.record.mu.Unlock()
		}
		select {
		case <-ctx.Done():
			return 0, false
		case <-pause.C:
		}
	}
}

func (c *client) slot() (day, centre, start int) {
	return c.dice.IntN(c.days), c.dice.IntN(centres), c.dice.IntN(starts)
}

func (c *client) date(d int) string { return (c.record.first + day.Day(d)).String() }

// act does one thing and records it.
func (c *client) act() {
	switch n := c.dice.IntN(10); {
	case len(c.held) > 0 && n < 6:
		h := c.held[0]
		c.held = c.held[1:]
		if c.dice.IntN(5) == 0 {
			c.release(h)
		} else {
			c.confirm(h)
		}
	case len(c.booked) > 0 && n < 2:
		c.move(&c.booked[c.dice.IntN(len(c.booked))])
	case len(c.booked) > 0 && n < 4:
		c.look(c.booked[c.dice.IntN(len(c.booked))])
	case len(c.booked) > 2 || len(c.booked) > 0 && n < 6:
		i := c.dice.IntN(len(c.booked))
		a := c.booked[i]
		c.booked = append(c.booked[:i:i], c.booked[i+1:]...)
		c.cancel(a)
	default:
		c.hold()
	}
}

func (c *client) hold() {
	in := asked{kind: holding}
	in.day, in.centre, in.start = c.slot()
	var got struct{ Hold string }
	call := c.record.now()
	status, known := c.ask(http.MethodPost, "/v1/holds", map[string]any{"service": service, "centre": centreOf(in.centre), "day": c.date(in.day), "at": timeOf(in.start)}, &got)
	out := answered{unknown: !known, refused: known && status != http.StatusCreated, id: got.Hold}
	if out.unknown {
		out.id = uuid.NewString()
	}
	c.record.add(c.number, in, call, out)
	if known && !out.refused {
		c.held = append(c.held, mine{id: got.Hold, day: in.day, centre: in.centre, start: in.start})
	}
}

func (c *client) confirm(h mine) {
	in := asked{kind: confirming, id: h.id, day: h.day, on: int(today())}
	var got struct{ Code string }
	call := c.record.now()
	status, known := c.ask(http.MethodPost, "/v1/holds/"+h.id+"/confirm", struct{}{}, &got)
	out := answered{unknown: !known, refused: known && status != http.StatusCreated}
	c.record.add(c.number, in, call, out)
	if known && !out.refused {
		h.code = got.Code
		c.booked = append(c.booked, h)
		c.record.promise(h, "booked", false)
	}
}

func (c *client) release(h mine) {
	call := c.record.now()
	_, known := c.ask(http.MethodDelete, "/v1/holds/"+h.id, nil, nil)
	c.record.add(c.number, asked{kind: releasing, id: h.id, day: h.day}, call, answered{unknown: !known})
}

func (c *client) move(a *mine) {
	in := asked{kind: moving, id: a.id, day: a.day}
	_, in.centre, in.start = c.slot()
	call := c.record.now()
	status, known := c.ask(http.MethodPost, "/v1/appointments/"+a.id+"/move",
		map[string]any{"code": a.code, "centre": centreOf(in.centre), "day": c.date(in.day), "at": timeOf(in.start)}, nil)
	out := answered{unknown: !known, refused: known && status != http.StatusOK}
	c.record.add(c.number, in, call, out)
	a.unsure = a.unsure || out.unknown
	if known && !out.refused {
		a.centre, a.start = in.centre, in.start
	}
	c.record.promise(*a, "booked", a.unsure)
}

func (c *client) cancel(a mine) {
	call := c.record.now()
	status, known := c.ask(http.MethodPost, "/v1/appointments/"+a.id+"/cancel", map[string]any{"code": a.code}, nil)
	out := answered{unknown: !known, refused: known && status != http.StatusNoContent}
	c.record.add(c.number, asked{kind: cancelling, id: a.id, day: a.day}, call, out)
	c.record.promise(a, "cancelled", a.unsure || out.unknown)
	if known && !out.refused && c.dice.IntN(3) == 0 {
		c.look(a)
	}
}

func (c *client) look(a mine) {
	var got struct {
		Centre id.Centre
		At     day.TimeOfDay
		State  string
		AtRisk bool `json:"at_risk"`
	}
	call := c.record.now()
	_, known := c.ask(http.MethodGet, "/v1/appointments/"+a.id+"?code="+a.code, nil, &got)
	if !known {
		return // nothing was learned
	}
	out := answered{life: got.State, start: int(got.At-opens) / minutes, atRisk: got.AtRisk}
	for i := range centres {
		if centreOf(i) == got.Centre {
			out.centre = i
		}
	}
	c.record.add(c.number, asked{kind: looking, id: a.id, day: a.day}, call, out)
}
