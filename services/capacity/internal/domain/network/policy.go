package network

import (
	"errors"
	"fmt"
	"strings"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// The policy has two masters: the files of the network, which are applied again
// and again, and the central planner at the desk. What the files said last is
// remembered, so that whoever applies them changes what has changed in the files
// and nothing else: a field that was edited at the desk stays, one that was
// changed at both ends differently is refused
// (docs/decisions/0012-policy-two-masters.md).

// Refusals.
var (
	ErrNoPolicy       = errors.New("there is no policy yet: apply a network first")
	ErrPolicyChanged  = errors.New("the policy has changed since it was read: read it again")
	ErrPolicyReason   = errors.New("reason is missing: say in a sentence why the policy is changed")
	ErrPolicyConflict = errors.New("the policy was changed in the files and at the desk")
)

// Type names in the log.
const (
	TypePolicyEdited = "capacity.policy-edited.v1"
	TypePolicyFiled  = "capacity.policy-filed.v1"
)

type (
	// PolicyEdited: the change of policy to a version was made at the desk. It goes
	// before it.
	PolicyEdited struct {
		Version int64  `json:"version"`
		Reason  string `json:"reason"`
	}
	// PolicyFiled is what the files say, where that is not what holds; of a version
	// that goes after it, or is in force.
	PolicyFiled struct {
		Version int64           `json:"version"`
		Policy  capacity.Policy `json:"policy"`
	}
)

// EventType names it in the log.
func (PolicyEdited) EventType() string { return TypePolicyEdited }

// EventType names it in the log.
func (PolicyFiled) EventType() string { return TypePolicyFiled }

// PolicyState is the policy in force and what the files said last.
type PolicyState struct {
	capacity.PolicyChanged
	Filed capacity.Policy
	apart int64 // version of which Filed is known by itself
}

// PolicyCommand is SetPolicy or EditPolicy.
type PolicyCommand interface{ policyCommand() }

type (
	// SetPolicy makes policy, districts and calendar what the files say; its
	// version is ignored. What was edited at the desk and has not changed in the
	// files stays, unless Over is set.
	SetPolicy struct {
		Policy capacity.PolicyChanged
		Over   bool
	}
	// EditPolicy changes the policy at the desk. Seen is the version that the
	// planner has read.
	EditPolicy struct {
		Policy capacity.Policy
		Seen   int64
		Reason string
	}
)

func (SetPolicy) policyCommand()  {}
func (EditPolicy) policyCommand() {}

// Policy decides the one policy.
var Policy = decider.Decider[PolicyState, PolicyCommand]{
	Initial: func() PolicyState { return PolicyState{} },
	Decide: func(s PolicyState, c PolicyCommand) ([]decider.Event, error) {
		switch c := c.(type) {
		case SetPolicy:
			return s.set(c)
		case EditPolicy:
			return s.edit(c)
		}
		return nil, nil
	},
	Evolve: func(s PolicyState, e decider.Event) PolicyState {
		switch e := e.(type) {
		case PolicyEdited:
			s.apart = e.Version
		case PolicyFiled:
			s.apart, s.Filed = e.Version, e.Policy
		case capacity.PolicyChanged:
			if s.PolicyChanged = e; e.Version != s.apart {
				s.Filed = e.Policy
			}
		}
		return s
	},
}

func (s PolicyState) set(c SetPolicy) ([]decider.Event, error) {
	file := c.Policy.Policy
	next := c.Policy
	next.Version = s.Version
	if s.Version > 0 && !c.Over && !same(s.Filed, s.Policy) {
		merged, clashes := merge(s.Filed, file, s.Policy)
		if len(clashes) > 0 {
			return nil, conflict(clashes)
		}
		next.Policy = merged
	}
	filed := s.Version == 0 || same(s.Filed, file)
	if s.Version > 0 && same(s.PolicyChanged, next) {
		if filed {
			return nil, nil
		}
		return []decider.Event{PolicyFiled{s.Version, file}}, nil
	}
	next.Version++
	if same(next.Policy, file) {
		return []decider.Event{next}, nil
	}
	return []decider.Event{PolicyFiled{next.Version, file}, next}, nil
}

func (s PolicyState) edit(c EditPolicy) ([]decider.Event, error) {
	switch {
	case s.Version == 0:
		return nil, ErrNoPolicy
	case same(s.Policy, c.Policy):
		return nil, nil
	case c.Seen > 0 && c.Seen != s.Version:
		return nil, fmt.Errorf("%w (it is at version %d, you have seen %d)", ErrPolicyChanged, s.Version, c.Seen)
	case strings.TrimSpace(c.Reason) == "":
		return nil, ErrPolicyReason
	}
	if err := CheckPolicy(c.Policy); err != nil {
		return nil, err
	}
	next := s.PolicyChanged
	next.Version++
	next.Policy = c.Policy
	return []decider.Event{PolicyEdited{next.Version, c.Reason}, next}, nil
}

func conflict(clashes []Clash) error {
	var said []string
	for _, c := range clashes {
		said = append(said, fmt.Sprintf("%s: %s in the files, %s at the desk", c.Field, c.File, c.Desk))
	}
	return fmt.Errorf("%w: %s. Write the desk's value into the files, or apply them over the desk's changes (policy=files)",
		ErrPolicyConflict, strings.Join(said, "; "))
}

// Kept are the fields that were edited at the desk and that the files say
// otherwise.
func (s PolicyState) Kept() []Change { return Differences(s.Filed, s.Policy) }
