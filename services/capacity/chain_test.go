package capacity_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	events_capacity "github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/events/staffing"
	"github.com/lotse-hamburg/lotse/services/capacity"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/app"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
)

func automatic(n *capacity.Network) { n.Policy.Automatic.Enabled = true }

func TestDutiesMakeOfferings(t *testing.T) {
	w := running(t, nil)
	o := w.offered("west", tuesday)
	if len(o.Lines) != 3 || supply(o.Lines) != 3*480 || o.Tentative {
		t.Fatalf("offering %+v", o)
	}
	if got := w.offered("west", monday+5); len(got.Lines) != 0 {
		t.Errorf("Saturday: %+v", got)
	}
	if m := must[events_capacity.LeadTimeMeasured](w); m.Days != 1 || m.Limit != 14 {
		t.Errorf("lead time %+v", m)
	}
	if n := count[events_capacity.ProposalDrafted](w); n != 0 {
		t.Errorf("%d proposals without a loss", n)
	}
	before := len(w.said)
	w.start()
	w.settle()
	if len(w.said) != before {
		t.Errorf("a restart said %d things anew", len(w.said)-before)
	}
}

func TestSickNoteClosesThenProposes(t *testing.T) {
	w := running(t, nil)
	at := len(w.said)
	w.ill("west-1", "hr-1", tuesday)
	w.step()
	heard := w.heard()
	if o, ok := heard[0].(events_capacity.OfferingChanged); !ok || len(o.Lines) != 2 || !slices.Equal(o.Causes, []string{"hr-1"}) {
		t.Fatalf("first thing said: %+v", heard[0])
	}
	for _, e := range heard {
		if o, ok := e.(events_capacity.OfferingChanged); ok {
			w.answer(o)
		}
	}
	w.settle()
	d := must[events_capacity.ProposalDrafted](w)
	if len(d.Moves) != 1 || d.Moves[0].From != "east" || d.Moves[0].To != "west" || d.Moves[0].Day != tuesday || !slices.Equal(d.Causes, []string{"hr-1"}) {
		t.Fatalf("%+v", d)
	}
	if d.Damage < 6000 || d.Gain < 6000 || d.Approval != "review" || d.ExpiresOn != monday+3 || d.Moves[0].Why["de"] == "" {
		t.Errorf("%+v", d)
	}
	i := slices.IndexFunc(d.Effects, func(e events_capacity.Effect) bool { return e.District == "alpha" })
	if i < 0 || d.Effects[i].UncoveredBefore != 32 || d.Effects[i].UncoveredAfter != 0 {
		t.Errorf("effects %+v", d.Effects)
	}
	if n := count[events_capacity.ProposalDrafted](w); n != 1 || len(w.said) == at {
		t.Errorf("%d proposals", n)
	}
	page, err := w.store.Stream(w.ctx, "proposal-"+string(d.Proposal), 0, 10)
	if err != nil || len(page) != 2 || page[1].Meta.CorrelationID != "hr-1" {
		t.Errorf("the draft does not carry the sick note: %+v %v", page, err)
	}
}

// carried runs a sick note to its end and says what came of it.
func carried(t *testing.T, w *world) {
	t.Helper()
	d := must[events_capacity.ProposalDrafted](w)
	a := must[events_capacity.ProposalApplied](w)
	if a.Proposal != d.Proposal || len(a.Ordered) != 1 || len(a.Refused) != 0 {
		t.Fatalf("%+v", a)
	}
	if o := w.offered("east", tuesday); len(o.Lines) != 3 || o.Tentative {
		t.Errorf("giver: %+v", o)
	}
	if o := w.offered("west", tuesday); len(o.Lines) != 3 || o.Tentative {
		t.Errorf("receiver: %+v", o)
	}
}

