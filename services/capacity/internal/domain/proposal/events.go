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
	TypeDetailed    = "capacity.proposal-detailed.v1"
	TypeClosing     = "capacity.giver-closing.v1"
	TypeFailed      = "capacity.move-failed.v1"
	TypeOrdered     = "capacity.move-ordered.v1"
	TypeRefused     = "capacity.move-refused.v1"
	TypeCancelled   = "capacity.move-cancelled.v1"
	TypeReturning   = "capacity.return-began.v1"
	TypeReappraised = "capacity.proposal-reappraised.v1"
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

// Missing is one duty that does not take place. There is no reason in it.
type Missing struct {
	Employee id.Employee `json:"employee"`
	Centre   id.Centre   `json:"centre"`
	Day      day.Day     `json:"day"`
}

// Person is what was known of who is moved, when it was proposed.
type Person struct {
	Mobile    bool `json:"mobile,omitempty"`
	Volunteer bool `json:"volunteer,omitempty"`
	// AwayWeek and AwayHalfYear are days away from home with this one.
	AwayWeek     int `json:"away_week,omitempty"`
	AwayHalfYear int `json:"away_half_year,omitempty"`
	// Late: it is within the notice.
	Late bool `json:"late,omitempty"`
}

// Curve is what a proposal does to one district, day by day from a day on, as far
// as it was planned.
type Curve struct {
	District id.District `json:"district"`
	From     day.Day     `json:"from"`
	Before   Series      `json:"before"`
	After    Series      `json:"after"`
}

// Series are values by day.
type Series struct {
	// Lead is the time from the day to the third next appointment then on offer, of
	// the worst service group, in days; -1: none in the horizon.
	Lead []int `json:"lead"`
	// Fill is what is booked of the minutes that the staff can serve, in percent;
	// -1: nobody is there.
	Fill []int `json:"fill"`
	// Uncovered are booked minutes that nobody serves.
	Uncovered []int `json:"uncovered"`
}

// MoveWorth is what one move was worth and is, in points, and the rule that
// forbids it now.
type MoveWorth struct {
	Deployment id.Deployment `json:"deployment"`
	Was        float64       `json:"was"`
	Now        float64       `json:"now"`
	Rule       string        `json:"rule,omitempty"`
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
		// Missing are the duties that its causes took away.
		Missing []Missing `json:"missing,omitempty"`
		// People are those of the moves, as they were known then.
		People map[id.Deployment]Person `json:"people,omitempty"`
		// Curves are what it does, day by day, for the districts of its effects.
		Curves []Curve `json:"curves,omitempty"`
	}
	// Reappraised: what an open proposal was worth when it was drafted and is worth
	// now, in points; it goes before what is superseded because of it.
	Reappraised struct {
		Proposal id.Proposal `json:"proposal"`
		Was      float64     `json:"was"`
		Now      float64     `json:"now"`
		Moves    []MoveWorth `json:"moves"`
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
func (Reappraised) EventType() string { return TypeReappraised }
