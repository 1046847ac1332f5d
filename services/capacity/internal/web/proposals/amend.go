package proposals

import (
	"cmp"
	"net/url"
	"slices"
	"strings"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/app"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// mostAdded bounds how many moves a planner adds on the page.
const mostAdded = 20

// asked is what the form of a review asks for. Its fields: keep, once for each move
// that stays, as soon as amend is set; add, once for each move added, and new, one
// more, as employee|day|centre; at, the place for which candidates are wanted, as
// day|centre.
type asked struct {
	app.Amendment
	amended bool // the effect is to be worked out
	at      read.Place
}

func (a asked) changes() bool { return len(a.Drop)+len(a.Add) > 0 }

func askedOf(f *pages.Form, s proposal.State) (a asked) {
	a.amended = f.Is("amend", "1")
	if a.amended {
		for _, m := range s.Moves {
			if !m.Added && !f.Is("keep", string(m.Deployment)) {
				a.Drop = append(a.Drop, m.Deployment)
			}
		}
	}
	for _, v := range append(slices.Clone(f.Values("add")), f.Value("new")) {
		if x, ok := addition(v); ok && len(a.Add) < mostAdded && !slices.Contains(a.Add, x) {
			a.Add = append(a.Add, x)
		}
	}
	for _, v := range f.Values("drop") { // as the form of the approval has it
		if d := id.Deployment(v); s.Find(d) >= 0 && !slices.Contains(a.Drop, d) {
			a.Drop = append(a.Drop, d)
		}
	}
	if d, c, ok := strings.Cut(f.Value("at"), "|"); ok {
		if on, err := day.Parse(d); err == nil {
			a.at = read.Place{Centre: id.Centre(c), Day: on}
		}
	}
	a.amended = a.amended || a.changes()
	return a
}

func addition(v string) (x app.Addition, ok bool) {
	p := strings.Split(v, "|")
	if len(v) > 300 || len(p) != 3 || p[0] == "" || p[2] == "" {
		return x, false
	}
	on, err := day.Parse(p[1])
	return app.Addition{Employee: id.Employee(p[0]), Day: on, To: id.Centre(p[2])}, err == nil
}

func written(x app.Addition) string {
	return string(x.Employee) + "|" + x.Day.String() + "|" + string(x.To)
}

// self is the address of a review, with what has been seen of the proposal.
func self(s proposal.State, a asked, seen string) string {
	v := url.Values{"seen": {seen}}
	if a.amended {
		v.Set("amend", "1")
		for _, m := range s.Moves {
			if !m.Added && !slices.Contains(a.Drop, m.Deployment) {
				v.Add("keep", string(m.Deployment))
			}
		}
	}
	for _, x := range a.Add {
		v.Add("add", written(x))
	}
	if a.at.Day != 0 {
		v.Set("at", place(a.at))
	}
	return path(s.ID) + "?" + v.Encode()
}

func place(p read.Place) string { return p.Day.String() + "|" + string(p.Centre) }

// placesToChoose are where somebody might be sent: where people are missed or sent
// to, then all other centres on the days of the proposal.
func placesToChoose(x *pages.Context, t told) (all []pages.Option) {
	all = append(all, pages.Option{Label: x.Say("add.at.none")})
	seen := map[read.Place]bool{}
	add := func(p read.Place) {
		if !seen[p] && p.Day > t.today {
			seen[p] = true
			all = append(all, pages.Option{Value: place(p), Label: x.DateShort(p.Day) + ": " + t.places.centre(p.Centre)})
		}
	}
	var days []day.Day
	for _, l := range t.s.Details.Losses {
		add(read.Place(l))
		days = append(days, l.Day)
	}
	for _, m := range t.s.Moves {
		add(read.Place{Centre: m.To, Day: m.Day})
		days = append(days, m.Day)
	}
	slices.Sort(days)
	var centres []id.Centre
	for c := range t.places.centres {
		centres = append(centres, c)
	}
	slices.SortFunc(centres, func(a, b id.Centre) int {
		return cmp.Or(cmp.Compare(t.places.centre(a), t.places.centre(b)), cmp.Compare(a, b))
	})
	for _, d := range slices.Compact(days) {
		for _, c := range centres {
			if len(all) < 300 {
				add(read.Place{Centre: c, Day: d})
			}
		}
	}
	return all
}

// choices are those who may be sent to a place.
type choices struct {
	Options   []pages.Option
	Note      string
	Forbidden []string
}

func (d desk) choose(x *pages.Context, t told, a asked) (c choices, err error) {
	found, err := d.app.Candidates(t.s.ID, a.Amendment, a.at)
	if err != nil {
		return c, err
	}
	c.Options = append(c.Options, pages.Option{Label: x.Say("add.who.none")})
	for _, k := range found.All {
		label := x.Say("add.who", "employee", string(k.Employee), "from", t.places.centre(k.From), "travel", k.TravelMinutes, "points", points(x, k.Gain))
		if k.Person.Mobile {
			label += ", " + x.Say("person.mobile")
		}
		c.Options = append(c.Options, pages.Option{Value: written(app.Addition{Employee: k.Employee, Day: a.at.Day, To: a.at.Centre}), Label: label})
	}
	if c.Note = x.Say("add.found", "n", len(found.All)); len(found.All) == 0 {
		c.Note = x.Say("add.nobody")
	}
	if found.More > 0 {
		c.Note += " " + x.Say("add.more", "n", found.More)
	}
	type forbidden struct {
		n    int
		text string
	}
	var all []forbidden
	for rule, n := range found.Forbidden {
		w := app.RuleWords(rule)
		all = append(all, forbidden{n, x.Say("add.forbidden", "n", n, "rule", x.Pick(w["de"], w["en"]))})
	}
	slices.SortFunc(all, func(a, b forbidden) int { return cmp.Or(b.n-a.n, cmp.Compare(a.text, b.text)) })
	for _, f := range all {
		c.Forbidden = append(c.Forbidden, f.text)
	}
	return c, nil
}