func TestApprovedMoveIsCarriedOutGiverFirst(t *testing.T) {
	w := running(t, nil)
	w.ill("west-1", "hr-1", tuesday)
	w.settle()
	d := must[events_capacity.ProposalDrafted](w)
	from := len(w.said)
	if err := w.service.Approve(w.ctx, d.Proposal); err != nil {
		t.Fatal(err)
	}
	w.settle()
	carried(t, w)
	var order []string
	for _, e := range w.said[from:] {
		name := e.EventType()
		if o, ok := e.(events_capacity.OfferingChanged); ok {
			name = fmt.Sprintf("%s tentative=%v", o.Centre, o.Tentative)
		}
		order = append(order, name)
	}
	want := []string{events_capacity.TypeProposalApproved, "east tentative=true", events_capacity.TypeDeploymentRequested, events_capacity.TypeProposalApplied}
	i := 0
	for _, got := range order {
		if i < len(want) && got == want[i] {
			i++
		}
	}
	if i != len(want) {
		t.Errorf("order %v, want %v within", order, want)
	}
	if err := w.service.Approve(w.ctx, d.Proposal); err != nil {
		t.Errorf("approving again: %v", err)
	}
	if err := w.service.Reject(w.ctx, d.Proposal, "late"); !errors.Is(err, proposal.ErrDecided) {
		t.Errorf("rejecting an approved one: %v", err)
	}
}

func TestGuardrailsApprove(t *testing.T) {
	w := running(t, automatic)
	w.ill("west-1", "hr-1", tuesday)
	w.settle()
	carried(t, w)
	if a := must[events_capacity.ProposalApproved](w); !a.Automatic {
		t.Errorf("%+v", a)
	}
}

// Rebuilt from its log before every single delivery and step, the service ends
// where the undisturbed one ends.
func TestRestartAnywhere(t *testing.T) {
	run := func(restart bool) (end []string) {
		w := running(t, automatic)
		w.restart = restart
		w.refuse = func(e events_capacity.DeploymentRequested) string {
			if e.Employee == "east-1" {
				return "rest-period"
			}
			return ""
		}
		w.ill("west-1", "hr-1", tuesday, tuesday+1)
		w.settle()
		w.ill("west-2", "hr-2", tuesday)
		w.settle()
		w.back("west-1", "hr-3", tuesday)
		w.settle()
		for _, c := range []id.Centre{"west", "east"} {
			for d := monday; d < monday+28; d++ {
				o := w.offered(c, d)
				end = append(end, fmt.Sprint(c, d, o.Tentative, o.Lines))
			}
		}
		return append(end, fmt.Sprint(count[events_capacity.ProposalApplied](w), count[events_capacity.ProposalDrafted](w), count[events_capacity.DeploymentRequested](w), count[events_capacity.DeploymentWithdrawn](w)))
	}
	calm, rough := run(false), run(true)
	if !slices.Equal(calm, rough) {
		for i := range calm {
			if calm[i] != rough[i] {
				t.Errorf("undisturbed %s\nrestarted   %s", calm[i], rough[i])
			}
		}
	}
}

func TestRefusalRestoresAndPlansAgain(t *testing.T) {
	w := running(t, automatic)
	first := id.Employee("")
	w.refuse = func(e events_capacity.DeploymentRequested) string {
		if first == "" {
			first = e.Employee
		}
		if e.Employee == first {
			return "rest-period"
		}
		return ""
	}
	w.ill("west-1", "hr-1", tuesday)
	w.settle()
	if n := count[events_capacity.ProposalDrafted](w); n != 2 {
		t.Fatalf("%d proposals, want a second one after the refusal", n)
	}
	d := must[events_capacity.ProposalDrafted](w)
	if d.Moves[0].Employee == first {
		t.Error("the refused move is proposed again")
	}
	carried(t, w)
	for _, e := range w.said {
		if a, ok := e.(events_capacity.ProposalApplied); ok && a.Proposal != d.Proposal && (len(a.Refused) != 1 || a.Refused[0].Rule != "rest-period") {
			t.Errorf("first proposal: %+v", a)
		}
	}
}

