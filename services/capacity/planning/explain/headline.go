package explain

import "strconv"

// headline is what is read first: two sentences at most.
func (x *explainer) headline() {
	x.out.Headline = both(func(l lang) string {
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
	moves, f := l.of("ein Einsatz", "one move"), singular
	if n > 1 {
		moves, f = strconv.Itoa(n)+l.of(" Einsätze", " moves"), plural
	}
	gains := x.gains(l, f, x.out.Split)
	if x.out.Gain <= negligible || gains == "" {
		return sentence(moves + l.of(" "+l.verb(n, "ändert", "ändern")+" den Plan, ohne dass er besser wird", " "+l.verb(n, "changes", "change")+" the plan without making it better"))
	}
	returns := 0
	for _, s := range x.steps {
		if s.To == x.in.Staff[s.E].Home {
			returns++
		}
	}
	if returns == n {
		return sentence(moves + l.of(l.verb(n, " entfällt", " entfallen")+": das ", l.verb(n, " falls away", " fall away")+": this ") +
			x.gains(l, singular, x.out.Split))
	}
	to := x.steps[0].To
	day := x.steps[0].T
	one, same := true, true
	for _, s := range x.steps {
		one, same = one && s.To == to, same && s.T == day
	}
	if one {
		moves += l.of(" nach ", " to ") + x.names.Centre(to)
	}
	if same {
		moves += " " + x.names.Day(day).at(l)
	}
	return sentence(moves + " " + gains)
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
		return sentence(l.of("in "+strconv.Itoa(n)+" Fällen fehlt danach noch etwas, je an einem Standort und Tag", "something stays missing in "+strconv.Itoa(n)+" cases, each of one centre and day"))
	}
	var left []string
	if slots > 0 {
		left = append(left, l.appointments(slots)+l.of(" ohne Personal", " without staff"))
	}
	if heads > 0 {
		left = append(left, l.people(heads)+l.of(" zu wenig für die Mindestbesetzung", " too few for the minimum staff"))
	}
	switch {
	case len(left) > 0:
		return sentence(l.of("es "+l.verb(slots+heads, "bleibt", "bleiben")+" ", "what stays: ") + l.and(left))
	case len(x.q.Places) > 0:
		return l.of("Danach fehlt dort nichts mehr.", "After that nothing is missing there.")
	}
	return ""
}

// unchangedWords are for a plan without a move.
func (x *explainer) unchangedWords(l lang) string {
	if len(x.out.Unsolved) == 0 && x.q.Damage > negligible {
		return l.of("Kein Einsatz wird vorgeschlagen: alles Gebuchte bleibt gedeckt, und kein Einsatz brächte mehr, als er kostet.",
			"No move is proposed: everything booked stays covered, and no move would bring more than it costs.")
	}
	if len(x.out.Unsolved) == 0 {
		return l.of("Der Plan bleibt, wie er ist: kein Einsatz wird vorgeschlagen, und es fehlt nichts.",
			"The plan stays as it is: no move is proposed, and nothing is missing.")
	}
	u := x.out.Unsolved[0]
	k := spot{x.centre(u.Centre), u.Day}
	return sentence(l.of("kein Einsatz wird vorgeschlagen: ", "no move is proposed: ")+x.lackWords(l, k, u)) + " " + x.reasonWords(l, u)
}

// reasonWords is the reason why something is unsolved, in one sentence.
func (x *explainer) reasonWords(l lang, u Unsolved) string {
	if len(x.out.Unsolved)+x.out.More > 1 {
		n := len(x.out.Unsolved) + x.out.More
		return sentence(l.of("insgesamt fehlt in "+strconv.Itoa(n)+" Fällen etwas, je an einem Standort und Tag", "something is missing in "+strconv.Itoa(n)+" cases in all, each of one centre and day"))
	}
	switch u.Reason {
	case "rules":
		if n := len(u.Relax[0].Rules); n > 1 {
			return l.of("Im Weg stehen "+strconv.Itoa(n)+" Regeln.", strconv.Itoa(n)+" rules stand in the way.")
		}
		return l.of("Im Weg steht eine Regel: ", "One rule stands in the way: ") + ruleWords(l, u.Relax[0].Rules)
	case "law":
		return l.of("Wer helfen könnte, darf nicht kommen: ", "Those who could help may not come: ") + ruleWords(l, u.Law[:1])
	case "skill":
		return l.of("Niemand sonst im Dienst darf das bearbeiten.", "Nobody else on duty has the skill.")
	case "nobody":
		return l.of("Niemand sonst ist im Dienst.", "Nobody else is on duty.")
	case "dearer":
		return l.of("Wer kommen darf, wird anderswo dringender gebraucht.", "Whoever may come is needed more elsewhere.")
	}
	return ""
}

func (x *explainer) centre(id string) int {
	for c := range x.in.Centres {
		if x.in.Centres[c].ID == id {
			return c
		}
	}
	return 0
}
