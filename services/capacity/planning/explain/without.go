package explain

import (
	"math"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/wording"
)

// Without is what would be if the plan stayed as it was.
type Without struct {
	// Damage in points as it was measured when it happened, 0 if it was not;
	// Points is what leaving the moves out costs.
	Damage float64 `json:"damage"`
	Points float64 `json:"points"`
	// Uncovered and Short are places with something missing that the moves mend
	// or that were asked for; Late are districts whose wait differs.
	Uncovered []Bare      `json:"uncovered"`
	Short     []Short     `json:"short"`
	Late      []Late      `json:"late"`
	Lead      []NamedLead `json:"lead"`
	Text      []Text      `json:"text"`
}

// Bare are booked appointments of a centre's day without staff, without the moves
// and with them.
type Bare struct {
	Centre            string `json:"centre"`
	Day               int    `json:"day"`
	Minutes           int    `json:"minutes"`
	Appointments      int    `json:"appointments"`
	MinutesAfter      int    `json:"minutes_after"`
	AppointmentsAfter int    `json:"appointments_after"`
}

// Short are people missing for the minimum staff.
type Short struct {
	Centre     string `json:"centre"`
	Day        int    `json:"day"`
	Heads      int    `json:"heads"`
	HeadsAfter int    `json:"heads_after"`
}

// Late is how many days a district's citizens wait beyond the instance's promise, summed
// over appointments.
type Late struct {
	District  string  `json:"district"`
	Days      float64 `json:"days"`
	DaysAfter float64 `json:"days_after"`
}

// NamedLead is a district's lead time.
type NamedLead struct {
	District string `json:"district"`
	Before   int    `json:"before"`
	After    int    `json:"after"`
}

// told is how many sentences are made of one kind.
const told = 5

func (x *explainer) without(short map[spot]int) {
	in, out := x.in, &x.out.Without
	*out = Without{Damage: x.q.Damage, Points: x.out.Gain, Uncovered: []Bare{}, Short: []Short{}, Late: []Late{}, Lead: []NamedLead{}, Text: []Text{}}
	after := x.short()
	asked := map[spot]bool{}
	for _, k := range x.q.Places {
		asked[spot{k.Centre, k.Day}] = true
	}
	for t := range in.Horizon {
		for c := range in.Centres {
			k := spot{c, t}
			was, is := x.bare[k], x.still[k]
			if minutes(was) > minutes(is) || asked[k] && minutes(was) > 0 {
				out.Uncovered = append(out.Uncovered, Bare{in.Centres[c].ID, t, minutes(was), booked(x.slots(was)), minutes(is), booked(x.slots(is))})
				x.tell(len(out.Uncovered), wording.Both(func(l lang) string { return x.bareWords(l, k) }))
			}
			if short[k] > after[k] || asked[k] && short[k] > 0 {
				out.Short = append(out.Short, Short{in.Centres[c].ID, t, short[k], after[k]})
				x.tell(len(out.Short), wording.Both(func(l lang) string { return x.shortWords(l, k, short[k]) }))
			}
		}
	}
	for r := range in.Districts {
		if d := x.before.late[r] - x.after.late[r]; math.Abs(d) >= .05 {
			out.Late = append(out.Late, Late{in.Districts[r], x.before.late[r], x.after.late[r]})
			if d >= .5 {
				x.tell(len(out.Late), wording.Both(func(l lang) string { return x.lateWords(l, r, d) }))
			}
		}
	}
	for _, v := range x.q.Lead {
		out.Lead = append(out.Lead, NamedLead{in.Districts[v.District], v.Before, v.After})
		if v.Before != v.After {
			x.tell(len(out.Lead), wording.Both(func(l lang) string { return x.leadWords(l, v) }))
		}
	}
	if len(out.Text) == 0 && len(x.steps) > 0 && x.out.Gain > .05 {
		x.tell(1, wording.Both(func(l lang) string {
			moves, f := l.Of("die Einsätze ", "the moves "), plural
			if len(x.steps) == 1 {
				moves, f = l.Of("der Einsatz ", "the move "), singular
			}
			return wording.Sentence(l.Of("gedeckt wäre auch so alles, was gebucht ist; ", "everything booked would be covered all the same; ") + moves +
				x.gains(l, f, x.out.Split))
		}))
	}
}

// with the moves, however many.
func (x *explainer) with(l lang) string {
	if len(x.steps) == 1 {
		return l.Of("mit dem Einsatz", "with the move")
	}
	return l.Of("mit den Einsätzen", "with the moves")
}

func (x *explainer) bareWords(l lang, k spot) string {
	n, m := booked(x.slots(x.bare[k])), booked(x.slots(x.still[k]))
	day, at := x.names.Day(k.t).At(l), x.names.Centre(k.c)
	s := l.Of(day+l.Verb(n, " wäre ", " wären ")+appointments(l, n)+" am Standort "+at+" ohne Personal",
		appointments(l, n)+" at "+at+" would have no staff "+day)
	switch {
	case m == 0:
		s += l.Of("; "+x.with(l)+" keiner", "; "+x.with(l)+" none")
	case m < n:
		s += l.Of("; "+x.with(l)+" noch ", "; "+x.with(l)+" still ") + l.Count(m, "einer", "%d", "one", "%d")
	}
	return wording.Sentence(s)
}

func (x *explainer) shortWords(l lang, k spot, heads int) string {
	day, at, n := x.names.Day(k.t).At(l), x.names.Centre(k.c), l.People(heads)
	return wording.Sentence(l.Of(day+l.Verb(heads, " würde ", " würden ")+n+" am Standort "+at+" zur Mindestbesetzung fehlen",
		at+" would be "+n+" short of its minimum staff "+day))
}

func (x *explainer) lateWords(l lang, r int, days float64) string {
	n := whole(days)
	return wording.Sentence(l.Of("im Bezirk "+x.names.District(r)+l.Verb(n, " käme ", " kämen zusammen ")+x.late(l, n)+" hinzu",
		"in the "+x.names.District(r)+" district waits "+x.beyond(l)+" would be longer by "+l.Count(n, "", "", "one day", "days")+", all appointments taken together"))
}

func (x *explainer) leadWords(l lang, v Lead) string {
	district := l.Of("im Bezirk "+x.names.District(v.District), "in the "+x.names.District(v.District)+" district")
	wait := func(n int) string {
		if n < 0 {
			return l.Of("gar nicht", "nowhere in sight")
		}
		return "in " + l.Count(n, "einem Tag", "Tagen", "one day", "days")
	}
	return wording.Sentence(district + l.Of(" gäbe es den dritten freien Termin ", " the third free appointment would be ") + wait(v.Before) +
		", " + x.with(l) + " " + wait(v.After))
}

func (x *explainer) tell(nth int, t Text) {
	if nth <= told && len(x.steps) > 0 {
		x.out.Without.Text = append(x.out.Without.Text, t)
	}
}
