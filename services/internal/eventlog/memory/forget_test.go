package memory_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
)

// What is forgotten is told to be, never to be nothing; numbers go on, and what
// was not forgotten is all there.
func TestForget(t *testing.T) {
	now := time.Date(2027, 1, 4, 8, 0, 0, 0, time.UTC)
	witnessed := 0
	s := memory.New(memory.WithClock(func() time.Time { return now }), memory.WithWitness(func(e eventlog.Event) {
		if witnessed++; e.Position != int64(witnessed) {
			t.Errorf("event %d was told as number %d", e.Position, witnessed)
		}
	}))
	versions := map[string]int64{}
	write := func(stream string, public bool) error {
		e := eventlog.NewEvent{ID: uuid.Must(uuid.NewV7()), Type: "test.v1", Data: []byte(`{}`), Meta: eventlog.Meta{Key: "k", Time: now}, Public: public}
		out, err := s.Commit(t.Context(), []eventlog.Unit{{Appends: []eventlog.Append{{Stream: stream, Expected: versions[stream], Events: []eventlog.NewEvent{e}}}}})
		if err != nil {
			t.Fatal(err)
		}
		if out[0].Err == nil {
			versions[stream]++
		}
		return out[0].Err
	}
	must := func(stream string, public bool) {
		t.Helper()
		if err := write(stream, public); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 100 {
		must("long", i%2 == 0)
	}
	must("over-2027-01-03", true)
	must("over-late", true)
	must("quiet", true)
	now = now.Add(time.Hour)
	for range 40 {
		must("long", true)
	}
	must("over-late", true)
	head, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	over := func(stream string) bool { return strings.HasPrefix(stream, "over") }
	s.Forget(now, 50, over) // read so far
	if _, err := s.After(t.Context(), 49, 1); !errors.Is(err, memory.ErrForgotten) {
		t.Errorf("what follows 49 is answered with %v", err)
	}
	if page, err := s.After(t.Context(), 50, 1000); err != nil || int64(len(page)) != head.Position-50 || page[0].Position != 51 {
		t.Errorf("%d events follow 50, error %v", len(page), err)
	}
	s.Forget(now, head.Position, over)
	if again, err := s.Head(t.Context()); err != nil || again != head {
		t.Errorf("the log ends at %+v, before at %+v, error %v", again, head, err)
	}
	for stream, want := range map[string]string{"long": "forgotten up to 99", "over-2027-01-03": "forgotten", "over-late": "all", "quiet": "all"} {
		page, err := s.Stream(t.Context(), stream, 0, 1000)
		got := "all"
		if errors.Is(err, memory.ErrForgotten) {
			got = "forgotten"
			if rest, err := s.Stream(t.Context(), stream, 100, 1000); err == nil && int64(len(rest)) == versions[stream]-100 && len(rest) == 40 {
				got = "forgotten up to 99"
			}
		} else if err != nil || int64(len(page)) != versions[stream] {
			got = fmt.Sprintf("%d events, error %v", len(page), err)
		}
		if got != want {
			t.Errorf("%s: %s, want %s", stream, got, want)
		}
	}
	if _, err := s.PublicAfter(t.Context(), 0, 10); !errors.Is(err, memory.ErrForgotten) {
		t.Errorf("public events from the beginning: %v", err)
	}
	if page, err := s.PublicAfter(t.Context(), head.PublicPosition-41, 100); err != nil || len(page) != 41 {
		t.Errorf("the last %d of 41 public events, error %v", len(page), err)
	}
	must("over-2027-01-03", true) // at the version that it had
	versions["quiet"]++
	if err := write("quiet", true); !errors.Is(err, eventlog.ErrConflict) {
		t.Errorf("a wrong version is answered with %v", err)
	}
}
