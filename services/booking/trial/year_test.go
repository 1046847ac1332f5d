package trial

import (
	"context"
	"reflect"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/slots"
	"github.com/lotse-hamburg/lotse/services/internal/clock"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/sqlite"
)

func small(t *testing.T) Options {
	return Options{Folder: t.TempDir(), Size: Size{Centres: 2, Counters: 2, Days: 60, FullDays: 3, Full: 0.5, Seed: 1}}
}

func TestAYearBeginsFromItsSnapshot(t *testing.T) {
	o := small(t)
	w, err := WriteYear(t.Context(), o, Year{Appointments: 900, Weeks: 9, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if w.Appointments < 900 || w.Open == 0 || w.Open > w.Appointments/2 || w.Events < 8*int64(w.Appointments) {
		t.Errorf("wrote %+v", w)
	}
	store, err := sqlite.Open(t.Context(), o.Folder+"/booking.db")
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]int{}
	for after := int64(0); after < w.Events; {
		page, err := store.After(t.Context(), after, 5000)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range page {
			kinds[e.Type]++
			after = e.Position
		}
	}
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	for kind, least := range map[string]int{"lotse.booking.appointment-booked.v1": w.Appointments, "booking.hold-placed.v1": w.Appointments,
		"lotse.booking.appointment-kept.v1": 600, "lotse.booking.appointment-missed.v1": 20, "lotse.booking.appointment-cancelled.v1": 20,
		"lotse.booking.slots-changed.v1": w.Appointments, "booking.letter-sent.v1": 900} {
		if kinds[kind] < least {
			t.Errorf("%d events of type %s, want at least %d", kinds[kind], kind, least)
		}
	}
	folded, err := Begin(t.Context(), o, true)
	if err != nil {
		t.Fatal(err)
	}
	restored, err := Begin(t.Context(), o, false)
	if err != nil {
		t.Fatal(err)
	}
	// the first beginning has held a slot at each centre
	if folded.Offers == 0 || folded.Offers != restored.Offers || restored.Events != folded.Events+1 && restored.Events < folded.Events {
		t.Errorf("folded: %+v\nrestored: %+v", folded, restored)
	}
	if _, err := WriteYear(t.Context(), o, Year{Appointments: 10, Weeks: 9}); err == nil {
		t.Error("a year was written over another")
	}
}

// without is a log that has lost its snapshots.
type without struct{ eventlog.Store }

func (without) LoadSnapshot(context.Context, string, int) (eventlog.Snapshot, error) {
	return eventlog.Snapshot{}, eventlog.ErrNotFound
}

func TestASnapshotAnswersAsTheWholeLogDoes(t *testing.T) {
	o := small(t)
	if _, err := WriteYear(t.Context(), o, Year{Appointments: 500, Weeks: 9, Seed: 2}); err != nil {
		t.Fatal(err)
	}
	if _, err := Begin(t.Context(), o, true); err != nil {
		t.Fatal(err)
	}
	store, err := sqlite.Open(t.Context(), o.Folder+"/booking.db")
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	zone, err := clock.Zone(clock.City)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().In(zone)
	reads := &counted{Store: store}
	restored, folded := begun(t, o, reads, now), begun(t, o, without{store}, now)
	if head, err := store.Head(t.Context()); err != nil || reads.events*10 > head.Position {
		t.Errorf("%d of %d events were read after the snapshot (%v)", reads.events, head.Position, err)
	}
	free := 0
	for _, service := range catalogue() {
		for _, q := range []booking.Search{{Limit: 500}, {Limit: 500, Order: app.Distance, Near: &slots.Point{Lat: 53.5, Lon: 10}},
			{Centres: []id.Centre{Centre(1)}, Limit: 500, Weekdays: []int{2, 4}}, {Times: []day.Span{{From: day.Clock(8, 0), To: day.Clock(8, 10)}}}} {
			q.Service = service.ID
			want, err := folded.Search(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			got, err := restored.Search(t.Context(), q)
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("%+v: from the snapshot %+v (%v),\nfrom the whole log %+v", q, got, err, want)
			}
			free += len(want.Offers)
		}
	}
	if free < 1000 {
		t.Errorf("only %d offers were compared", free)
	}
}

// counted counts the events that are read of a log.
type counted struct {
	eventlog.Store
	events int64
}

func (c *counted) After(ctx context.Context, after int64, limit int) ([]eventlog.Event, error) {
	page, err := c.Store.After(ctx, after, limit)
	c.events += int64(len(page))
	return page, err
}

func begun(t *testing.T, o Options, store eventlog.Store, now time.Time) *booking.Service {
	t.Helper()
	s, err := o.service(store, func() time.Time { return now })
	if err == nil {
		err = s.Node().Start(t.Context())
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestBlanks(t *testing.T) {
	for text, want := range map[string]string{
		"":        "",
		"nothing": "nothing",
		`{"centre":"zz-any-zz","day":"2031-01-07","booked_on":"2030-12-03"}`: `{"centre":"c","day":"d","booked_on":"b"}`,
		"zz-any-zz.2031-01-07.ab": "c.d.ab",
		"2030-12-03zz-any-zz":     "bc",
	} {
		if got := string(blanked(text).filled(nil, "c", "d", "b")); got != want {
			t.Errorf("%s became %s, want %s", text, got, want)
		}
	}
}
