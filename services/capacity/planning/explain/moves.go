package explain

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/wording"
)

// Move is one person on one day at another centre than without the proposal.
type Move struct {
	Employee string `json:"employee"`
	Day      int    `json:"day"`
	From     string `json:"from"`
	To       string `json:"to"`
	// TravelMinutes one way from home.
	TravelMinutes int `json:"travel_minutes"`
	// AwayThisWeek counts days away from home up to this one, Monday on.
	AwayThisWeek int `json:"away_this_week"`
	// AwayHalfYear counts them within half a year, as far as it is known.
	AwayHalfYear int `json:"away_half_year"`
	// Gain in points: what is lost if this move alone falls out. Missing where
	// there was no time to price it.
	Gain  *float64 `json:"gain,omitempty"`
	Split Split    `json:"split"`
	Text  Text     `json:"text"`
}

// Group of moves that depend on each other.
type Group struct {
	Moves []int `json:"moves"` // indices
	// Gain of all of them: what is lost if all fall out. Sum of their single
	// gains, for comparison.
	Gain  float64 `json:"gain"`
	Sum   float64 `json:"sum"`
	Split Split   `json:"split"`
	Text  Text    `json:"text"`
}

// negligible is a gain of which nobody is told, in points.
const negligible = .05

func (x *explainer) singles() error {
	for _, s := range x.steps {
		m := Move{Employee: x.in.Staff[s.E].ID, Day: s.T, From: x.in.Centres[s.From].ID, To: x.in.Centres[s.To].ID,
			TravelMinutes: x.in.Travel[x.in.Staff[s.E].Home][s.To], AwayThisWeek: x.away(s.E, s.T), AwayHalfYear: x.awayHalfYear(s.E, s.T)}
		if s.To == x.in.Staff[s.E].Home {
			m.TravelMinutes = 0
		}
		if x.q.Stop() {
			x.out.Complete = false
		} else {
			f, err := x.try(&x.at, []flow.Step{undone(s)})
			if err != nil {
				return err
			}
			m.Split = f.Split.Minus(x.after.Split)
			gain := m.Split.Sum()
			m.Gain = &gain
		}
		m.Text = wording.Both(func(l lang) string { return x.moveWords(l, s, m) })
		x.out.Moves = append(x.out.Moves, m)
	}
	return nil
}

func undone(s flow.Step) flow.Step { return flow.Step{E: s.E, T: s.T, From: s.To, To: s.From} }

func (p *prices) week(t int) int { return (p.in.Weekday0 + t) / 7 }

// away counts an employee's days away from home in a day's week, up to that day.
func (p *prices) away(e, t int) (n int) {
	if p.week(t) == 0 {
		n = p.in.Staff[e].AwayBefore
	}
	for d := range t + 1 {
		if c := p.x[e][d]; p.week(d) == p.week(t) && c != planning.Nowhere && c != p.in.Staff[e].Home {
			n++
		}
	}
	return n
}

// awayHalfYear counts an employee's days away in the half year up to a day.
func (p *prices) awayHalfYear(e, t int) (n int) {
	first := t - planning.HalfYearDays
	for _, d := range p.in.Staff[e].AwayDays {
		if d > first {
			n++
		}
	}
	for d := max(0, first+1); d <= t; d++ {
		if c := p.x[e][d]; c != planning.Nowhere && c != p.in.Staff[e].Home {
			n++
		}
	}
	return n
}

// often tells whether half of the days away that are allowed in half a year are
// used up; mobile teams have no limit.
func (p *prices) often(e, days int) bool {
	most := p.in.MaxAwayPerHalfYear
	if m := p.in.Staff[e].MaxAwayPerHalfYear; m != nil {
		most = m
	}
	return most != nil && !p.in.Staff[e].Mobile && days > 1 && 2*days > *most
}

func (x *explainer) moveWords(l lang, s flow.Step, m Move) string {
	who, home := x.names.Employee(s.E), s.To == x.in.Staff[s.E].Home
	text := x.names.Day(s.T).At(l) + l.Of(" geht "+who+" von ", ", "+who+" goes from ") + x.names.Centre(s.From) + l.Of(" nach ", " to ") + x.names.Centre(s.To)
	if home {
		text = x.names.Day(s.T).At(l) + l.Of(" bleibt "+who+" am eigenen Standort ", ", "+who+" stays at the home centre ") + x.names.Centre(s.To) +
			l.Of(", statt nach "+x.names.Centre(s.From)+" zu gehen", " instead of going to "+x.names.Centre(s.From))
	} else {
		text += " (" + l.Count(m.TravelMinutes, "eine Minute Weg", "Minuten Weg", "one minute of travel", "minutes of travel")
		if x.often(s.E, m.AwayHalfYear) {
			text += l.Of(", in einem halben Jahr der "+l.Ordinal(m.AwayHalfYear)+" Tag an einem anderen Standort", ", the "+l.Ordinal(m.AwayHalfYear)+" day away in half a year")
		} else if m.AwayThisWeek > 1 {
			text += l.Of(", in dieser Woche der "+l.Ordinal(m.AwayThisWeek)+" Tag an einem anderen Standort", ", the "+l.Ordinal(m.AwayThisWeek)+" day away in that week")
		}
		text += ")"
	}
	switch gains := x.gains(l, singular, m.Split); {
	case m.Gain == nil:
	case *m.Gain <= negligible:
		text += l.Of(": Für sich allein bringt das nichts", ": by itself this brings nothing")
	case gains != "":
		text += l.Of(": Das ", ": this ") + gains
	}
	return wording.Sentence(text)
}

