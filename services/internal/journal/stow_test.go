package journal_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// Where the log forgets, a state that was stowed is there however many streams were
// used since, and goes on; one that was merely dropped is not.
func TestWhatIsStowedOutlastsItsEvents(t *testing.T) {
	for _, stow := range []bool{true, false} {
		at := time.Date(2027, 1, 4, 8, 0, 0, 0, time.UTC)
		store := memory.New(memory.WithClock(func() time.Time { return at }))
		j := journal.New(store, journal.Options{Now: func() time.Time { return at }, Cache: 4})
		sit := func(stream, who string) error {
			_, err := j.Do(t.Context(), func(tx *journal.Tx) error {
				_, err := journal.Execute(tx, seatsOf, stream, take{who})
				return err
			})
			return err
		}
		for _, who := range []string{"ada", "bob"} {
			if err := sit("over", who); err != nil {
				t.Fatal(err)
			}
		}
		over := func(stream string) bool { return stream == "stock-over" }
		if stow {
			j.Stow(over)
		}
		at = at.Add(time.Hour)
		for i := range 10 {
			if err := sit(fmt.Sprint(i), "eve"); err != nil {
				t.Fatal(err)
			}
		}
		store.Forget(at, 2, over)
		err := sit("over", "cem")
		if !stow {
			if !errors.Is(err, memory.ErrForgotten) {
				t.Errorf("a state that is nowhere: %v, want %v", err, memory.ErrForgotten)
			}
			continue
		}
		if err != nil {
			t.Fatalf("a stowed state: %v", err)
		}
		if err := sit("over", "dan"); !errors.Is(err, errSoldOut) {
			t.Errorf("a fourth seat of three: %v, want %v", err, errSoldOut)
		}
		if page, err := store.Stream(t.Context(), "stock-over", 2, 10); err != nil || len(page) != 1 || page[0].Version != 3 {
			t.Errorf("after what was forgotten there is %v, %v, want version 3", page, err)
		}
	}
}
