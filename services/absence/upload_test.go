package absence

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/absence/internal/app"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/intake"
	"github.com/lotse-hamburg/lotse/services/internal/pseudonym"
)

func (w *world) read(key, data string) string {
	w.t.Helper()
	draft, err := w.app.Read(w.t.Context(), app.Upload{Key: key, Employee: "e-1", Data: []byte(data)})
	if err != nil {
		w.t.Fatal(err)
	}
	return draft
}

func (w *world) shown(draft string) app.Preview {
	w.t.Helper()
	_, p, err := w.app.Drafts().Show(w.t.Context(), draft)
	if err != nil {
		w.t.Fatal(err)
	}
	return p
}

func (w *world) step() {
	w.t.Helper()
	if err := w.Node().Step(w.t.Context()); err != nil {
		w.t.Fatal(err)
	}
}

const head = "absence_id;employee;from;last_day;cancelled;bemerkung\n"

func TestAnUploadDoesWhatItsPreviewSays(t *testing.T) {
	w := start(t)
	first := w.read("k1", head+"A-1;e-1;2026-12-01;2026-12-03;;Geheim\nA-2;e-2;2026-12-01;2026-12-03;;\nA-3;e-3;2026-12-01;;;\n")
	if again := w.read("k1", head+"A-1;e-1;2026-12-01;2026-12-03;;Geheim\nA-2;e-2;2026-12-01;2026-12-03;;\nA-3;e-3;2026-12-01;;;\n"); again != first {
		t.Error("the same form sent twice made two drafts")
	}
	p := w.shown(first)
	if want := map[string]int{app.Added: 3}; !reflect.DeepEqual(p.Counts, want) || p.Reasons != 1 || len(p.Changes) != 3 || p.Changes[1].Line != 3 {
		t.Fatalf("%+v", p)
	}
	if len(w.events()) != 0 || len(w.standing()) != 0 {
		t.Fatal("looking at an upload recorded something")
	}
	if _, _, err := w.app.Apply(t.Context(), first, p.Effect); err != nil {
		t.Fatal(err)
	}
	w.step()
	w.clock = w.clock.Add(time.Hour)
	second := w.read("k2", head+"A-1;e-1;2026-12-01;2026-12-04;;\nA-2;e-2;2026-12-01;2026-12-03;;\nA-3;e-3;2026-12-01;;ja;\nA-4;e-4;2026-12-01;;;\nA-4;e-4;2026-12-01;;;\n")
	p = w.shown(second)
	want := map[string]int{app.Added: 1, app.Changed: 1, app.Cancelled: 1, app.Same: 2}
	if !reflect.DeepEqual(p.Counts, want) {
		t.Fatalf("%+v", p)
	}
	if c := p.Changes[0]; c.Before == nil || c.After == nil || c.Before.Until.String() != "2026-12-04" || c.After.Until.String() != "2026-12-05" {
		t.Errorf("%+v", c)
	}
	for range 2 { // a double click
		if _, _, err := w.app.Apply(t.Context(), second, p.Effect); err != nil {
			t.Fatal(err)
		}
	}
	w.step()
	i, _ := w.app.Imports().Find(second)
	if !reflect.DeepEqual(i.Counts, want) || i.Done != 5 || i.EndedAt.IsZero() || i.Broken != "" {
		t.Errorf("%+v", i)
	}
	if len(w.standing()) != 3 {
		t.Errorf("%v", w.standing())
	}
	if _, _, err := w.app.Drafts().Show(t.Context(), second); !errors.Is(err, intake.ErrGone) {
		t.Errorf("the draft can still be read: %v", err)
	}
}

func TestWhatWasNotSeenIsNotDone(t *testing.T) {
	w := start(t)
	draft := w.read("k", head+"A-1;e-1;2026-12-01;2026-12-03;;\n")
	effect := w.shown(draft).Effect
	if _, err := w.app.ImportAbsences(t.Context(), "csv", []byte(head+"A-1;e-1;2026-12-02;2026-12-03;;\n")); err != nil {
		t.Fatal(err)
	}
	now, _, err := w.app.Apply(t.Context(), draft, effect)
	if !errors.Is(err, intake.ErrOtherwise) || now == draft {
		t.Fatalf("%q, %v", now, err)
	}
	p := w.shown(now)
	if p.Counts[app.Added] != 0 {
		t.Errorf("%+v", p)
	}
	if _, _, err := w.app.Apply(t.Context(), now, p.Effect); err != nil {
		t.Fatal(err)
	}
}

// A calendar is taken in as ImportCalendar takes it in, whatever came before.
func TestAnUploadedCalendar(t *testing.T) {
	for i := range calendars {
		for j := range calendars {
			tidy, w := start(t), start(t)
			for act, n := range []int{i, j} {
				if _, err := tidy.app.ImportCalendar(t.Context(), "calendar", "e-1", []byte(calendars[n])); err != nil {
					t.Fatal(err)
				}
				draft := w.read(fmt.Sprint("k", act), calendars[n])
				p := w.shown(draft)
				if _, _, err := w.app.Apply(t.Context(), draft, p.Effect); err != nil {
					t.Fatal(err)
				}
				w.step()
				if done, _ := w.app.Imports().Find(draft); len(done.Counts)+len(p.Counts) > 0 && !reflect.DeepEqual(done.Counts, p.Counts) {
					t.Fatalf("%d after %d: said %v, did %v", n, i, p.Counts, done.Counts)
				}
				tidy.step()
			}
			if got, want := fmt.Sprint(w.standing()), fmt.Sprint(tidy.standing()); got != want {
				t.Fatalf("%d, then %d: %s, want %s", i, j, got, want)
			}
		}
	}
}

