package planning

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// Format is the name of the instance format.
const Format = "lotse-instance-1"

// Nowhere stands in a plan where a person is not present.
const Nowhere = -1

// Instance is one planning problem. Days are indices 0..Horizon-1, people,
// centres, skills and districts are indices into their lists, amounts are
// whole minutes at the counter.
type Instance struct {
	Format  string `json:"format"`
	Name    string `json:"name"`
	Seed    int64  `json:"seed"`
	Horizon int    `json:"horizon"`
	// Weekday0 is the weekday of day 0, 0 Monday to 6 Sunday.
	Weekday0 int `json:"weekday0"`
	// Open[t] is 1 on days of service.
	Open            []int `json:"open"`
	PromiseDays     int   `json:"promise_days"`
	GoalDays        int   `json:"goal_days"`
	MinLeadDays     int   `json:"min_lead_days"`
	NoticeDays      int   `json:"notice_days"`
	PublishedDays   int   `json:"published_days"`
	MaxMovedPerWeek int   `json:"max_moved_per_week"`
	// Today is the index of today (extension, default 0): notice counts from
	// it and nothing before it changes.
	Today       int        `json:"today,omitempty"`
	Skills      []string   `json:"skills"`
	SlotMinutes []float64  `json:"slot_minutes"`
	Services    []Service  `json:"services"`
	Districts   []string   `json:"districts"`
	Centres     []Centre   `json:"centres"`
	Travel      [][]int    `json:"travel"` // [from][to] minutes one way
	Staff       []Employee `json:"staff"`
	Avail       [][]int    `json:"avail"` // [e][t] counter minutes, 0 absent
	Prev        [][]int    `json:"prev"`  // [e][t] centre or Nowhere
	Booked      [][][]int  `json:"booked"`
	Walkin      [][][]int  `json:"walkin"`     // [c][s][t]
	DemandOwn   [][][]int  `json:"demand_own"` // [r][s][t] by request day
	DemandAny   [][]int    `json:"demand_any"` // [s][t]
	Weights     Weights    `json:"weights"`
	Extensions
	// Seasonal are factors on prices by skill and day (extension).
	Seasonal *Seasonal `json:"seasonal,omitempty"`
	// Uncovered [c][s][t] (extension) are booked minutes of which it is known
	// that the previous plan cannot serve them at their moment, even where the
	// day's minutes would do. Only more people than in the previous plan help.
	Uncovered [][][]int `json:"uncovered,omitempty"`
	// MayLeave (extension, not part of a file) tells whether a centre still
	// serves what is booked at every moment of a day once all of gone, who work
	// there in the previous plan, are away; nil: minutes alone decide. It must
	// answer the same to the same question.
	MayLeave func(centre, day int, gone []int) bool `json:"-"`
	// StaysUncovered (extension, not part of a file) are the minutes of
	// Uncovered that nobody serves at a centre on a day even when all of come,
	// who do not work there in the previous plan, are there; nil: each of them
	// serves as many as they have minutes.
	StaysUncovered func(centre, day int, come []int) int `json:"-"`
}

// Service is what citizens come for; Share is of the requests of its skill.
type Service struct {
	ID      string  `json:"id"`
	Skill   int     `json:"skill"`
	Minutes int     `json:"minutes"`
	Share   float64 `json:"share"`
}

// Centre is a place of work.
type Centre struct {
	ID       string  `json:"id"`
	District int     `json:"district"`
	X        float64 `json:"x"` // km
	Y        float64 `json:"y"`
	Counters int     `json:"counters"`
	MinStaff int     `json:"min_staff"`
	// Open overrides Instance.Open for this centre (extension).
	Open []int `json:"open,omitempty"`
	// Hours [t] are the opening hours of each day (extension); {0, 0} where they
	// are not known.
	Hours []Span `json:"hours,omitempty"`
	// MinPresent people must be there at each half hour of Hours (extension);
	// where it is given MinStaff does not count.
	MinPresent int `json:"min_present,omitempty"`
	// Express is the centre's counter for short matters (extension).
	Express *Express `json:"express,omitempty"`
}

