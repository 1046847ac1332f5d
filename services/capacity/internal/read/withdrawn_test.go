package read

import (
	"testing"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/observed"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// withdrawing is a city of which two proposals, approved, each take the employee
// "e" from "west".
type withdrawing struct {
	*City
	t     *testing.T
	place Place
}

func newWithdrawing(t *testing.T) withdrawing {
	const today = day.Day(100)
	w := withdrawing{NewCity(), t, Place{Centre: "west", Day: today + 1}}
	w.Today, w.Policy.HorizonDays = today, 5
	w.works("west", 1, "")
	for _, p := range []id.Proposal{"p", "q"} {
		moves := []capacity.Move{{Deployment: id.Deployment(p) + "-1", Employee: "e", Day: w.place.Day, From: "west", To: "east"},
			{Deployment: id.Deployment(p) + "-2", Employee: "other", Day: w.place.Day, From: "west", To: "east"}}
		w.says(p, capacity.ProposalDrafted{Proposal: p, Moves: moves})
	}
	w.approve("p")
	return w
}

func (w withdrawing) says(p id.Proposal, e decider.Event) {
	w.Apply(eventlog.Event{Position: w.Position + 1, Stream: "proposal-" + string(p)}, e)
}

func (w withdrawing) approve(p id.Proposal) {
	w.says(p, capacity.ProposalApproved{Proposal: p, Deployments: []id.Deployment{id.Deployment(p) + "-1", id.Deployment(p) + "-2"}})
}

// works puts e on duty at a centre, by a deployment or none; "" is nowhere.
func (w withdrawing) works(at id.Centre, version int64, by id.Deployment) {
	e := observed.DutiesObserved{Employee: "e", Version: version, Home: "west", Horizon: day.Period{From: w.Today, Until: w.Today + 5}}
	if at != "" {
		e.Duties = []observed.Duty{{Day: w.place.Day, Centre: at, Span: day.Span{From: 480, To: 960}, Deployment: by}}
	}
	w.Apply(eventlog.Event{Position: w.Position + 1}, e)
}

func (w withdrawing) offered(want bool, when string) {
	w.t.Helper()
	_, tentative := w.Offer(w.place)
	if tentative == want || w.OnDuty(w.place) == 1 != want {
		w.t.Errorf("%s: tentative %v, %d on duty, want them offered %v", when, tentative, w.OnDuty(w.place), want)
	}
}

// Whoever was ordered elsewhere, has left, and works at the place again since it
// has become their home, is offered there: nothing comes any more that would end the
// withdrawal of a return, for staffing has no deployment of it.
func TestAWithdrawalEndsWhenThePersonHasLeft(t *testing.T) {
	w := newWithdrawing(t)
	w.offered(false, "approved")
	w.says("p", capacity.DeploymentRequested{Proposal: "p", Deployment: "p-1"})
	w.says("p", proposal.Ordered{Deployment: "p-1"})
	w.offered(false, "ordered, and still on duty here as far as is known")
	w.works("east", 2, "p-1")
	if len(w.Withdrawn[w.place]) != 1 { // the other's
		t.Errorf("withdrawn: %+v", w.Withdrawn)
	}
	w.works("west", 3, "")
	w.offered(true, "back")
	w.says("p", proposal.Failed{Deployment: "p-2", Rule: "elsewhere"})
	w.says("p", capacity.ProposalApplied{Proposal: "p", Ordered: []id.Deployment{"p-1"}})
	w.offered(true, "back, and the proposal goes on")
}

// Whoever is off duty before the move is ordered is missed, and withdrawn no more
// once it is.
func TestAWithdrawalEndsWithTheOrderOfSomebodyWhoHasLeft(t *testing.T) {
	w := newWithdrawing(t)
	w.says("p", capacity.DeploymentRequested{Proposal: "p", Deployment: "p-1"})
	w.works("", 2, "")
	w.works("west", 3, "")
	w.offered(false, "ill for a moment; staffing has not answered")
	w.works("", 4, "")
	w.says("p", proposal.Ordered{Deployment: "p-1"})
	w.works("west", 5, "")
	w.offered(true, "back")
}

// A return ends the deployment by which somebody is at a place. If that has become
// their home meanwhile they stay, without it, and are offered.
func TestAReturnWithdrawsADeploymentAndNotThePerson(t *testing.T) {
	w := newWithdrawing(t)
	w.says("r", proposal.Detailed{Proposal: "r", Returns: map[id.Deployment]proposal.Reference{"r-1": {Proposal: "p", Deployment: "p-1"}}})
	w.says("r", capacity.ProposalDrafted{Proposal: "r", Moves: []capacity.Move{{Deployment: "r-1", Employee: "e", Day: w.place.Day, From: "east", To: "west"}}})
	w.works("east", 2, "p-1")
	w.place.Centre = "east"
	w.offered(true, "deployed")
	w.says("r", capacity.ProposalApproved{Proposal: "r", Deployments: []id.Deployment{"r-1"}})
	w.offered(false, "on the way back")
	w.says("r", proposal.Closing{Deployment: "r-1"})
	w.says("r", capacity.DeploymentWithdrawn{Proposal: "p", Deployment: "p-1"})
	w.works("east", 3, "p-1")
	w.says("r", proposal.Ordered{Deployment: "r-1"})
	w.offered(false, "staffing has said so, and the duty still stands as far as is known")
	w.works("east", 4, "")
	w.offered(true, "at home here")
}

// A place does not offer a person whom two proposals take away, until both have
// come to nothing.
func TestTwoProposalsWithdrawOnePerson(t *testing.T) {
	for _, order := range [][]id.Proposal{{"p", "q"}, {"q", "p"}} {
		w := newWithdrawing(t)
		w.approve("q")
		w.says(order[0], proposal.Failed{Deployment: id.Deployment(order[0]) + "-1", Rule: "elsewhere"})
		w.offered(false, string(order[0])+" has failed")
		w.says(order[1], proposal.Failed{Deployment: id.Deployment(order[1]) + "-1", Rule: "elsewhere"})
		w.offered(true, "both have failed")
		w.says(order[1], proposal.Failed{Deployment: id.Deployment(order[1]) + "-2", Rule: "elsewhere"})
		w.offered(true, "both have failed in all")
	}
}
