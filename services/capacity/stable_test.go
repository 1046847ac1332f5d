package capacity_test

import (
	"errors"
	"strings"
	"testing"

	events_capacity "github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/events/staffing"
	"github.com/lotse-hamburg/lotse/services/capacity"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/app"
)

// open lists the proposals drafted and not superseded since.
func open(w *world) (all []events_capacity.ProposalDrafted) {
	gone := map[id.Proposal]bool{}
	for _, e := range w.said {
		switch e := e.(type) {
		case events_capacity.ProposalSuperseded:
			gone[e.Proposal] = true
		case events_capacity.ProposalApproved:
			gone[e.Proposal] = true
		case events_capacity.ProposalExpired:
			gone[e.Proposal] = true
		}
	}
	for _, e := range w.said {
		if d, ok := e.(events_capacity.ProposalDrafted); ok && !gone[d.Proposal] {
			all = append(all, d)
		}
	}
	return all
}

func TestStaleSaysWhatHasChangedAndIsPlannedAnew(t *testing.T) {
	w := running(t, nil)
	w.ill("west-1", "hr-1", tuesday)
	w.settle()
	d := must[events_capacity.ProposalDrafted](w)
	w.booked["east/"+tuesday.String()] = 4 * 480
	w.answer(w.offered("east", tuesday))
	w.settle()
	if n := count[events_capacity.ProposalSuperseded](w); n != 0 {
		t.Fatalf("%d superseded before anybody asked", n)
	}
	err := w.service.Approve(w.ctx, d.Proposal)
	if !errors.Is(err, app.ErrStale) || !strings.Contains(err.Error(), "Booked appointments at the giving centre would no longer be covered") ||
		!strings.Contains(err.Error(), "nicht mehr gedeckt") {
		t.Fatalf("%v", err)
	}
	w.settle()
	s := must[events_capacity.ProposalSuperseded](w)
	if s.Proposal != d.Proposal || !strings.Contains(s.Why["de"], "nicht mehr möglich") || s.Reason != s.Why["en"] {
		t.Errorf("%+v", s)
	}
	if len(open(w)) != 0 {
		t.Errorf("nobody can be spared, and %+v", open(w))
	}
}

func TestTheLastWhoCanBeSparedIsWantedTwice(t *testing.T) {
	w := running(t, nil)
	w.booked["west/"+(tuesday+1).String()] = 3 * 480
	w.booked["east/"+tuesday.String()] = 2 * 480
	w.answer(w.offered("west", tuesday+1))
	w.settle()
	w.ill("west-1", "hr-1", tuesday)
	w.settle()
	w.ill("west-2", "hr-2", tuesday)
	w.settle()
	all := open(w)
	if len(all) != 2 || all[0].Moves[0].From != "east" || all[1].Moves[0].From != "east" || all[0].Moves[0].Employee == all[1].Moves[0].Employee {
		t.Fatalf("%+v", all)
	}
	// Another at east falls ill: of the three left two serve what is booked.
	asked := []id.Employee{all[0].Moves[0].Employee, all[1].Moves[0].Employee}
	for _, e := range []id.Employee{"east-1", "east-2", "east-3", "east-4"} {
		if e != asked[0] && e != asked[1] {
			w.ill(e, "hr-3", tuesday)
			break
		}
	}
	w.settle()
	left := open(w)
	if len(left) != 1 || left[0].Proposal != all[0].Proposal {
		t.Fatalf("the later one rests on nobody now: %d open, %+v", len(left), left)
	}
	if s := must[events_capacity.ProposalSuperseded](w); s.Proposal != all[1].Proposal || s.Why["de"] == "" {
		t.Errorf("%+v", s)
	}
	if err := w.service.Approve(w.ctx, all[1].Proposal); err == nil {
		t.Error("the void one was approved")
	}
	if err := w.service.Approve(w.ctx, all[0].Proposal); err != nil {
		t.Error(err)
	}
}

func TestApprovingOneEndsWhatRestsOnTheSamePeople(t *testing.T) {
	w := running(t, nil)
	w.ill("west-1", "hr-1", tuesday)
	w.settle()
	w.ill("west-2", "hr-2", tuesday)
	w.settle()
	all := open(w)
	if len(all) != 2 {
		t.Fatalf("%+v", all)
	}
	// More is booked at the giver, so that one may go and not two. Nobody asks.
	w.booked["east/"+tuesday.String()] = 3 * 480
	w.answer(w.offered("east", tuesday))
	w.settle()
	if n := len(open(w)); n != 2 {
		t.Fatalf("%d open", n)
	}
	if err := w.service.Approve(w.ctx, all[0].Proposal); err != nil {
		t.Fatal(err)
	}
	w.settle()
	if s := must[events_capacity.ProposalSuperseded](w); s.Proposal != all[1].Proposal {
		t.Errorf("%+v", s)
	}
	if n := len(open(w)); n != 0 {
		t.Errorf("%d open", n)
	}
	if n := count[events_capacity.DeploymentRequested](w); n != 1 {
		t.Errorf("%d requested", n)
	}
}

