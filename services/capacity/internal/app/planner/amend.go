package planner

import (
	"slices"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/search"
)

// Addition is a move that a planner adds: who, when, and to where.
type Addition struct {
	Employee id.Employee `json:"employee"`
	Day      day.Day     `json:"day"`
	To       id.Centre   `json:"to"`
}

// Amendment is what a planner changes of a proposal.
type Amendment struct {
	Drop []id.Deployment
	Add  []Addition
}

// Amended is an open proposal as a planner would have it carried out, evaluated
// on the city as it stands.
type Amended struct {
	Moves   []AmendedMove
	Gain    float64 // of the moves that are allowed, points
	Effects []capacity.Effect
	Curves  []proposal.Curve
	// Open are the places that the proposal is about and its moves lead to, with
	// what stays there.
	Open []StillOpen
	// Stale says what has changed, as Session.Stale does; nil: what remains of the
	// draft holds.
	Stale map[string]string
	Found *proposal.Reappraised
}

// AmendedMove is one move with what it brings on top of those before it.
type AmendedMove struct {
	capacity.Move
	Added bool
	// Rule that forbids it, with its words; "" where it may be made.
	Rule   string
	Words  map[string]string
	Split  map[string]float64
	Person proposal.Person
}

// StillOpen is what stays uncovered at a place, and what stands in the way.
type StillOpen struct {
	Place   read.Place
	Minutes int // booked and uncovered
	Heads   int // below the minimum
	// Rule in the way; "heads", "price" or "nobody" where none is.
	Rule  string
	Words map[string]string
}

// Amend evaluates an open proposal without the moves dropped and with those
// added, in that order.
func (s *Session) Amend(city *read.City, st proposal.State, a Amendment) (Amended, error) {
	r, priced, out, err := s.amended(city, st, a)
	if err != nil || r == nil {
		return out, err
	}
	before, err := r.warm.result()
	if err != nil {
		return out, err
	}
	var made []planning.Move
	for _, m := range priced {
		if m.Rule == "" && m.From != m.To {
			made = append(made, m.Move)
		}
	}
	if _, err = r.warm.planner.Make(changes(priced)); err != nil {
		return out, err
	}
	after, err := r.warm.result()
	if err != nil {
		return out, err
	}
	out.Effects = r.effects(before, after)
	touched := slices.Clone(out.Effects)
	for _, m := range out.Moves { // and those who give or take without an effect
		for _, d := range []id.District{m.FromDistrict, m.ToDistrict} {
			if !slices.ContainsFunc(touched, func(e capacity.Effect) bool { return e.District == d }) {
				touched = append(touched, capacity.Effect{District: d})
			}
		}
	}
	out.Curves = r.curves(before, after, made, touched)
	for _, x := range r.placesOf(st, out.Moves) {
		c, known := r.centreAt[x.Centre]
		t := r.index(x.Day)
		if !known || t < 0 || t >= r.Horizon {
			continue
		}
		o := StillOpen{Place: x, Minutes: after.UncoveredMinutes[c][t], Heads: after.MissingHeads[c][t]}
		if o.Minutes+o.Heads == 0 {
			continue
		}
		o.Rule = r.warm.planner.InTheWay(c, t)
		o.Words = wayWords(o.Rule)
		out.Open = append(out.Open, o)
	}
	return out, nil
}

