package capacity_test

import (
	"slices"
	"testing"
	"time"

	events_capacity "github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/damage"
)

// assessed are the latest assessments of each cause.
func assessed(t *testing.T, w *world) map[string]damage.Assessed {
	t.Helper()
	all := map[string]damage.Assessed{}
	w.service.Node().View(func() {
		for cause, a := range w.service.City().Assessed {
			all[cause] = a
		}
	})
	return all
}

func TestWhoIsMissedAtOnePlaceSharesDamageAndProposal(t *testing.T) {
	w := running(t, nil)
	w.hire("east", 6, nil)
	w.settle()
	w.booked["west/"+tuesday.String()] = 4 * 480
	w.answer(w.offered("west", tuesday))
	w.settle()
	w.ill("west-1", "hr-1", tuesday)
	w.ill("west-2", "hr-2", tuesday)
	w.ill("west-3", "hr-3", tuesday+1)
	w.settle()
	all := assessed(t, w)
	one, two := all["hr-1"], all["hr-2"]
	if one.Points <= 0 || two.Points <= 0 || one.Points > 1.2*two.Points || two.Points > 1.2*one.Points {
		t.Errorf("both are missed as much, and cost %.1f and %.1f points", one.Points, two.Points)
	}
	if d := one.Uncovered - two.Uncovered; d < -1 || d > 1 || one.Uncovered == 0 {
		t.Errorf("%d and %d minutes: what nobody serves is told twice or not at all", one.Uncovered, two.Uncovered)
	}
	if one.Proposal == "" || one.Proposal != two.Proposal {
		t.Fatalf("proposals %q and %q: one decision is asked for at one place", one.Proposal, two.Proposal)
	}
	for _, e := range w.said {
		d, ok := e.(events_capacity.ProposalDrafted)
		if !ok || d.Proposal != one.Proposal {
			continue
		}
		if !slices.Equal(d.Causes, []string{"hr-1", "hr-2"}) {
			t.Errorf("causes %v", d.Causes)
		}
		if sum := one.Points + two.Points; d.Damage < sum-.01 || d.Damage > sum+.01 || d.Gain > d.Damage {
			t.Errorf("damage %.2f of causes that cost %.2f, and a gain of %.2f", d.Damage, sum, d.Gain)
		}
	}
	// One of them is back: what is left is planned for the other.
	w.back("west-1", "hr-1", tuesday)
	w.settle()
	for _, d := range open(w) {
		if slices.Contains(d.Causes, "hr-1") {
			t.Errorf("%s answers a cause that is over: %v", d.Proposal, d.Causes)
		}
	}
}

func TestWhoeverBecomesFreeHelpsElsewhere(t *testing.T) {
	w := running(t, nil)
	w.booked["east/"+tuesday.String()] = 3 * 480 // one can be spared
	w.booked["west/"+tuesday.String()] = 4 * 480
	for _, c := range []id.Centre{"east", "west"} {
		w.answer(w.offered(c, tuesday))
	}
	w.settle()
	w.ill("west-1", "hr-1", tuesday)
	w.settle()
	first := must[events_capacity.ProposalDrafted](w)
	w.ill("west-2", "hr-2", tuesday)
	w.settle()
	if a := assessed(t, w)["hr-2"]; a.Proposal != "" || len(a.Unsolved) == 0 {
		t.Fatalf("somebody is left for hr-2: %+v", a)
	}
	if err := w.service.Reject(w.ctx, first.Proposal, "not this time"); err != nil {
		t.Fatal(err)
	}
	w.settle()
	all := open(w)
	var second []events_capacity.ProposalDrafted
	for _, d := range all {
		if d.Proposal != first.Proposal {
			second = append(second, d)
		}
	}
	if len(second) != 1 || !slices.Equal(second[0].Causes, []string{"hr-2"}) || second[0].Moves[0].From != "east" {
		t.Fatalf("%+v", second)
	}
	// That was all: nothing is drafted for a cause of which a planner has said no.
	drafted := count[events_capacity.ProposalDrafted](w)
	w.settle()
	if n := count[events_capacity.ProposalDrafted](w); n != drafted {
		t.Errorf("%d more are drafted without a reason", n-drafted)
	}
}

