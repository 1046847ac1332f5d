package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/eventlogtest"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/postgres"
)

// aged is a log that may archive at once.
func aged(tb testing.TB) postgres.Options {
	o := fresh(tb)
	o.ArchiveGrace = time.Microsecond
	return o
}

// write appends n events to a few streams, a third of them public, as if
// recorded at a time, and returns them.
func write(tb testing.TB, o postgres.Options, at time.Time, from, n int) (ids []uuid.UUID) {
	tb.Helper()
	o.Now = func() time.Time { return at }
	s := open(tb, o)
	versions := map[string]int64{}
	for i := from; i < from+n; i++ {
		stream := fmt.Sprintf("day-%d", i%7)
		if _, ok := versions[stream]; !ok {
			list, err := s.Stream(tb.Context(), stream, 0, 100_000)
			if err != nil {
				tb.Fatal(err)
			}
			versions[stream] = int64(len(list))
		}
		u := unit(stream, versions[stream])
		u.Appends[0].Events[0].Data = fmt.Appendf(nil, `{"n":%d}`, i)
		if i%3 == 0 {
			u.Appends[0].Events[0].Public, u.Appends[0].Events[0].Meta.Key = true, "altona"
		}
		out, err := s.Commit(tb.Context(), []eventlog.Unit{u})
		if err != nil || out[0].Err != nil {
			tb.Fatal(err, out)
		}
		versions[stream]++
		ids = append(ids, u.Appends[0].Events[0].ID)
	}
	return ids
}

// all reads a log in every way.
type all struct {
	Events, Public []eventlog.Event
	Streams        map[string][]eventlog.Event
}

func readAll(tb testing.TB, s eventlog.Reader, page int) (a all) {
	tb.Helper()
	a.Streams = map[string][]eventlog.Event{}
	turn := func(read func(after int64) ([]eventlog.Event, error), number func(eventlog.Event) int64) (list []eventlog.Event) {
		for after := int64(0); ; {
			next, err := read(after)
			if err != nil {
				tb.Fatal(err)
			}
			if len(next) == 0 {
				return list
			}
			list, after = append(list, next...), number(next[len(next)-1])
		}
	}
	ctx := context.Background()
	a.Events = turn(func(after int64) ([]eventlog.Event, error) { return s.After(ctx, after, page) }, func(e eventlog.Event) int64 { return e.Position })
	a.Public = turn(func(after int64) ([]eventlog.Event, error) { return s.PublicAfter(ctx, after, page) }, func(e eventlog.Event) int64 { return e.PublicPosition })
	for _, e := range a.Events {
		if _, ok := a.Streams[e.Stream]; !ok {
			a.Streams[e.Stream] = turn(func(after int64) ([]eventlog.Event, error) { return s.Stream(ctx, e.Stream, after, page) }, func(e eventlog.Event) int64 { return e.Version })
		}
	}
	return a
}

// Wherever events lie, the log reads the same, in pages of any size, and takes
// new ones, repeats and wrong versions as before.
func TestArchivedEventsReadAsBefore(t *testing.T) {
	o := aged(t)
	now := eventlogtest.Clock()
	old := write(t, o, now.AddDate(0, 0, -130), 0, 60)
	write(t, o, now.AddDate(0, 0, -1), 60, 40)
	s := open(t, o)
	before := readAll(t, s, 1000)
	for _, step := range []struct{ limit, want int }{{25, 25}, {25, 25}, {25, 10}, {25, 0}} {
		moved, err := s.Archive(t.Context(), now.AddDate(0, 0, -120), step.limit)
		if err != nil || int(moved) != step.want {
			t.Fatalf("moved %d, %v, want %d", moved, err, step.want)
		}
		for _, page := range []int{7, 1000} {
			if after := readAll(t, s, page); !reflect.DeepEqual(before, after) {
				t.Fatalf("in pages of %d the log differs once %d more are archived", page, moved)
			}
		}
	}
	if end, err := s.Archived(t.Context()); err != nil || end != 60 {
		t.Fatalf("archived up to %d, %v", end, err)
	}
	// Everything is archived, and the log goes on where it ended.
	if moved, err := s.Archive(t.Context(), now.AddDate(1, 0, 0), 1000); err != nil || moved != 40 {
		t.Fatal(moved, err)
	}
	again := unit("day-0", 0)
	again.Appends[0].Events[0].ID = old[0]
	again.Appends[0].Events[0].Public, again.Appends[0].Events[0].Meta.Key = true, "altona"
	again.Appends[0].Events[0].Data = []byte(`{"n":0}`)
	out, err := s.Commit(t.Context(), []eventlog.Unit{again, unit("day-0", 3), unit("day-0", int64(len(before.Streams["day-0"])))})
	if err != nil {
		t.Fatal(err)
	}
	if !out[0].Duplicate || out[0].Position != 1 || len(out[0].Events) != 1 {
		t.Errorf("a repeat of what is archived: %+v", out[0])
	}
	if !errors.Is(out[1].Err, eventlog.ErrConflict) {
		t.Errorf("a wrong version of an archived stream: %+v", out[1])
	}
	if out[2].Err != nil || out[2].Position != 101 {
		t.Errorf("the next event of an archived stream: %+v", out[2])
	}
	if after := readAll(t, s, 13); len(after.Events) != 101 || !reflect.DeepEqual(before.Events, after.Events[:100]) {
		t.Errorf("the log has %d events", len(after.Events))
	}
}

