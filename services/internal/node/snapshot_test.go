package node_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
	"github.com/lotse-hamburg/lotse/services/internal/snapshot"
)

// sums remembers each tally's sum, and much that makes a snapshot several
// chunks long.
type sums struct {
	by  map[string]int
	pad []byte
}

func newSums() *sums { return &sums{map[string]int{}, nil} }

func (m *sums) Apply(s eventlog.Event, e decider.Event) {
	m.by[s.Stream] += e.(heard).N
	if m.pad == nil {
		m.pad = make([]byte, 3<<20)
	}
}

func (m *sums) Snapshot(w *snapshot.Writer) {
	snapshot.Put(w, maps.Clone(m.by))
	snapshot.Put(w, m.pad)
}

func (m *sums) Restore(r *snapshot.Reader) {
	snapshot.Get(r, &m.by)
	snapshot.Get(r, &m.pad)
}

// watched counts what is read, and fails where it is told to.
type watched struct {
	eventlog.Store
	folded, streamed int
	refuse           string // snapshot not saved
	lose             string // snapshot not found
	garble           string // snapshot changed on the way
}

func (s *watched) After(ctx context.Context, after int64, limit int) ([]eventlog.Event, error) {
	page, err := s.Store.After(ctx, after, limit)
	s.folded += len(page)
	return page, err
}

func (s *watched) Stream(ctx context.Context, stream string, after int64, limit int) ([]eventlog.Event, error) {
	page, err := s.Store.Stream(ctx, stream, after, limit)
	s.streamed += len(page)
	return page, err
}

func (s *watched) SaveSnapshot(ctx context.Context, snap eventlog.Snapshot) error {
	if snap.Name == s.refuse {
		return errors.New("refused")
	}
	return s.Store.SaveSnapshot(ctx, snap)
}

func (s *watched) LoadSnapshot(ctx context.Context, name string, schema int) (eventlog.Snapshot, error) {
	if name == s.lose {
		return eventlog.Snapshot{}, eventlog.ErrNotFound
	}
	snap, err := s.Store.LoadSnapshot(ctx, name, schema)
	if err == nil && name == s.garble {
		snap.Data[len(snap.Data)/2] ^= 1
	}
	return snap, err
}

type scribe struct {
	*node.Node
	store *watched
	model *sums
	t     *testing.T
}

func start(t *testing.T, log eventlog.Store, schema int, also ...node.Model) *scribe {
	t.Helper()
	s := &scribe{store: &watched{Store: log}, t: t}
	s.open(schema, also...)
	return s
}

func (s *scribe) open(schema int, also ...node.Model) {
	s.t.Helper()
	s.model = newSums()
	s.Node = node.New(node.Spec{Service: "scribe", Codec: tallies.Codec, Registry: events.NewRegistry(), Models: append([]node.Model{s.model}, also...),
		Snapshots: node.Snapshots{Schema: schema, Streams: func(stream string, _ time.Time) bool { return stream != "tally-old" }}},
		node.Deps{Store: s.store, Now: func() time.Time { return time.Unix(1e9, 0) }})
	s.store.folded, s.store.streamed = 0, 0
	s.ok(s.Start(context.Background()))
}

