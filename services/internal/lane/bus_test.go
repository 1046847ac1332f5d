package lane_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/bus"
	"github.com/lotse-hamburg/lotse/services/internal/bus/bustest"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/lane"
	"github.com/lotse-hamburg/lotse/services/internal/relay"
)

func TestEverythingArrivesOnceAndInOrder(t *testing.T) {
	w := newWorld(t)
	say(t, w.log, 1, 1200) // a backlog of more than two batches
	r, _ := w.relay(t, nil)
	w.runLane(t)
	w.taker.mustHave(t, 1200)
	say(t, w.log, 1201, 1300)
	w.taker.mustHave(t, 1300)
	if s := r.Stats(); s.Published != 1300 || s.Failures != 0 {
		t.Errorf("relay: %+v", s)
	}
	if s := w.lane.Stats(); s.Delivered != 1300 || s.Gaps != 0 || s.Repeats != 0 {
		t.Errorf("lane: %+v", s)
	}
}

func TestWipedBusIsFilledAgain(t *testing.T) {
	w := newWorld(t)
	say(t, w.log, 1, 700)
	w.relay(t, nil)
	w.runLane(t)
	w.taker.mustHave(t, 700)
	w.server.Stop()
	say(t, w.log, 701, 800) // said while there is no bus
	w.server.Wipe(t)
	w.server.Resume(t)
	w.taker.mustHave(t, 800)
	say(t, w.log, 801, 900)
	w.taker.mustHave(t, 900)
}

func TestOlderCopyOfTheBusPutBack(t *testing.T) {
	w := newWorld(t)
	say(t, w.log, 1, 300)
	w.relay(t, nil)
	w.runLane(t)
	w.taker.mustHave(t, 300)
	w.server.Stop()
	copied := w.server.Save(t)
	w.server.Resume(t)
	say(t, w.log, 301, 1000)
	w.taker.mustHave(t, 1000) // the consumer is beyond the copy
	w.server.Stop()
	w.server.PutBack(t, copied)
	w.server.Resume(t)
	say(t, w.log, 1001, 1100)
	w.taker.mustHave(t, 1100)
	if s := w.lane.Stats(); s.Delivered != 1100 {
		t.Errorf("lane: %+v", s)
	}
}

func TestStreamRemovedWhileAllIsQuiet(t *testing.T) {
	w := newWorld(t)
	say(t, w.log, 1, 50)
	w.relay(t, nil)
	w.runLane(t)
	w.taker.mustHave(t, 50)
	if err := w.conn.JetStream().DeleteStream(context.Background(), events.StreamName(source)); err != nil {
		t.Fatal(err)
	}
	bustest.Eventually(t, "the relay has filled a new stream", func() bool { return streamEnd(t, w) == 50 })
	say(t, w.log, 51, 60)
	w.taker.mustHave(t, 60)
}

func stream(w *world) (jetstream.Stream, error) {
	return w.conn.JetStream().Stream(context.Background(), events.StreamName(source))
}

// Nobody waits for anybody: the bus is restarted, wiped and put back while
// relays and lanes are in the middle of their work.
func TestBusThatFailsAgainAndAgain(t *testing.T) {
	w := newWorld(t)
	w.serveLog(t)
	w.relay(t, nil)
	w.relay(t, func(o *relay.Options) { o.Window = 80 }) // makes gaps after a wipe
	w.runLane(t)
	said, copied := int64(0), ""
	more := func(n int64) { say(t, w.log, said+1, said+n); said += n }
	for round := range 9 {
		more(70)
		if round > 0 {
			bustest.Eventually(t, "some progress", func() bool { return w.taker.count() > 30*round })
		}
		w.server.Stop()
		switch round % 3 {
		case 0:
			copied = w.server.Save(t)
		case 1:
			w.server.Wipe(t)
		case 2:
			w.server.PutBack(t, copied)
		}
		more(10)
		w.server.Resume(t)
	}
	w.taker.mustHave(t, said)
	if s := w.lane.Stats(); s.Delivered != said || s.Parked != 0 {
		t.Errorf("lane: %+v, %d said", s, said)
	}
}

// streamEnd is the stream's last sequence, 0 when there is no stream.
func streamEnd(t *testing.T, w *world) uint64 {
	t.Helper()
	s, err := stream(w)
	if err != nil {
		return 0
	}
	return s.CachedInfo().State.LastSeq
}

