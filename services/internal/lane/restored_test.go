package lane_test

import (
	"context"
	"sync/atomic"
	"testing"

	"github.com/lotse-hamburg/lotse/services/internal/bus/bustest"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/lane"
)

// All logs were restored from one backup, and the consumer starts before its
// source: the stream still tells what no log knows any more, and nothing of it may
// be taken in.
func TestALaneOfARestoredLogWaitsForItsSource(t *testing.T) {
	w := newWorld(t)
	say(t, w.log, 1, 10)
	_, stopRelay := w.relay(t, nil)
	bustest.Eventually(t, "the stream has all", func() bool { _, err := stream(w); return err == nil && streamEnd(t, w) == 10 })
	stopRelay()

	restored := memory.New()
	say(t, restored, 1, 6)
	if _, err := restored.RaiseEpoch(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.log = restored
	var asked atomic.Int64
	o := w.options()
	o.Epoch = func(context.Context) (int64, error) { asked.Add(1); return 2, nil }
	background(t, lane.New(o).Run)
	bustest.Eventually(t, "the lane has tried", func() bool { return asked.Load() >= 3 })
	w.serveLog(t) // the source answers, and its relay has not begun
	before := asked.Load()
	bustest.Eventually(t, "the lane has tried again", func() bool { return asked.Load() >= before+3 })
	if n := w.taker.count(); n != 0 {
		t.Fatalf("it took in %d events of a stream that its source has disowned", n)
	}
	w.relay(t, nil)
	w.taker.mustHave(t, 6)
}
