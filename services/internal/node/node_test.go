package node_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// A listener counts what a source says per key.
type said struct {
	Key string `json:"key"`
	N   int    `json:"n"`
}

func (said) EventType() string    { return "lotse.source.said.v1" }
func (s said) EventKey() []string { return []string{s.Key} }

type heard struct {
	N int `json:"n"`
}

func (heard) EventType() string { return "listener.heard.v1" }

type tally struct{ n, sum int }

var tallies = journal.Aggregate[tally, heard]{
	Category: "tally",
	Codec:    decider.NewCodec(heard{}),
	Decider: decider.Decider[tally, heard]{
		Initial: func() tally { return tally{} },
		Decide:  func(_ tally, c heard) ([]decider.Event, error) { return []decider.Event{c}, nil },
		Evolve:  func(s tally, e decider.Event) tally { return tally{s.n + 1, s.sum + e.(heard).N} },
	},
}

type total struct{ sum int }

func (t *total) Apply(_ eventlog.Event, e decider.Event) { t.sum += e.(heard).N }

type listener struct {
	*node.Node
	store eventlog.Store
	model *total
	fail  error

	foreign func(*journal.Tx, eventlog.Parked, json.RawMessage) (json.RawMessage, error)
	handled int
}

// after n messages, fail.
func (l *listener) after(n int, err error) { l.handled, l.fail = -n, err }

func listen(t *testing.T, store eventlog.Store) *listener {
	t.Helper()
	l := &listener{store: store, model: &total{}}
	l.Node = node.New(node.Spec{
		Service:  "listener",
		Codec:    tallies.Codec,
		Registry: events.NewRegistry([]events.Kind{{Type: said{}.EventType(), New: func() events.Event { return new(said) }}}),
		Models:   []node.Model{l.model},
		Foreign: func(tx *journal.Tx, p eventlog.Parked, data json.RawMessage) (json.RawMessage, error) {
			if l.foreign == nil {
				return nil, errors.New("nothing from outside is taken in")
			}
			return l.foreign(tx, p, data)
		},
		Sources: []node.Source{{
			Service: "source",
			Wants:   func(eventType string) bool { return eventType == said{}.EventType() },
			Handle: func(tx *journal.Tx, _ events.Envelope, ev events.Event) error {
				if l.handled++; l.fail != nil && l.handled > 0 {
					return l.fail
				}
				s := ev.(said)
				_, err := journal.Execute(tx, tallies, s.Key, heard{s.N})
				return err
			},
		}},
	}, node.Deps{Store: store, Now: func() time.Time { return time.Unix(1e9, 0) }})
	if err := l.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	return l
}

func message(position int64, eventType, key string, n int) events.Envelope {
	return events.Envelope{ID: fmt.Sprint("m", position), Source: "lotse/source", Type: eventType, Subject: key,
		Epoch: 1, Position: position, Data: fmt.Appendf(nil, `{"key":%q,"n":%d}`, key, n)}
}

const other = "lotse.source.other.v1"

func TestInboundSkipsRepeatsAndPassesOverWhatNobodyWants(t *testing.T) {
	ctx := context.Background()
	store := memory.New()
	l := listen(t, store)
	in := l.Inbounds()[0]
	wanted := said{}.EventType()
	deliver := func(positions ...int64) {
		t.Helper()
		for _, p := range positions {
			kind := other
			if p%5 == 0 {
				kind = wanted
			}
			if err := in.Deliver(ctx, message(p, kind, "a", int(p))); err != nil {
				t.Fatalf("position %d: %v", p, err)
			}
		}
	}
	at := func(seen, stored int64) {
		t.Helper()
		c, err := store.Checkpoint(ctx, "listener", "source")
		if err != nil || c.Position != stored {
			t.Fatalf("stored checkpoint %+v, %v; want %d", c, err, stored)
		}
		if c, err = in.Checkpoint(ctx); err != nil || c.Position != seen {
			t.Fatalf("seen checkpoint %+v, %v; want %d", c, err, seen)
		}
	}
	deliver(1)
	at(1, 1) // the first of an epoch is written
	deliver(2, 3, 4)
	at(4, 1)
	deliver(5)
	at(5, 5)
	deliver(5, 3, 1) // repeats
	at(5, 5)
	deliver(6, 7)
	at(7, 5)

	l = listen(t, store) // a restart hears 6 and 7 again
	in = l.Inbounds()[0]
	at(5, 5)
	deliver(6, 7, 8, 9, 10)
	at(10, 10)
	if err := l.Step(ctx); err != nil || l.model.sum != 15 {
		t.Fatalf("sum %d, %v; want 5+10", l.model.sum, err)
	}
	if err := in.Deliver(ctx, message(15, wanted, "a", 1)); !errors.Is(err, eventlog.ErrOutOfOrder) {
		t.Fatalf("a gap was taken in: %v", err)
	}
}