// groups prices moves together that meet.
func (x *explainer) groups() error {
	n := len(x.steps)
	root := make([]int, n)
	for i := range root {
		root[i] = i
	}
	find := func(i int) int {
		for root[i] != i {
			root[i] = root[root[i]]
			i = root[i]
		}
		return i
	}
	for a := range n {
		for b := range a {
			s, o := x.steps[a], x.steps[b]
			meet := s.T == o.T && (s.From == o.From || s.From == o.To || s.To == o.From || s.To == o.To)
			if meet || s.E == o.E && x.week(s.T) == x.week(o.T) {
				root[find(a)] = find(b)
			}
		}
	}
	members := map[int][]int{}
	for i := range n {
		members[find(i)] = append(members[find(i)], i)
	}
	for i := range n {
		all := members[find(i)]
		if all[0] != i || len(all) < 2 {
			continue
		}
		if x.q.Stop() {
			x.out.Complete = false
			return nil
		}
		g := Group{Moves: all}
		if len(all) == n {
			g.Split = x.out.Split
		} else {
			var steps []flow.Step
			for _, m := range all {
				steps = append(steps, undone(x.steps[m]))
			}
			f, err := x.try(&x.at, steps)
			if err != nil {
				return err
			}
			g.Split = f.Split.Minus(x.after.Split)
		}
		g.Gain = g.Split.Sum()
		whole := true
		for _, m := range all {
			if x.out.Moves[m].Gain == nil {
				whole = false
				break
			}
			g.Sum += *x.out.Moves[m].Gain
		}
		if whole {
			g.Text = wording.Both(func(l lang) string { return x.groupWords(l, g) })
			x.out.Groups = append(x.out.Groups, g)
		}
	}
	return nil
}

// groupWords says how a group hangs together.
func (x *explainer) groupWords(l lang, g Group) string {
	var who []string
	for _, m := range g.Moves {
		if name := x.names.Employee(x.steps[m].E); !slices.Contains(who, name) {
			who = append(who, name)
		}
	}
	if len(who) > 4 {
		who = append(who[:3], strconv.Itoa(len(who)-3)+l.Of(" weitere", " others"))
	}
	of := l.Of("die Einsätze von ", "the moves of ") + l.And(who)
	if len(who) == 1 {
		of = l.Of("die "+strconv.Itoa(len(g.Moves))+" Einsätze von ", "the "+strconv.Itoa(len(g.Moves))+" moves of ") + who[0]
	}
	days := []int{x.steps[g.Moves[0]].T, x.steps[g.Moves[0]].T}
	for _, m := range g.Moves {
		days = []int{min(days[0], x.steps[m].T), max(days[1], x.steps[m].T)}
	}
	of += " (" + wording.Span(x.names.Day(days[0]), x.names.Day(days[1])).At(l) + ")"
	gains := x.gains(l, plural, g.Split)
	if gains == "" || g.Split.Uncovered+g.Split.MissingHeads+g.Split.Walkin+g.Split.Promise < negligible {
		return ""
	}
	rest := l.Of("fehlt einer, hilft der Rest weniger oder gar nicht", "without one of them the rest helps less, or not at all")
	makeUp := l.Of("fällt einer aus, fangen die übrigen manches davon auf", "if one of them drops out, the others make up for some of it")
	if len(g.Moves) == 2 {
		rest = l.Of("fehlt einer, hilft der andere weniger oder gar nicht", "without one of them the other helps less, or not at all")
		makeUp = l.Of("fällt einer aus, fängt der andere manches davon auf", "if one of them drops out, the other makes up for some of it")
	}
	switch slack := math.Max(1, g.Gain/20); {
	case g.Sum > g.Gain+slack:
		return wording.Sentence(of + l.Of(" gehören zusammen: Sie ", " belong together: they ") + gains + "; " + rest)
	case g.Sum < g.Gain-slack:
		return wording.Sentence(of + l.Of(" tun zum Teil dasselbe: Sie ", " partly do the same work: together they ") +
			gains + "; " + makeUp)
	}
	return ""
}

// telling are the moves of the greatest gain, n at most, and one of each person's
// week: the same would be said of the others.
func (x *explainer) telling(n int) (told []int) {
	var all []int
	for i, m := range x.out.Moves {
		if m.Gain != nil && x.steps[i].To != x.in.Staff[x.steps[i].E].Home {
			all = append(all, i)
		}
	}
	slices.SortStableFunc(all, func(a, b int) int { return -cmp.Compare(*x.out.Moves[a].Gain, *x.out.Moves[b].Gain) })
	seen := map[[2]int]bool{}
	for _, i := range all {
		if key := [2]int{x.steps[i].E, x.week(x.steps[i].T)}; !seen[key] && len(told) < n {
			seen[key] = true
			told = append(told, i)
		}
	}
	return told
}
