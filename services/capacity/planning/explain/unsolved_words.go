package explain

import (
	"strconv"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/wording"
)

// lackWords says what is missing at a place: "4 booked appointments at Altona
// stay without staff on Friday".
func (x *explainer) lackWords(l lang, k spot, u Unsolved) string {
	day, at := x.names.Day(k.t).At(l), x.names.Centre(k.c)
	n, heads := appointments(l, u.Appointments), l.People(u.Heads)
	switch {
	case u.Heads == 0:
		return l.Of(day+l.Verb(u.Appointments, " bleibt ", " bleiben ")+n+" am Standort "+at+" ohne Personal",
			n+" at "+at+l.Verb(u.Appointments, " stays", " stay")+" without staff "+day)
	case u.Appointments == 0:
		return l.Of(day+l.Verb(u.Heads, " fehlt ", " fehlen ")+heads+" am Standort "+at+" zur Mindestbesetzung",
			heads+l.Verb(u.Heads, " is", " are")+" missing for the minimum staff at "+at+" "+day)
	}
	return l.Of(day+l.Verb(u.Heads, " fehlt ", " fehlen ")+heads+" am Standort "+at+" zur Mindestbesetzung, und "+n+
		l.Verb(u.Appointments, " bleibt", " bleiben")+" ohne Personal",
		heads+l.Verb(u.Heads, " is", " are")+" missing for the minimum staff at "+at+" "+day+", and "+n+
			l.Verb(u.Appointments, " stays", " stay")+" without staff")
}

func (x *explainer) unsolvedWords(l lang, k spot, u Unsolved, h help) string {
	lack := wording.Sentence(x.lackWords(l, k, u))
	switch u.Reason {
	case "nobody":
		return lack + " " + l.Of("Niemand sonst ist an dem Tag im Dienst.", "Nobody else is on duty on that day.")
	case "skill":
		var skills []string
		for s, m := range x.still[k] {
			if m > 0 {
				skills = append(skills, x.names.Skill(s).At(l))
			}
		}
		return lack + " " + l.Of("Niemand sonst, der an dem Tag im Dienst ist, darf das bearbeiten: ", "Nobody else on duty on that day has the skill: ") + l.And(skills) + "."
	case "move":
		who, n := x.who(l, *h.nearest), 1
		if n = len(h.pair); n > 1 {
			who = x.everyone(l, h.pair)
		}
		return lack + " " + l.Of(l.Verb(max(1, n), "Käme ", "Kämen ")+who+", so würde das ", "If "+who+" came, that would ") + x.gains(l, infinitive, h.cost) +
			l.Of("; der vorliegende Plan nutzt das nicht.", "; the plan at hand does not use that.")
	case "rules":
		return lack + " " + x.relaxedWords(l, u, h)
	case "law":
		// Nobody is named: why a law keeps somebody is theirs to tell.
		firm := l.Of("Wer sonst helfen könnte, darf nicht kommen: ", "Others who could help may not come: ") + ruleWords(l, u.Law)
		if h.nearest != nil {
			firm = x.dearer(l, k, h) + " " + firm
		}
		return lack + " " + firm
	case "time":
		return lack + " " + l.Of("Woran es liegt, wurde in der Zeit nicht geprüft.", "There was no time to look into why.")
	}
	return lack + " " + x.dearer(l, k, h)
}

// dearer says why those who may come do not.
func (x *explainer) dearer(l lang, k spot, h help) string {
	why := l.Of("Wer kommen darf, wird anderswo dringender gebraucht.", "Whoever may come is needed more elsewhere.")
	if h.nearest == nil {
		return l.Of("Niemand darf kommen, der hier helfen würde.", "Nobody may come who would help here.")
	}
	travel := 0
	if f := h.nearest; f.from == x.in.Staff[f.e].Home {
		travel = x.in.Travel[f.from][k.c]
	}
	if cost := x.losses(l, h.cost, travel); cost != "" {
		why += l.Of(" Am ehesten ginge "+x.who(l, *h.nearest)+"; der Preis wäre: ", " The nearest is "+x.who(l, *h.nearest)+"; the price would be ") + cost + "."
	}
	return why
}

// relaxedWords names the smallest set of rules that would have to be waived.
func (x *explainer) relaxedWords(l lang, u Unsolved, h help) (text string) {
	for i, r := range u.Relax {
		who, n := x.everyone(l, h.relaxed[i]), len(r.Rules)
		if i > 0 {
			text += " "
		}
		waived := l.Of("Gälte diese Regel nicht, ", "If this rule were waived, ")
		if n > 1 {
			waived = l.Of("Gälten diese "+strconv.Itoa(n)+" Regeln nicht, ", "If these "+strconv.Itoa(n)+" rules were waived, ")
		}
		text += waived + l.Of("könnte"+l.Verb(len(h.relaxed[i]), " ", "n ")+who+" kommen und ", who+" could come and ") +
			x.gains(l, infinitive, r.Split) + ": " + ruleWords(l, r.Rules)
	}
	return text
}

func (x *explainer) everyone(l lang, all []candidate) string {
	var who []string
	for _, f := range all {
		who = append(who, x.names.Employee(f.e)+l.Of(" von ", " of ")+x.names.Centre(f.from))
	}
	return l.And(who)
}
