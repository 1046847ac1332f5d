package flow

import (
	"github.com/lotse-hamburg/lotse/services/capacity/planning/planningtest"
	"testing"
)

func warm(t *testing.T, name string) *Network {
	t.Helper()
	in := planningtest.Load(t, name)
	w, err := New(in)
	if err != nil {
		t.Fatal(err)
	}
	w.Staff(in.Previous().X)
	if err := w.Optimise(); err != nil {
		t.Fatal(err)
	}
	return w
}

// The days late by requests are those that the price counts.
func TestOverdueIsWhatThePriceCounts(t *testing.T) {
	for _, name := range []string{"small-1", "small-2", "small-3", "medium-2"} {
		w := warm(t, name)
		p, own := w.Parts()
		days, districts := 0.0, make([]float64, w.R)
		w.Overdue(func(r, s, d int, minutes, fresh int64) {
			if fresh > minutes || fresh < 0 || d < w.In.PromiseDays {
				t.Fatalf("%s: %d of %d minutes are late since day %d", name, fresh, minutes, d)
			}
			days += float64(minutes) / w.In.SlotMinutes[s]
			if r >= 0 {
				districts[r] += float64(minutes) / w.In.SlotMinutes[s]
			}
		})
		if days == 0 || !near(days*w.In.Weights.BreachSlotDay, p.Breach, 1e-9) {
			t.Errorf("%s: %v slot-days late, priced %v points", name, days, p.Breach)
		}
		for r := range own {
			if !near(districts[r], own[r], 1e-9) {
				t.Errorf("%s: district %d has %v slot-days late, priced %v", name, r, districts[r], own[r])
			}
		}
	}
}

// Minutes given are worth at most their price, minutes taken back cost what they
// were worth.
func TestGiveAndTakeBack(t *testing.T) {
	w := warm(t, "small-1")
	before := w.Objective()
	for c := range w.C {
		for k := range w.K {
			worth := w.Worth(c, k, 8)
			if err := w.Give(Minutes{c, k, 8, 60}, Minutes{c, k, 9, 30}); err != nil {
				t.Fatal(err)
			}
			both := w.Objective()
			if err := w.Give(Minutes{c, k, 9, -30}); err != nil {
				t.Fatal(err)
			}
			one := w.Objective()
			if both > one+1e-6 || one > before+1e-6 || before-one > 60*worth+1e-6 {
				t.Errorf("centre %d kind %d: %v, with an hour %v, with more %v; a minute is worth %v", c, k, before, one, both, worth)
			}
			if err := w.Give(Minutes{c, k, 8, -60}); err != nil {
				t.Fatal(err)
			}
			if !near(w.Objective(), before, 1e-12) {
				t.Fatalf("centre %d kind %d: %v before, %v after", c, k, before, w.Objective())
			}
		}
	}
}

// A reserve that is held goes to nobody with an appointment to be.
func TestHeldWalkins(t *testing.T) {
	w := warm(t, "small-2")
	lost := map[[2]int]int64{}
	w.WalkinsLost(func(c, _, d int, m int64) { lost[[2]int{c, d}] += m })
	before, bare := w.Objective(), int64(0)
	w.Uncovered(func(_, _, _ int, m int64) { bare += m })
	better := 0
	for at, m := range lost {
		w.HoldWalkins(at[0], at[1], true)
		if err := w.Optimise(); err != nil {
			t.Fatal(err)
		}
		held, uncovered := int64(0), int64(0)
		beyond := w.WalkinsLost(func(c, _, d int, m int64) {
			if c == at[0] && d == at[1] {
				held += m
			}
		})
		w.Uncovered(func(_, _, _ int, m int64) { uncovered += m })
		if costs := w.Objective() - beyond; held > m || costs < before-1e-6 || uncovered > bare {
			t.Errorf("%v: %d minutes lost, held %d; costs %v, held %v; uncovered %d, held %d", at, m, held, before, costs, bare, uncovered)
		} else if held < m {
			better++
		}
		w.HoldWalkins(at[0], at[1], false)
		if err := w.Optimise(); err != nil {
			t.Fatal(err)
		}
		if !near(w.Objective(), before, 1e-12) {
			t.Fatalf("%v: %v before, %v after", at, before, w.Objective())
		}
	}
	if better == 0 {
		t.Error("nothing was held although new appointments took it")
	}
}
