package suggest

import (
	"cmp"
	"slices"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/wording"
)

// Kind of a suggestion.
type Kind string

// Kinds of suggestions.
const (
	// Walkin gives minutes held for walk-ins to appointments.
	Walkin Kind = "release-walk-in"
	// Overtime keeps people an hour longer.
	Overtime Kind = "overtime"
	// Saturday opens a centre on a Saturday.
	Saturday Kind = "saturday-opening"
	// Closing shuts a centre for a day, so that its people help elsewhere.
	Closing Kind = "close-for-a-day"
	// Hours opens a centre later or closes it earlier, so that at every half hour
	// enough people are there.
	Hours Kind = "shorter-hours"
)

// Kinds in the order in which they are looked for.
var Kinds = []Kind{Walkin, Overtime, Saturday, Closing, Hours}

// Suggestion is something a planner may do.
type Suggestion struct {
	Kind     Kind  `json:"kind"`
	Centre   int   `json:"centre"`
	District int   `json:"district"`
	Days     []int `json:"days"`
	// Skill that gains most, −1 if none does.
	Skill int `json:"skill"`
	// Minutes that change their use: released, worked longer, offered on a
	// Saturday, taken elsewhere; for shorter hours those of the closed part.
	Minutes int `json:"minutes"`
	// Takes is how many people it takes, People who: who could stay longer (any
	// of them), who would work on the Saturday, who moves.
	Takes  int   `json:"takes,omitempty"`
	People []int `json:"people,omitempty"`
	// Moves that a closing asks for.
	Moves []planning.Change `json:"moves,omitempty"`
	// From and To are the hours that shorter hours leave, in minutes after
	// midnight.
	From int `json:"from,omitempty"`
	To   int `json:"to,omitempty"`
	// Gain in points; it is the sum of Parts.
	Gain  float64        `json:"gain"`
	Parts planning.Parts `json:"parts"`
	Wins  Wins           `json:"wins"`
	// StaffMinutes is what it costs in minutes of people beyond the plan.
	StaffMinutes int `json:"staff_minutes"`
	// Exact is whether Gain is priced by the best mix, and nothing that minutes
	// do not know is touched: which appointments are booked in the hours that
	// would be closed, whose appointments would have to be moved.
	Exact bool         `json:"exact"`
	Text  wording.Text `json:"text"`
}

// Wins is what changes, in slots; below 0 it is lost.
type Wins struct {
	// LateSlotDays are the days late fewer of all slots together, LateSlots the
	// slots fewer that are later than promised. The price counts days: where
	// several mixes are as good LateSlots is that of one of them.
	LateSlots    float64 `json:"late_slots"`
	LateSlotDays float64 `json:"late_slot_days"`
	// Booked are appointments more that are covered, Walkin walk-ins more that
	// are held for.
	Booked float64 `json:"booked"`
	Walkin float64 `json:"walk_in"`
	// Heads are people fewer missing at a minimum.
	Heads int `json:"heads"`
}

// Question is about a plan of an instance.
type Question struct {
	Instance *planning.Instance
	Plan     planning.Plan
	Names    wording.Names
	Options
}

// Options bound the work; the zero value takes what stands in brackets.
type Options struct {
	// Kinds to look for [all].
	Kinds []Kind
	// Days ahead of today to look at [28].
	Days int
	// PerKind is how many suggestions of a kind are answered at most [3].
	PerKind int
	// LeastGain in points, below which nothing is suggested [5].
	LeastGain float64
	// Tries is how often the mix is re-optimised for a candidate [120].
	Tries int
	// OvertimeMinutes of one person on one day [60], SaturdayMinutes at the
	// counter of one person on a Saturday [300].
	OvertimeMinutes, SaturdayMinutes int
	// Stop is asked before each try; nil never stops.
	Stop func() bool
}

func (o Options) filled() Options {
	or := func(v *int, d int) {
		if *v <= 0 {
			*v = d
		}
	}
	or(&o.Days, 28)
	or(&o.PerKind, 3)
	or(&o.Tries, 120)
	or(&o.OvertimeMinutes, 60)
	or(&o.SaturdayMinutes, 300)
	if o.LeastGain <= 0 {
		o.LeastGain = 5
	}
	if o.Kinds == nil {
		o.Kinds = Kinds
	}
	if o.Stop == nil {
		o.Stop = func() bool { return false }
	}
	return o
}

// Answer to a Question.
type Answer struct {
	// Suggestions, the greatest gain first.
	Suggestions []Suggestion `json:"suggestions"`
	// Tries made, and whether all candidates were looked at.
	Tries    int  `json:"tries"`
	Complete bool `json:"complete"`
}

// TemporarySite is what there is to say about further places of service.
var TemporarySite = wording.Text{
	De: "Ob ein zusätzlicher Standort auf Zeit hilft, lässt sich hier nicht berechnen: Gerechnet wird nur mit den Standorten, die es gibt.",
	En: "Whether a temporary site would help cannot be worked out here: only the centres that exist are taken into account.",
}

// For looks for suggestions. The instance must be valid and the plan fit it.
func For(q Question) (Answer, error) {
	q.Options = q.filled()
	if q.Names == nil {
		q.Names = wording.IDs(q.Instance)
	}
	k, err := newBench(q)
	if err != nil {
		return Answer{}, err
	}
	var out Answer
	for i, kind := range q.Kinds {
		// What earlier kinds leave goes to later ones.
		k.most = k.tries + (q.Tries-k.tries)/(len(q.Kinds)-i)
		var found []Suggestion
		switch kind {
		case Walkin:
			found, err = k.walkins()
		case Overtime:
			found, err = k.overtime()
		case Saturday:
			found, err = k.saturdays()
		case Closing:
			found, err = k.closings()
		case Hours:
			found, err = k.hours()
		}
		if err != nil {
			return Answer{}, err
		}
		out.Suggestions = append(out.Suggestions, found...)
	}
	slices.SortStableFunc(out.Suggestions, func(a, b Suggestion) int { return cmp.Compare(b.Gain, a.Gain) })
	for i := range out.Suggestions {
		s := &out.Suggestions[i]
		s.District = q.Instance.Centres[s.Centre].District
		s.Text = k.say(s)
	}
	out.Tries, out.Complete = k.tries, !k.cut
	return out, nil
}
