package desk

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/damage"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

const (
	decisionsPerPage = 40
	// mostLooked bounds how many decisions one page looks through for a filter.
	mostLooked = 4000
)

type historyData struct {
	Form      *pages.Form
	Districts []pages.Option
	Kinds     []pages.Option
	Table     pages.Table
	Pager     pages.Pager
}

// history lists decisions on proposals, the newest first.
func (d *desk) history(x *pages.Context) error {
	c := d.look(x)
	f, err := x.Form()
	if err != nil {
		return err
	}
	v := historyData{Form: f, Districts: []pages.Option{{Value: "", Label: x.Say("history.all")}}, Kinds: []pages.Option{{Value: "", Label: x.Say("history.all")}}}
	for _, r := range c.Districts {
		v.Districts = append(v.Districts, pages.Option{Value: string(r.ID), Label: r.Name})
	}
	for _, k := range []string{"drafted", "approved", "rejected", "applied", "undone", "superseded", "expired"} {
		v.Kinds = append(v.Kinds, pages.Option{Value: k, Label: x.Say("status." + k)})
	}
	var from, until day.Day = 0, day.Last
	if f.Value("from") != "" {
		from = f.Day("from")
	}
	if f.Value("last") != "" {
		until = f.Day("last")
	}
	page := pages.Page{Template: "history", Title: x.Say("history.title"), Data: &v, Wide: true, Styles: styles}
	v.Table = pages.Table{ID: "decisions", Caption: x.Say("history.caption"), Empty: x.Say("history.none"), Head: []pages.Cell{{Text: x.Say("history.when")}, {Text: x.Say("history.what")}, {Text: x.Say("history.who")},
		{Text: x.Say("history.proposal")}, {Text: x.Say("history.where")}, {Text: x.Say("history.why")}, {Text: x.Say("history.story")}}}
	if !f.OK() {
		return x.Again(f, nil, page)
	}
	found, next := d.decided(x.R.Context(), f, func(at time.Time) bool {
		on := x.Today(at)
		return on >= from && on <= until
	})
	for _, y := range found {
		v.Table.Rows = append(v.Table.Rows, d.row(x, y))
	}
	if next > 0 {
		q := x.R.URL.Query()
		q.Set("cursor", strconv.Itoa(next))
		v.Pager.Next = "/desk/history?" + q.Encode()
	}
	if q := x.R.URL.Query(); q.Has("cursor") {
		q.Del("cursor")
		v.Pager.First = "/desk/history?" + q.Encode()
	}
	return x.Show(page)
}

// entry is one decision with what it was about.
type entry struct {
	read.Decision
	at        time.Time
	automatic bool
	districts []string
	cause     string
}

// decided looks for decisions, the newest first; next is the cursor of the page
// after.
func (d *desk) decided(ctx context.Context, f *pages.Form, within func(time.Time) bool) (found []entry, next int) {
	p, bound := access.Bound(ctx, access.DistrictPlanner)
	what, where := f.Value("what"), id.District(f.Value("district"))
	cursor, err := strconv.Atoi(f.Value("cursor"))
	d.app.Node().View(func() {
		c := d.app.City
		if err != nil || cursor < 0 || cursor > len(c.Audit) {
			cursor = len(c.Audit)
		}
		low := max(0, cursor-mostLooked)
		for i := cursor - 1; i >= low; i-- {
			y := c.Audit[i]
			s := c.Proposals[y.Proposal]
			at := y.Time
			touches := func(own func(id.District) bool) bool {
				return slices.ContainsFunc(s.Moves, func(m proposal.Move) bool { return own(m.FromDistrict) || own(m.ToDistrict) })
			}
			switch {
			case what != "" && y.Decision != what || !within(at):
				continue
			case where != "" && !touches(func(r id.District) bool { return r == where }):
				continue
			case bound && !touches(func(r id.District) bool { return access.Owns(p.Districts, r) }):
				continue
			}
			if len(found) == decisionsPerPage {
				next = i + 1
				return
			}
			e := entry{Decision: y, at: at, automatic: y.Decision == "approved" && s.Automatic}
			for _, m := range s.Moves {
				if !slices.Contains(e.districts, string(m.ToDistrict)) {
					e.districts = append(e.districts, string(m.ToDistrict))
				}
			}
			if len(s.Draft.Causes) > 0 {
				e.cause = s.Draft.Causes[0]
			}
			found = append(found, e)
		}
		next = low
	})
	return found, next
}

