package relay

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/bus"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// Bounds of one answer; who needs more asks again.
const (
	maxAnswerBytes = 512 << 10
	maxAnswerItems = 1000
)

// Page is an excerpt of a service's public log.
type Page struct {
	Epoch int64 // of the log, as in eventlog.Head
	Head  int64 // newest public position
	Fork  int64 // up to where this epoch shares its past with the one before
	// Events follow the position asked for, in order and without holes; fewer
	// than asked for when the answer would grow beyond 512 KiB.
	Events []events.Envelope
}

type request struct {
	After int64 `json:"after"`
	Limit int   `json:"limit"`
}

// answer is Page on the wire; events are structured CloudEvents.
type answer struct {
	Error  string            `json:"error,omitempty"`
	Epoch  int64             `json:"epoch"`
	Head   int64             `json:"head"`
	Fork   int64             `json:"fork,omitempty"`
	Events []json.RawMessage `json:"events"`
}

// ServeBackfill answers requests for the public log of a service. Replicas
// share the work. stop ends it.
func ServeBackfill(c *bus.Conn, service string, log eventlog.Reader) (stop func(), err error) {
	ctx, cancel := context.WithCancel(context.Background())
	sub, err := c.NATS().QueueSubscribe(events.BackfillSubject(service), "lotse-log-"+service, func(m *nats.Msg) {
		a, err := respond(ctx, service, log, m.Data)
		if err != nil {
			a = answer{Error: err.Error()}
		}
		body, err := json.Marshal(a)
		if err != nil {
			return // raw JSON that the log itself produced always marshals
		}
		_ = m.Respond(body) // a lost answer is asked for again
	})
	if err != nil {
		cancel()
		return nil, fmt.Errorf("relay: answer %s: %w", events.BackfillSubject(service), err)
	}
	return func() { _ = sub.Unsubscribe(); cancel() }, nil
}

func respond(ctx context.Context, service string, log eventlog.Reader, body []byte) (answer, error) {
	var q request
	if err := json.Unmarshal(body, &q); err != nil {
		return answer{}, fmt.Errorf(`body is not a request such as {"after":0,"limit":100}: %w`, err)
	}
	if q.After < 0 || q.Limit < 0 {
		return answer{}, fmt.Errorf("after is %d and limit %d: both must be 0 or more", q.After, q.Limit)
	}
	head, err := log.Head(ctx)
	if err != nil {
		return answer{}, fmt.Errorf("head of the log: %w", err)
	}
	a := answer{Epoch: head.Epoch, Head: head.PublicPosition, Fork: head.Fork, Events: []json.RawMessage{}}
	if q.Limit == 0 {
		return a, nil
	}
	list, err := log.PublicAfter(ctx, q.After, min(q.Limit, maxAnswerItems))
	if err != nil {
		return answer{}, fmt.Errorf("read the log after %d: %w", q.After, err)
	}
	size := 0
	for _, e := range list {
		env := Envelope(service, e, head.Epoch)
		doc, err := env.Structured()
		if err != nil {
			return answer{}, fmt.Errorf("event %d: %w", e.PublicPosition, err)
		}
		if size += len(doc) + 1; size > maxAnswerBytes && len(a.Events) > 0 {
			break
		}
		a.Events = append(a.Events, doc)
	}
	return a, nil
}

// Backfill asks a service for up to limit public events after a position; limit
// 0 asks for epoch and head alone. The context bounds the wait.
func Backfill(ctx context.Context, c *bus.Conn, service string, after int64, limit int) (Page, error) {
	body, err := json.Marshal(request{after, limit})
	if err != nil {
		return Page{}, err
	}
	m, err := c.NATS().RequestWithContext(ctx, events.BackfillSubject(service), body)
	switch {
	case errors.Is(err, nats.ErrNoResponders):
		return Page{}, fmt.Errorf("relay: service %s does not answer requests for its log (%s): is it running?", service, events.BackfillSubject(service))
	case err != nil:
		return Page{}, fmt.Errorf("relay: backfill from %s after %d: %w", service, after, err)
	}
	var a answer
	if err := json.Unmarshal(m.Data, &a); err != nil {
		return Page{}, fmt.Errorf("relay: backfill from %s after %d: the answer is not JSON: %w", service, after, err)
	}
	if a.Error != "" {
		return Page{}, fmt.Errorf("relay: service %s refuses its log after %d: %s", service, after, a.Error)
	}
	p := Page{Epoch: a.Epoch, Head: a.Head, Fork: a.Fork}
	for i, doc := range a.Events {
		e, err := events.ParseStructured(doc)
		if err != nil && (e.Position == 0 || e.Epoch == 0) {
			return Page{}, fmt.Errorf("relay: backfill from %s after %d: event %d of the answer: %w", service, after, i, err)
		}
		p.Events = append(p.Events, e)
	}
	return p, nil
}
