package capacity_test

import (
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	events_capacity "github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/events/staffing"
	"github.com/lotse-hamburg/lotse/services/capacity"
)

// using is n counters in use at ten, for half an hour.
func using(n int) *booking.InUse {
	return &booking.InUse{From: day.Clock(10, 0), Step: 30, Counters: []int{n}, Skills: map[id.Skill][]int{"id": {n}}}
}

func TestNobodyIsAskedWhoIsNeededAtOneMoment(t *testing.T) {
	for _, c := range []struct {
		inUse, moves int
	}{{4, 0}, {3, 1}, {2, 2}, {1, 2}} {
		w := running(t, automatic)
		// By the minutes of the day two of the four at east may go.
		w.inUse["east/"+tuesday.String()] = using(c.inUse)
		w.answer(w.offered("east", tuesday))
		w.settle()
		w.ill("west-1", "hr-1", tuesday)
		w.ill("west-2", "hr-2", tuesday)
		w.settle()
		if n := count[events_capacity.DeploymentRequested](w); n != c.moves {
			t.Errorf("%d of 4 counters in use: %d were asked for, want %d", c.inUse, n, c.moves)
		}
		if a, any := last[events_capacity.ProposalApplied](w); any && len(a.Refused) > 0 {
			t.Errorf("%d of 4 counters in use: refused %+v", c.inUse, a.Refused)
		}
		if c.moves > 0 {
			continue
		}
		if n := count[events_capacity.ProposalDrafted](w); n != 0 {
			t.Errorf("%d proposals that cannot be carried out", n)
		}
	}
}

func TestWhatIsAtRiskIsMendedThoughMinutesWouldDo(t *testing.T) {
	w := running(t, nil)
	place := "west/" + tuesday.String()
	w.booked[place] = 480
	w.settle()
	w.atRisk[place] = 60
	w.ill("west-1", "hr-1", tuesday)
	w.settle()
	d := must[events_capacity.ProposalDrafted](w)
	if len(d.Moves) != 1 || d.Moves[0].To != "west" || !strings.Contains(d.Moves[0].Why["en"], "covers 4 booked appointments") || d.Damage < 4*200 {
		t.Fatalf("%+v", d)
	}
}

func TestPlanningWaitsForWhatBookingSaysButNotForEver(t *testing.T) {
	w := running(t, nil)
	w.ill("west-1", "hr-1", tuesday)
	w.step()
	w.step()
	if w.heard(); count[events_capacity.ProposalDrafted](w) != 0 {
		t.Fatal("a proposal before booking has said what the loss means")
	}
	w.now = w.now.Add(2 * time.Second)
	w.step()
	if w.heard(); count[events_capacity.ProposalDrafted](w) != 1 {
		t.Fatal("no proposal although booking has been silent for two seconds")
	}
}

func TestCausesOfOneRunHaveTheirOwnProposals(t *testing.T) {
	w := running(t, nil)
	w.hire("east", 6, nil)
	w.settle()
	w.booked["west/"+(tuesday+1).String()] = 3 * 480
	w.answer(w.offered("west", tuesday+1))
	w.ill("west-1", "hr-1", tuesday)
	w.ill("west-2", "hr-2", tuesday+1)
	w.settle()
	seen := map[string]day.Day{}
	ids := map[id.Proposal]bool{}
	type personDay struct {
		e id.Employee
		d day.Day
	}
	asked := map[personDay]bool{}
	for _, e := range w.said {
		if d, ok := e.(events_capacity.ProposalDrafted); ok {
			if len(d.Causes) != 1 || len(d.Moves) != 1 || ids[d.Proposal] {
				t.Fatalf("%+v", d)
			}
			k := personDay{d.Moves[0].Employee, d.Moves[0].Day}
			if asked[k] {
				t.Errorf("%v is asked for twice", k)
			}
			ids[d.Proposal], asked[k], seen[d.Causes[0]] = true, true, d.Moves[0].Day
		}
	}
	if len(seen) != 2 || seen["hr-1"] != tuesday || seen["hr-2"] != tuesday+1 {
		t.Fatalf("%v", seen)
	}
	// Each can be decided alone, in any order: the later one rests on the earlier
	// one, not the other way round.
	for p := range ids {
		if err := w.service.Approve(w.ctx, p); err != nil {
			t.Errorf("%s: %v", p, err)
		}
	}
	w.settle()
	if n := count[events_capacity.DeploymentRequested](w); n != 2 {
		t.Errorf("%d requested", n)
	}
}

func TestUnsolvedNamesTheRuleInBothLanguages(t *testing.T) {
	w := running(t, func(n *capacity.Network) { n.Policy.MaxDaysAwayPerWeek = 2 })
	w.booked["west/"+tuesday.String()] = 3 * 480
	w.inUse["east/"+tuesday.String()] = using(3)
	w.answer(w.offered("east", tuesday))
	w.settle()
	w.ill("west-1", "hr-1", tuesday)
	w.ill("west-2", "hr-1", tuesday)
	w.settle()
	d := must[events_capacity.ProposalDrafted](w)
	if len(d.Unsolved) != 1 || !strings.Contains(d.Unsolved[0], "Booked appointments at the giving centre would no longer be covered") ||
		!strings.Contains(d.Unsolved[0], "bleiben 32 gebuchte Termine am Standort West ohne Personal") {
		t.Errorf("%q", d.Unsolved)
	}
}

func TestWhoeverComesIsOnDutyWhenTheyAreNeeded(t *testing.T) {
	w := newWorld(t)
	if _, err := w.service.ApplyNetwork(w.ctx, town(), false); err != nil {
		t.Fatal(err)
	}
	w.hire("west", 3, nil)
	w.hire("east", 5, func(d *staffing.DutiesChanged) {
		if d.Employee == "east-5" {
			for i := range d.Duties {
				d.Duties[i].Span = day.Span{From: day.Clock(13, 0), To: day.Clock(18, 0)}
			}
		}
	})
	place := "west/" + tuesday.String()
	w.booked[place] = 240
	w.settle()
	w.atRisk[place] = 30
	w.inUse[place] = &booking.InUse{From: day.Clock(17, 0), Step: 30, Counters: []int{0}, Skills: map[id.Skill][]int{},
		Uncovered: map[id.Skill][]int{"id": {30}}}
	w.ill("west-1", "hr-1", tuesday)
	w.settle()
	d := must[events_capacity.ProposalDrafted](w)
	if len(d.Moves) != 1 || d.Moves[0].Employee != "east-5" || !strings.Contains(d.Moves[0].Why["en"], "covers 2 booked appointments") {
		t.Fatalf("%+v", d.Moves)
	}
}
