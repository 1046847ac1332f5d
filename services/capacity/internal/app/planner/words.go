package planner

import (
	"math"

	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/overhaul"
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/explain"
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