func TestTwoRelaysAndTwoLanesAtOnce(t *testing.T) {
	w := newWorld(t)
	lanes := [2]*lane.Lane{}
	for i := range lanes {
		w.relay(t, nil)
		lanes[i] = lane.New(w.options())
		background(t, lanes[i].Run)
	}
	say(t, w.log, 1, 400)
	w.taker.mustHave(t, 400)
	say(t, w.log, 401, 800)
	w.taker.mustHave(t, 800)
	if end := streamEnd(t, w); end != 800 {
		t.Errorf("the stream ends at %d, 800 were said", end)
	}
	for _, l := range lanes { // who comes second sees a repeat, not a failure
		if s := l.Stats(); s.Retries != 0 || s.Parked != 0 {
			t.Errorf("lane: %+v", s)
		}
	}
}

func TestStrangersAreIgnored(t *testing.T) {
	w := newWorld(t)
	w.serveLog(t)
	_, stopRelay := w.relay(t, nil)
	w.runLane(t)
	say(t, w.log, 1, 10)
	w.taker.mustHave(t, 10)
	stopRelay() // so that the stranger surely takes the place of an event
	forged := relay.Envelope(source, first(t, w), 1)
	forged.Position = 3 // not where it stands
	for _, m := range []*nats.Msg{
		{Subject: "lotse.absence.absence-recorded.v1.x", Data: []byte("no headers")},
		bus.ToNATS(forged),
	} {
		if _, err := w.conn.JetStream().PublishMsg(context.Background(), m); err != nil {
			t.Fatal(err)
		}
	}
	bustest.Eventually(t, "strangers are counted", func() bool { return w.lane.Stats().Strangers >= 2 })
	if s := w.lane.Stats(); s.Repeats != 0 || s.Delivered != 10 {
		t.Errorf("lane: %+v", s)
	}
	say(t, w.log, 11, 12) // their places on the bus are taken
	w.relay(t, nil)
	w.taker.mustHave(t, 12)
	say(t, w.log, 13, 20)
	w.taker.mustHave(t, 20)
}

