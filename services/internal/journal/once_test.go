package journal_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// asked counts the look-ups of idempotency keys.
type asked struct {
	eventlog.Store
	times atomic.Int64
}

func (a *asked) IdempotencyResult(ctx context.Context, key string) (eventlog.Result, error) {
	a.times.Add(1)
	return a.Store.IdempotencyResult(ctx, key)
}

// seatOnce refuses whoever asks twice: only the key makes a repeat harmless.
func seatOnce(j *journal.Journal, key, who string) (out string, err error) {
	_, err = j.Do(context.Background(), func(tx *journal.Tx) error {
		out = ""
		stored, seen, err := tx.Once(key, who)
		if seen || err != nil {
			out = string(stored)
			return err
		}
		done, err := journal.Execute(tx, seatsOf, "a", take{who})
		if err == nil && len(done) == 0 {
			err = errSoldOut
		}
		if err != nil {
			return err
		}
		out = fmt.Sprintf("seat for %s", who)
		tx.Remember(key, who, []byte(out))
		return nil
	})
	return out, err
}

func TestOnlyWhatMayBeARepeatIsLookedUp(t *testing.T) {
	store := &asked{Store: memory.New()}
	mine, other := open(t, store, false), open(t, store.Store, false)
	step := func(j *journal.Journal, key, who, want string, wantErr error, lookUps int64) {
		t.Helper()
		before := store.times.Load()
		out, err := seatOnce(j, key, who)
		if out != want || !errors.Is(err, wantErr) {
			t.Errorf("%s asks with %s: %q, %v; want %q, %v", who, key, out, err, want, wantErr)
		}
		if n := store.times.Load() - before; n != lookUps {
			t.Errorf("%s asks with %s: %d look-ups, want %d", who, key, n, lookUps)
		}
	}
	step(mine, "k1", "ann", "seat for ann", nil, 0)
	step(mine, "k1", "ann", "seat for ann", nil, 1) // would be refused
	step(mine, "k1", "bob", "", journal.ErrReusedKey, 1)
	step(other, "k2", "bob", "seat for bob", nil, 0)
	step(mine, "k2", "bob", "seat for bob", nil, 1) // somebody else answered it
	step(mine, "k3", "eve", "seat for eve", nil, 0)
	step(mine, "k4", "tim", "", errSoldOut, 1) // refused, and not for being a repeat
	evs, err := store.Stream(context.Background(), seatsOf.Stream("a"), 0, 10)
	if err != nil || len(evs) != seats {
		t.Errorf("%d seats were taken (%v), want %d", len(evs), err, seats)
	}
}

// A job that takes a key for new and then writes nothing under it would not be
// looked up by any commit.
func TestAKeyThatIsNotRememberedIsLookedUp(t *testing.T) {
	store := &asked{Store: memory.New()}
	j := open(t, store, false)
	if _, err := j.Do(context.Background(), func(tx *journal.Tx) error {
		_, _, err := tx.Once("k", "body")
		return err
	}); err != nil || store.times.Load() != 1 {
		t.Errorf("%d look-ups, %v", store.times.Load(), err)
	}
}