func TestMoveThatWouldUncoverFails(t *testing.T) {
	w := running(t, automatic)
	w.uncovers["east/"+tuesday.String()] = 45
	w.ill("west-1", "hr-1", tuesday)
	w.settle()
	if n := count[events_capacity.DeploymentRequested](w); n != 0 {
		t.Fatalf("%d deployments were requested", n)
	}
	if n := count[events_capacity.ProposalDrafted](w); n != 1 {
		t.Errorf("%d proposals: the giver cannot give, whoever is asked", n)
	}
	a := must[events_capacity.ProposalApplied](w)
	if len(a.Refused) != 1 || a.Refused[0].Rule != "would-uncover" {
		t.Errorf("%+v", a)
	}
	if o := w.offered("east", tuesday); len(o.Lines) != 4 || o.Tentative {
		t.Errorf("the giver's offering is not restored: %+v", o)
	}
}

// TestGiverThatLosesMoreMeanwhile: what booking says of an offering that was said
// before others fell ill does not send anybody away.
func TestGiverThatLosesMoreMeanwhile(t *testing.T) {
	w := running(t, automatic)
	w.ill("west-1", "hr-1", tuesday)
	var asked []events_capacity.OfferingChanged
	for range 20 {
		w.step()
		for _, e := range w.heard() {
			o, is := e.(events_capacity.OfferingChanged)
			switch {
			case is && o.Tentative:
				asked = append(asked, o)
			case is:
				w.answer(o)
			}
		}
	}
	if len(asked) != 1 || asked[0].Centre != "east" {
		t.Fatalf("tentative offerings: %+v", asked)
	}
	leaves := must[events_capacity.ProposalDrafted](w).Moves[0].Employee
	stay := slices.DeleteFunc([]id.Employee{"east-1", "east-2", "east-3", "east-4"}, func(e id.Employee) bool { return e == leaves })
	for _, e := range stay[:2] {
		w.ill(e, "hr-"+string(e), tuesday)
	}
	w.step() // capacity says that less is on offer
	w.answer(asked[0])
	w.step()
	if n := count[events_capacity.DeploymentRequested](w); n != 0 {
		t.Fatal("the person is asked for although booking has not answered what is on offer now")
	}
	for _, e := range w.heard() {
		if _, early := e.(events_capacity.DeploymentRequested); early {
			t.Fatal("the person is asked for although booking has not answered what is on offer now")
		}
		if o, is := e.(events_capacity.OfferingChanged); is {
			w.answer(o)
		}
	}
	w.settle()
	if n := count[events_capacity.DeploymentRequested](w); n != 0 {
		t.Errorf("%d deployments were requested of a giver that cannot give", n)
	}
}

func TestCauseCancelledSupersedes(t *testing.T) {
	w := running(t, nil)
	w.ill("west-1", "hr-1", tuesday)
	w.settle()
	d := must[events_capacity.ProposalDrafted](w)
	w.back("west-1", "hr-2", tuesday)
	w.settle()
	s := must[events_capacity.ProposalSuperseded](w)
	if s.Proposal != d.Proposal {
		t.Fatalf("%+v", s)
	}
	if n := count[events_capacity.ProposalDrafted](w); n != 1 {
		t.Errorf("%d proposals", n)
	}
	if o := w.offered("west", tuesday); len(o.Lines) != 3 {
		t.Errorf("%+v", o)
	}
	if err := w.service.Approve(w.ctx, d.Proposal); !errors.Is(err, proposal.ErrDecided) {
		t.Errorf("approving a void proposal: %v", err)
	}
}