// A stranger beside a running relay: nothing may wait for the next event.
func TestStrangerBesideARunningRelay(t *testing.T) {
	w := newWorld(t)
	w.serveLog(t)
	w.relay(t, nil)
	w.runLane(t)
	for n := int64(1); n <= 5; n++ {
		say(t, w.log, n, n)
		w.taker.mustHave(t, n)
		if _, err := w.conn.JetStream().Publish(context.Background(), "lotse.absence.x.v1", []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	say(t, w.log, 6, 6)
	w.taker.mustHave(t, 6)
}

func TestGapIsBackfilled(t *testing.T) {
	w := newWorld(t)
	w.serveLog(t)
	say(t, w.log, 1, 1500)
	w.relay(t, func(o *relay.Options) { o.Window = 100 })
	bustest.Eventually(t, "the stream is filled", func() bool { return streamEnd(t, w) == 1500 })
	w.runLane(t) // the stream begins at 1401
	w.taker.mustHave(t, 1500)
	if s := w.lane.Stats(); s.Backfilled != 1400 || s.Delivered != 1500 {
		t.Errorf("lane: %+v", s)
	}
}

// Everything has aged out and nobody speaks: the lane must ask by itself.
func TestGapOnAQuietEmptyStream(t *testing.T) {
	w := newWorld(t)
	w.serveLog(t)
	say(t, w.log, 1, 40)
	_, stopRelay := w.relay(t, nil)
	bustest.Eventually(t, "the stream is filled", func() bool { return streamEnd(t, w) == 40 })
	stopRelay()
	s, err := stream(w)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Purge(context.Background()); err != nil {
		t.Fatal(err)
	}
	w.runLane(t)
	w.taker.mustHave(t, 40)
}

func TestPoisonIsParkedAndTheLaneGoesOn(t *testing.T) {
	w := newWorld(t)
	w.taker.trouble = func(e events.Envelope, _ int) error {
		switch e.Position {
		case 5:
			return lane.Permanent(errors.New("nobody knows this employee"))
		case 7:
			return &events.UnknownTypeError{Type: e.Type}
		case 9:
			panic("a bug")
		}
		return nil
	}
	say(t, w.log, 1, 12)
	w.relay(t, nil)
	w.runLane(t)
	w.taker.mustHave(t, 12)
	want := []string{eventID(5).String(), eventID(7).String(), eventID(9).String()}
	if !slices.Equal(w.taker.parked, want) {
		t.Errorf("parked %v, not %v", w.taker.parked, want)
	}
	if n := w.taker.tries[9]; n != 3 {
		t.Errorf("the panicking event was tried %d times, not 3", n)
	}
	records, err := w.taker.log.ParkedRecords(context.Background(), false, 10)
	if err != nil || len(records) != 3 || records[0].Reason != "nobody knows this employee" {
		t.Errorf("records %+v (%v)", records, err)
	}
}

// An event of the source whose envelope cannot be read is parked in its turn.
func TestMalformedEventIsParked(t *testing.T) {
	w := newWorld(t)
	w.serveLog(t)
	say(t, w.log, 1, 2)
	_, stopRelay := w.relay(t, nil)
	w.runLane(t)
	w.taker.mustHave(t, 2)
	stopRelay()
	e := relay.Envelope(source, first(t, w), 1)
	e.ID, e.Position = eventID(3).String(), 3
	m := bus.ToNATS(e)
	m.Header.Set("ce-time", "yesterday")
	if _, err := w.conn.JetStream().PublishMsg(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	w.taker.mustHave(t, 3)
	records, err := w.taker.log.ParkedRecords(t.Context(), false, 10)
	if err != nil || len(records) != 1 || records[0].Position != 3 || !strings.Contains(records[0].Reason, `time "yesterday"`) {
		t.Errorf("records %+v (%v)", records, err)
	}
}

func TestOrderIsKeptUnderRetries(t *testing.T) {
	w := newWorld(t)
	w.taker.trouble = func(e events.Envelope, try int) error {
		if try <= int(e.Position%4) {
			return errors.New("database is away")
		}
		return nil
	}
	say(t, w.log, 1, 60)
	w.relay(t, nil)
	w.runLane(t)
	w.taker.mustHave(t, 60)
	if s := w.lane.Stats(); s.Retries != 15*(1+2+3) || s.Parked != 0 {
		t.Errorf("lane: %+v", s)
	}
}

func TestFailureWithoutEndRaisesAnAlarmAndNothingOvertakes(t *testing.T) {
	w := newWorld(t)
	alarms := make(chan int, 100)
	healed := make(chan struct{})
	w.taker.trouble = func(e events.Envelope, try int) error {
		select {
		case <-healed:
			return nil
		default:
		}
		if e.Position == 3 {
			return errors.New("disk is full")
		}
		return nil
	}
	o := w.options()
	o.OnAlarm = func(_ int64, failures int, _ error) { alarms <- failures }
	background(t, lane.New(o).Run)
	w.relay(t, nil)
	say(t, w.log, 1, 6)
	if a, b := <-alarms, <-alarms; a != 10 || b != 20 {
		t.Errorf("alarms after %d and %d failures, not 10 and 20", a, b)
	}
	w.taker.mustHave(t, 2)
	close(healed)
	w.taker.mustHave(t, 6)
}

func TestRestoredSourceBeginsANewEpoch(t *testing.T) {
	w := newWorld(t)
	say(t, w.log, 1, 100)
	_, stopRelay := w.relay(t, nil)
	stopLane := w.runLane(t)
	w.taker.mustHave(t, 100)
	stopRelay()
	stopLane()
	// The backup knew 60 events; 61..80 are said anew, with other ids.
	restored := memory.New()
	say(t, restored, 1, 60)
	if _, err := restored.RaiseEpoch(context.Background()); err != nil {
		t.Fatal(err)
	}
	w.log = restored
	w.relay(t, nil)
	w.serveLog(t)
	w.runLane(t)
	bustest.Eventually(t, "rewound to the fork", func() bool { return w.taker.count() == 60 })
	say(t, restored, 61, 80)
	w.taker.mustHave(t, 80)
	if cp, err := w.taker.Checkpoint(context.Background()); err != nil || cp.Epoch != 2 || cp.Position != 80 {
		t.Errorf("checkpoint %+v (%v)", cp, err)
	}
}

func first(t *testing.T, w *world) eventlog.Event {
	t.Helper()
	list, err := w.log.PublicAfter(context.Background(), 0, 1)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	return list[0]
}

func TestCancelledFiftyTimesLeavesNothingBehind(t *testing.T) {
	w := newWorld(t)
	w.relay(t, nil)
	bustest.Eventually(t, "the stream is there", func() bool { _, err := stream(w); return err == nil })
	before := runtime.NumGoroutine()
	for i := range int64(50) {
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- lane.New(w.options()).Run(ctx) }()
		say(t, w.log, 20*i+1, 20*i+20)
		bustest.Eventually(t, "some progress", func() bool { return w.taker.count() > int(20*i) })
		cancel() // somewhere among the others
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Fatalf("Run returned %v", err)
		}
	}
	bustest.Eventually(t, "goroutines have ended", func() bool { return runtime.NumGoroutine() <= before+2 })
	w.runLane(t)
	w.taker.mustHave(t, 1000)
}

func TestLaneTellsWhereItIs(t *testing.T) {
	w := newWorld(t)
	w.relay(t, nil)
	w.runLane(t)
	say(t, w.log, 1, 3)
	w.taker.mustHave(t, 3)
	bustest.Eventually(t, "position 3, not working", func() bool { s := w.lane.Stats(); return s.Position == 3 && !s.Working })
}
