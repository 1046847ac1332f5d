package planner

import (
	"math"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/overhaul"
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/explain"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/leadtime"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/rule"
)

// round keeps points readable and the same on every machine.
func round(points float64) float64 { return math.Round(points*100) / 100 }

// parts names a gain's parts, without those that are nothing.
func parts(p planning.Parts) map[string]float64 {
	m := map[string]float64{}
	for name, v := range map[string]float64{"uncovered": p.Uncovered, "walk-in": p.Walkin, "missing-heads": p.MissingHead,
		"promise": p.Breach, "goal": p.Goal, "fairness": p.Fairness, "moves": p.Move, "changes": p.Change} {
		if v = round(v); v != 0 {
			m[name] = v
		}
	}
	return m
}

// notNeeded is why somebody is sent back.
var notNeeded = map[string]string{"de": "Der Einsatz wird nicht mehr gebraucht: Wer zu vertreten war, ist wieder im Dienst.",
	"en": "The deployment is no longer needed: whoever was missing is back on duty."}

// anew is why the whole city is planned anew, by the reason of the overhaul.
var anew = map[string]explain.Text{
	overhaul.Nightly: {De: "Jede Nacht wird die ganze Stadt neu durchgerechnet. Neu vorgefallen ist nichts: Vorgeschlagen wird, was besser ist als der bisherige Plan.",
		En: "Every night the whole city is planned anew. Nothing new has happened: what is proposed is better than the plan as it stands."},
	overhaul.Drift: {De: "Seit der letzten Planung der ganzen Stadt haben sich viele einzelne Änderungen angesammelt. Darum ist sie neu durchgerechnet worden.",
		En: "Many single changes have gathered since the whole city was last planned. That is why it was planned anew."},
}

// Why proposals end.
var (
	outdone = map[string]string{"de": "Ein neuer Vorschlag zur selben Ursache ist deutlich besser.",
		"en": "A new proposal for the same cause is clearly better."}
	outdated = map[string]string{"de": "Die Lage hat sich geändert: Ein Einsatz ist nicht mehr möglich oder wird nicht mehr gebraucht.",
		"en": "Things have changed: a move is not possible or not needed any more."}
	renewed = map[string]string{"de": "Die ganze Stadt ist neu geplant; ein neuer Vorschlag ersetzt diesen.",
		"en": "The whole city was planned anew; a new proposal replaces this one."}
	// Ended is said of a proposal whose cause is over.
	Ended = map[string]string{"de": "Eine Abwesenheit, auf die er antwortet, ist zu Ende oder geändert.",
		"en": "an absence behind it has ended or changed"}
)

// ruleWords says in German and English what stands in the way.
func ruleWords(name string) (de, en string) {
	if r, known := rule.ByName(rule.Name(name)); known {
		return r.De, r.En
	}
	return name, name
}

// effects compares two results, for the districts where they differ.
func (p *problem) effects(before, after planning.Result) []capacity.Effect {
	var all []capacity.Effect
	for r, d := range p.Districts {
		e := capacity.Effect{District: id.District(d), BeforeDays: p.leadTime(before, r), AfterDays: p.leadTime(after, r),
			UncoveredBefore: p.uncovered(before, r), UncoveredAfter: p.uncovered(after, r),
			LateBefore: round(before.LateSlotDays[r]), LateAfter: round(after.LateSlotDays[r])}
		touched := e.BeforeDays != e.AfterDays || e.UncoveredBefore != e.UncoveredAfter || e.LateBefore != e.LateAfter
		for t := range p.Horizon {
			touched = touched || before.Free[r][t] != after.Free[r][t]
		}
		if touched {
			all = append(all, e)
		}
	}
	return all
}

// leadTime is the third next available of the district's worst skill that it
// has any demand for, from the minutes that are left on each day.
func (p *problem) leadTime(res planning.Result, r int) int {
	worst := 0
	for s := range p.skills {
		demand := 0
		for t := range p.Horizon {
			demand += p.DemandOwn[r][s][t]
		}
		if demand == 0 {
			continue
		}
		free := make([]int, p.Horizon)
		for t := range free {
			free[t] = int(float64(res.FreeSkill[r][s][t]) / p.SlotMinutes[s])
		}
		n := leadtime.ThirdNext(free, p.MinLeadDays)
		if n < 0 {
			return -1
		}
		worst = max(worst, n)
	}
	return worst
}

// uncovered counts appointments of average length.
func (p *problem) uncovered(res planning.Result, r int) int {
	mean := 0.0
	for _, m := range p.SlotMinutes {
		mean += m / float64(len(p.SlotMinutes))
	}
	minutes := 0
	for c, row := range res.UncoveredMinutes {
		if p.Centres[c].District == r {
			for _, m := range row {
				minutes += m
			}
		}
	}
	return int(math.Ceil(float64(minutes) / mean))
}
