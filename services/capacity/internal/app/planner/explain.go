package planner

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/explain"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/rule"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/wording"
)

// explainTries bounds how many changes are priced for one explanation beyond one
// for each move; where causes have piled up each gets fewer.
const (
	explainTries = 12
	piledUpTries = 3
)

// explain says in words what a repair does, while its plan is warm.
func (r *run) explain(a *Answer, m mended) (explain.Explanation, error) {
	if len(m.Moves)+len(a.Places) == 0 {
		return explain.Explanation{Complete: true}, nil
	}
	if r.opt.Terse {
		return r.terse(a, m), nil
	}
	after := slices.Clone(m.begin.X)
	for _, x := range m.Moves {
		after[x.Employee] = slices.Clone(after[x.Employee])
		after[x.Employee][x.Day] = x.To
	}
	q := explain.Question{Instance: r.Instance, Before: m.begin.X, After: after, Cause: r.causeOf(a.Loss),
		Damage: a.Assessed.Points, Names: names{r.problem, r.City}, Tries: explainTries, Stop: r.opt.stop()}
	if m.joint {
		q.Tries = piledUpTries
	}
	if r.warm.in == r.Instance { // else a network is built, which takes its time
		net, err := r.warm.planner.Network()
		if err != nil {
			return explain.Explanation{}, err
		}
		q.Network, q.At, q.Instance = net, r.warm.planner.Present().X, nil
		if r.book == nil {
			r.book = rule.New(r.Instance)
		}
		q.Book = r.book
	}
	for _, x := range a.Places {
		c, known := r.centreAt[x.Centre]
		if t := r.index(x.Day); known && t >= 0 && t < r.Horizon {
			q.Places = append(q.Places, planning.Spot{Centre: c, Day: t})
		}
	}
	for _, e := range r.effectsOf(m) {
		for i, d := range r.Districts {
			if d == string(e.District) && e.BeforeDays != e.AfterDays {
				q.Lead = append(q.Lead, explain.Lead{District: i, Before: e.BeforeDays, After: e.AfterDays})
			}
		}
	}
	return explain.Explain(q)
}

// terse is an explanation without a word beyond what stays uncovered or short, and
// where: the gain is the moves' by themselves.
func (r *run) terse(a *Answer, m mended) (x explain.Explanation) {
	x.Complete = true
	for _, y := range m.Moves {
		x.Gain += y.Gain
	}
	for _, p := range a.Places {
		c, known := r.centreAt[p.Centre]
		t := r.index(p.Day)
		if !known || t < 0 || t >= r.Horizon || m.after.UncoveredMinutes[c][t]+m.after.MissingHeads[c][t] == 0 {
			continue
		}
		said := string(p.Centre) + ", " + p.Day.String()
		x.Unsolved = append(x.Unsolved, explain.Unsolved{Text: explain.Text{De: said, En: said}})
	}
	return x
}

// causeOf says what has happened, without a reason: who is missed where.
func (r *run) causeOf(l Loss) explain.Text {
	people, days := map[string]bool{}, map[day.Day]bool{}
	var first, last day.Day
	at := ""
	for i, x := range l.Lost {
		people[string(l.LostBy[i])], days[x.Duty.Day] = true, true
		if first == 0 || x.Duty.Day < first {
			first = x.Duty.Day
		}
		last = max(last, x.Duty.Day)
		if name := centreName(r.City, x.Duty.Centre); at == "" {
			at = name
		} else if at != name {
			at = "*"
		}
	}
	if len(people) == 0 {
		return explain.Text{}
	}
	de, en := "fehlt eine Person", "one person is missing"
	if n := len(people); n > 1 {
		de, en = fmt.Sprintf("fehlen %d Personen", n), fmt.Sprintf("%d people are missing", n)
	}
	when := wording.OnDate(first)
	if len(days) > 1 {
		from, to := wording.OnDate(first), wording.OnDate(last)
		when = explain.Text{De: "an " + strconv.Itoa(len(days)) + " Tagen vom " + from.De[len("am "):] + " bis " + to.De[len("am "):],
			En: "on " + strconv.Itoa(len(days)) + " days from " + from.En[len("on "):] + " to " + to.En[len("on "):]}
	}
	if at == "*" {
		return explain.Text{De: "In mehreren Kundenzentren " + de + ", " + when.De + ".", En: "At several centres " + en + " " + when.En + "."}
	}
	return explain.Text{De: "Am Standort " + at + " " + de + ", " + when.De + ".", En: "At " + at + " " + en + " " + when.En + "."}
}

func words(t explain.Text) proposal.Words { return proposal.Words{"de": t.De, "en": t.En} }

func listed[T any](all []T, text func(T) explain.Text) (out []proposal.Words) {
	for _, x := range all {
		if t := text(x); t != (explain.Text{}) {
			out = append(out, words(t))
		}
	}
	return out
}

// told writes an explanation into a draft; each move says why.
func (r *run) told(out *proposal.Draft, x explain.Explanation) {
	e := &proposal.Explanation{Headline: words(x.Headline), Moves: map[id.Deployment]proposal.Words{}, Complete: x.Complete,
		Without:  listed(x.Without.Text, func(t explain.Text) explain.Text { return t }),
		Groups:   listed(x.Groups, func(g explain.Group) explain.Text { return g.Text }),
		Worth:    listed(x.Worth, func(w explain.Worth) explain.Text { return w.Text }),
		Rejected: listed(x.Rejected, func(j explain.Rejected) explain.Text { return j.Text }),
		Unsolved: listed(x.Unsolved, func(u explain.Unsolved) explain.Text { return u.Text })}
	if x.Cause != nil {
		e.Cause = words(*x.Cause)
	}
	for i := range out.Drafted.Moves {
		m := &out.Drafted.Moves[i]
		for _, w := range x.Moves {
			if w.Employee == string(m.Employee) && r.day(w.Day) == m.Day {
				m.Why = words(w.Text)
				e.Moves[m.Deployment] = m.Why
			}
		}
	}
	out.Details.Explanation = e
}

// unsolvedWords are an explanation's, in English and in German.
func unsolvedWords(x explain.Explanation) (said []string) {
	for _, u := range x.Unsolved {
		said = append(said, u.Text.En+" / "+u.Text.De)
	}
	return said
}

// names are what people in the city call things.
type names struct {
	*problem
	city *read.City
}

func (n names) Centre(c int) string { return centreName(n.city, n.centres[c]) }

func centreName(city *read.City, c id.Centre) string {
	if s := city.Centres[c].Name; s != "" {
		return s
	}
	return string(c)
}

func (n names) District(r int) string {
	if s := n.city.Policy.Districts[r].Name; s != "" {
		return s
	}
	return n.Districts[r]
}

func (n names) Skill(s int) explain.Text {
	for _, g := range n.city.Catalogue.Groups {
		if g.Skill == n.skills[s] {
			return text(g, n.Skills[s])
		}
	}
	return explain.Text{De: n.Skills[s], En: n.Skills[s]}
}

func text(g capacity.ServiceGroup, id string) explain.Text {
	t := explain.Text{De: g.Name["de"], En: g.Name["en"]}
	if t.De == "" {
		t.De = id
	}
	if t.En == "" {
		t.En = t.De
	}
	return t
}

func (n names) Employee(e int) string  { return string(n.employees[e]) }
func (n names) Day(t int) explain.Text { return wording.OnDate(n.day(t)) }