func TestUnwantedEventsMoveTheCheckpointNowAndThen(t *testing.T) {
	ctx := context.Background()
	store := memory.New()
	in := listen(t, store).Inbounds()[0]
	for p := int64(1); p <= 5000; p++ {
		if err := in.Deliver(ctx, message(p, other, "a", 0)); err != nil {
			t.Fatal(err)
		}
	}
	if c, err := store.Checkpoint(ctx, "listener", "source"); err != nil || c.Position < 3000 {
		t.Fatalf("after 5000 unwanted events the checkpoint is at %d, %v", c.Position, err)
	}
}

func TestLaterMessagesOfAParkedKeyWaitBehindIt(t *testing.T) {
	ctx := context.Background()
	store := memory.New()
	l := listen(t, store)
	in := l.Inbounds()[0]
	kind := said{}.EventType()
	if err := in.Park(ctx, message(1, kind, "a", 1), errors.New("cannot be read")); err != nil {
		t.Fatal(err)
	}
	l = listen(t, store) // a restart knows what is parked
	in = l.Inbounds()[0]
	for _, m := range []events.Envelope{message(2, kind, "a", 2), message(3, kind, "b", 4)} {
		if err := in.Deliver(ctx, m); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Step(ctx); err != nil || l.model.sum != 4 {
		t.Fatalf("sum %d, %v; only key b may have been handled", l.model.sum, err)
	}
	parked, err := store.ParkedRecords(ctx, false, 10)
	if err != nil || len(parked) != 2 || parked[0].Reason != "cannot be read" || !strings.Contains(parked[1].Reason, "waits behind") {
		t.Fatalf("%+v, %v", parked, err)
	}
}

func TestUndecodableDataIsAnErrorThatNamesTheField(t *testing.T) {
	in := listen(t, memory.New()).Inbounds()[0]
	m := message(1, said{}.EventType(), "a", 1)
	m.Data = []byte(`{"key":"a","n":"many"}`)
	var field *events.FieldError
	if err := in.Deliver(context.Background(), m); !errors.As(err, &field) || field.Field != "data.n" {
		t.Fatalf("%v", err)
	}
}

func TestCommandAnswersARepeatWithTheFirstResult(t *testing.T) {
	ctx := context.Background()
	l := listen(t, memory.New())
	calls := 0
	ask := func(body string) (int, error) {
		n, _, err := node.Command(ctx, l.Node, "key", body, func(tx *journal.Tx) (int, error) {
			calls++
			_, err := journal.Execute(tx, tallies, "x", heard{7})
			return calls, err
		})
		return n, err
	}
	for range 3 {
		if n, err := ask("body"); n != 1 || err != nil {
			t.Fatal(n, err)
		}
	}
	if _, err := ask("another body"); !errors.Is(err, journal.ErrReusedKey) {
		t.Fatal(err)
	}
	if err := l.Step(ctx); err != nil || l.model.sum != 7 {
		t.Fatalf("sum %d, %v", l.model.sum, err)
	}
	if err := l.WaitFor(ctx, l.Applied()); err != nil {
		t.Fatal(err)
	}
	if err := l.WaitFor(ctx, l.Applied()+1); !errors.Is(err, node.ErrNotYet) {
		t.Fatal(err)
	}
}