func (d *desk) row(x *pages.Context, y entry) []pages.Cell {
	c := d.app.Glance(0)
	kinds := map[string]string{"approved": "success", "applied": "success", "rejected": "danger", "undone": "warning", "superseded": "warning", "expired": "warning"}
	b := pages.Badge{Kind: "info", Text: x.Say("status." + y.Decision.Decision)}
	if k := kinds[y.Decision.Decision]; k != "" {
		b.Kind = k
	}
	by := y.By()
	if y.automatic {
		by = "lotse"
	}
	names := make([]string, len(y.districts))
	for i, r := range y.districts {
		names[i] = district(c, id.District(r))
	}
	row := []pages.Cell{{Text: x.MomentShort(y.at)}, {Badge: &b}, {Text: who(x, by)}, {Text: string(y.Proposal), Href: "/desk/proposals/" + string(y.Proposal)}, {Text: strings.Join(names, ", ")}, {Text: y.Reason}, {Missing: true}}
	if y.cause != "" && y.cause != capacity.Reoptimisation {
		row[6] = pages.Cell{Text: x.Say("history.open"), Href: "/desk/history/" + y.cause}
	}
	return row
}

type storyData struct {
	Cause     string
	Began     time.Time
	Known     bool
	Damage    damage.Assessed
	Steps     []storyStep
	Proposals []storyLink
	Unsolved  []string
}

type storyStep struct {
	At   time.Time
	Text string
}

type storyLink struct {
	ID    id.Proposal
	State string
}

// story follows one HR event: what it closed, what was proposed and decided, who
// went, and what was opened.
func (d *desk) story(x *pages.Context) error {
	cause := x.Path("cause")
	c := d.look(x)
	v := storyData{Cause: cause}
	places := map[read.Place]bool{}
	var causes []proposal.State
	p, bound := access.Bound(x.R.Context(), access.DistrictPlanner)
	d.app.Node().View(func() {
		city := d.app.City
		meta, known := city.Causes[cause]
		v.Began, v.Known = meta.Time, known
		v.Damage = city.Assessed[cause]
		for i := len(city.Order) - 1; i >= max(0, len(city.Order)-mostLooked); i-- {
			if s := city.Proposals[city.Order[i]]; slices.Contains(s.Draft.Causes, cause) {
				causes = append(causes, s)
			}
		}
	})
	for _, q := range v.Damage.Places {
		places[read.Place(q)] = true
	}
	own := !bound
	for _, s := range causes {
		v.Proposals = append(v.Proposals, storyLink{s.ID, x.Say("status." + string(s.Status))})
		for _, l := range s.Details.Losses {
			places[read.Place(l)] = true
		}
		for _, m := range s.Moves {
			own = own || access.Owns(p.Districts, m.FromDistrict) || access.Owns(p.Districts, m.ToDistrict)
			if m.Withdraws() {
				places[read.Place{Centre: m.From, Day: m.Day}], places[read.Place{Centre: m.To, Day: m.Day}] = true, true
			}
		}
	}
	for q := range places {
		for _, k := range c.Centres {
			own = own || k.ID == q.Centre && access.Owns(p.Districts, k.District)
		}
	}
	switch {
	case !v.Known && len(causes) == 0:
		return pages.ErrNotFound
	case !own:
		return access.NotYours("nothing of %q happened in your districts", cause)
	}
	if err := d.tell(x, &v, causes, places); err != nil {
		return err
	}
	v.Unsolved = halves(x, v.Damage.Unsolved)
	return x.Show(pages.Page{Template: "story", Title: x.Say("story.title"), Data: v, Styles: styles})
}

