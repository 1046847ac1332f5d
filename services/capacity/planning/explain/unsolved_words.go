package explain

import (
	"github.com/lotse-hamburg/lotse/services/capacity/planning/wording"
)

// lackWords says what is missing at a place: "4 booked appointments at Altona
// have no staff on Friday".
func (x *explainer) lackWords(l lang, k spot, u Unsolved) string {
	day, at := x.names.Day(k.t).At(l), x.names.Centre(k.c)
	n, heads := appointments(l, u.Appointments), l.People(u.Heads)
	switch {
	case u.Heads == 0:
		return l.Of(day+l.Verb(u.Appointments, " bleibt ", " bleiben ")+n+" am Standort "+at+" ohne Personal",
			n+" at "+at+l.Verb(u.Appointments, " has", " have")+" no staff "+day)
	case u.Appointments == 0:
		return l.Of(day+l.Verb(u.Heads, " fehlt ", " fehlen ")+heads+" am Standort "+at+" zur Mindestbesetzung",
			at+" is "+heads+" short of its minimum staff "+day)
	}
	return l.Of(day+l.Verb(u.Heads, " fehlt ", " fehlen ")+heads+" am Standort "+at+" zur Mindestbesetzung, und "+n+
		l.Verb(u.Appointments, " bleibt", " bleiben")+" ohne Personal",
		at+" is "+heads+" short of its minimum staff "+day+", and "+n+l.Verb(u.Appointments, " has", " have")+" no staff")
}

func (x *explainer) unsolvedWords(l lang, k spot, u Unsolved, h help) string {
	return wording.Sentence(x.lackWords(l, k, u)) + " " + x.whyWords(l, k, u, h)
}

// whyWords say why something is unsolved.
func (x *explainer) whyWords(l lang, k spot, u Unsolved, h help) string {
	switch u.Reason {
	case "nobody":
		return l.Of("Niemand sonst ist an dem Tag im Dienst.", "Nobody else is on duty on that day.")
	case "skill":
		var skills []string
		for s, m := range x.still[k] {
			if m > 0 {
				skills = append(skills, x.names.Skill(s).At(l))
			}
		}
		return l.Of("Niemand sonst, der an dem Tag im Dienst ist, darf das bearbeiten: ", "Nobody else on duty on that day has the skill for ") + l.Of(l.And(skills), l.Or(skills)) + "."
	case "move":
		who, n := x.who(l, *h.nearest), max(1, len(h.pair))
		if n > 1 {
			who = x.everyone(l, h.pair)
		}
		return l.Of(l.Verb(n, "Käme ", "Kämen ")+who+", so würde das ", "If "+who+" came, that would ") + x.gains(l, infinitive, h.coming.Split) +
			l.Of("; der vorliegende Plan nutzt das nicht.", "; the plan at hand does not use that.")
	case "rules":
		return x.relaxedWords(l, u, h)
	case "law":
		// Nobody is named: why a law keeps somebody is theirs to tell.
		if h.nearest == nil {
			return l.Of("Wer helfen könnte, darf nicht kommen: ", "Those who could help may not come: ") + ruleWords(l, u.Law)
		}
		return x.dearer(l, k, u, h) + l.Of(" Andere, die helfen könnten, dürfen nicht kommen: ", " Others who could help may not come: ") + ruleWords(l, u.Law)
	case "time":
		return reasonsOpen.At(l)
	}
	return x.dearer(l, k, u, h)
}

// dearer says why those who may come do not.
func (x *explainer) dearer(l lang, k spot, u Unsolved, h help) string {
	if h.nearest == nil {
		return l.Of("Wer das übernehmen könnte, darf nicht kommen oder wird anderswo dringender gebraucht.",
			"Those who could take this on may not come, or are needed more elsewhere.")
	}
	why := l.Of("Niemand, der kommen darf, brächte hier mehr, als es an anderer Stelle kostet.", "Nobody who may come would bring more here than it costs elsewhere.")
	switch {
	case !u.Complete:
		why = l.Of("Nicht alle, die helfen könnten, sind geprüft.", "Not everybody who could help was looked at.")
	case h.coming.better && h.coming.service() > negligible:
		why = l.Of("Wer kommen darf, wird anderswo dringender gebraucht.", "Those who may come are needed more elsewhere.")
	}
	cost := x.losses(l, h.coming.Split, x.further(k, *h.nearest))
	if cost == "" || !h.coming.better {
		return why
	}
	return why + l.Of(" Am ehesten ginge "+x.who(l, *h.nearest)+"; der Preis wäre: ", " The first choice would be "+x.who(l, *h.nearest)+"; the price would be: ") + cost + "."
}

// further is the travel that somebody who works at home now would have.
func (x *explainer) further(k spot, f candidate) int {
	if f.from != x.in.Staff[f.e].Home {
		return 0
	}
	return x.in.Travel[f.from][k.c]
}

// service is what citizens lose, in points, where something else may be won.
func (s Split) service() (lost float64) {
	for _, v := range []float64{s.Uncovered, s.MissingHeads, s.Walkin, s.Promise, s.Goal, s.Fairness} {
		lost -= min(0, v)
	}
	return lost
}

// relaxedWords name the smallest sets of rules that would have to be waived.
func (x *explainer) relaxedWords(l lang, u Unsolved, h help) (text string) {
	for i, r := range u.Relax {
		who, n, many := x.everyone(l, h.relaxed[i]), len(r.Rules), len(h.relaxed[i])
		rules := l.Count(n, "Im Weg steht eine Regel: ", "Im Weg stehen %d Regeln: ", "One rule stands in the way: ", "%d rules stand in the way: ")
		without := l.Of(l.Verb(n, "Gälte sie nicht, ", "Gälten sie nicht, "), l.Verb(n, "Without it, ", "Without them, "))
		if i > 0 {
			rules = " " + l.Count(n, "Es würde auch helfen, wenn diese Regel nicht gälte: ", "Es würde auch helfen, wenn diese %d Regeln nicht gälten: ",
				"It would also help if this rule did not hold: ", "It would also help if these %d rules did not hold: ")
			without = l.Of("Dann ", "Then ")
		}
		text += rules + ruleWords(l, r.Rules) + " " + without + l.Of(l.Verb(many, "könnte ", "könnten ")+who+" kommen", who+" could come")
		if r.Gain == nil {
			text += l.Of("; wie viel das brächte, ist nicht berechnet.", "; how much that would bring was not worked out.")
			continue
		}
		text += l.Of(" und ", " and ") + x.gains(l, infinitive, r.Split)
		if r.Split.service() > *r.Gain/10 {
			text += l.Of("; der Preis wäre: ", "; the price would be: ") + x.losses(l, r.Split, 0)
		}
		text += "."
	}
	return text
}

func (x *explainer) everyone(l lang, all []candidate) string {
	var who []string
	for _, f := range all {
		who = append(who, x.names.Employee(f.e)+l.Of(" von ", " from ")+x.names.Centre(f.from))
	}
	return l.And(who)
}