// amended prices what is left of a proposal and what is added; there is no run
// where it cannot even be asked for. The warm plan is the one without it.
func (s *Session) amended(city *read.City, st proposal.State, a Amendment) (*run, []planning.Priced, Amended, error) {
	s.forget(city.Today)
	r := &run{Session: s, Question: &Question{City: city, Today: city.Today},
		problem: s.problem(city, without{except: []id.Proposal{st.ID}, later: true})}
	out := Amended{}
	asked, why := r.remaining(city, st, a.Drop)
	if why != nil {
		out.Stale = why
		return nil, nil, out, nil
	}
	for _, x := range a.Add {
		c, ok := r.change(proposal.Move{Move: capacity.Move{Employee: x.Employee, Day: x.Day, To: x.To}})
		words := notThereWords
		if ok && slices.ContainsFunc(asked, func(o planning.Change) bool { return o.Employee == c.Employee && o.Day == c.Day }) {
			ok, words = false, movedAlready
		}
		if !ok {
			out.Moves = append(out.Moves, AmendedMove{Move: capacity.Move{Employee: x.Employee, Day: x.Day, To: x.To}, Added: true,
				Rule: notThere, Words: words})
			continue
		}
		asked = append(asked, c)
	}
	if _, err := r.warm.take(r.Instance); err != nil {
		return nil, nil, out, err
	}
	priced, err := r.warm.each(asked)
	if err != nil {
		return nil, nil, out, err
	}
	if out.Stale, out.Found, err = r.holds(city, st, a.Drop, priced); err != nil {
		return nil, nil, out, err
	}
	unknown := out.Moves
	out.Moves = nil
	took := make([]bool, len(priced))
	add := func(m proposal.Move, added bool) {
		c, ok := r.change(m)
		i := slices.IndexFunc(priced, func(x planning.Priced) bool {
			return x.Employee == c.Employee && x.Day == c.Day && x.To == c.To
		})
		if !ok || i < 0 || took[i] { // what cannot be asked for is among the unknown
			return
		}
		took[i] = true
		out.Moves = append(out.Moves, r.amendedMove(m.Move, priced[i], added))
	}
	for _, m := range st.Moves {
		if !slices.Contains(a.Drop, m.Deployment) {
			add(m, false)
		}
	}
	for _, x := range a.Add {
		add(proposal.Move{Move: capacity.Move{Employee: x.Employee, Day: x.Day, To: x.To}}, true)
	}
	out.Moves = append(out.Moves, unknown...)
	for _, m := range out.Moves {
		if m.Rule == "" {
			out.Gain += m.Gain
		}
	}
	out.Gain = round(out.Gain)
	return r, priced, out, nil
}

func (r *run) amendedMove(m capacity.Move, x planning.Priced, added bool) AmendedMove {
	m.TravelMinutes = x.TravelMinutes
	if m.Gain = round(x.Gain); x.From != planning.Nowhere && added {
		m.From = r.centres[x.From]
		m.FromDistrict, m.ToDistrict = r.City.Centres[m.From].District, r.City.Centres[m.To].District
	}
	out := AmendedMove{Move: m, Added: added, Rule: x.Rule, Split: parts(x.Split), Person: r.person(m.Employee, m.Day)}
	if out.Rule == "" && x.From == x.To {
		out.Rule, out.Words = notThere, alreadyThere
	} else if out.Rule != "" {
		out.Words = wayWords(out.Rule)
	}
	t := r.index(m.Day)
	for d, c := range r.Prev[x.Employee] {
		if home := r.Staff[x.Employee].Home; d < t && c != planning.Nowhere && c != home {
			out.Person.AwayHalfYear++
			if (r.Weekday0+d)/7 == (r.Weekday0+t)/7 {
				out.Person.AwayWeek++
			}
		}
	}
	out.Person.AwayWeek++
	if (r.Weekday0+t)/7 == 0 {
		out.Person.AwayWeek += r.Staff[x.Employee].AwayBefore
	}
	out.Person.AwayHalfYear += 1 + len(r.Staff[x.Employee].AwayDays)
	return out
}

// placesOf are the places that a proposal is about, and those that its moves lead
// to.
func (r *run) placesOf(st proposal.State, moves []AmendedMove) (all []read.Place) {
	add := func(x read.Place) {
		if !slices.Contains(all, x) {
			all = append(all, x)
		}
	}
	for _, l := range st.Details.Losses {
		add(read.Place(l))
	}
	for _, m := range moves {
		add(read.Place{Centre: m.To, Day: m.Day})
		if m.From != "" {
			add(read.Place{Centre: m.From, Day: m.Day})
		}
	}
	slices.SortFunc(all, read.ComparePlaces)
	return all
}

// Candidate is somebody who may be sent to a place, and what it would bring.
type Candidate struct {
	capacity.Move
	Person proposal.Person
}

// Candidates for one place.
type Candidates struct {
	All []Candidate // the best first
	// More may come, too, but are not expected to bring more; Forbidden counts
	// those who may not, by rule.
	More      int
	Forbidden map[string]int
}