func TestCauseEndedAfterDeploymentSendsBack(t *testing.T) {
	w := running(t, automatic)
	w.booked["east/"+tuesday.String()] = 3 * 480
	w.ill("west-1", "hr-1", tuesday)
	w.settle()
	carried(t, w)
	moved := must[events_capacity.DeploymentRequested](w)
	w.back("west-1", "hr-2", tuesday)
	w.settle()
	x, ok := last[events_capacity.DeploymentWithdrawn](w)
	if !ok || x.Deployment != moved.Deployment || x.Employee != moved.Employee {
		t.Fatalf("withdrawn %+v, ordered %+v", x, moved)
	}
	if o := w.offered("east", tuesday); len(o.Lines) != 4 || o.Tentative {
		t.Errorf("east: %+v", o)
	}
	if o := w.offered("west", tuesday); len(o.Lines) != 3 || o.Tentative {
		t.Errorf("west: %+v", o)
	}
	if n := count[events_capacity.ProposalApplied](w); n != 2 {
		t.Errorf("%d proposals applied, want the cover and its end", n)
	}
}

// Whoever belongs to another centre since is not sent back to where they came from.
func TestNobodyIsSentBackToAnotherHome(t *testing.T) {
	for _, drafted := range []bool{false, true} { // when they come to belong to west
		w := running(t, automatic)
		w.booked["east/"+tuesday.String()] = 3 * 480
		w.ill("west-1", "hr-1", tuesday)
		w.settle()
		carried(t, w)
		mover := must[events_capacity.DeploymentRequested](w).Employee
		w.booked["east/"+tuesday.String()] = 4 * 480 // so that they are missed there
		w.answer(w.offered("east", tuesday))
		moveHouse := func() {
			d := w.staff[mover]
			d.Home = "west"
			w.staff[mover] = d
			w.duties(mover, "", func(x *staffing.Duty) bool { x.Centre = "west"; return true })
			w.settle()
		}
		if drafted {
			n := town() // without guardrails, so that the return waits for a planner
			if _, err := w.service.ApplyNetwork(w.ctx, n, false); err != nil {
				t.Fatal(err)
			}
		} else {
			moveHouse()
		}
		before := count[events_capacity.ProposalDrafted](w)
		w.back("west-1", "hr-2", tuesday)
		w.settle()
		if drafted {
			d := must[events_capacity.ProposalDrafted](w)
			if len(d.Moves) != 1 || d.Moves[0].Employee != mover || d.Moves[0].To != "east" {
				t.Fatalf("no return is drafted: %+v", d)
			}
			moveHouse()
			if err := w.service.Approve(w.ctx, d.Proposal); err == nil {
				t.Errorf("%s is sent back to east and belongs to west", mover)
			}
			w.settle()
		} else if n := count[events_capacity.ProposalDrafted](w); n != before {
			t.Errorf("%s belongs to west, and is asked to go: %+v", mover, must[events_capacity.ProposalDrafted](w))
		}
		if n := count[events_capacity.DeploymentWithdrawn](w); n != 0 {
			t.Errorf("drafted %v: %d deployments withdrawn", drafted, n)
		}
		if o := w.offered("west", tuesday); len(o.Lines) != 4 || o.Tentative {
			t.Errorf("drafted %v: west %+v", drafted, o)
		}
	}
}

// The deployment that a return would end is undone after the return was approved
// and before booking has answered: the return has nothing to end, and says so.
func TestUndoneWhileItsReturnIsUnderWay(t *testing.T) {
	w := running(t, automatic)
	w.booked["east/"+tuesday.String()] = 3 * 480
	w.ill("west-1", "hr-1", tuesday)
	w.settle()
	carried(t, w)
	first := must[events_capacity.ProposalDrafted](w)
	w.back("west-1", "hr-2", tuesday)
	var unanswered []events_capacity.OfferingChanged
	for count[events_capacity.ProposalApproved](w) == 1 { // until the return is approved
		w.step()
		for _, e := range w.heard() {
			if o, ok := e.(events_capacity.OfferingChanged); ok && o.Tentative {
				unanswered = append(unanswered, o)
			} else if ok {
				w.answer(o)
			}
		}
	}
	if err := w.service.Undo(w.ctx, first.Proposal, "west does not want them"); err != nil {
		t.Fatal(err)
	}
	// Booking is faster than staffing.
	for _, o := range unanswered {
		w.answer(o)
	}
	var late []events_capacity.DeploymentWithdrawn
	for range 20 {
		w.step()
		for _, e := range w.heard() {
			switch e := e.(type) {
			case events_capacity.OfferingChanged:
				w.answer(e)
			case events_capacity.DeploymentWithdrawn:
				late = append(late, e)
			}
		}
	}
	if len(late) != 1 {
		t.Fatalf("staffing is asked %d times to end one deployment: %+v", len(late), late)
	}
	w.withdraw(late[0])
	w.settle()
	a := must[events_capacity.ProposalApplied](w)
	if a.Proposal == first.Proposal || len(a.Refused) != 1 || a.Refused[0].Rule != "withdrawn" {
		t.Errorf("the return ends as %+v", a)
	}
	if o := w.offered("east", tuesday); len(o.Lines) != 4 || o.Tentative {
		t.Errorf("east: %+v", o)
	}
	if o := w.offered("west", tuesday); len(o.Lines) != 3 || o.Tentative {
		t.Errorf("west: %+v", o)
	}
}