func TestAProposalStaysWhileItHolds(t *testing.T) {
	w := running(t, nil)
	w.hire("east", 6, nil)
	w.settle()
	w.booked["west/"+(tuesday+1).String()] = 3 * 480
	w.answer(w.offered("west", tuesday+1))
	w.ill("west-1", "hr-1", tuesday)
	w.settle()
	first := open(w)
	// The same message comes again, changed in nothing that counts.
	w.duties("west-1", "hr-1", nil)
	w.settle()
	if now := open(w); len(first) != 1 || len(now) != 1 || now[0].Proposal != first[0].Proposal {
		t.Fatalf("before %+v, after %+v", first, now)
	}
	// The absence grows by a day under the same cause: what is proposed stays, the
	// new day stands beside it.
	w.ill("west-1", "hr-1", tuesday+1)
	w.settle()
	two := open(w)
	if len(two) != 2 || two[0].Proposal != first[0].Proposal || len(two[1].Moves) != 1 || two[1].Moves[0].Day != tuesday+1 {
		t.Fatalf("%+v", two)
	}
	// It shrinks by the first day: only that is void, and the other day stays.
	w.back("west-1", "hr-4", tuesday)
	w.settle()
	last := open(w)
	if len(last) != 1 || last[0].Proposal != two[1].Proposal {
		t.Fatalf("%+v", last)
	}
	if s := must[events_capacity.ProposalSuperseded](w); s.Proposal != two[0].Proposal || !strings.Contains(s.Why["de"], "nicht mehr gebraucht") {
		t.Errorf("%+v", s)
	}
}

func TestABetterPlanReplacesAnOpenOne(t *testing.T) {
	for _, c := range []struct {
		hysteresis float64
		replaced   bool
	}{{.1, true}, {1, false}} {
		w := running(t, func(n *capacity.Network) { n.Policy.Planning = &events_capacity.Planning{Hysteresis: &c.hysteresis} })
		w.hire("east", 5, func(d *staffing.DutiesChanged) {
			if d.Employee == "east-5" {
				for i := range d.Duties {
					d.Duties[i].Span = day.Span{From: day.Clock(10, 0), To: day.Clock(16, 0)}
				}
			}
		})
		// Of those at east only the one with the short day can be spared.
		east := "east/" + tuesday.String()
		w.booked[east] = 4 * 480
		w.answer(w.offered("east", tuesday))
		w.settle()
		w.ill("west-1", "hr-1", tuesday)
		w.settle()
		before := open(w)
		if len(before) != 1 || before[0].Moves[0].Employee != "east-5" {
			t.Fatalf("%+v", before)
		}
		// Now everybody can, and the cause is looked at again.
		w.booked[east] = 480
		w.answer(w.offered("east", tuesday))
		w.ill("west-1", "hr-1", tuesday+1)
		w.settle()
		after := open(w)
		if len(after) != 1 || (after[0].Proposal != before[0].Proposal) != c.replaced {
			t.Fatalf("hysteresis %v: %+v", c.hysteresis, after)
		}
		if s, any := last[events_capacity.ProposalSuperseded](w); any != c.replaced || any && (s.By != after[0].Proposal || s.Why["de"] == "") {
			t.Errorf("hysteresis %v: %+v", c.hysteresis, s)
		}
	}
}

func TestWhoeverWasToComeFallsIll(t *testing.T) {
	w := running(t, nil)
	w.ill("west-1", "hr-1", tuesday)
	w.ill("west-2", "hr-1", tuesday)
	w.settle()
	before := open(w)
	if len(before) == 0 {
		t.Fatal("nothing is proposed")
	}
	asked := before[0].Moves[0].Employee
	w.ill(asked, "hr-2", tuesday)
	w.settle()
	for _, d := range open(w) {
		for _, m := range d.Moves {
			if m.Employee == asked {
				t.Errorf("%s is ill and is still to come: %+v", asked, d)
			}
		}
	}
	if s := must[events_capacity.ProposalSuperseded](w); s.Proposal != before[0].Proposal || s.Why["en"] == "" {
		t.Errorf("%+v", s)
	}
}

func TestNobodyIsSentOnADayUnderWay(t *testing.T) {
	w := running(t, func(n *capacity.Network) { n.Policy.NoticeDays = 0 })
	w.booked["west/"+monday.String()] = 3 * 480
	w.answer(w.offered("west", monday))
	w.settle()
	w.ill("west-1", "hr-1", monday)
	w.settle()
	if n := count[events_capacity.ProposalDrafted](w); n != 0 {
		t.Errorf("%+v", must[events_capacity.ProposalDrafted](w))
	}
	w.booked["west/"+(monday+1).String()] = 3 * 480
	w.answer(w.offered("west", monday+1))
	w.ill("west-1", "hr-2", monday+1)
	w.settle()
	d := must[events_capacity.ProposalDrafted](w)
	if d.Moves[0].Day != monday+1 || d.ExpiresOn != monday+1 {
		t.Fatalf("%+v", d)
	}
	// Approved in time, but the giver answers on the day itself.
	if err := w.service.Approve(w.ctx, d.Proposal); err != nil {
		t.Fatal(err)
	}
	w.now = w.now.AddDate(0, 0, 1)
	if err := w.service.Node().Tick(w.ctx); err != nil {
		t.Fatal(err)
	}
	w.settle()
	if a := must[events_capacity.ProposalApplied](w); len(a.Refused) != 1 || a.Refused[0].Rule != "under-way" || count[events_capacity.DeploymentRequested](w) != 0 {
		t.Errorf("%+v", a)
	}
}
