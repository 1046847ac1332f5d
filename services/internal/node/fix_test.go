package node_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/pgtest"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/postgres"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/sqlite"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// poison parks a message of key a whose content cannot be read, and two good
// ones behind it.
func poison(t *testing.T, l *listener) []eventlog.Parked {
	t.Helper()
	ctx, in := context.Background(), l.Inbounds()[0]
	bad := message(1, said{}.EventType(), "a", 1)
	bad.Data = []byte(`{"key":"a","n":"one","note":"Frau Muster hat angerufen"}`)
	err := in.Deliver(ctx, bad)
	if err == nil {
		t.Fatal("the poison was handled")
	}
	if err := in.Park(ctx, bad, err); err != nil {
		t.Fatal(err)
	}
	return twoBehind(t, l)
}

func fix(key, data string) node.Decision {
	return node.Decision{Key: key, Why: "n was written in words", Data: json.RawMessage(data)}
}

func onEveryStore(t *testing.T, test func(t *testing.T, open func() eventlog.Store)) {
	t.Run("memory", func(t *testing.T) {
		store := memory.New()
		test(t, func() eventlog.Store { return store })
	})
	t.Run("sqlite", func(t *testing.T) {
		store, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "log.db"))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = store.Close() })
		test(t, func() eventlog.Store { return store })
	})
	t.Run("postgres", func(t *testing.T) {
		url := pgtest.Start(t)
		schema := pgtest.Schema(t, url)
		test(t, func() eventlog.Store {
			store, err := postgres.Open(t.Context(), postgres.Options{URL: url, Schema: schema})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = store.Close() })
			return store
		})
	})
}

func TestAFixedMessageIsHandledAndThoseBehindItInOrder(t *testing.T) {
	onEveryStore(t, func(t *testing.T, open func() eventlog.Store) {
		ctx := journal.WithCaller(context.Background(), journal.Caller{Actor: "operator:7", From: "token 192.0.2.0/24"})
		l := listen(t, open())
		all := poison(t, l)
		if _, err := l.Replay(ctx, all[0].ID, node.Decision{}); err == nil {
			t.Fatal("poison was handled as it was")
		}
		for want, d := range map[string]node.Decision{
			"why":       {Data: json.RawMessage(`{"key":"a","n":1}`)},
			"data":      {Why: "x"},
			"patch":     {Why: "x", Patch: json.RawMessage(`{`)},
			"data.note": fix("", `{"key":"a","n":1,"note":"x"}`),
			"data.n":    fix("", `{"key":"a","n":"1"}`),
			"about":     fix("", `{"key":"b","n":1}`),
			"type":      {Why: "x", Data: json.RawMessage(`{"key":"a","n":1}`), Type: "other"},
		} {
			_, err := l.Fix(ctx, all[0].ID, d)
			var field *events.FieldError
			if !errors.As(err, &field) || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v", want, err)
			}
		}
		if _, err := l.Fix(ctx, all[1].ID, fix("", `{"key":"a","n":1}`)); !errors.Is(err, node.ErrNotFirst) {
			t.Errorf("%v", err)
		}
		done, err := l.Fix(ctx, all[0].ID, node.Decision{Key: "k", Why: "n was written in words", Patch: json.RawMessage(`{"n":1,"note":null}`)})
		if err != nil || done.Replayed != 3 || done.Stopped != nil || l.sum(t) != 51 {
			t.Fatalf("%+v, %v, sum %d", done, err, l.model.sum)
		}
		again, err := l.Fix(ctx, all[0].ID, node.Decision{Key: "k", Why: "n was written in words", Patch: json.RawMessage(`{"n":1,"note":null}`)})
		if err != nil || again.Receipt.Position == 0 || l.sum(t) != 51 {
			t.Errorf("asked again: %+v, %v, sum %d", again, err, l.model.sum)
		}
		if _, err := l.Fix(ctx, all[0].ID, fix("k", `{"key":"a","n":2}`)); !errors.Is(err, journal.ErrReusedKey) {
			t.Errorf("the same key with another body: %v", err)
		}
		if _, err := l.Fix(ctx, all[0].ID, fix("other", `{"key":"a","n":2}`)); !errors.Is(err, node.ErrHandled) {
			t.Errorf("a second decision: %v", err)
		}
		if _, err := l.Discard(ctx, all[0].ID, because); !errors.Is(err, node.ErrHandled) || l.sum(t) != 51 {
			t.Errorf("discarded after all: %v", err)
		}
		h, stored, err := l.Became(ctx, all[0].ID)
		if err != nil || h.How != node.Fixed || h.Why != "n was written in words" || string(h.Data) != `{"key":"a","n":1}` || stored.Meta.Actor != "operator:7" || stored.Meta.From == "" {
			t.Errorf("the log says %+v by %q, %v", h, stored.Meta.Actor, err)
		}
		kept, err := l.ParkedMessage(ctx, all[0].ID)
		if err != nil || string(kept.Data) != string(all[0].Data) || kept.ReplayedAt.IsZero() {
			t.Errorf("the original is now %+v, %v", kept, err)
		}
	})
}

