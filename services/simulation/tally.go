package simulation

import (
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/events/staffing"
)

// gauge is where the promise is measured.
type gauge struct {
	district id.District
	skill    id.Skill
}

// tally counts what came of a run, from the scenario's first day on: the warm-up
// is not counted.
type tally struct {
	lead     map[gauge]int
	travel   map[[2]id.Centre]int
	district map[id.Centre]id.District
	shift    map[districtDay]shift
	out      Result
}

// Result of a run. Days are calendar days, shares are not among it: Figures has
// what is compared.
type Result struct {
	// Citizens who asked, each once; Asked counts each time, and of these Booked
	// got an appointment and Unmet found none.
	Citizens, Asked, Booked, Unmet int
	// Moved appointments: their citizens took another slot when they were at risk.
	// Uncovered are those whose citizens came and nobody could serve.
	Moved, Uncovered int
	// SumLead is the days from booking to appointment, over all Booked; BookedLead
	// counts appointments by them.
	SumLead    int
	BookedLead []int
	// The third next appointment was looked for at noon of each working day, for
	// each district and group: Measured times; it was within 14 or 10 days Kept14
	// and Kept10 times. Next counts them by days; the last place has those where
	// there was none within the horizon.
	Measured, Kept14, Kept10 int
	Next                     []int
	Districts                map[id.District]*Kept
	Curve                    []Point
	Series                   map[id.District]*Series
	// Moves are person-days at another centre, Across those in another district,
	// Travel the minutes one way of all.
	Moves, Across, Travel int
	// Proposals drafted, and Decisions of planners; TooLate came those that the
	// world had overtaken.
	Proposals, Decisions, TooLate int
	// Messages of HR.
	Messages int
	// WalkIns are who came without an appointment; see WalkIns.
	WalkIns WalkIns
	// CapUse, of a book: the largest share of the days away that a centre's people
	// may have in a week; above 1 the book broke that rule.
	CapUse float64
	// People on the roster, and Days counted.
	People, Days int
	// Left the city's service, and Joined it.
	Left, Joined int
	// Logs are a hash of each service's log.
	Logs map[string]string
	// Refusals that citizens met, by what was said.
	Refusals map[string]int
}

// Kept is what a district kept of the promise.
type Kept struct {
	Measured, Kept14, Kept10 int
	// SumNext is the days to the third next appointment, over all Measured; none
	// counts as the horizon.
	SumNext   int
	Uncovered int
}

// Point is one working day of the curves.
type Point struct {
	Day                      day.Day
	Measured, Kept14, Kept10 int
	SumNext                  int
}

// WalkIns are who came without an appointment, in all centres.
type WalkIns struct {
	// Came in; Served were called, Left were still waiting when the last counter
	// closed.
	Came, Served, Left int
	// Waited counts those called by minutes of waiting, the last place 180 and
	// more.
	Waited []int
}

func (t *tally) init(r *run) {
	t.lead, t.travel, t.district = map[gauge]int{}, map[[2]id.Centre]int{}, map[id.Centre]id.District{}
	t.shift = map[districtDay]shift{}
	for _, k := range r.City.Network.Centres {
		t.know(k.ID, k.District, k.TravelMinutes)
	}
	t.out = Result{Refusals: map[string]int{}, Districts: map[id.District]*Kept{}, Series: map[id.District]*Series{}, Next: make([]int, r.horizon()+2), People: len(r.City.People),
		Days: r.Scenario.Days, WalkIns: WalkIns{Waited: make([]int, 181)}}
	for _, d := range r.City.Network.Districts {
		t.out.Districts[d.ID] = &Kept{}
	}
}

// know a centre, for what is counted of moves.
func (t *tally) know(k id.Centre, d id.District, minutes map[id.Centre]int) {
	t.district[k] = d
	for to, m := range minutes {
		t.travel[[2]id.Centre{k, to}] = m
		t.travel[[2]id.Centre{to, k}] = m
	}
}

// horizon in days: how far appointments are on offer.
func (r *run) horizon() int { return r.City.Network.Policy.HorizonDays }

// counts says whether what happens now is counted.
func (r *run) counts() bool { return day.Of(r.agenda.Now(), r.City.Zone) >= r.Scenario.From }

