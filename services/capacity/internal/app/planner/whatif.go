package planner

import (
	"cmp"
	"math"
	"slices"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/damage"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
)

// WhatIf asks what a supposition would do to a city that stands still.
type WhatIf struct {
	City *read.City
	Supposition
}

// Stages of a what-if: as it is, as it would be, and with Lotse's moves.
const (
	AsItIs = iota
	Hurt
	Mended
	stages
)

// DistrictIf is one district at each stage.
type DistrictIf struct {
	District id.District
	// Days to the third next available of the worst service group, expected; -1: none.
	Lead [stages]int
	// Uncovered booked appointments, expected.
	Uncovered [stages]int
	// Late are slot-days late over the horizon.
	Late [stages]float64
}

// PlaceIf is a place whose offering would be another, with the booked appointments
// that nobody would serve.
type PlaceIf struct {
	read.Place
	District  id.District
	Uncovered [stages]int
}

// Outcome of a what-if.
type Outcome struct {
	// Damage in points, and the Gain of Lotse's moves.
	Damage, Gain float64
	Districts    []DistrictIf
	Places       []PlaceIf
	Moves        []capacity.Move
	Approval     string // how such a proposal would be approved
	Explanation  *proposal.Explanation
	Unsolved     []string
	// Complete is false where the time was over before all was tried.
	Complete bool
}

const (
	// placesToMend bounds how many places are mended where nobody named is missed,
	// headsThere how many people each may be sent.
	placesToMend = 24
	headsThere   = 2
)

// Suppose prices the city as it is and as it would be, and looks for what mends
// the difference, as it does for a sick note. What closes a centre or changes
// what is asked for has no person to stand in for: there the places that suffer
// most may be sent people.
func (s *Session) Suppose(q WhatIf) (Outcome, error) {
	fork, loss, touched, err := Suppose(q.City, q.Supposition)
	if err != nil {
		return Outcome{}, err
	}
	before := buildProblem(q.City, without{}, s.memory)
	if _, err := s.warm.take(before.Instance); err != nil {
		return Outcome{}, err
	}
	is, err := s.warm.result()
	if err != nil {
		return Outcome{}, err
	}
	r := &run{Session: s, Question: &Question{At: q.City.Position, Today: q.City.Today, City: fork, Losses: []Loss{loss}, Heads: map[read.Place]int{}},
		problem: buildProblem(fork, without{}, s.memory)}
	d, err := s.warm.take(r.Instance)
	if err != nil {
		return Outcome{}, err
	}
	if r.present, err = s.warm.result(); err != nil {
		return Outcome{}, err
	}
	hurt := r.present
	for _, p := range loss.Places {
		r.Heads[p] = max(0, len(fork.Losses[p])-OnTheWay(fork, p))
	}
	if len(loss.Places) < len(touched) || q.Demand != 0 && q.Demand != 1 {
		r.suffering(&loss, is, hurt)
	}
	a := Answer{Loss: loss, Assessed: damage.Assessed{Cause: Supposed, Position: q.City.Position, Places: loss.Places, Points: max(0, d.Points)}}
	m, err := r.mend(loss.Places, r.Heads)
	if err != nil {
		return Outcome{}, err
	}
	x, err := r.explain(&a, m)
	if err != nil {
		return Outcome{}, err
	}
	a.Assessed.Unsolved = unsolvedWords(x)
	if err := r.draft(&a, m, x, nil); err != nil {
		return Outcome{}, err
	}
	out := Outcome{Damage: round(a.Assessed.Points), Unsolved: a.Assessed.Unsolved, Complete: x.Complete && (m.Complete || len(r.Heads) == 0)}
	if a.Draft != nil {
		out.Gain, out.Moves, out.Approval, out.Explanation = a.Draft.Drafted.Gain, a.Draft.Drafted.Moves, a.Draft.Drafted.Approval, a.Draft.Details.Explanation
	}
	r.compare(&out, before, [stages]outlook{is, hurt, r.present}, touched)
	return out, nil
}

