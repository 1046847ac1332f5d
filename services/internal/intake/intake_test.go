package intake

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/decidertest"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

func TestDecider(t *testing.T) {
	accepted := Accepted{"i", About{Kind: "k", Source: "s", Hash: "h", Total: 3}}
	two := Advanced{"i", 2, map[string]int{"new": 2}}
	decidertest.Run(t, imports.Decider, imports.Codec, []decidertest.Case[command]{
		{Name: "accepted", When: accept{accepted}, Then: []decider.Event{accepted}},
		{Name: "accepted twice", Given: []decider.Event{accepted}, When: accept{accepted}},
		{Name: "a step", Given: []decider.Event{accepted}, When: advance{"i", 0, 2, two.Counts}, Then: []decider.Event{two}},
		{Name: "the last step", Given: []decider.Event{accepted, two}, When: advance{"i", 2, 3, map[string]int{"new": 1}}, Then: []decider.Event{Advanced{"i", 3, map[string]int{"new": 3}}}},
		{Name: "the same step again", Given: []decider.Event{accepted, two}, When: advance{"i", 0, 2, two.Counts}},
		{Name: "a step too far", Given: []decider.Event{accepted}, When: advance{"i", 2, 3, nil}},
		{Name: "a step of what nobody accepted", When: advance{"i", 0, 2, nil}},
		{Name: "given up", Given: []decider.Event{accepted, two}, When: give{Broken{"i", Gone}}, Then: []decider.Event{Broken{"i", Gone}}},
		{Name: "a step after that", Given: []decider.Event{accepted, Broken{"i", Gone}}, When: advance{"i", 0, 2, nil}},
		{Name: "what ended is not given up", Given: []decider.Event{accepted, Advanced{"i", 3, nil}}, When: give{Broken{"i", Gone}}},
	})
}

type preview struct{ Text string }

func start(t *testing.T, work Work[string]) (*Intake[string, preview], *node.Node, *time.Time) {
	now := time.Date(2026, 12, 1, 7, 0, 0, 0, time.UTC)
	model := NewImports()
	in := New[string, preview](model, work)
	n := node.New(node.Spec{Service: "test", Codec: decider.NewCodec(Events()...), Registry: events.NewRegistry(), Models: []node.Model{model}},
		node.Deps{Store: memory.New(memory.WithClock(func() time.Time { return now })), Now: func() time.Time { return now }})
	in.Use(n)
	if err := n.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return in, n, &now
}

// draft keeps one of three entries.
func draft(t *testing.T, in *Intake[string, preview]) string {
	t.Helper()
	id := Name("key", []byte("content"))
	for range 2 {
		if kept, err := in.Keep(t.Context(), id, About{Hash: "h", Total: 3}, []string{"a", "b", "Geheim"}, preview{"Geheim"}); err != nil || kept != id {
			t.Fatal(kept, err)
		}
	}
	return id
}