// candidatesPriced bounds how many are priced exactly.
const candidatesPriced = 10

// Candidates are those who may be sent to a place on top of an amended proposal.
func (s *Session) Candidates(city *read.City, st proposal.State, a Amendment, at read.Place) (Candidates, error) {
	out := Candidates{Forbidden: map[string]int{}}
	r, priced, amended, err := s.amended(city, st, a)
	if err != nil || r == nil {
		return out, err
	}
	c, known := r.centreAt[at.Centre]
	t := r.index(at.Day)
	if !known || t <= 0 || t >= r.Horizon {
		return out, nil
	}
	if _, err := r.warm.planner.Make(changes(priced)); err != nil {
		return out, err
	}
	come, err := r.warm.planner.Come(c, t)
	if err != nil {
		return out, err
	}
	come = slices.DeleteFunc(come, func(k search.Coming) bool { // nobody moves twice on a day
		return slices.ContainsFunc(amended.Moves, func(m AmendedMove) bool { return m.Day == at.Day && m.Employee == r.employees[k.Employee] })
	})
	for i, k := range come {
		switch {
		case k.Rule != "":
			out.Forbidden[string(k.Rule)]++
		case i >= candidatesPriced:
			out.More++
		default:
			x, err := r.candidate(k, c, t, at)
			if err != nil {
				return out, err
			}
			out.All = append(out.All, x)
		}
	}
	slices.SortStableFunc(out.All, func(a, b Candidate) int {
		switch {
		case a.Gain > b.Gain:
			return -1
		case a.Gain < b.Gain:
			return 1
		}
		return 0
	})
	return out, nil
}

// changes are what was priced and is allowed.
func changes(priced []planning.Priced) (all []planning.Change) {
	for _, m := range priced {
		if m.Rule == "" && m.From != m.To {
			all = append(all, planning.Change{Employee: m.Employee, Day: m.Day, To: m.To})
		}
	}
	return all
}

func (r *run) candidate(k search.Coming, c, t int, at read.Place) (Candidate, error) {
	one, err := r.warm.planner.Reprice([]planning.Change{{Employee: k.Employee, Day: t, To: c}})
	if err != nil {
		return Candidate{}, err
	}
	m := r.amendedMove(capacity.Move{Employee: r.employees[k.Employee], Day: at.Day, To: at.Centre}, one[0], true)
	return Candidate{m.Move, m.Person}, nil
}

// notThere is in the way of a person or place that cannot be asked about.
const notThere = "presence"

var (
	notThereWords = map[string]string{"de": "Die Person oder den Standort gibt es in den geplanten Tagen nicht.",
		"en": "The person or the centre is not there in the days that are planned."}
	movedAlready = map[string]string{"de": "Die Person hat in diesem Vorschlag an dem Tag schon eine Umsetzung: Streichen Sie sie, oder wählen Sie jemand anderen.",
		"en": "The person has a move of this proposal on that day already: drop it, or choose somebody else."}
	alreadyThere = map[string]string{"de": "Die Person ist an dem Tag schon dort.", "en": "The person is there on that day already."}
)

// RuleWords say what stands in the way: a rule of the planner or of staffing by its
// name, or the name where it has no words.
func RuleWords(name string) map[string]string { return wayWords(name) }

// wayWords say what stands in the way, of one person or of everybody.
func wayWords(name string) map[string]string {
	switch name {
	case search.WayHeads:
		return map[string]string{"de": "Mehr Personen, als fehlen, werden nicht geschickt, oder alle Schalter sind besetzt.",
			"en": "No more people are sent than are missing, or every counter is taken."}
	case search.WayPrice:
		return map[string]string{"de": "Wer kommen dürfte, würde anderswo mehr fehlen, als es hier hilft.",
			"en": "Whoever may come would be missed more elsewhere than it helps here."}
	case search.WayNobody:
		return map[string]string{"de": "An dem Tag ist sonst niemand im Dienst.", "en": "Nobody else is on duty on that day."}
	}
	de, en := ruleWords(name)
	return map[string]string{"de": de, "en": en}
}
