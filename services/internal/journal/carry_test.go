package journal_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// What was decided is handed on under the position at which it stands, once; what was
// refused, and what others wrote, is not.
func TestWhatWasDecidedIsHandedOn(t *testing.T) {
	ctx := context.Background()
	store := memory.New()
	mine := journal.New(store, journal.Options{Now: time.Now, Carry: true})
	other := open(t, store, false)
	say := func(j *journal.Journal, refuse error, all ...decider.Event) {
		t.Helper()
		_, err := j.Do(ctx, func(tx *journal.Tx) error {
			for i, e := range all { // the streams by turns: the log has them one after the other
				if _, err := journal.Execute(tx, diary, []string{"a", "b"}[i%2], e); err != nil {
					return err
				}
			}
			return refuse
		})
		if !errors.Is(err, refuse) {
			t.Fatal(err)
		}
	}
	no := errors.New("no")
	say(mine, nil, told{1}, noted{2}, told{3})
	say(mine, no, noted{4})
	say(other, nil, noted{5})
	say(mine, nil, noted{6})
	if _, known := mine.Said(4); known {
		t.Error("what another wrote was decided here")
	}
	page, err := store.After(ctx, 0, 10)
	if err != nil || len(page) != 5 {
		t.Fatalf("%d events in the log: %v", len(page), err)
	}
	for _, e := range page {
		stored, err := diary.Codec.Decode(e.Type, e.Data)
		if err != nil {
			t.Fatal(err)
		}
		if said, known := mine.Said(e.Position); known != (e.Position != 4) || known && said != stored {
			t.Errorf("at %d stands %v, handed on is %v", e.Position, stored, said)
		}
		if _, again := mine.Said(e.Position); again {
			t.Errorf("%v is handed on twice", stored)
		}
	}
}

// Where nobody asks, little is kept.
func TestWhatNobodyAsksForIsDropped(t *testing.T) {
	ctx := context.Background()
	j := journal.New(memory.New(), journal.Options{Now: time.Now, Carry: true})
	const n = 20000
	for i := range n {
		if _, err := j.Do(ctx, func(tx *journal.Tx) error {
			_, err := journal.Execute(tx, diary, "a", decider.Event(noted{i}))
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	kept := 0
	for position := range int64(n) {
		if _, known := j.Said(position + 1); known {
			kept++
		}
	}
	if _, newest := j.Said(n); newest || kept == 0 || kept > n/2 {
		t.Errorf("%d of %d are kept", kept, n)
	}
}
