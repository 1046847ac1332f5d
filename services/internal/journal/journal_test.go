package journal_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// A stock of seats: the smallest aggregate that can be oversold.
type taken struct {
	Who string `json:"who"`
}

func (taken) EventType() string { return "test.taken.v1" }

type take struct{ who string }

var errSoldOut = errors.New("sold out")

const seats = 3

type stock struct{ who []string }

var seatsOf = journal.Aggregate[stock, take]{
	Category: "stock",
	Codec:    decider.NewCodec(taken{}),
	Decider: decider.Decider[stock, take]{
		Initial: func() stock { return stock{} },
		Decide: func(s stock, c take) ([]decider.Event, error) {
			for _, w := range s.who {
				if w == c.who {
					return nil, nil
				}
			}
			if len(s.who) == seats {
				return nil, errSoldOut
			}
			return []decider.Event{taken{c.who}}, nil
		},
		Evolve: func(s stock, e decider.Event) stock {
			return stock{append(s.who[:len(s.who):len(s.who)], e.(taken).Who)}
		},
	},
}

func seat(who string) journal.Job {
	return func(tx *journal.Tx) error {
		_, err := journal.Execute(tx, seatsOf, "a", take{who})
		return err
	}
}

func open(t *testing.T, store eventlog.Store, run bool) *journal.Journal {
	t.Helper()
	j := journal.New(store, journal.Options{Now: time.Now})
	if !run {
		return j
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- j.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	until(t, "the journal runs", j.Running)
	return j
}

// slow makes commits last, so that jobs gather behind one.
type slow struct {
	eventlog.Store
	gate    chan struct{}
	entered atomic.Int64
	commits atomic.Int64
}

func (s *slow) Commit(ctx context.Context, u []eventlog.Unit) ([]eventlog.Outcome, error) {
	s.entered.Add(1)
	if s.gate != nil {
		<-s.gate
	}
	s.commits.Add(1)
	return s.Store.Commit(ctx, u)
}

func TestAHotStreamTakesManyDecisionsPerCommit(t *testing.T) {
	store := &slow{Store: memory.New(), gate: make(chan struct{})}
	j := open(t, store, true)
	const clients = 100
	var wg sync.WaitGroup
	var won, refused atomic.Int64
	for i := range clients {
		if i == 1 { // the rest gathers behind the first one's commit
			until(t, "the first job is being committed", func() bool { return store.entered.Load() == 1 })
		}
		wg.Go(func() {
			_, err := j.Do(context.Background(), seat(fmt.Sprint("c", i)))
			switch {
			case err == nil:
				won.Add(1)
			case errors.Is(err, errSoldOut):
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	until(t, "all others wait", func() bool { return j.Waiting() == clients-1 })
	close(store.gate)
	wg.Wait()
	if won.Load() != seats || refused.Load() != clients-seats {
		t.Fatalf("%d won and %d were refused; there are %d seats", won.Load(), refused.Load(), seats)
	}
	if n := store.commits.Load(); n > 2 {
		t.Errorf("%d clients took %d commits: they do not share them", clients, n)
	}
}

// failing fails the first commit in a given way.
type failing struct {
	eventlog.Store
	fail func(commit func() ([]eventlog.Outcome, error)) ([]eventlog.Outcome, error)
	n    int
}

func (f *failing) Commit(ctx context.Context, u []eventlog.Unit) ([]eventlog.Outcome, error) {
	f.n++
	if f.n == 1 {
		return f.fail(func() ([]eventlog.Outcome, error) { return f.Store.Commit(ctx, u) })
	}
	return f.Store.Commit(ctx, u)
}

func TestALostAnswerIsUnknownNotFailed(t *testing.T) {
	mem := memory.New()
	j := open(t, &failing{Store: mem, fail: func(commit func() ([]eventlog.Outcome, error)) ([]eventlog.Outcome, error) {
		if _, err := commit(); err != nil {
			t.Fatal(err)
		}
		return nil, eventlog.ErrUnknown
	}}, false)
	r, err := j.Do(context.Background(), seat("ann"))
	if err != nil || r.Position != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	if r, err = j.Do(context.Background(), seat("bob")); err != nil || r.Position != 2 {
		t.Fatalf("after a lost answer: %+v, %v", r, err)
	}
	if h, _ := mem.Head(context.Background()); h.Position != 2 {
		t.Fatalf("the log has %d events", h.Position)
	}
}

func TestAFailedCommitLeavesNoTraceInTheState(t *testing.T) {
	full := errors.New("disk full")
	j := open(t, &failing{Store: memory.New(), fail: func(func() ([]eventlog.Outcome, error)) ([]eventlog.Outcome, error) {
		return nil, full
	}}, false)
	if _, err := j.Do(context.Background(), seat("ann")); !errors.Is(err, full) {
		t.Fatalf("want %v, got %v", full, err)
	}
	r, err := j.Do(context.Background(), seat("ann"))
	if err != nil || len(r.Events) != 1 || r.Events[0].Version != 1 {
		t.Fatalf("a commit that failed was remembered: %+v, %v", r, err)
	}
}

// Two journals on one log stand for two replicas.
func TestAnotherReplicasWriteIsSeenAndDecidedAgain(t *testing.T) {
	mem := memory.New()
	a, b := open(t, mem, false), open(t, mem, false)
	ctx := context.Background()
	for i := range seats {
		if _, err := []*journal.Journal{a, b}[i%2].Do(ctx, seat(fmt.Sprint(i))); err != nil {
			t.Fatal(err)
		}
	}
	for _, j := range []*journal.Journal{a, b} {
		if _, err := j.Do(ctx, seat("late")); !errors.Is(err, errSoldOut) {
			t.Fatalf("a stale state decided: %v", err)
		}
	}
}

// A refusal decided on what another replica has changed meanwhile is decided
// again, too.
func TestARefusalOnStaleStateIsDecidedAgain(t *testing.T) {
	mem := memory.New()
	a, b := open(t, mem, false), open(t, mem, false)
	ctx := context.Background()
	free := func(tx *journal.Tx) error {
		s, _, err := journal.Load(tx, seatsOf, "a")
		if err == nil && len(s.who) < 2 {
			err = errors.New("too few are seated")
		}
		return err
	}
	if _, err := a.Do(ctx, seat("ann")); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Do(ctx, seat("bob")); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Do(ctx, free); err != nil {
		t.Fatalf("a stale state refused: %v", err)
	}
}

func TestReplicasRaceForSeats(t *testing.T) {
	mem := memory.New()
	a, b := open(t, mem, true), open(t, mem, true)
	var won atomic.Int64
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			_, err := []*journal.Journal{a, b}[i%2].Do(context.Background(), seat(fmt.Sprint("c", i)))
			if err == nil {
				won.Add(1)
			} else if !errors.Is(err, errSoldOut) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won.Load() != seats {
		t.Fatalf("%d won %d seats", won.Load(), seats)
	}
}

func TestCancelledWhileWaitingLeavesNothing(t *testing.T) {
	store := &slow{Store: memory.New(), gate: make(chan struct{})}
	j := open(t, store, true)
	first, second := make(chan error, 1), make(chan error, 1)
	go func() { _, err := j.Do(context.Background(), seat("first")); first <- err }()
	until(t, "the first job is being committed", func() bool { return store.entered.Load() == 1 })
	ctx, cancel := context.WithCancel(context.Background())
	go func() { _, err := j.Do(ctx, seat("second")); second <- err }()
	until(t, "the second job waits", func() bool { return j.Waiting() == 1 })
	cancel()
	if err := <-second; !errors.Is(err, context.Canceled) {
		t.Fatalf("a cancelled wait answered %v", err)
	}
	close(store.gate)
	if err := <-first; err != nil {
		t.Fatal(err)
	}
	if _, err := j.Do(context.Background(), seat("third")); err != nil {
		t.Fatal(err)
	}
	evs, _ := store.After(context.Background(), 0, 10)
	if len(evs) != 2 {
		t.Fatalf("%d events, want those of first and third", len(evs))
	}
}

func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for begin := time.Now(); !ok(); runtime.Gosched() {
		if time.Since(begin) > 10*time.Second {
			t.Fatal("it never came true that " + what)
		}
	}
}

func TestIdempotencyKeys(t *testing.T) {
	j := open(t, memory.New(), false)
	once := func(body string) (string, error) {
		var out string
		_, err := j.Do(context.Background(), func(tx *journal.Tx) error {
			data, seen, err := tx.Once("k", body)
			if err != nil {
				return err
			}
			if seen {
				out = string(data)
				return nil
			}
			if _, err := journal.Execute(tx, seatsOf, "a", take{body}); err != nil {
				return err
			}
			out = "seat for " + body
			tx.Remember("k", body, []byte(out))
			return nil
		})
		return out, err
	}
	for range 2 {
		if out, err := once("ann"); out != "seat for ann" || err != nil {
			t.Fatal(out, err)
		}
	}
	if _, err := once("bob"); !errors.Is(err, journal.ErrReusedKey) {
		t.Fatalf("another body with the same key: %v", err)
	}
}

func TestAPanickingJobIsItsOwnAffair(t *testing.T) {
	j := open(t, memory.New(), true)
	if _, err := j.Do(context.Background(), func(*journal.Tx) error { panic("boom") }); err == nil {
		t.Fatal("a panic was swallowed")
	}
	if _, err := j.Do(context.Background(), seat("ann")); err != nil {
		t.Fatal(err)
	}
}

func TestTailServesWhatTheStoreServes(t *testing.T) {
	mem := memory.New()
	a, b := open(t, mem, false), open(t, mem, false)
	ctx := context.Background()
	for i := range 30 { // two replicas in turn, so that the tails have holes
		j := a
		if i%7 > 3 {
			j = b
		}
		_, err := j.Do(ctx, func(tx *journal.Tx) error {
			_, err := journal.Execute(tx, seatsOf, fmt.Sprint("s", i), take{"x"})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range []eventlog.Reader{a.Reader(), b.Reader()} {
			for after := int64(0); after <= int64(i)+1; after++ {
				for _, limit := range []int{1, 4, 100} {
					want, _ := mem.After(ctx, after, limit)
					got, err := r.After(ctx, after, limit)
					if err != nil {
						t.Fatal(err)
					}
					// A tail may end early, but never with a hole or from elsewhere.
					if len(want) > 0 && (len(got) == 0 || got[0].Position != after+1) {
						t.Fatalf("after %d: got %d events, the store has %d", after, len(got), len(want))
					}
					for k := range got {
						if got[k].Position != want[k].Position || got[k].ID != want[k].ID {
							t.Fatalf("after %d: event %d differs", after, k)
						}
					}
				}
			}
		}
	}
}

// meddling lets somebody else write just before one of the commits.
type meddling struct {
	*slow
	before int64
	meddle func()
}

func (m *meddling) Commit(ctx context.Context, u []eventlog.Unit) ([]eventlog.Outcome, error) {
	if m.commits.Load()+1 == m.before {
		m.meddle()
	}
	return m.slow.Commit(ctx, u)
}

// A repeat that was answered from a decision of the same commit does not outlive
// that decision.
func TestARepeatFallsWithWhatItRepeats(t *testing.T) {
	store := &slow{Store: memory.New(), gate: make(chan struct{})}
	other := open(t, store.Store, false)
	j := open(t, &meddling{slow: store, before: 2, meddle: func() {
		for i := range seats {
			if _, err := other.Do(context.Background(), seat(fmt.Sprint("other", i))); err != nil {
				t.Error(err)
			}
		}
	}}, true)
	first := make(chan error, 1)
	go func() {
		_, err := j.Do(context.Background(), func(tx *journal.Tx) error {
			_, err := journal.Execute(tx, seatsOf, "b", take{"somebody"})
			return err
		})
		first <- err
	}()
	until(t, "the first job is being committed", func() bool { return store.entered.Load() == 1 })
	answers := make(chan error, 2)
	for range cap(answers) {
		go func() {
			_, err := j.Do(context.Background(), func(tx *journal.Tx) error {
				if _, seen, err := tx.Once("key", "body"); seen || err != nil {
					return err
				}
				if err := seat("mine")(tx); err != nil {
					return err
				}
				tx.Remember("key", "body", []byte("yours"))
				return nil
			})
			answers <- err
		}()
	}
	until(t, "both wait", func() bool { return j.Waiting() == cap(answers) })
	close(store.gate)
	if err := <-first; err != nil {
		t.Fatal(err)
	}
	for range cap(answers) {
		if err := <-answers; !errors.Is(err, errSoldOut) {
			t.Errorf("a seat that nobody got was promised: %v", err)
		}
	}
}

// between runs something else just before the first commit of several units.
type between struct {
	eventlog.Store
	entered atomic.Bool
	once    sync.Once
	gate    chan struct{}
	do      func()
}

func (b *between) Commit(ctx context.Context, u []eventlog.Unit) ([]eventlog.Outcome, error) {
	if len(u) == 1 {
		b.entered.Store(true)
		<-b.gate
	} else {
		b.once.Do(b.do)
	}
	return b.Store.Commit(ctx, u)
}

// Two jobs of one commit, the second decided on the first; another replica takes
// the very version that the first would have taken.
func TestADecisionOnWhatWasNotWrittenIsTakenAgain(t *testing.T) {
	mem := memory.New()
	other := open(t, mem, false)
	do := func(j *journal.Journal, who string) error {
		_, err := j.Do(context.Background(), seat(who))
		return err
	}
	store := &between{Store: mem, gate: make(chan struct{}), do: func() {
		if err := do(other, "eve"); err != nil {
			t.Error(err)
		}
	}}
	j := open(t, store, true)
	answers := make(chan error, seats+1)
	for i, who := range []string{"ann", "bob", "eve"} {
		go func() { answers <- do(j, who) }()
		until(t, "the first is being committed, the others wait", func() bool { return store.entered.Load() && j.Waiting() == i })
	}
	close(store.gate)
	for range 3 {
		if err := <-answers; err != nil {
			t.Error(err)
		}
	}
	evs, err := mem.Stream(context.Background(), seatsOf.Stream("a"), 0, 10)
	if err != nil || len(evs) != 3 || !strings.Contains(string(evs[1].Data), "eve") || !strings.Contains(string(evs[2].Data), "bob") {
		t.Errorf("eve asks at both replicas, bob between them: %v, %v; want a seat each", evs, err)
	}
}