// Employee may work at home and within reach. All but ID, Home, Skills and
// Reach are extensions of the published format.
type Employee struct {
	ID     string `json:"id"`
	Home   int    `json:"home"`
	Skills []int  `json:"skills"`
	Reach  []int  `json:"reach"`
	// Mobile and Volunteer are moved without the ordinary notice.
	Mobile    bool `json:"mobile,omitempty"`
	Volunteer bool `json:"volunteer,omitempty"`
	// Deployable false: never moved. Missing means true.
	Deployable *bool `json:"deployable,omitempty"`
	// NoticeDays replaces the rule for this person.
	NoticeDays *int `json:"notice_days,omitempty"`
	// MaxMovedPerWeek replaces the instance's cap for this person.
	MaxMovedPerWeek *int `json:"max_moved_per_week,omitempty"`
	// AwayBefore counts days away in the week of day 0 before day 0.
	AwayBefore int `json:"away_before,omitempty"`
	// FixedDays are days on which the person stays where the plan has them.
	FixedDays []int `json:"fixed_days,omitempty"`
	// AwayDays are days away from home before day 0, as negative indices: -1 is
	// the day before day 0. Those of the last HalfYearDays days count.
	AwayDays []int `json:"away_days,omitempty"`
	// LastAt is the centre of the person's last duty before day 0, home if
	// missing: a secondment there goes on.
	LastAt *int `json:"last_at,omitempty"`
	// MaxAwayPerHalfYear replaces the instance's for this person, and binds
	// mobile teams too.
	MaxAwayPerHalfYear *int `json:"max_away_per_half_year,omitempty"`
}

// Weights are prices in points per unit.
type Weights struct {
	UncoveredSlot float64 `json:"uncovered_slot"`
	MissingHead   float64 `json:"missing_head"`
	WalkinSlot    float64 `json:"walkin_slot"`
	BreachSlotDay float64 `json:"breach_slot_day"`
	GoalSlotDay   float64 `json:"goal_slot_day"`
	Fairness      float64 `json:"fairness"`
	Move          float64 `json:"move"`
	TravelMinute  float64 `json:"travel_minute"`
	Change        float64 `json:"change"`
	// Personal (extension) makes each day away of the same person dearer than
	// the one before: the k-th within HalfYearDays costs (k-1) times this.
	// Mobile teams, whose work it is, are left out.
	Personal float64 `json:"personal,omitempty"`
	// SecondmentStart (extension) is what it costs to begin a block of days at
	// the same centre away from home; to join or prolong one costs nothing.
	SecondmentStart float64 `json:"secondment_start,omitempty"`
}

// DefaultWeights are the published prices.
var DefaultWeights = Weights{UncoveredSlot: 200, MissingHead: 2000, WalkinSlot: 4, BreachSlotDay: 1,
	GoalSlotDay: .05, Fairness: .5, Move: 6, TravelMinute: .2, Change: 4}

// Plan says where everybody works: X[e][t] is a centre or Nowhere.
type Plan struct {
	X [][]int `json:"x"`
}

// PathError names the place in an instance or plan that is wrong.
type PathError struct {
	Path   string // "centres[3].district"
	Reason string
}

func (e *PathError) Error() string { return e.Path + ": " + e.Reason }

// Parse reads and validates an instance.
func Parse(data []byte) (*Instance, error) {
	in := &Instance{}
	if err := decode(data, in); err != nil {
		return nil, err
	}
	if err := in.Validate(); err != nil {
		return nil, err
	}
	if err := in.checkFile(); err != nil {
		return nil, err
	}
	return in, nil
}

// ParsePlan reads a plan for an instance and checks its shape.
func ParsePlan(in *Instance, data []byte) (Plan, error) {
	var p Plan
	if err := decode(data, &p); err != nil {
		return Plan{}, err
	}
	return p, in.checkPlan(p)
}

func decode(data []byte, v any) error {
	err := json.NewDecoder(bytes.NewReader(data)).Decode(v)
	var typ *json.UnmarshalTypeError
	var syn *json.SyntaxError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &typ):
		return &PathError{orRoot(typ.Field), fmt.Sprintf("a JSON %s stands where a %s is expected (byte %d)", typ.Value, typ.Type, typ.Offset)}
	case errors.As(err, &syn):
		return &PathError{"$", fmt.Sprintf("is not JSON: %v (byte %d)", syn, syn.Offset)}
	}
	return &PathError{"$", "is not JSON: " + err.Error()}
}

func orRoot(s string) string {
	s = strings.TrimPrefix(s, "Extensions.") // embedded: no part of the file
	if s == "" {
		return "$"
	}
	return s
}

// Previous is the previous plan with those who are absent now taken out and
// those who are present without a place put at home.
func (in *Instance) Previous() Plan {
	return in.normal(Plan{in.Prev})
}

func (in *Instance) normal(p Plan) Plan {
	x := make([][]int, len(in.Staff))
	for e := range in.Staff {
		x[e] = make([]int, in.Horizon)
		for t := range x[e] {
			switch {
			case in.Avail[e][t] <= 0:
				x[e][t] = Nowhere
			case p.X[e][t] == Nowhere:
				x[e][t] = in.Staff[e].Home
			default:
				x[e][t] = p.X[e][t]
			}
		}
	}
	return Plan{x}
}

// OpenOn reports whether a centre serves on a day.
func (in *Instance) OpenOn(c, t int) bool {
	if o := in.Centres[c].Open; o != nil {
		return o[t] != 0
	}
	return in.Open[t] != 0
}
