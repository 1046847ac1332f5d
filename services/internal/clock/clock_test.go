package clock_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/internal/clock"
)

func TestZoneKnowsSummerTime(t *testing.T) {
	zone, err := clock.Zone(clock.City)
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]string{
		"2026-12-01T23:30:00Z": "2026-12-02", // UTC+1
		"2026-07-01T22:30:00Z": "2026-07-02", // UTC+2
		"2026-07-01T21:30:00Z": "2026-07-01",
	} {
		instant, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := day.Of(instant, zone).String(); got != want {
			t.Errorf("%s is day %s in the city, want %s", at, got, want)
		}
	}
}

func TestZoneRefusesWhatDependsOnTheMachine(t *testing.T) {
	for _, name := range []string{"", "Local", "Hamburg", "../etc/passwd"} {
		if _, err := clock.Zone(name); err == nil || !strings.Contains(err.Error(), clock.City) {
			t.Errorf("Zone(%q) = %v, want an error that names a usable zone", name, err)
		}
	}
}

func TestSystemTellsTheTimeInItsZone(t *testing.T) {
	zone, err := clock.Zone("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	before := time.Now()
	got := clock.System(zone)()
	if got.Location() != zone {
		t.Errorf("zone is %v, want %v", got.Location(), zone)
	}
	if got.Before(before) || got.After(time.Now()) {
		t.Errorf("%v is not the machine's time", got)
	}
}

func TestManualMovesOnlyWhenTold(t *testing.T) {
	start := time.Date(2026, 12, 1, 7, 12, 0, 0, time.UTC)
	m := clock.NewManual(start)
	var now clock.Func = m.Now
	for range 2 {
		if got := now(); !got.Equal(start) {
			t.Fatalf("the clock moved by itself to %v", got)
		}
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() { m.Advance(time.Minute) })
	}
	all.Wait()
	if got := now().Sub(start); got != 8*time.Minute {
		t.Errorf("8 minutes by 8 goroutines moved the clock by %v", got)
	}
	m.Set(start)
	if got := m.Advance(-time.Hour); !got.Equal(start.Add(-time.Hour)) {
		t.Errorf("the clock did not jump back: %v", got)
	}
	if f := clock.Fixed(start); !f().Equal(start) {
		t.Errorf("Fixed tells %v", f())
	}
}