// Whoever goes on after a crash finishes what was accepted, once.
func TestALongImportOutlivesItsReplica(t *testing.T) {
	w := start(t)
	const rows = 230
	table := strings.Builder{}
	table.WriteString(head)
	for n := range rows {
		fmt.Fprintf(&table, "A-%d;e-%d;2026-12-01;2026-12-03;;\n", n, n)
	}
	draft := w.read("k", table.String())
	if _, _, err := w.app.Apply(t.Context(), draft, w.shown(draft).Effect); err != nil {
		t.Fatal(err)
	}
	if err := w.Node().Fold(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if more, err := w.app.Drafts().React(t.Context()); err != nil || !more {
			t.Fatal(more, err)
		}
	}
	if i, _ := w.app.Imports().Find(draft); i.Done != 100 || !i.EndedAt.IsZero() {
		t.Fatalf("%+v", i)
	}
	next := w.again()
	old, _ := next.app.Imports().Find(draft)
	if old.Done != 100 {
		t.Fatalf("%+v", old)
	}
	if more, err := w.app.Drafts().React(t.Context()); err != nil || !more { // the old one is not quite dead
		t.Fatal(more, err)
	}
	next.step()
	i, _ := next.app.Imports().Find(draft)
	if i.Done != rows || i.Counts[app.Added] != rows || i.EndedAt.IsZero() || len(next.standing()) != rows {
		t.Errorf("%+v, %d stand", i, len(next.standing()))
	}
}

func TestDraftsLeaveNothingBehind(t *testing.T) {
	w := start(t)
	dropped, late := w.read("k1", head+"A-SECRET;e-SECRET;2026-12-01;;;\n"), w.read("k2", head+"A-LATE;e-LATE;2026-12-01;;;\n")
	for _, id := range []string{dropped, late} {
		for _, part := range []string{"import draft\n", "import entries\n"} {
			r, err := w.store.IdempotencyResult(t.Context(), part+id)
			if err != nil || bytes.Contains(r.Data, []byte("SECRET")) || bytes.Contains(r.Data, []byte("LATE")) {
				t.Fatalf("%q %v", r.Data, err)
			}
		}
	}
	if err := w.app.Drafts().Discard(t.Context(), dropped); err != nil {
		t.Fatal(err)
	}
	if err := w.Node().Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	w.shown(late)
	w.clock = w.clock.Add(time.Hour)
	if err := w.Node().Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{dropped, late} {
		if _, _, err := w.app.Drafts().Show(t.Context(), id); !errors.Is(err, intake.ErrGone) {
			t.Errorf("%v", err)
		}
		if _, _, err := w.app.Apply(t.Context(), id, ""); !errors.Is(err, intake.ErrGone) {
			t.Errorf("%v", err)
		}
	}
	if len(w.events()) != 0 {
		t.Errorf("%+v", w.events())
	}
}

// Neither a reason nor a personnel number of a file is written down anywhere,
// whatever becomes of it.
func TestUploadsAreStrippedBeforeAnythingIsKept(t *testing.T) {
	key := filepath.Join(t.TempDir(), "key")
	if err := pseudonym.WriteKey(key, rand.Reader); err != nil {
		t.Fatal(err)
	}
	c := DefaultConfig()
	c.Pseudonyms, c.PseudonymKey = "*=keyed", key
	w := startWith(t, c)
	planted := []string{"Bandscheibenvorfall", "4711-0815", "Erika Mustermann"}
	clear := func(when string) {
		t.Helper()
		needles := [][]byte{}
		for _, p := range planted {
			needles = append(needles, []byte(p))
			if strings.Contains(w.log.String(), p) {
				t.Errorf("%s the log of the process has %q", when, p)
			}
		}
		found, err := w.store.Search(t.Context(), needles)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range found {
			if f.Found > 0 {
				t.Errorf("%s %+v", when, f)
			}
		}
	}
	table := "Vorgang;Personalnummer;von;bis;Grund;Name\nA-1;4711-0815;1.12.2026;3.12.2026;Bandscheibenvorfall;Erika Mustermann\n"
	draft := w.read("k1", table)
	p := w.shown(draft)
	if len(p.Changes) != 1 || p.Changes[0].Employee[:2] != "p-" || p.Reasons != 1 || p.Unknown != 1 {
		t.Fatalf("%+v", p)
	}
	if text := fmt.Sprintf("%+v", p); strings.Contains(text, "4711") || strings.Contains(text, "Band") {
		t.Error(text)
	}
	clear("before it is accepted,")
	if _, _, err := w.app.Apply(t.Context(), draft, p.Effect); err != nil {
		t.Fatal(err)
	}
	w.step()
	if len(w.standing()) != 1 {
		t.Error(w.standing())
	}
	clear("after it is taken in,")
	found, err := w.store.Search(t.Context(), [][]byte{[]byte(p.Changes[0].Employee)})
	if err != nil || !slices.ContainsFunc(found, func(f eventlog.Searched) bool { return f.Found > 0 }) {
		t.Errorf("the search finds nothing at all: %+v %v", found, err)
	}
	if _, err := w.app.Read(t.Context(), app.Upload{Key: "k2", Data: []byte(strings.Replace(table, "1.12.2026", "Bandscheibenvorfall", 1))}); err == nil || strings.Contains(err.Error(), "Band") || strings.Contains(err.Error(), "4711") {
		t.Errorf("%v", err)
	}
	clear("after one was refused,")
}
