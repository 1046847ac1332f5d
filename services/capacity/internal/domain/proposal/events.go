// Package proposal decides the life of a rebalancing proposal: drafted, then
// approved, rejected, superseded or expired; when approved each move is carried
// out by itself, giver first.
//
//	approved → closing (giver's slots) → requested → ordered | refused
//	                                   ↘ failed (it would uncover)
//
// A move may also send somebody back from a deployment that is not needed any
// more: then the deployment is withdrawn instead of requested.
package proposal

import (
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
)

// Type names in the log.
const (
	TypeDetailed  = "capacity.proposal-detailed.v1"
	TypeClosing   = "capacity.giver-closing.v1"
	TypeFailed    = "capacity.move-failed.v1"
	TypeOrdered   = "capacity.move-ordered.v1"
	TypeRefused   = "capacity.move-refused.v1"
	TypeCancelled = "capacity.move-cancelled.v1"
	TypeReturning = "capacity.return-began.v1"
)

// Loss is a centre-day that lacks people, the target of moves.
type Loss struct {
	Centre id.Centre `json:"centre"`
	Day    day.Day   `json:"day"`
}

// Reference names a move of a proposal.
type Reference struct {
	Proposal   id.Proposal   `json:"proposal"`
	Deployment id.Deployment `json:"deployment"`
}

type (
	// Detailed keeps what a draft knows beyond its public form.
	Detailed struct {
		Proposal id.Proposal `json:"proposal"`
		Losses   []Loss      `json:"losses,omitempty"`
		// Split is each move's gain by part of the objective, in points.
		Split map[id.Deployment]map[string]float64 `json:"split,omitempty"`
		// Returns names, for moves that send somebody back, the move that sent
		// them.
		Returns map[id.Deployment]Reference `json:"returns,omitempty"`
		// Explanation in words.
		Explanation *Explanation `json:"explanation,omitempty"`
	}
	// Closing: the giver's offering without the person is out; its answer is
	// awaited.
	Closing struct {
		Deployment      id.Deployment `json:"deployment"`
		OfferingVersion int64         `json:"offering_version"`
		UncoveredBefore day.Minutes   `json:"uncovered_before"`
	}
	// Failed: capacity itself refuses the move.
	Failed struct {
		Deployment id.Deployment `json:"deployment"`
		Rule       string        `json:"rule"`
		Reason     string        `json:"reason"`
	}
	// Ordered: staffing has ordered (or, for a return, cancelled) it.
	Ordered struct {
		Deployment id.Deployment `json:"deployment"`
	}
	// Refused by staffing.
	Refused struct {
		Deployment id.Deployment `json:"deployment"`
		Rule       string        `json:"rule"`
		Reason     string        `json:"reason"`
	}
	// Cancelled: an ordered deployment does not take place after all.
	Cancelled struct {
		Deployment id.Deployment `json:"deployment"`
		Cause      string        `json:"cause"`
	}
	// ReturnBegan: another proposal sends the person back.
	ReturnBegan struct {
		Deployment id.Deployment `json:"deployment"`
		By         Reference     `json:"by"`
	}
)

// Words say one thing per language ("de", "en").
type Words map[string]string

// Explanation of a proposal, for planners: plain sentences, the most important
// first.
type Explanation struct {
	Headline Words `json:"headline"`
	Cause    Words `json:"cause,omitempty"`
	// Without says what would happen without the moves.
	Without []Words `json:"without,omitempty"`
	// Moves say what each brings; Groups where they hang together.
	Moves  map[id.Deployment]Words `json:"moves,omitempty"`
	Groups []Words                 `json:"groups,omitempty"`
	// Worth says which hour more would help most, Rejected who else was thought
	// of and why not, Unsolved what stays and which rules stand in the way.
	Worth    []Words `json:"worth,omitempty"`
	Rejected []Words `json:"rejected,omitempty"`
	Unsolved []Words `json:"unsolved,omitempty"`
	// Complete is false where there was no time to look at everything.
	Complete bool `json:"complete"`
}

// Names in the log.
func (Detailed) EventType() string    { return TypeDetailed }
func (Closing) EventType() string     { return TypeClosing }
func (Failed) EventType() string      { return TypeFailed }
func (Ordered) EventType() string     { return TypeOrdered }
func (Refused) EventType() string     { return TypeRefused }
func (Cancelled) EventType() string   { return TypeCancelled }
func (ReturnBegan) EventType() string { return TypeReturning }