func (s *scribe) ok(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// hear adds numbers to a tally, one unit each.
func (s *scribe) hear(key string, numbers ...int) {
	s.t.Helper()
	for _, n := range numbers {
		_, err := s.Do(context.Background(), func(tx *journal.Tx) error {
			_, err := journal.Execute(tx, tallies, key, heard{n})
			return err
		})
		s.ok(err)
	}
	s.ok(s.Fold(context.Background()))
}

// has checks the model, and how many events were read for it.
func (s *scribe) has(sum, folded int) {
	s.t.Helper()
	got := 0
	for _, n := range s.model.by {
		got += n
	}
	if got != sum || s.store.folded != folded {
		s.t.Errorf("the model says %d after reading %d events, want %d after %d", got, s.store.folded, sum, folded)
	}
}

func TestStartFromASnapshot(t *testing.T) {
	ctx := context.Background()
	s := start(t, memory.New(), 1)
	s.ok(s.SaveSnapshot(ctx)) // of nothing
	s.hear("a", 1, 2, 3)
	s.hear("old", 10)
	s.ok(s.SaveSnapshot(ctx))
	s.hear("a", 4)
	s.hear("b", 5)

	s.open(1)
	s.has(25, 1+2) // the event at the snapshot's position is looked at
	s.hear("a", 6)
	if s.store.streamed != 1 { // the 4
		t.Errorf("%d events of stream a were read, want the one after the snapshot", s.store.streamed)
	}
	s.hear("old", 0)
	if s.store.streamed != 1+1 {
		t.Errorf("%d events were read, want all of a stream that is not kept", s.store.streamed)
	}
	s.open(1)
	s.has(31, 1+4)
	s.ok(s.SaveSnapshot(ctx)) // into the other slot; a's state is carried on as it came
	s.open(1)
	s.has(31, 1+0)
	s.hear("a", 7)
	if s.store.streamed != 2 { // 4 and 6
		t.Errorf("%d events of stream a were read", s.store.streamed)
	}
	if got, _, err := s.tally("a"); err != nil || got != (tally{6, 23}) {
		t.Errorf("tally a is %+v, %v", got, err)
	}
}

func (s *scribe) tally(key string) (state tally, version int64, err error) {
	_, err = s.Do(context.Background(), func(tx *journal.Tx) (err error) {
		state, version, err = journal.Load(tx, tallies, key)
		return err
	})
	return state, version, err
}

// forgetful is a model without a memory.
type forgetful struct{}

func (forgetful) Apply(eventlog.Event, decider.Event) {}

func TestSnapshotsThatAreOfNoUse(t *testing.T) {
	ctx := context.Background()
	whole := 4
	for name, spoil := range map[string]func(t *testing.T, s *scribe) (schema int, also []node.Model){
		"of another schema": func(*testing.T, *scribe) (int, []node.Model) { return 2, nil },
		"a model more":      func(*testing.T, *scribe) (int, []node.Model) { return 1, []node.Model{newSums()} },
		"a model without":   func(*testing.T, *scribe) (int, []node.Model) { return 1, []node.Model{forgetful{}} },
		"a lost chunk": func(_ *testing.T, s *scribe) (int, []node.Model) {
			s.store.lose = "node/a/000001"
			return 1, nil
		},
		"a changed chunk": func(_ *testing.T, s *scribe) (int, []node.Model) {
			s.store.garble = "node/a/000002"
			return 1, nil
		},
		"a changed description": func(_ *testing.T, s *scribe) (int, []node.Model) {
			s.store.garble = "node"
			return 1, nil
		},
		"another epoch": func(t *testing.T, s *scribe) (int, []node.Model) {
			_, err := s.store.RaiseEpoch(ctx)
			s.ok(err)
			return 1, nil
		},
		"newer than the log": func(t *testing.T, s *scribe) (int, []node.Model) {
			s.moved(t, memory.New(), 3)
			whole = 3
			return 1, nil
		},
		"of another log": func(t *testing.T, s *scribe) (int, []node.Model) {
			s.moved(t, memory.New(), 5)
			whole = 5
			return 1, nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			whole = 4
			s := start(t, memory.New(), 1)
			s.hear("a", 1, 1, 1, 1)
			s.ok(s.SaveSnapshot(ctx))
			schema, also := spoil(t, s)
			s.open(schema, also...)
			if sum := s.model.by["tally-a"]; sum != whole || s.store.folded < whole {
				t.Errorf("the model says %d after reading %d events, want all %d folded", sum, s.store.folded, whole)
			}
			if got, v, err := s.tally("a"); err != nil || int(v) != whole || got.n != whole {
				t.Errorf("the tally is %+v at version %d, %v", got, v, err)
			}
			if strings.Contains(name, "model without") {
				if err := s.SaveSnapshot(ctx); err == nil {
					t.Error("a model that cannot be written down was")
				}
				return
			}
			// and a new one takes its place, or waits until the log is longer
			s.store.lose, s.store.garble = "", ""
			s.hear("a", 1, 1, 1)
			s.ok(s.SaveSnapshot(ctx))
			s.open(schema, also...)
			s.has(whole+3, 1)
		})
	}
}

// moved puts the snapshot beside another log of so many events.
func (s *scribe) moved(t *testing.T, to *memory.Store, length int) {
	t.Helper()
	other := start(t, to, 9)
	for range length {
		other.hear("a", 1)
	}
	names := []string{"node"}
	for i := range 4 {
		names = append(names, fmt.Sprintf("node/a/%06d", i))
	}
	for _, n := range names {
		snap, err := s.store.LoadSnapshot(context.Background(), n, 1)
		s.ok(err)
		s.ok(to.SaveSnapshot(context.Background(), snap))
	}
	s.store = &watched{Store: to}
}

// What breaks off leaves the snapshot before it as it was.
func TestASnapshotThatBreaksOff(t *testing.T) {
	ctx := context.Background()
	for _, at := range []string{"node/b/000000", "node/b/000002", "node"} {
		s := start(t, memory.New(), 1)
		s.hear("a", 1, 2)
		s.ok(s.SaveSnapshot(ctx))
		s.hear("a", 3)
		s.store.refuse = at
		if err := s.SaveSnapshot(ctx); err == nil {
			t.Errorf("%s was refused, and nobody says so", at)
		}
		s.open(1)
		s.has(6, 1+1)
		s.store.refuse = ""
		s.ok(s.SaveSnapshot(ctx))
		s.open(1)
		s.has(6, 1)
	}
}