// suffering adds the places that are hurt most: those with booked appointments
// that nobody would serve, and where lateness grows, those of the district within
// the promise.
func (r *run) suffering(loss *Loss, is, hurt outlook) {
	type place struct {
		read.Place
		worse float64
	}
	var all []place
	for c := range r.centres {
		i := r.Centres[c].District
		late := hurt.LateSlotDays[i] - is.LateSlotDays[i]
		for t := range r.Horizon {
			if r.Centres[c].Open[t] == 0 || t < leastNotice {
				continue
			}
			worse := (hurt.unserved[c][t] - is.unserved[c][t]) * 1000
			if late > 0 && t <= r.PromiseDays {
				worse += late / float64(t+1)
			}
			if worse > 0 {
				all = append(all, place{r.place(c, t), worse})
			}
		}
	}
	slices.SortFunc(all, func(a, b place) int {
		return cmp.Or(cmp.Compare(b.worse, a.worse), read.ComparePlaces(a.Place, b.Place))
	})
	for _, p := range all[:min(len(all), placesToMend)] {
		if !slices.Contains(loss.Places, p.Place) {
			loss.Places = append(loss.Places, p.Place)
		}
		r.Heads[p.Place] = max(r.Heads[p.Place], headsThere)
	}
	slices.SortFunc(loss.Places, read.ComparePlaces)
}

// compare fills districts and places in at each stage. Lead times begin with what
// booking has on offer, and add what the plans differ by.
func (r *run) compare(out *Outcome, before *problem, plans [stages]outlook, touched []read.Place) {
	base := &run{Session: r.Session, Question: r.Question, problem: before}
	shut := r.shut(before, touched)
	for i, d := range r.Districts {
		x := DistrictIf{District: id.District(d)}
		x.Lead = base.leadsIf(plans, i)
		for k, plan := range plans {
			x.Uncovered[k], x.Late[k] = r.unserved(plan, i), round(plan.LateSlotDays[i])
			for p, n := range shut {
				if k > AsItIs && r.City.Centres[p.Centre].District == x.District {
					x.Uncovered[k] += n
				}
			}
		}
		out.Districts = append(out.Districts, x)
	}
	for _, p := range touched {
		c, known := r.centreAt[p.Centre]
		t := int(p.Day - r.from)
		if !known || t < 0 || t >= r.Horizon {
			continue
		}
		x := PlaceIf{Place: p, District: r.City.Centres[p.Centre].District}
		for k, plan := range plans {
			x.Uncovered[k] = int(math.Round(plan.unserved[c][t]))
			if k > AsItIs {
				x.Uncovered[k] += shut[p]
			}
		}
		out.Places = append(out.Places, x)
	}
}

// leadsIf are the lead times at each stage. What is supposed takes free slots
// away and never adds any: where more is asked for, another plan may well leave
// more free on a single day, which nobody would find.
func (r *run) leadsIf(plans [stages]outlook, district int) (days [stages]int) {
	hurt, moves := r.onOffer(plans[AsItIs], plans[Hurt], district), r.onOffer(plans[Hurt], plans[Mended], district)
	mended := onOffer{had: hurt.has, has: moves.has}
	for s := range hurt.has {
		for t := range hurt.has[s] {
			hurt.has[s][t] = min(hurt.had[s][t], hurt.has[s][t])
			mended.has[s][t] = max(0, hurt.has[s][t]+moves.has[s][t]-moves.had[s][t])
		}
	}
	days[AsItIs], days[Hurt] = hurt.lead(0, r.MinLeadDays)
	_, days[Mended] = mended.lead(0, r.MinLeadDays)
	return days
}

// shut counts what is booked at places that would not be open at all: nobody who
// is sent there could serve it.
func (r *run) shut(before *problem, touched []read.Place) map[read.Place]int {
	all := map[read.Place]int{}
	for _, p := range touched {
		c, known := r.centreAt[p.Centre]
		t := r.index(p.Day)
		if !known || t < 0 || t >= r.Horizon || len(r.opening[c][t]) > 0 || len(before.opening[c][t]) == 0 {
			continue
		}
		booked := 0.0
		for s, m := range before.Booked[c] {
			booked += float64(m[t]) / r.SlotMinutes[s]
		}
		all[p] = int(math.Round(booked))
	}
	return all
}
