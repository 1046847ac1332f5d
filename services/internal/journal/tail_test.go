package journal_test

import (
	"context"
	"testing"

	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

type noted struct {
	N int `json:"n"`
}

func (noted) EventType() string { return "test.noted.v1" }

type told struct {
	N int `json:"n"`
}

func (told) EventType() string  { return "test.told.v1" }
func (told) EventKey() []string { return []string{"all"} }

var diary = journal.Aggregate[int, decider.Event]{Category: "diary", Codec: decider.NewCodec(noted{}, told{}),
	Decider: decider.Decider[int, decider.Event]{Initial: func() int { return 0 },
		Decide: func(_ int, e decider.Event) ([]decider.Event, error) { return []decider.Event{e}, nil },
		Evolve: func(n int, _ decider.Event) int { return n + 1 }}}

// A replica that adds a private event of its own to a public one of another must
// not take its own last public event for the last of all.
func TestAnothersPublicEventIsNotPassedOver(t *testing.T) {
	ctx := context.Background()
	store := memory.New()
	mine, other := open(t, store, true), open(t, store, false)
	say := func(j *journal.Journal, e decider.Event) {
		t.Helper()
		if _, err := j.Do(ctx, func(tx *journal.Tx) error { _, err := journal.Execute(tx, diary, "a", e); return err }); err != nil {
			t.Fatal(err)
		}
	}
	say(mine, told{1})
	say(other, told{2})
	say(mine, noted{3})
	mine.OthersWrote() // as it sees within moments
	for at := int64(0); ; {
		page, err := mine.Reader().After(ctx, at, 10)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		at = page[len(page)-1].Position
	}
	if page, err := mine.Reader().PublicAfter(ctx, 1, 10); err != nil || len(page) != 1 || page[0].PublicPosition != 2 {
		t.Errorf("after the first public event: %v, %v; want the other's", page, err)
	}
}
