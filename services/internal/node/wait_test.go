package node

import (
	"context"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// deaf does not say what others write.
type deaf struct{ eventlog.Store }

func (deaf) Watch() (<-chan struct{}, func()) { return make(chan struct{}), func() {} }

// A position that another replica has answered is looked for at once, not when
// the store tells of it.
func TestAPositionOfAnotherReplicaIsLookedFor(t *testing.T) {
	store := memory.New()
	writer, reader := replica(store), replica(deaf{store})
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- reader.foldLoop(ctx) }()
	defer func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}()
	begun := time.Now()
	for range 5 { // of which the look once a second would find two at most
		rec, err := writer.Do(t.Context(), func(tx *journal.Tx) error {
			_, err := journal.Execute(tx, handlings, tx.NewID().String(), ParkedHandled{})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := reader.WaitFor(t.Context(), rec.Position); err != nil {
			t.Fatalf("after %v: %v", time.Since(begun), err)
		}
	}
}