// halves are sentences that were written in English and German, " / " between.
func halves(x *pages.Context, all []string) (said []string) {
	for _, s := range all {
		en, de, _ := strings.Cut(s, " / ")
		said = append(said, x.Pick(de, en))
	}
	return said
}

const (
	// mostPlaces and mostEvents bound what one story reads from the log.
	mostPlaces = 40
	mostEvents = 400
)

// tell reads the story from the log, in the order in which it happened.
func (d *desk) tell(x *pages.Context, v *storyData, causes []proposal.State, places map[read.Place]bool) error {
	ctx, log, city := x.R.Context(), d.app.Node().Log(), d.app.Glance(0)
	if !v.Began.IsZero() {
		v.Steps = append(v.Steps, storyStep{v.Began, x.Say("story.began")})
	}
	each := func(stream string, say func(e eventlog.Event) string) error {
		all, err := log.Stream(ctx, stream, 0, mostEvents)
		for _, e := range all {
			if text := say(e); text != "" {
				v.Steps = append(v.Steps, storyStep{e.Meta.Time, text})
			}
		}
		return err
	}
	for _, s := range causes {
		if err := each("proposal-"+string(s.ID), func(e eventlog.Event) string { return stepOf(x, s, e) }); err != nil {
			return err
		}
	}
	all := make([]read.Place, 0, len(places))
	for q := range places {
		all = append(all, q)
	}
	slices.SortFunc(all, read.ComparePlaces)
	for _, q := range all[:min(len(all), mostPlaces)] {
		if err := each("offering-"+string(q.Centre)+"/"+q.Day.String(), func(e eventlog.Event) string {
			if e.Meta.CorrelationID != v.Cause || e.Type != capacity.TypeOfferingChanged {
				return ""
			}
			return x.Say("story.offering", "centre", centreName(city, q.Centre), "day", q.Day)
		}); err != nil {
			return err
		}
	}
	slices.SortStableFunc(v.Steps, func(a, b storyStep) int { return a.At.Compare(b.At) })
	return nil
}

// stepOf says one event of a proposal; "" for what is of no interest.
func stepOf(x *pages.Context, s proposal.State, e eventlog.Event) string {
	key := map[string]string{capacity.TypeProposalDrafted: "drafted", capacity.TypeProposalApproved: "approved", capacity.TypeProposalRejected: "rejected",
		capacity.TypeProposalSuperseded: "superseded", capacity.TypeProposalExpired: "expired", capacity.TypeProposalApplied: "applied", capacity.TypeProposalUndone: "undone",
		proposal.TypeClosing: "closing", capacity.TypeDeploymentRequested: "requested", proposal.TypeOrdered: "ordered", proposal.TypeRefused: "refused", proposal.TypeFailed: "failed"}[e.Type]
	if key == "" {
		return ""
	}
	by := read.Decision{Decision: key, Actor: e.Meta.Actor, Automatic: s.Automatic}.By()
	return x.Say("story."+key, "proposal", string(s.ID), "who", who(x, by))
}

// who names who decided (read.Decision.By) as planners know them.
func who(x *pages.Context, by string) string {
	switch role, id, known := strings.Cut(by, ":"); {
	case by == "lotse":
		return x.Say("history.lotse")
	case by == "planner":
		return x.Say("history.planner")
	case known && x.Knows("role."+role):
		return x.Say("role."+role) + " (" + id + ")"
	}
	return by
}

// accept takes up a suggestion.
func (d *desk) accept(x *pages.Context) error {
	f, err := x.Form()
	if err != nil {
		return err
	}
	which := x.Path("id")
	var district id.District
	d.app.Node().View(func() { district = d.app.City.Suggestions[which].Made.District })
	if district != "" {
		if err := access.District(x.R.Context(), district); err != nil {
			return err
		}
	}
	r, err := d.app.AcceptSuggestion(x.R.Context(), f.Key, which, f.Value("note"), false)
	if err != nil {
		return err
	}
	return x.Redirect("/desk/", x.Say("suggestion.accepted"), r.Position)
}
