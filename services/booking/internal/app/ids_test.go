package app

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/internal/clock"
)

func TestIDsLeadHome(t *testing.T) {
	for _, centre := range []id.Centre{"altona", "st.georg", "a-b_c"} {
		k := centreday.Key{Centre: centre, Day: day.Date(2026, time.December, 1)}
		if back, ok := homeOf(newID(k, uuid.New())); !ok || back != k {
			t.Fatalf("%+v", back)
		}
	}
	for _, bad := range []string{"", "x", "a.b", "a.b.c", "altona.2026-13-01.ff", ".2026-12-01.ff", "altona.2026-12-01."} {
		if k, ok := homeOf(bad); ok {
			t.Fatalf("%q leads to %+v", bad, k)
		}
	}
}

// The missing and the doubled hour: instants are told on the city's clock.
func TestMomentAtTheChangeOfTheClocks(t *testing.T) {
	zone, err := clock.Zone(clock.City)
	if err != nil {
		t.Fatal(err)
	}
	a := &App{zone: zone}
	for instant, want := range map[string]day.TimeOfDay{
		"2027-03-28T00:59:00Z": day.Clock(1, 59), "2027-03-28T01:00:00Z": day.Clock(3, 0),
		"2026-10-25T00:30:00Z": day.Clock(2, 30), "2026-10-25T00:59:00Z": day.Clock(2, 59),
		"2026-10-25T01:00:00Z": day.Clock(2, 59), "2026-10-25T01:30:00Z": day.Clock(2, 59), "2026-10-25T02:00:00Z": day.Clock(3, 0), // it does not go back
		"2026-12-01T23:30:00Z": day.Clock(0, 30)} {
		at, err := time.Parse(time.RFC3339, instant)
		if err != nil {
			t.Fatal(err)
		}
		if got := a.moment(at); got.At != want {
			t.Fatalf("%s is %s, want %s", instant, got.At, want)
		}
	}
	if at, _ := time.Parse(time.RFC3339, "2026-12-01T23:30:00Z"); a.moment(at).Day != day.Date(2026, time.December, 2) {
		t.Fatal("late in the evening of UTC it is tomorrow here")
	}
}
