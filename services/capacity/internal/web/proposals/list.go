package proposals

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/app"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// kinds of proposals, as the tabs have them.
var kinds = []string{"open", "running", "done", "closed", "all"}

func isKind(kind string, s proposal.State) bool {
	switch kind {
	case "open":
		return s.Open()
	case "running":
		return s.Status == proposal.Approved
	case "done":
		return s.Status == proposal.Applied
	case "closed":
		return s.Status != "" && !s.Open() && s.Status != proposal.Approved && s.Status != proposal.Applied
	}
	return true
}

const (
	pageRows = 50
	mostOpen = 200
)

// listed is one proposal of the list.
type listed struct {
	s       proposal.State
	drafted time.Time
	index   int
}

type listData struct {
	Tabs      []pages.Tab
	Kind      string
	Form      *pages.Form
	Districts []pages.Option
	Rows      []row
	Pager     pages.Pager
	Self      string
	Open      int
}

type row struct {
	Href, Headline string
	Badge, Urgent  *pages.Badge
	Facts          []pages.Fact
	Route          string
}

// urgency is the day by which a proposal must be decided: the last before it
// expires or its first move takes place.
func urgency(s proposal.State) day.Day {
	d := s.Draft.ExpiresOn
	for _, m := range s.Moves {
		d = min(d, m.Day)
	}
	return d - 1
}

func (d desk) list(x *pages.Context) error {
	kind, of := x.Query("state"), id.District(x.Query("district"))
	if !slices.Contains(kinds, kind) {
		kind = "open"
	}
	before, err := strconv.Atoi(x.Query("before"))
	if err != nil || before < 0 {
		before = -1
	}
	var all []listed
	var names places
	var today day.Day
	open, next := 0, -1
	ctx := x.R.Context()
	d.app.Node().View(func() {
		c := d.app.City
		names, today = placesOf(c), c.Today
		for i := len(c.Order) - 1; i >= max(0, len(c.Order)-lookBack); i-- {
			if s := c.Proposals[c.Order[i]]; s.Open() && app.Concerns(ctx, s) {
				open++
			}
		}
		from, most := len(c.Order), pageRows
		if kind == "open" {
			most = mostOpen
		} else if before >= 0 {
			from = min(from, before)
		}
		for i := from - 1; i >= 0; i-- {
			if from-i > lookBack || len(all) == most {
				next = i + 1
				break
			}
			s := c.Proposals[c.Order[i]]
			if !isKind(kind, s) || !app.Concerns(ctx, s) || of != "" && !inDistrict(s, of) {
				continue
			}
			l := listed{s: s, index: i}
			if told := c.DecisionsOn(s.ID); len(told) > 0 {
				l.drafted = told[0].Time
			}
			all = append(all, l)
		}
	})
	if kind == "open" {
		next = -1
		slices.SortStableFunc(all, func(a, b listed) int {
			return cmp.Or(cmp.Compare(urgency(a.s), urgency(b.s)), cmp.Compare(b.s.Draft.Damage, a.s.Draft.Damage))
		})
	}
	data := listData{Kind: kind, Form: x.NewForm("district", string(of), "state", kind), Open: open, Self: x.R.URL.RequestURI()}
	q := func(kind string, more ...string) string {
		v := url.Values{}
		if kind != "open" {
			v.Set("state", kind)
		}
		if of != "" {
			v.Set("district", string(of))
		}
		for i := 0; i+1 < len(more); i += 2 {
			v.Set(more[i], more[i+1])
		}
		return strings.TrimSuffix("/desk/proposals?"+v.Encode(), "?")
	}
	for _, k := range kinds {
		t := pages.Tab{Text: x.Say("list.tab." + k), Href: q(k), Current: k == kind}
		if k == "open" {
			t.Count = open
		}
		data.Tabs = append(data.Tabs, t)
	}
	data.Districts = names.options(x.Say("list.everywhere"))
	for _, l := range all {
		data.Rows = append(data.Rows, rowOf(x, l, names, today))
	}
	if next > 0 {
		data.Pager.Next = q(kind, "before", strconv.Itoa(next))
	}
	if before >= 0 {
		data.Pager.First = q(kind)
	}
	return x.Show(pages.Page{Template: "list", Title: x.Say("list.title"), Data: data, Live: "/desk/proposals/live", Parts: []string{"proposals"}})
}

func inDistrict(s proposal.State, d id.District) bool {
	return slices.ContainsFunc(s.Moves, func(m proposal.Move) bool { return m.FromDistrict == d || m.ToDistrict == d })
}

func (p places) options(all string) (out []pages.Option) {
	out = append(out, pages.Option{Label: all})
	for d, name := range p.districts {
		out = append(out, pages.Option{Value: string(d), Label: name})
	}
	slices.SortFunc(out[1:], func(a, b pages.Option) int { return cmp.Compare(a.Label, b.Label) })
	return out
}

func rowOf(x *pages.Context, l listed, names places, today day.Day) row {
	s := l.s
	r := row{Href: path(s.ID), Headline: headline(x, s), Badge: badge(x, s), Route: route(x, s, names)}
	if s.Open() {
		r.Urgent = urgent(x, urgency(s), today)
	}
	before, after := 0, 0
	for _, e := range effects(s) {
		before, after = before+e.UncoveredBefore, after+e.UncoveredAfter
	}
	r.Facts = []pages.Fact{
		{Key: x.Say("list.drafted"), Value: x.MomentShort(l.drafted)},
		{Key: x.Say("list.uncovered"), Value: x.Say("change", "before", before, "after", after)},
		{Key: x.Say("list.gain"), Value: x.Say("points", "p", points(x, gain(s)))},
	}
	return r
}

// urgent says how long there is to decide.
func urgent(x *pages.Context, last, today day.Day) *pages.Badge {
	switch left := int(last - today); {
	case left < 0:
		return &pages.Badge{Kind: "danger", Text: x.Say("urgent.over")}
	case left == 0:
		return &pages.Badge{Kind: "danger", Text: x.Say("urgent.today")}
	case left == 1:
		return &pages.Badge{Kind: "warning", Text: x.Say("urgent.tomorrow")}
	default:
		return &pages.Badge{Kind: "info", Text: x.Say("urgent.days", "n", left)}
	}
}

// headline of a proposal; a short one where it has no words of its own.
func headline(x *pages.Context, s proposal.State) string {
	if e := s.Details.Explanation; e != nil && words(x, e.Headline) != "" {
		return words(x, e.Headline)
	}
	return x.Say("headline", "n", len(s.Moves))
}

// route says from which districts people go to which.
func route(x *pages.Context, s proposal.State, names places) string {
	var from, to []string
	for _, m := range s.Moves {
		if f := names.district(m.FromDistrict); !shares(from, f) {
			from = append(from, f)
		}
		if t := names.district(m.ToDistrict); !shares(to, t) {
			to = append(to, t)
		}
	}
	return x.Say("route", "n", len(s.Moves), "from", strings.Join(from, ", "), "to", strings.Join(to, ", "))
}

// listVersions changes with whatever a list shows.
func (d desk) listVersions(x *pages.Context) map[string]string {
	var v string
	d.app.Node().View(func() {
		c := d.app.City
		v = fmt.Sprint(len(c.Audit), "/", c.Today)
	})
	return map[string]string{"proposals": v}
}
