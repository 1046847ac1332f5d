package world_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/internal/clock"
	"github.com/lotse-hamburg/lotse/services/world"
)

var monday = day.Date(2026, time.November, 23)

// newTown has the cities' four centres and nothing else.
func newTown(t *testing.T) *city {
	t.Helper()
	c := newCity(t)
	for _, line := range []string{"today is 2026-11-23 07:00", "the city is four-centres"} {
		if err := c.run(line); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.apply(); err != nil {
		t.Fatal(err)
	}
	if err := c.Settle(c.ctx); err != nil {
		t.Fatal(err)
	}
	return c
}

func TestAWorldNeedsATime(t *testing.T) {
	if _, err := world.New(t.Context(), world.Options{}); err == nil || !strings.Contains(err.Error(), "Start") {
		t.Errorf("got %v, want an error that names Options.Start", err)
	}
}

func TestTheClockStandsUntilItIsMoved(t *testing.T) {
	zone, err := clock.Zone(clock.City)
	if err != nil {
		t.Fatal(err)
	}
	start := monday.At(day.Clock(7, 0), zone)
	w, err := world.New(t.Context(), world.Options{Start: start})
	if err != nil {
		t.Fatal(err)
	}
	if !w.Now().Equal(start) {
		t.Errorf("the clock went to %s by itself", w.Now())
	}
	later := start.Add(50 * time.Hour)
	if err := w.Until(t.Context(), later); err != nil {
		t.Fatal(err)
	}
	if late := w.Now().Sub(later); late < 0 || late > time.Minute {
		t.Errorf("the clock stands at %s, want %s and a few seconds", w.Now(), later)
	}
}

// TestOtherSeedsOtherIDs: ids come from the seed and the service alone.
func TestOtherSeedsOtherIDs(t *testing.T) {
	ids := func(seed uint64) map[string]bool {
		zone, err := clock.Zone(clock.City)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		w, err := world.New(t.Context(), world.Options{Start: monday.At(day.Clock(7, 0), zone), Seed: seed,
			Heard: func(from events.Envelope, _ events.Event) {
				if seen[from.ID] {
					t.Errorf("id %s is given twice", from.ID)
				}
				seen[from.ID] = true
			}})
		if err != nil {
			t.Fatal(err)
		}
		c := newTown(t)
		if _, err := w.Capacity.ApplyNetwork(t.Context(), c.network, false); err != nil {
			t.Fatal(err)
		}
		if err := w.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		return seen
	}
	a, again, b := ids(1), ids(1), ids(2)
	if len(a) == 0 || len(a) != len(again) || len(a) != len(b) {
		t.Fatalf("%d, %d and %d events were heard", len(a), len(again), len(b))
	}
	for name := range a {
		if !again[name] {
			t.Errorf("id %s is not given again by the same seed", name)
		}
		if b[name] {
			t.Errorf("id %s is given by another seed, too", name)
		}
	}
}

// TestHeldWordsArriveInTheirOrder: while staffing is slow to reach capacity,
// nothing closes; afterwards the city is as if it never had been.
func TestHeldWordsArriveInTheirOrder(t *testing.T) {
	slow, prompt := newTown(t), newTown(t)
	if err := slow.Hold("staffing", "capacity"); err != nil {
		t.Fatal(err)
	}
	p := place{"ottensen", monday + 2}
	before := len(slow.ledger.offerings[p].Lines)
	for _, c := range []*city{slow, prompt} {
		for _, line := range []string{"HR: e-11 is absent from 2026-11-25 to 2026-11-26", "HR: e-11 is absent from 2026-11-26 to 2026-11-27"} {
			if err := c.run(line); err != nil {
				t.Fatal(err)
			}
			if err := c.Settle(c.ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	if now := len(slow.ledger.offerings[p].Lines); now != before {
		t.Errorf("%d → %d counters before capacity could know", before, now)
	}
	if err := slow.Release("staffing", "capacity"); err != nil {
		t.Fatal(err)
	}
	if err := slow.Settle(slow.ctx); err != nil {
		t.Fatal(err)
	}
	for _, d := range []day.Day{monday + 1, monday + 2, monday + 3, monday + 4, monday + 7} {
		p := place{"ottensen", d}
		if a, b := len(slow.ledger.offerings[p].Lines), len(prompt.ledger.offerings[p].Lines); a != b {
			t.Errorf("%s: %d counters where words were held, %d where not", d, a, b)
		}
	}
	if after := len(slow.ledger.offerings[p].Lines); after != before-1 {
		t.Errorf("%d → %d counters by one absence", before, after)
	}
}

func TestWhatIsNotThereIsNamed(t *testing.T) {
	c := newTown(t)
	_, unknownLog := c.Log("weather")
	for what, err := range map[string]error{
		"nobody hears it":  c.Hold("booking", "absence"),
		"unknown service":  c.Hold("weather", "capacity"),
		"unknown log":      unknownLog,
		"unknown API":      c.Ask("weather", "/v1/promise", nil),
		"unknown path":     c.Ask("capacity", "/v1/weather", nil),
		"unknown sentence": c.run("the sun shines"),
		"unknown centre":   c.run("harburg and atlantis are 5 minutes apart"),
		"wrong date":       c.run("citizens book 10 % of the free id at altona on 2026-13-01"),
	} {
		if err == nil {
			t.Errorf("%s: no error", what)
		}
	}
}

func TestScriptsAreReadAndWritten(t *testing.T) {
	const script = "# a\n# b\n\nx\ny\n----\none\ntwo\n\n# c\nz\n----\n"
	blocks, err := parseScript(script)
	if err != nil {
		t.Fatal(err)
	}
	if len(blocks) != 3 || blocks[1].answer != "one\ntwo\n" || len(blocks[2].happen) != 2 || blocks[2].line != 10 {
		t.Errorf("read %+v", blocks)
	}
	if again := writeScript(blocks); again != script {
		t.Errorf("written as\n%s", again)
	}
	if _, err := parseScript("x\ny\n\nz\n----\n"); err == nil || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("a block without ---- is read: %v", err)
	}
}
