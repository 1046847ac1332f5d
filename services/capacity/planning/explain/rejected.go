package explain

import (
	"math"
	"slices"
	"strconv"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/rule"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/wording"
)

// Rejected is somebody else who might have gone instead.
type Rejected struct {
	Move     int    `json:"move"` // index of the move it would replace
	Employee string `json:"employee"`
	From     string `json:"from"`
	// Alike counts others of whom the same is true.
	Alike int `json:"alike"`
	// Rule that forbids it; "" where it is allowed but dearer by Points, split
	// by part (positive is dearer).
	Rule   rule.Name `json:"rule,omitempty"`
	Points float64   `json:"points"`
	Split  Split     `json:"split"`
	Text   Text      `json:"text"`
}

const (
	movesAsked        = 3 // for which alternatives are looked for
	alternativesAsked = 3 // priced for each
	alternativesTold  = 2
	forbiddenTold     = 1
)

// alternatives looks for others in the place of the moves that bring most.
func (x *explainer) alternatives() error {
	asked := x.telling(movesAsked)
	slices.Sort(asked)
	for _, i := range asked {
		s := x.steps[i]
		if !x.worthwhile() {
			return nil
		}
		out := []flow.Step{undone(s)}
		if err := x.move(out); err != nil {
			x.back(&x.at, out)
			return err
		}
		_, err := x.now()
		if err == nil {
			err = x.instead(i, s)
		}
		x.back(&x.at, out)
		if err != nil {
			return err
		}
	}
	return nil
}

// instead looks for others in the place of one move, which is not made.
func (x *explainer) instead(i int, s flow.Step) error {
	var without mark
	x.mark(&without)
	all := x.candidates(s.To, s.T, true)
	asked, allowed, forbidden := 0, []Rejected{}, 0
	for _, k := range all {
		if len(k.blocks) > 0 || asked == alternativesAsked {
			continue
		}
		// A second one of the same centre tells little.
		if len(allowed) > 0 && allowed[0].From == x.in.Centres[k.from].ID && asked < len(all)-1 && otherGiver(all, k.from) {
			continue
		}
		if !x.worthwhile() {
			break
		}
		asked++
		f, err := x.try(&without, []flow.Step{k.step(s.To, s.T)})
		if err != nil {
			return err
		}
		r := Rejected{Move: i, Employee: x.in.Staff[k.e].ID, From: x.in.Centres[k.from].ID, Alike: k.alike, Split: f.Split.Minus(x.after.Split)}
		r.Points = r.Split.Sum()
		if slices.ContainsFunc(allowed, func(o Rejected) bool { return o.From == r.From && math.Abs(o.Points-r.Points) <= negligible }) {
			continue // another one just like the other tells nothing
		}
		r.Text = wording.Both(func(l lang) string { return x.dearerWords(l, s, k, r) })
		at := len(allowed)
		for at > 0 && allowed[at-1].Points > r.Points {
			at--
		}
		allowed = append(allowed[:at], append([]Rejected{r}, allowed[at:]...)...)
	}
	x.out.Rejected = append(x.out.Rejected, allowed[:min(len(allowed), alternativesTold)]...)
	gain := *x.out.Moves[i].Gain
	for _, k := range all {
		if len(k.blocks) == 0 || forbidden == forbiddenTold || k.hope < gain || dull(k.blocks) {
			continue
		}
		forbidden++
		r := Rejected{Move: i, Employee: x.in.Staff[k.e].ID, From: x.in.Centres[k.from].ID, Alike: k.alike, Rule: k.blocks[0]}
		r.Text = wording.Both(func(l lang) string { return x.forbiddenWords(l, s, k) })
		x.out.Rejected = append(x.out.Rejected, r)
	}
	return nil
}

// otherGiver tells whether somebody of another centre may come.
func otherGiver(all []candidate, from int) bool {
	for _, k := range all {
		if len(k.blocks) == 0 && k.from != from {
			return true
		}
	}
	return false
}

// dull are rules of which nobody needs to be told of a person: too far, wrong
// skills, or that they are never sent, which is theirs to tell.
func dull(blocks []rule.Name) bool {
	for _, b := range blocks {
		switch b {
		case rule.Reach, rule.Skills, rule.Open, rule.Presence, rule.Deployable:
			return true
		}
	}
	return false
}

// who names a candidate, where they are, and how many more are like them.
func (x *explainer) who(l lang, k candidate) string {
	s := x.names.Employee(k.e) + l.Of(" von ", " from ") + x.names.Centre(k.from)
	switch {
	case k.alike == 1:
		s += l.Of(" (ebenso eine weitere Person)", " (likewise one more person)")
	case k.alike > 1:
		s += l.Of(" (ebenso "+strconv.Itoa(k.alike)+" weitere Personen)", " (likewise "+strconv.Itoa(k.alike)+" more people)")
	}
	return s
}

func (x *explainer) forbiddenWords(l lang, s flow.Step, k candidate) string {
	day, who := x.names.Day(s.T).At(l), x.who(l, k)
	return wording.Sentence(day + l.Of(" kommt "+who+" nicht infrage: ", ", "+who+" is out of the question: ") + ruleWords(l, k.blocks))
}

func (x *explainer) dearerWords(l lang, s flow.Step, k candidate, r Rejected) string {
	who, chosen, day := x.who(l, k), x.names.Employee(s.E), x.names.Day(s.T).At(l)
	switch {
	case math.Abs(r.Points) <= negligible:
		return l.Of("Ebenso gut wie "+chosen+" wäre "+day+" "+who+".", wording.Sentence(day+", "+who+" would be just as good as "+chosen))
	case r.Points < 0:
		return l.Of("Sogar besser als "+chosen+" wäre "+day+" "+who+"; die Suche hat das in ihrer Zeit nicht gefunden.",
			wording.Sentence(day+", "+who+" would be even better than "+chosen+"; the search did not find it in its time"))
	}
	travel := x.in.Travel[x.in.Staff[k.e].Home][s.To] - x.in.Travel[x.in.Staff[s.E].Home][s.To]
	var cost Split
	cost = cost.Minus(r.Split)
	return l.Of("Statt "+chosen+" könnte "+day+" auch "+who+" gehen; der Preis wäre: ", wording.Capital(day)+", "+who+" could go instead of "+chosen+"; the price would be: ") +
		x.losses(l, cost, travel) + "."
}

// ruleWords are the sentences of rules.
func ruleWords(l lang, names []rule.Name) (all string) {
	for i, n := range names {
		if r, ok := rule.ByName(n); ok {
			if i > 0 {
				all += " "
			}
			all += l.Of(r.De, r.En)
		}
	}
	return all
}