func TestWhatCannotBeReadAnyMoreIsSaidToBeBroken(t *testing.T) {
	in, n, _ := start(t, func(context.Context, About, []string) (func(*journal.Tx) (map[string]int, error), error) {
		t.Error("something is taken in")
		return nil, nil
	})
	id := draft(t, in)
	if _, err := in.Accept(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	// Restored from a backup without its keys.
	if _, err := n.Store().Commit(t.Context(), []eventlog.Unit{{Forget: []string{keyID(id)}}}); err != nil {
		t.Fatal(err)
	}
	if err := n.Fold(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if _, err := in.React(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if i, _ := in.model.Find(id); i.Broken != Gone || i.EndedAt.IsZero() {
		t.Errorf("%+v", i)
	}
	if more, err := in.React(t.Context()); more || err != nil {
		t.Error(more, err)
	}
}

func TestARefusedEntryEndsAnImportAndNothingElse(t *testing.T) {
	in, n, _ := start(t, func(_ context.Context, _ About, entries []string) (func(*journal.Tx) (map[string]int, error), error) {
		return func(*journal.Tx) (map[string]int, error) {
			return nil, &events.FieldError{Field: "x", Reason: "is wrong"}
		}, nil
	})
	id := draft(t, in)
	if _, err := in.Accept(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if err := n.Fold(t.Context()); err != nil {
		t.Fatal(err)
	}
	if more, err := in.React(t.Context()); !more || err != nil {
		t.Fatal(more, err)
	}
	if i, _ := in.model.Find(id); i.Broken != Failed {
		t.Errorf("%+v", i)
	}
}

func TestAFaultOfOursIsTriedAgain(t *testing.T) {
	fails := true
	in, n, _ := start(t, func(context.Context, About, []string) (func(*journal.Tx) (map[string]int, error), error) {
		if fails {
			return nil, eventlog.ErrUnreachable
		}
		return func(*journal.Tx) (map[string]int, error) { return map[string]int{"new": 3}, nil }, nil
	})
	id := draft(t, in)
	if _, err := in.Accept(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if err := n.Fold(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := in.React(t.Context()); !errors.Is(err, eventlog.ErrUnreachable) {
		t.Fatal(err)
	}
	fails = false
	if _, err := in.React(t.Context()); err != nil {
		t.Fatal(err)
	}
	if i, _ := in.model.Find(id); i.Broken != "" || i.Done != 3 || i.Counts["new"] != 3 {
		t.Errorf("%+v", i)
	}
}

// What another replica has taken in to the end lies in no memory any more, as it
// cannot be read from the log any more.
func TestEntriesAreLetGoWhenAnotherReplicaEndsAnImport(t *testing.T) {
	take := func(_ context.Context, _ About, entries []string) (func(*journal.Tx) (map[string]int, error), error) {
		return func(*journal.Tx) (map[string]int, error) { return map[string]int{"new": len(entries)}, nil }, nil
	}
	store := memory.New()
	replica := func() (*Intake[string, preview], *node.Node) {
		model := NewImports()
		in := New[string, preview](model, take)
		n := node.New(node.Spec{Service: "test", Codec: decider.NewCodec(Events()...), Registry: events.NewRegistry(), Models: []node.Model{model}}, node.Deps{Store: store, Now: time.Now})
		in.Use(n)
		if err := n.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		return in, n
	}
	one, first := replica()
	other, second := replica()
	id, err := one.Keep(t.Context(), Name("key", nil), About{Hash: "h", Total: chunk + 1}, make([]string, chunk+1), preview{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := one.Accept(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if err := first.Fold(t.Context()); err != nil {
		t.Fatal(err)
	}
	if more, err := one.React(t.Context()); !more || err != nil || one.opened != id {
		t.Fatal(more, err, one.opened)
	}
	if err := second.Fold(t.Context()); err != nil {
		t.Fatal(err)
	}
	if more, err := other.React(t.Context()); !more || err != nil {
		t.Fatal(more, err)
	}
	if err := first.Fold(t.Context()); err != nil {
		t.Fatal(err)
	}
	if more, err := one.React(t.Context()); more || err != nil || one.opened != "" || one.entries != nil {
		t.Error(more, err, one.opened, len(one.entries))
	}
}

func TestDraftsAreSealedToTheirPlace(t *testing.T) {
	in, n, now := start(t, nil)
	id := draft(t, in)
	r, err := n.Store().IdempotencyResult(t.Context(), listedAt(id))
	if err != nil || strings.Contains(string(r.Data), "Geheim") {
		t.Fatal(err)
	}
	k, err := n.Store().PersonalKey(t.Context(), keyID(id))
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	if err := unseal(k.Wrapped, shownAt(id), r.Data, &all); err == nil {
		t.Error("what was sealed for one place opens at another")
	}
	if all, err = in.Entries(t.Context(), id); err != nil || len(all) != 3 {
		t.Fatal(all, err)
	}
	*now = now.Add(keptFor)
	if err := in.Sweep(t.Context(), *now); err != nil {
		t.Fatal(err)
	}
	if _, err := in.Entries(t.Context(), id); !errors.Is(err, ErrGone) {
		t.Error(err)
	}
	again, err := in.Keep(t.Context(), id, About{Hash: "h"}, nil, preview{}) // sent once more
	if err != nil || again == id {
		t.Fatal(again, err)
	}
	if _, _, err := in.Show(t.Context(), again); err != nil {
		t.Error(err)
	}
}

func TestAnAcceptedDraftOutlivesItsHour(t *testing.T) {
	in, n, now := start(t, nil)
	id := draft(t, in)
	if _, err := in.Accept(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	*now = now.Add(2 * keptFor)
	if err := in.Sweep(t.Context(), *now); err != nil {
		t.Fatal(err)
	}
	if err := in.Discard(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if all, err := in.Entries(t.Context(), id); err != nil || len(all) != 3 {
		t.Error(all, err)
	}
	if err := n.Fold(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := in.model.Newest(5); len(got) != 1 || got[0].ID != id {
		t.Errorf("%+v", got)
	}
}