// What booking has said of more counters than will be left says nothing of whether
// somebody can be spared: not even before the offering of fewer is out.
func TestTheGiverIsAskedAgainWhenItLosesSomebody(t *testing.T) {
	w := running(t, automatic)
	w.booked["east/"+tuesday.String()] = 3 * 480
	w.ill("west-1", "hr-1", tuesday)
	var asked events_capacity.OfferingChanged
	for asked.Version == 0 { // until the giver's offering without the person is out
		w.step()
		for _, e := range w.heard() {
			if o, ok := e.(events_capacity.OfferingChanged); ok && o.Tentative {
				asked = o
			} else if ok {
				w.answer(o)
			}
		}
	}
	move := must[events_capacity.ProposalDrafted](w).Moves[0]
	w.answer(asked) // all three can be served
	other := id.Employee("east-1")
	if other == move.Employee {
		other = "east-2"
	}
	w.ill(other, "hr-2", tuesday)
	if err := w.service.Node().Fold(w.ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := w.service.React(w.ctx, "deployments"); err != nil {
		t.Fatal(err)
	}
	w.heard()
	if r, early := last[events_capacity.DeploymentRequested](w); early {
		t.Fatalf("%+v is requested on what booking said of %d counters", r, len(asked.Lines))
	}
	w.settle()
	a := must[events_capacity.ProposalApplied](w)
	if len(a.Ordered) != 0 || len(a.Refused) != 1 || a.Refused[0].Rule != proposal.WouldUncover {
		t.Errorf("two people are left at east and three are booked: %+v", a)
	}
}

func TestCauseEndedWhileTheGiverCloses(t *testing.T) {
	w := running(t, automatic)
	w.ill("west-1", "hr-1", tuesday)
	w.step()
	w.heard()
	w.answer(w.offered("west", tuesday))
	w.step() // drafted, approved, the giver's offering is out; nobody has answered
	w.back("west-1", "hr-2", tuesday)
	w.settle()
	a := must[events_capacity.ProposalApplied](w)
	if len(a.Refused) != 1 || a.Refused[0].Rule != "not-needed" || count[events_capacity.DeploymentRequested](w) != 0 {
		t.Errorf("%+v, %d requested", a, count[events_capacity.DeploymentRequested](w))
	}
	if o := w.offered("east", tuesday); len(o.Lines) != 4 || o.Tentative {
		t.Errorf("east: %+v", o)
	}
}

func TestUndo(t *testing.T) {
	w := running(t, automatic)
	w.ill("west-1", "hr-1", tuesday)
	w.settle()
	carried(t, w)
	d := must[events_capacity.ProposalDrafted](w)
	if err := w.service.Undo(w.ctx, d.Proposal, ""); !errors.Is(err, proposal.ErrNoReason) {
		t.Errorf("undone without a reason: %v", err)
	}
	if err := w.service.Undo(w.ctx, d.Proposal, "east has a training day"); err != nil {
		t.Fatal(err)
	}
	w.settle()
	if o := w.offered("east", tuesday); len(o.Lines) != 4 || o.Tentative {
		t.Errorf("east: %+v", o)
	}
	if n := count[events_capacity.ProposalDrafted](w); n != 1 {
		t.Errorf("an undone move was proposed again: %d", n)
	}
}

func TestStaleAtApproval(t *testing.T) {
	w := running(t, nil)
	w.ill("west-1", "hr-1", tuesday)
	w.settle()
	d := must[events_capacity.ProposalDrafted](w)
	// The giver is booked up meanwhile.
	w.booked["east/"+tuesday.String()] = 4 * 480
	w.answer(w.offered("east", tuesday))
	w.settle()
	if err := w.service.Approve(w.ctx, d.Proposal); !errors.Is(err, app.ErrStale) {
		t.Fatalf("%v", err)
	}
}

func TestOffDutyWhileClosingFails(t *testing.T) {
	w := running(t, nil)
	w.ill("west-1", "hr-1", tuesday)
	w.settle()
	d := must[events_capacity.ProposalDrafted](w)
	if err := w.service.Approve(w.ctx, d.Proposal); err != nil {
		t.Fatal(err)
	}
	w.ill(d.Moves[0].Employee, "hr-2", tuesday)
	w.settle()
	for _, e := range w.said {
		if a, ok := e.(events_capacity.ProposalApplied); ok && a.Proposal == d.Proposal {
			if len(a.Refused) != 1 || a.Refused[0].Rule != "off-duty" {
				t.Errorf("%+v", a)
			}
			return
		}
	}
	t.Error("the proposal waits for ever")
}

func TestExpiryAndNewDay(t *testing.T) {
	w := running(t, nil)
	w.ill("west-1", "hr-1", tuesday)
	w.settle()
	d := must[events_capacity.ProposalDrafted](w)
	w.now = w.now.AddDate(0, 0, 3)
	if err := w.service.Node().Tick(w.ctx); err != nil {
		t.Fatal(err)
	}
	w.settle()
	if x := must[events_capacity.ProposalExpired](w); x.Proposal != d.Proposal {
		t.Errorf("%+v", x)
	}
	if err := w.service.Approve(w.ctx, d.Proposal); !errors.Is(err, proposal.ErrExpired) {
		t.Errorf("approving an expired one: %v", err)
	}
	// Who is missed is missed still: a planner finds a fresh proposal.
	if next := must[events_capacity.ProposalDrafted](w); next.Proposal == d.Proposal || next.ExpiresOn != d.ExpiresOn+3 {
		t.Errorf("after the expiry: %+v", next)
	}
	// What enters the horizon is offered as soon as somebody is on duty there.
	late := monday + 30
	e := w.staff["west-2"]
	e.Duties = append(slices.Clone(e.Duties), staffing.Duty{Day: late, Centre: "west", Span: e.Duties[0].Span})
	w.staff["west-2"] = e
	w.duties("west-2", "", nil)
	w.settle()
	if o := w.offered("west", late); len(o.Lines) != 1 {
		t.Errorf("%+v", o)
	}
}

func TestPromiseAtRiskAndRestored(t *testing.T) {
	w := running(t, nil)
	for d := monday; d < monday+16; d++ {
		w.booked["west/"+d.String()] = 3 * 480
	}
	for d := monday; d < monday+16; d++ {
		if o := w.offered("west", d); o.Version > 0 {
			w.answer(o)
		}
	}
	w.settle()
	if r := must[events_capacity.PromiseAtRisk](w); r.District != "alpha" || r.Days != 16 || r.Limit != 14 {
		t.Fatalf("%+v", r)
	}
	w.booked["west/"+(monday+3).String()] = 0
	w.answer(w.offered("west", monday+3))
	w.settle()
	if r := must[events_capacity.PromiseRestored](w); r.Days != 3 || *r.ThirdNext != monday+3 {
		t.Fatalf("%+v", r)
	}
}
