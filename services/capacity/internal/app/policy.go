package app

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// Policy in force, and its versions that are remembered, the newest first.
func (a *App) Policy() (p capacity.PolicyChanged, versions []read.PolicyVersion) {
	a.node.View(func() { p, versions = a.City.Policy, slices.Clone(a.City.Policies) })
	slices.Reverse(versions)
	return p, versions
}

// EditPolicy changes the policy at the desk.
func (a *App) EditPolicy(ctx context.Context, key string, c network.EditPolicy) (journal.Receipt, error) {
	if p := c.Policy.Planning; p != nil {
		known := map[id.Skill]bool{}
		a.node.View(func() {
			for _, g := range a.City.Catalogue.Groups {
				known[g.Skill] = true
			}
		})
		for i, s := range p.Seasons {
			if s.Skill != "" && !known[s.Skill] {
				return journal.Receipt{}, field(fmt.Sprintf("policy.planning.seasons[%d].skill", i), string(s.Skill), "is not one of the groups")
			}
		}
	}
	return a.do(ctx, key, c, func(tx *journal.Tx) error {
		_, err := journal.Execute(tx, policies, city, network.PolicyCommand(c))
		return err
	})
}

const (
	// trialDays is how far back guardrails are tried.
	trialDays = 31
	// trialMost bounds how many proposals are looked at.
	trialMost = 3000
)

// Trial of guardrails over the proposals of the last month.
type Trial struct {
	// Since is when the oldest of them was drafted at the earliest; Looked how many
	// there are.
	Since  time.Time `json:"since"`
	Looked int       `json:"looked"`
	// Would count those that would have been approved by themselves, Did those that
	// were.
	Would int `json:"would"`
	Did   int `json:"did"`
	// Tried are all of them, the newest first.
	Tried []Tried `json:"tried"`
}

// Tried is one proposal and what guardrails would have made of it.
type Tried struct {
	Proposal id.Proposal `json:"proposal"`
	Drafted  time.Time   `json:"drafted"`
	Moves    int         `json:"moves"`
	Gain     float64     `json:"gain"`
	// Would: approved by itself; else Outside names the guardrails in the way.
	Would   bool     `json:"would"`
	Outside []string `json:"outside,omitempty"`
	// Did: it was approved by itself.
	Did   bool   `json:"did"`
	State string `json:"state"`
	// By whom it was decided, "" where nobody has; Reason that they gave.
	By     string `json:"by,omitempty"`
	Reason string `json:"reason,omitempty"`
	// Against: a planner rejected it or took it back, or changed its moves.
	Against bool `json:"against,omitempty"`
}

// Try tells what guardrails would have approved by themselves within the last
// month. What was known of the people then is in the proposals.
func (a *App) Try(g capacity.Guardrails) Trial {
	out := Trial{Since: a.node.Now().AddDate(0, 0, -trialDays), Tried: []Tried{}}
	type told struct {
		s    proposal.State
		what []read.Decision
	}
	var all []told
	a.node.View(func() {
		c := a.City
		for i := len(c.Order) - 1; i >= 0 && len(all) < trialMost; i-- {
			what := c.DecisionsOn(c.Order[i])
			if len(what) == 0 || what[0].Time.Before(out.Since) {
				break
			}
			all = append(all, told{c.Proposals[c.Order[i]], what})
		}
	})
	for _, x := range all {
		out.Looked++
		t := Tried{Proposal: x.s.ID, Drafted: x.what[0].Time, Moves: len(x.s.Draft.Moves), Gain: x.s.Draft.Gain, Did: x.s.Automatic, State: string(x.s.Status)}
		t.Outside = x.s.OutsideOf(g)
		t.Would = len(t.Outside) == 0
		for _, d := range x.what[1:] {
			switch d.Decision {
			case "approved", "rejected", "undone":
				t.By, t.Reason = d.By(), d.Reason
				t.Against = t.Against || d.Decision != "approved" || len(d.Dropped)+len(d.Added) > 0
			}
		}
		if t.Would {
			out.Would++
		}
		if t.Did {
			out.Did++
		}
		out.Tried = append(out.Tried, t)
	}
	return out
}