// working tells whether offices are open in general on a day.
func (c City) working(on day.Day) bool {
	if on-on.Monday() > 4 {
		return false
	}
	for _, h := range c.Network.Holidays {
		if !h.School && h.Contains(on) {
			return false
		}
	}
	return true
}

// beginDay measures at noon where the offices are open.
func (t *tally) beginDay(r *run, on day.Day) {
	if on < r.Scenario.From || !r.City.working(on) {
		return
	}
	r.agenda.In(12*hour, "noon", func() error {
		t.measure(on, r.City.Network.Policy.HorizonDays)
		return nil
	})
}

// measure takes down how many days it is to the third next appointment.
func (t *tally) measure(on day.Day, horizon int) {
	p := Point{Day: on}
	for g, days := range t.lead {
		kept := t.out.Districts[g.district]
		if kept == nil {
			kept = &Kept{}
			t.out.Districts[g.district] = kept
		}
		if days < 0 || days > horizon {
			days = horizon + 1
		}
		t.out.Next[days]++
		t.record(g, days)
		p.Measured, kept.Measured = p.Measured+1, kept.Measured+1
		p.SumNext, kept.SumNext = p.SumNext+min(days, horizon), kept.SumNext+min(days, horizon)
		if days <= 14 {
			p.Kept14, kept.Kept14 = p.Kept14+1, kept.Kept14+1
		}
		if days <= 10 {
			p.Kept10, kept.Kept10 = p.Kept10+1, kept.Kept10+1
		}
	}
	t.out.Measured, t.out.Kept14, t.out.Kept10 = t.out.Measured+p.Measured, t.out.Kept14+p.Kept14, t.out.Kept10+p.Kept10
	t.out.Curve = append(t.out.Curve, p)
}

func (t *tally) asked(r *run, q request) {
	if !r.counts() {
		return
	}
	t.out.Asked++
	if q.again == 0 {
		t.out.Citizens++
	}
}

func (t *tally) unmet(r *run) {
	if r.counts() {
		t.out.Unmet++
	}
}

func (t *tally) took(r *run, v *visit) {
	if !r.counts() {
		return
	}
	lead := int(v.day - v.on)
	t.out.Booked++
	t.out.SumLead += lead
	if more := lead + 1 - len(t.out.BookedLead); more > 0 {
		t.out.BookedLead = append(t.out.BookedLead, make([]int, more)...)
	}
	t.out.BookedLead[lead]++
}

func (t *tally) moved(r *run) {
	if r.counts() {
		t.out.Moved++
	}
}

func (t *tally) uncovered(r *run, v *visit) {
	if r.counts() {
		t.out.Uncovered++
		if k := t.out.Districts[v.district]; k != nil {
			k.Uncovered++
		}
	}
}

func (t *tally) refused(err error) { t.out.Refusals[known(err)]++ }

// decided counts what planners decide, drafted what they are shown.
func (t *tally) decided(r *run) {
	if r.counts() {
		t.out.Decisions++
	}
}

func (t *tally) drafted(r *run) {
	if r.counts() {
		t.out.Proposals++
	}
}

func (t *tally) ordered(r *run, e staffing.DeploymentOrdered) { t.move(r, e.Day, e.From, e.To, 1) }

func (t *tally) cancelled(r *run, e staffing.DeploymentCancelled) { t.move(r, e.Day, e.From, e.To, -1) }

func (t *tally) move(r *run, on day.Day, from, to id.Centre, n int) {
	if on < r.Scenario.From {
		return
	}
	t.out.Moves += n
	t.out.Travel += n * t.travel[[2]id.Centre{from, to}]
	t.shifts(on, t.district[from], t.district[to], float64(n))
	if t.district[from] != t.district[to] {
		t.out.Across += n
	}
}

// came and leftWaiting count who walks in, and who is still waiting at the end.
func (t *tally) came(r *run) {
	if r.counts() {
		t.out.WalkIns.Came++
	}
}

func (t *tally) leftWaiting(r *run, n int) {
	if r.counts() {
		t.out.WalkIns.Left += n
	}
}

// called counts a walk-in who is called after so many minutes.
func (t *tally) called(r *run, minutes int) {
	if r.counts() {
		t.out.WalkIns.Served++
		t.out.WalkIns.Waited[min(max(minutes, 0), len(t.out.WalkIns.Waited)-1)]++
	}
}

func (r *run) result() (*Result, error) {
	return &r.tally.out, r.curves()
}
