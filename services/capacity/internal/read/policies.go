package read

import (
	"time"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// PolicyVersion is one change of the policy: who, when, what and why.
type PolicyVersion struct {
	Version int64     `json:"version"`
	Time    time.Time `json:"at"`
	Actor   string    `json:"actor,omitempty"`
	// Desk: it was edited at the desk; else the network was applied.
	Desk    bool             `json:"desk"`
	Reason  string           `json:"reason,omitempty"`
	Changes []network.Change `json:"changes"`
}

// policiesKept bounds how many versions are remembered.
const policiesKept = 100

// policy folds a version of the policy.
func (c *City) policy(stored eventlog.Event, e capacity.PolicyChanged) {
	v := PolicyVersion{Version: e.Version, Time: stored.Meta.Time, Actor: stored.Meta.Actor, Changes: []network.Change{}}
	if c.Policy.Version > 0 {
		v.Changes = append(v.Changes, network.Differences(c.Policy.Policy, e.Policy)...)
	}
	if c.edited.Version == e.Version {
		v.Desk, v.Reason = true, c.edited.Reason
	}
	c.Policy = e
	c.rules = network.Policy.Evolve(c.rules, e)
	c.Policies = append(c.Policies, v)
	if n := len(c.Policies); n > policiesKept {
		c.Policies = append([]PolicyVersion(nil), c.Policies[n-policiesKept:]...)
	}
}

// Kept are the fields of the policy that were edited at the desk and that the
// network's files say otherwise: From there, To in force.
func (c *City) Kept() []network.Change { return c.rules.Kept() }