// What is moved while others read and write is never missed and never doubled.
func TestArchivingUnderLoad(t *testing.T) {
	o := aged(t)
	past := eventlogtest.Clock().AddDate(0, 0, -200)
	write(t, o, past, 0, 70)
	o.Now = func() time.Time { return past }
	const writers, each = 3, 60
	var wg sync.WaitGroup
	ctx, stop := context.WithCancel(t.Context())
	for range 2 { // two that both believe to lead
		s := open(t, o)
		wg.Go(func() {
			for ctx.Err() == nil {
				if _, err := s.Archive(context.Background(), past.AddDate(0, 0, 1), 9); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	reader := open(t, o)
	wg.Go(func() {
		for ctx.Err() == nil {
			for i, e := range readAll(t, reader, 11).Events {
				if e.Position != int64(i+1) {
					t.Errorf("position %d comes as number %d", e.Position, i+1)
					return
				}
			}
		}
	})
	var writing sync.WaitGroup
	for w := range writers {
		s := open(t, o)
		writing.Go(func() {
			for v := range int64(each) {
				out, err := s.Commit(context.Background(), []eventlog.Unit{unit(fmt.Sprintf("writer-%d", w), v)})
				if err != nil || out[0].Err != nil {
					t.Error(v, err, out)
					return
				}
			}
		})
	}
	writing.Wait()
	for { // all of it, the newest too
		moved, err := reader.Archive(t.Context(), past.AddDate(0, 0, 1), 50)
		if end, aerr := reader.Archived(t.Context()); err != nil || aerr != nil || end == 70+writers*each {
			break
		} else if moved == 0 && t.Failed() {
			break
		}
	}
	stop()
	wg.Wait()
	if n := len(readAll(t, reader, 1000).Events); n != 70+writers*each {
		t.Errorf("%d events, want %d", n, 70+writers*each)
	}
}

// Programs of the version before, which do not know the archive, may be at work
// for a while.
func TestArchivingWaitsForTheOldVersion(t *testing.T) {
	o := fresh(t)
	write(t, o, eventlogtest.Clock().AddDate(-1, 0, 0), 0, 10)
	s := open(t, o)
	if moved, err := s.Archive(t.Context(), eventlogtest.Clock(), 100); err != nil || moved != 0 {
		t.Fatalf("moved %d, %v on the day on which the archive was made", moved, err)
	}
}

// The database lets events go to the archive and nowhere else.
func TestArchiveIsAppendOnlyToo(t *testing.T) {
	o := aged(t)
	write(t, o, eventlogtest.Clock(), 0, 20)
	s := open(t, o)
	if moved, err := s.Archive(t.Context(), eventlogtest.Clock().AddDate(0, 0, 1), 10); err != nil || moved != 10 {
		t.Fatal(moved, err)
	}
	before := readAll(t, s, 1000)
	conn, err := postgres.Connect(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(context.Background()) }()
	const columns = `position, public_position, stream, version, event_id, type, data, meta, recorded_at`
	for sql, why := range map[string]string{
		`DELETE FROM archive WHERE position = 10`:         "append-only",
		`UPDATE archive SET stream = 'x'`:                 "append-only",
		`TRUNCATE archive`:                                "append-only",
		`DELETE FROM events WHERE position = 20`:          "append-only",
		`DELETE FROM events`:                              "append-only",
		`UPDATE events SET type = 'x' WHERE position = 1`: "append-only",
		`INSERT INTO archive (` + columns + `) SELECT ` + columns + ` FROM events WHERE position > 11`:                                                                         "leave a hole",
		`INSERT INTO archive (` + columns + `) SELECT position, public_position, stream, version, event_id, 'forged', data, meta, recorded_at FROM events WHERE position = 11`: "as they stand",
		`INSERT INTO archive (` + columns + `) VALUES (11, NULL, 'x', 1, gen_random_uuid(), 't', '{}', '{}', now())`:                                                           "as they stand",
		`INSERT INTO events (` + columns + `) VALUES (5, NULL, 'x', 1, gen_random_uuid(), 't', '{}', '{}', now())`:                                                             "stand in the archive",
	} {
		if _, err := conn.Exec(t.Context(), sql); err == nil {
			t.Errorf("%s: done", sql)
		} else if !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v", sql, err)
		}
	}
	if after := readAll(t, s, 1000); !reflect.DeepEqual(before, after) {
		t.Error("the log has changed")
	}
}
