package trial

import (
	"testing"

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
