package explain

import (
	"strconv"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/wording"
)

// headline is what is read first: two sentences at most.
func (x *explainer) headline() {
	x.out.Headline = wording.Both(func(l lang) string {
		if len(x.steps) == 0 {
			return x.unchangedWords(l)
		}
		first, second := x.summary(l), x.rest(l)
		if second == "" {
			return first
		}
		return first + " " + second
	})
}

// summary says what the moves do together.
func (x *explainer) summary(l lang) string {
	n := len(x.steps)
	moves, f := l.Of("ein Einsatz", "one move"), singular
	if n > 1 {
		moves, f = strconv.Itoa(n)+l.Of(" Einsätze", " moves"), plural
	}
	gains := x.gains(l, f, x.out.Split)
	if x.out.Gain <= negligible || gains == "" {
		return wording.Sentence(moves + l.Of(" "+l.Verb(n, "ändert", "ändern")+" den Plan, ohne dass er besser wird", " "+l.Verb(n, "changes", "change")+" the plan without making it better"))
	}
	returns := 0
	for _, s := range x.steps {
		if s.To == x.in.Staff[s.E].Home {
			returns++
		}
	}
	if returns == n {
		return wording.Sentence(moves + l.Of(l.Verb(n, " entfällt", " entfallen")+": Das ", l.Verb(n, " is", " are")+" no longer needed: this ") +
			x.gains(l, singular, x.out.Split))
	}
	to := x.steps[0].To
	day := x.steps[0].T
	one, same := true, true
	for _, s := range x.steps {
		one, same = one && s.To == to, same && s.T == day
	}
	if one {
		moves += l.Of(" nach ", " to ") + x.names.Centre(to)
	}
	if same {
		moves += " " + x.names.Day(day).At(l)
	}
	return wording.Sentence(moves + " " + gains)
}

// rest says what is left after the moves.
func (x *explainer) rest(l lang) string {
	slots, heads := 0, 0
	for _, u := range x.out.Unsolved {
		slots += u.Appointments
		heads += u.Heads
	}
	if x.out.More > 0 {
		n := len(x.out.Unsolved) + x.out.More
		return wording.Sentence(l.Of("danach fehlt noch in "+strconv.Itoa(n)+" Fällen etwas, je an einem Standort und Tag", "after that something is still missing in "+strconv.Itoa(n)+" cases, each at one centre on one day"))
	}
	n, people := appointments(l, slots), l.People(heads)
	bare := l.Of("danach "+l.Verb(slots, "bleibt ", "bleiben ")+n+" ohne Personal", n+l.Verb(slots, " still has", " still have")+" no staff")
	short := l.Of(l.Verb(heads, "fehlt ", "fehlen ")+people+" zur Mindestbesetzung", people+l.Verb(heads, " is", " are")+" still missing for the minimum staff")
	switch {
	case slots > 0 && heads > 0:
		return wording.Sentence(bare + l.Of(", und es ", ", and ") + short)
	case slots > 0:
		return wording.Sentence(bare)
	case heads > 0:
		return wording.Sentence(l.Of("danach ", "") + short)
	case len(x.q.Places) > 0:
		return l.Of("Danach fehlt dort nichts mehr.", "After that nothing is missing there.")
	}
	return ""
}

// unchangedWords are for a plan without a move.
func (x *explainer) unchangedWords(l lang) string {
	if len(x.out.Unsolved) == 0 && x.q.Damage > negligible {
		return l.Of("Kein Einsatz wird vorgeschlagen: Alles Gebuchte bleibt gedeckt, und kein Einsatz brächte mehr, als er kostet.",
			"No move is proposed: everything booked stays covered, and no move would bring more than it costs.")
	}
	if len(x.out.Unsolved) == 0 {
		return l.Of("Der Plan bleibt, wie er ist: Kein Einsatz wird vorgeschlagen, und es fehlt nichts.",
			"The plan stays as it is: no move is proposed, and nothing is missing.")
	}
	u := x.out.Unsolved[0]
	k := spot{x.centre(u.Centre), u.Day}
	return wording.Sentence(l.Of("kein Einsatz wird vorgeschlagen: ", "no move is proposed: ")+l.Clause(x.lackWords(l, k, u))) + " " + x.reasonWords(l, u)
}

// reasonWords is the reason why something is unsolved, in one sentence.
func (x *explainer) reasonWords(l lang, u Unsolved) string {
	if len(x.out.Unsolved)+x.out.More > 1 {
		n := len(x.out.Unsolved) + x.out.More
		return wording.Sentence(l.Of("insgesamt fehlt in "+strconv.Itoa(n)+" Fällen etwas, je an einem Standort und Tag", "in all, something is missing in "+strconv.Itoa(n)+" cases, each at one centre on one day"))
	}
	switch u.Reason {
	case "rules":
		if n := len(u.Relax[0].Rules); n > 1 {
			return l.Of("Im Weg stehen "+strconv.Itoa(n)+" Regeln.", strconv.Itoa(n)+" rules stand in the way.")
		}
		return l.Of("Im Weg steht eine Regel: ", "One rule stands in the way: ") + ruleWords(l, u.Relax[0].Rules)
	case "law":
		return l.Of("Wer helfen könnte, darf nicht kommen: ", "Those who could help may not come: ") + ruleWords(l, u.Law[:1])
	case "skill":
		return l.Of("Niemand sonst im Dienst darf das bearbeiten.", "Nobody else on duty has the skill.")
	case "nobody":
		return l.Of("Niemand sonst ist im Dienst.", "Nobody else is on duty.")
	case "move":
		return l.Of("Ein Einsatz würde helfen; der vorliegende Plan nutzt das nicht.", "A move would help; the plan at hand does not use that.")
	case "dearer":
		if !u.Complete {
			return reasonsOpen.At(l)
		}
		return l.Of("Kein Einsatz dort brächte mehr, als er an anderer Stelle kostet.", "No move there would bring more than it costs elsewhere.")
	}
	return reasonsOpen.At(l)
}

// reasonsOpen is said where not everything was looked at.
var reasonsOpen = Text{De: "Woran es liegt, ist nicht vollständig geprüft.", En: "The reasons were not looked into completely."}

func (x *explainer) centre(id string) int {
	for c := range x.in.Centres {
		if x.in.Centres[c].ID == id {
			return c
		}
	}
	return 0
}