// Each of many operators, on two replicas, decides otherwise: one of them counts.
func TestOfManyOperatorsOneDecides(t *testing.T) {
	onEveryStore(t, func(t *testing.T, open func() eventlog.Store) {
		ctx := context.Background()
		first := listen(t, open())
		all := poison(t, first)
		nodes := []*listener{first, listen(t, open())}
		var mu sync.Mutex
		var won []int
		var wait sync.WaitGroup
		for i := range 8 {
			wait.Go(func() {
				key := ""
				if i%2 == 1 {
					key = fmt.Sprint("k", i)
				}
				done, err := nodes[i%2].Fix(ctx, all[0].ID, fix(key, fmt.Sprintf(`{"key":"a","n":%d}`, 1000*(i+1))))
				switch {
				case err == nil && done.Replayed > 0:
					mu.Lock()
					won = append(won, i)
					mu.Unlock()
				case !errors.Is(err, node.ErrHandled):
					t.Errorf("operator %d: %+v, %v", i, done, err)
				}
			})
		}
		wait.Wait()
		if len(won) != 1 {
			t.Fatalf("operators %v were told that their word counts", won)
		}
		if got, want := first.sum(t), 1000*(won[0]+1)+50; got != want {
			t.Errorf("sum %d, want %d", got, want)
		}
	})
}

// A process that ends between two messages of a key leaves the rest parked, and
// nobody overtakes them.
func TestWhoEndsInTheMiddleIsFinishedByTheNext(t *testing.T) {
	ctx := context.Background()
	store := memory.New()
	l := listen(t, store)
	all := poison(t, l)
	l.after(1, errors.New("no second one"))
	done, err := l.Fix(ctx, all[0].ID, fix("k", `{"key":"a","n":1}`))
	if err != nil || done.Replayed != 1 || done.Stopped == nil || *done.Stopped != all[1].ID || l.sum(t) != 1 {
		t.Fatalf("%+v, %v, sum %d", done, err, l.model.sum)
	}
	next := listen(t, store) // after the crash
	if err := next.Inbounds()[0].Deliver(ctx, message(4, said{}.EventType(), "a", 400)); err != nil {
		t.Fatal(err)
	}
	if got := next.sum(t); got != 1 {
		t.Fatalf("sum %d: somebody overtook", got)
	}
	if done, err := next.Fix(ctx, all[0].ID, fix("k", `{"key":"a","n":1}`)); err != nil || done.Stopped != nil || next.sum(t) != 451 {
		t.Fatalf("the same decision asked again does not go on: %+v, %v, sum %d", done, err, next.model.sum)
	}
	if left, err := next.Parked(ctx); err != nil || len(left) != 0 {
		t.Errorf("%+v, %v", left, err)
	}
}

func TestAMessageFromOutsideIsFixedByItsService(t *testing.T) {
	ctx := context.Background()
	l := listen(t, memory.New())
	l.foreign = func(tx *journal.Tx, p eventlog.Parked, data json.RawMessage) (json.RawMessage, error) {
		var s said
		if err := events.DecodeStrict(data, &s); err != nil {
			return nil, err
		}
		_, err := journal.Execute(tx, tallies, p.Key, heard{s.N})
		return json.RawMessage(`{"n":5}`), err
	}
	id := uuid.New()
	if _, err := l.Do(ctx, func(tx *journal.Tx) error {
		tx.Park(eventlog.Parked{ID: id, Consumer: "listener", Source: "hr/sap", Key: "x", Reason: "bad", Data: []byte(`{"n":1}`), ParkedAt: time.Unix(1e9, 0)})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Replay(ctx, id, node.Decision{}); !errors.Is(err, node.ErrNotReplayable) {
		t.Errorf("%v", err)
	}
	done, err := l.Fix(ctx, id, node.Decision{Why: "x", Patch: json.RawMessage(`{"n":5}`)})
	if err != nil || done.Replayed != 1 || l.sum(t) != 5 {
		t.Fatalf("%+v, %v", done, err)
	}
	if h, _, err := l.Became(ctx, id); err != nil || string(h.Data) != `{"n":5}` {
		t.Errorf("%+v, %v", h, err)
	}
}