// What booking has on offer decides what "before" is: minutes that are left over
// in pieces are no appointments.
func TestEffectsBeginAtWhatIsMeasured(t *testing.T) {
	w := running(t, nil)
	for x := monday; x < monday+12; x++ { // minutes are left on each day, and no slot
		if x-x.Monday() > 4 {
			continue
		}
		k := "west/" + x.String()
		w.booked[k] = 3*480 - 14
		w.answer(w.offered("west", x))
	}
	w.settle()
	w.ill("west-1", "hr-1", tuesday)
	w.settle()
	measured := map[id.District]int{}
	for _, e := range w.said {
		switch e := e.(type) {
		case events_capacity.LeadTimeMeasured:
			measured[e.District] = e.Days
		case events_capacity.ProposalDrafted:
			if len(e.Effects) == 0 {
				t.Fatal("no effects")
			}
			for _, f := range e.Effects {
				if f.BeforeDays != measured[f.District] {
					t.Errorf("%s: %d days before, and %d are measured", f.District, f.BeforeDays, measured[f.District])
				}
			}
			if measured["alpha"] < 10 {
				t.Errorf("alpha has slots after %d days: book more", measured["alpha"])
			}
			return
		}
	}
	t.Fatal("nothing was drafted")
}

// Whoever was sent away for somebody who is back goes home, though the notice for
// sending people elsewhere has passed.
func TestGoingHomeNeedsNoNotice(t *testing.T) {
	w := running(t, func(n *capacity.Network) { n.Policy.Automatic.Enabled = true })
	w.ill("west-1", "hr-1", tuesday)
	w.settle()
	sent := must[events_capacity.ProposalDrafted](w)
	if sent.Approval != "automatic" {
		t.Fatalf("%+v", sent)
	}
	if a := must[events_capacity.ProposalApplied](w); a.Proposal != sent.Proposal {
		t.Fatalf("%+v", a)
	}
	for x := monday + 1; x < tuesday; x++ {
		w.at(x, 6, 0)
		w.settle()
	}
	w.back("west-1", "hr-1", tuesday)
	w.settle()
	d := must[events_capacity.ProposalDrafted](w)
	if len(d.Moves) != 1 || d.Moves[0].Employee != sent.Moves[0].Employee || d.Moves[0].To != "east" || d.Moves[0].Day != tuesday {
		t.Fatalf("%+v", d)
	}
	if d.Approval != "review" {
		t.Errorf("approval %s: whoever is sent home the day before is asked", d.Approval)
	}
	if err := w.service.Approve(w.ctx, d.Proposal); err != nil {
		t.Fatal(err)
	}
	w.settle()
	if n := count[events_capacity.DeploymentWithdrawn](w); n != 1 {
		t.Errorf("%d deployments withdrawn", n)
	}
}

// After a run planning rests, so that closing slots has the machine; what waits is
// answered when the rest is over, without another event.
func TestPlanningRestsInAFlood(t *testing.T) {
	w := running(t, nil)
	w.hire("east", 6, nil)
	w.settle()
	w.booked["west/"+(tuesday+1).String()] = 3 * 480
	w.answer(w.offered("west", tuesday+1))
	w.settle()
	for i, e := range []id.Employee{"west-1", "west-2"} {
		w.ill(e, "hr-"+string(e), tuesday+day.Day(i))
		w.offer()
		if i == 0 {
			w.drag = 20 * time.Millisecond
			if _, err := w.service.React(w.ctx, "planning"); err != nil {
				t.Fatal(err)
			}
			w.drag = 0
		}
	}
	before := w.drafted()
	if more, err := w.service.React(w.ctx, "planning"); err != nil || more {
		t.Fatal(more, err)
	}
	if n := w.drafted(); n != before || n != 1 {
		t.Fatalf("%d proposals while planning rests, %d before", n, before)
	}
	w.now = w.now.Add(time.Second)
	if _, err := w.service.React(w.ctx, "planning"); err != nil {
		t.Fatal(err)
	}
	if n := w.drafted(); n != 2 {
		t.Errorf("%d proposals after the rest", n)
	}
}

// offer brings out offerings, and booking's answers, without planning.
func (w *world) offer() {
	w.t.Helper()
	if err := w.service.Node().Fold(w.ctx); err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.service.React(w.ctx, "offerings"); err != nil {
		w.t.Fatal(err)
	}
	for _, e := range w.heard() {
		if o, ok := e.(events_capacity.OfferingChanged); ok {
			w.answer(o)
		}
	}
	if err := w.service.Node().Fold(w.ctx); err != nil {
		w.t.Fatal(err)
	}
}

// drafted counts the proposals of causes.
func (w *world) drafted() int {
	w.heard()
	return count[events_capacity.ProposalDrafted](w)
}
