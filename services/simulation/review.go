package simulation

import (
	"fmt"
	"time"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/simulation/dice"

	service "github.com/lotse-hamburg/lotse/services/capacity"
)

// Planners are at their desks from Monday to Friday, holidays excepted.
var desk = day.Span{From: day.Clock(8, 0), To: day.Clock(16, 30)}

// drafted notes what a planner will be asked.
func (r *run) drafted(e capacity.ProposalDrafted) {
	r.tally.drafted(r)
	for _, p := range e.Supersedes {
		delete(r.pending, p)
	}
	if !r.Options.Policy.answers || e.Approval != "review" {
		return
	}
	r.asked++
	d, set := dice.Of(r.Seed, "planner", fmt.Sprint(r.asked)), r.Scenario.Planners
	after := time.Duration(d.LogNormal(set.Hours, set.Sigma) * float64(time.Hour))
	rejects := d.Chance(set.Rejected)
	r.pending[e.Proposal] = true
	r.queue = append(r.queue, func() error {
		at := r.workingTime(r.agenda.Now(), after)
		r.agenda.At(at, "a planner answers", func() error { return r.answer(e.Proposal, rejects) })
		return nil
	})
}

// answer a proposal that is still open.
func (r *run) answer(p id.Proposal, rejects bool) error {
	if !r.pending[p] {
		return nil // superseded or expired by now
	}
	delete(r.pending, p)
	r.tally.decided(r)
	var err error
	if rejects {
		err = r.world.Capacity.Reject(r.ctx, p, "other plans for these days")
	} else {
		err = r.world.Capacity.Approve(r.ctx, p)
	}
	if service.IsRefusal(err) {
		// The world has changed since it was drafted.
		r.tally.out.TooLate++
		err = nil
	}
	if err != nil {
		return err
	}
	return r.turn()
}

// workingTime is the moment at which planners have worked for so long.
func (r *run) workingTime(from time.Time, left time.Duration) time.Time {
	for on := day.Of(from, r.City.Zone); ; on++ {
		if !r.City.working(on) {
			continue
		}
		begin, end := on.At(desk.From, r.City.Zone), on.At(desk.To, r.City.Zone)
		if from.After(begin) {
			begin = from
		}
		if rest := end.Sub(begin); rest < left {
			left -= max(0, rest)
			continue
		}
		return begin.Add(left)
	}
}
