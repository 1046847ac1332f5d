package proposals

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/app"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// review is the page of one proposal.
type review struct {
	Form       *pages.Form // approve or reject or undo
	Path, Self string
	ID         string
	Headline   string
	Badge      *pages.Badge
	Urgent     *pages.Badge
	Facts      []pages.Fact
	// Changed says what has happened since the page was opened.
	Changed string
	Over    string // why it is over
	Found   *pages.Table
	Next    []pages.Fact // links to what came after
	Before  []pages.Fact // links to what it replaced
	// Cause and those who are missing.
	Cause    string
	Missing  *pages.Table
	Moves    []move
	Edit     bool // may change it
	May      bool // may approve it as it is shown
	Reject   bool
	Open     bool
	Undo     bool
	UndoNot  string
	Amended  bool // the effect shown is of what the reader has changed
	Changes  bool
	Stale    string
	Kept     int
	Seen     string
	Drop     []string
	Add      []string
	Effects  pages.Table
	Figures  []figure
	Costs    *pages.Table
	Bent     []string
	Without  []string
	Groups   []string
	Worth    []string
	Rejected []string
	Unsolved []string
	Left     *pages.Table // what stays open after what was changed
	Partial  bool         // there was no time to look at everything
	Places   []pages.Option
	At       string
	Choices  *choices
	Log      []entry
	Approve  string
}

// move is one line of the moves.
type move struct {
	Deployment, Value     string
	Employee, When, Route string
	Facts, Why, Rule      string
	Keep, Added           bool
	Label                 string
	Badges                []pages.Badge
	Step                  *pages.Badge
}

func (d desk) show(x *pages.Context) error {
	t, err := d.tell(x.R.Context(), id.Proposal(x.Path("id")))
	if err != nil {
		return err
	}
	f, err := x.Form()
	if err != nil {
		return err
	}
	page, err := d.page(x, t, askedOf(f, t.s), x.NewForm())
	if err != nil {
		return err
	}
	return x.Show(page)
}

// page makes the page of a proposal, with the effect of what was changed worked out.
func (d desk) page(x *pages.Context, t told, a asked, f *pages.Form) (pages.Page, error) {
	r := d.view(x, t, a, f)
	if a.amended && r.May {
		out, _, err := d.app.Preview(t.s.ID, a.Amendment)
		if err != nil && !errors.As(err, new(*app.TooLate)) {
			return pages.Page{}, err
		}
		if err == nil {
			r.preview(x, t, a, out)
		}
	}
	if r.May && a.at.Day != 0 {
		c, err := d.choose(x, t, a)
		switch {
		case err == nil:
			r.Choices = &c
		case !errors.As(err, new(*app.TooLate)):
			f.Wrong("at", x.Say("add.at.wrong"))
		}
	}
	return pages.Page{Template: "proposal", Title: r.Headline, Data: r, Live: path(t.s.ID) + "/live", Parts: []string{"review", "outcome"}, Wide: true}, nil
}

// seen is the version that the reader has before them.
func seen(x *pages.Context, f *pages.Form, s proposal.State) int64 {
	for _, v := range []string{f.Value("seen"), x.Query("seen")} {
		if n, err := strconv.ParseInt(v, 10, 64); err == nil && n > 0 {
			return n
		}
	}
	return s.Version
}

// view is a proposal as it was drafted, or carried out.
func (d desk) view(x *pages.Context, t told, a asked, f *pages.Form) *review {
	s, e := t.s, t.s.Details.Explanation
	if e == nil {
		e = &proposal.Explanation{Complete: true}
	}
	version := strconv.FormatInt(seen(x, f, s), 10)
	r := &review{Form: f, Path: path(s.ID), Self: self(s, a, version), ID: string(s.ID), Headline: headline(x, s), Badge: badge(x, s), Seen: version,
		Cause: words(x, e.Cause), Open: s.Open(), Changes: a.changes(), Partial: !e.Complete,
		Without: said(x, e.Without), Groups: said(x, e.Groups), Worth: said(x, e.Worth), Rejected: said(x, e.Rejected), Unsolved: said(x, e.Unsolved)}
	r.Edit = x.May("approve-proposal") && s.Open() && t.today < s.Draft.ExpiresOn
	r.May = r.Edit && d.app.Decides(x.R.Context(), s.ID, a.Amendment) == nil
	r.Reject = r.Edit && d.app.Decides(x.R.Context(), s.ID, app.Amendment{}) == nil
	if s.Open() {
		r.Urgent = urgent(x, urgency(s), t.today)
		r.Places = placesToChoose(x, t)
	}
	r.Undo, r.UndoNot = undoable(x, t)
	r.Undo = r.Undo && x.May("undo-proposal") && d.app.Decides(x.R.Context(), s.ID, app.Amendment{}) == nil
	r.Facts = facts(x, t)
	r.Missing = missing(x, t)
	for _, m := range s.Moves {
		r.Moves = append(r.Moves, moveOf(x, t, m, !slices.Contains(a.Drop, m.Deployment)))
	}
	r.Kept = len(s.Moves) - len(a.Drop)
	r.Effects = effectTable(x, t, effects(s))
	r.Figures = figures(x, t, s.Details.Curves)
	r.Costs = costs(x, t, s.Moves, func(m proposal.Move) map[string]float64 { return s.Details.Split[m.Deployment] })
	r.Bent = bent(x, t)
	r.log(x, t)
	r.told(x, t)
	for _, m := range a.Drop {
		r.Drop = append(r.Drop, string(m))
	}
	for _, m := range a.Add {
		r.Add = append(r.Add, written(m))
	}
	if a.at.Day != 0 {
		r.At = place(a.at)
	}
	r.Approve = x.Say("approve.all", "n", len(s.Moves))
	if r.Changes {
		r.Approve = x.Say("approve.changed", "n", r.Kept+len(a.Add))
		if r.Kept+len(a.Add) == 0 {
			r.Approve = ""
		}
	}
	return r
}

func said(x *pages.Context, all []proposal.Words) (out []string) {
	for _, w := range all {
		out = append(out, words(x, w))
	}
	return out
}

// told says what became of it, and what came before and after.
func (r *review) told(x *pages.Context, t told) {
	s := t.s
	if n, err := strconv.ParseInt(r.Seen, 10, 64); err == nil && n < s.Version && len(t.decisions) > 0 {
		last := t.decisions[len(t.decisions)-1]
		r.Changed = x.Say("changed.text", "what", strings.ToLower(x.Say("decision."+last.Decision)), "who", who(x, last.By()), "when", last.Time)
	}
	switch s.Status {
	case proposal.Superseded:
		why := words(x, s.SupersededWhy)
		r.Over = x.Say("over.superseded", "why", cmp.Or(why, s.Reason))
	case proposal.Expired:
		r.Over = x.Say("over.expired", "day", s.Draft.ExpiresOn)
	}
	if s.Found != nil {
		r.Found = found(x, t)
	}
	for _, p := range t.successors {
		r.Next = append(r.Next, pages.Fact{Key: x.Say("next"), Value: string(p), Href: path(p)})
	}
	for _, p := range s.Draft.Supersedes {
		r.Before = append(r.Before, pages.Fact{Key: x.Say("before"), Value: string(p), Href: path(p)})
	}
}

// found says what it was worth when it was drafted, and when it was given up.
func found(x *pages.Context, t told) *pages.Table {
	tab := &pages.Table{ID: "found", Caption: x.Say("found.caption"), Head: []pages.Cell{{Text: x.Say("found.move")},
		{Text: x.Say("found.was"), Number: true}, {Text: x.Say("found.now"), Number: true}, {Text: x.Say("found.rule")}}}
	for _, m := range t.s.Found.Moves {
		name, rule := string(m.Deployment), pages.Cell{Missing: true}
		if i := t.s.Find(m.Deployment); i >= 0 {
			name = x.Say("move.short", "employee", string(t.s.Moves[i].Employee), "day", x.DateShort(t.s.Moves[i].Day), "to", t.places.centre(t.s.Moves[i].To))
		}
		now := pages.Cell{Text: points(x, m.Now), Number: true}
		if m.Rule != "" {
			rule, now = pages.Cell{Text: words(x, app.RuleWords(m.Rule))}, pages.Cell{Missing: true, Number: true}
		}
		tab.Rows = append(tab.Rows, []pages.Cell{{Text: name}, {Text: points(x, m.Was), Number: true}, now, rule})
	}
	tab.Rows = append(tab.Rows, []pages.Cell{{Text: x.Say("found.sum")}, {Text: points(x, t.s.Found.Was), Number: true}, {Text: points(x, t.s.Found.Now), Number: true}, {Missing: true}})
	return tab
}

func facts(x *pages.Context, t told) []pages.Fact {
	s := t.s
	all := []pages.Fact{{Key: x.Say("fact.state"), Badge: badge(x, s)}, {Key: x.Say("fact.id"), Value: string(s.ID)}}
	if len(t.decisions) > 0 {
		all = append(all, pages.Fact{Key: x.Say("fact.drafted"), Value: x.Moment(t.decisions[0].Time)})
	}
	if s.Open() {
		all = append(all, pages.Fact{Key: x.Say("fact.expires"), Value: x.Day(urgency(s))})
	}
	all = append(all, pages.Fact{Key: x.Say("fact.gain"), Value: x.Say("fact.gain.of", "gain", points(x, gain(s)), "damage", points(x, s.Draft.Damage))})
	if s.Draft.Approval == "automatic" {
		all = append(all, pages.Fact{Key: x.Say("fact.approval"), Value: x.Say("fact.approval.automatic")})
	} else {
		var rails []string
		for _, g := range s.OutsideOf(t.policy.Automatic) {
			rails = append(rails, x.Say("rail."+g))
		}
		why := strings.Join(rails, "; ")
		if why == "" {
			why = x.Say("rail.review")
		}
		all = append(all, pages.Fact{Key: x.Say("fact.approval"), Value: x.Say("fact.approval.review", "why", why)})
	}
	if s.Reason != "" && (s.Status == proposal.Rejected || s.Status == proposal.Undone) {
		all = append(all, pages.Fact{Key: x.Say("fact.reason"), Value: s.Reason})
	}
	return all
}

func gain(s proposal.State) float64 {
	if len(s.Approval.Dropped)+len(s.Approval.Added) > 0 {
		return s.Approval.Gain
	}
	return s.Draft.Gain
}

func effects(s proposal.State) []capacity.Effect {
	if len(s.Approval.Dropped)+len(s.Approval.Added) > 0 {
		return s.Approval.Effects
	}
	return s.Draft.Effects
}

// missing lists who is missed where, without saying why.
func missing(x *pages.Context, t told) *pages.Table {
	all := slices.Concat(t.s.Details.Missing, t.missing)
	if len(all) == 0 {
		return nil
	}
	type key struct {
		e id.Employee
		c id.Centre
	}
	days := map[key][]day.Day{}
	var order []key
	for _, m := range all {
		k := key{m.Employee, m.Centre}
		if days[k] == nil {
			order = append(order, k)
		}
		days[k] = append(days[k], m.Day)
	}
	slices.SortFunc(order, func(a, b key) int {
		return cmp.Or(cmp.Compare(slices.Min(days[a]), slices.Min(days[b])), cmp.Compare(a.e, b.e))
	})
	tab := &pages.Table{ID: "missing", Caption: x.Say("missing.caption"), Head: []pages.Cell{{Text: x.Say("missing.who")}, {Text: x.Say("missing.where")},
		{Text: x.Say("missing.when")}, {Text: x.Say("missing.days"), Number: true}}}
	for _, k := range order {
		d := days[k]
		slices.Sort(d)
		tab.Rows = append(tab.Rows, []pages.Cell{{Text: string(k.e)}, {Text: t.places.centre(k.c)}, {Text: x.Span(d[0], d[len(d)-1])}, {Text: x.Number(len(slices.Compact(d))), Number: true}})
	}
	return tab
}

// undoable tells whether a proposal can be taken back, and if not, why.
func undoable(x *pages.Context, t told) (bool, string) {
	s := t.s
	if s.Status != proposal.Approved && s.Status != proposal.Applied {
		return false, ""
	}
	_, err := proposal.Decider.Decide(s, proposal.Undo{Reason: "?", Today: t.today})
	switch {
	case errors.Is(err, proposal.ErrUnderWay):
		return false, x.Say("undo.underway")
	case err != nil:
		return false, x.Say("undo.not")
	}
	return true, ""
}

// entry is one decision.
type entry struct{ What, Who, When, Why string }

// log lists what was decided, the newest first.
func (r *review) log(x *pages.Context, t told) {
	for _, d := range slices.Backward(t.decisions) {
		e := entry{What: x.Say("decision." + d.Decision), Who: who(x, d.By()), When: x.MomentShort(d.Time), Why: d.Reason}
		if len(d.Dropped)+len(d.Added) > 0 {
			e.Why = strings.TrimSpace(e.Why + " " + x.Say("log.changed", "dropped", len(d.Dropped), "added", len(d.Added)))
		}
		if d.Decision == "superseded" {
			e.Why = words(x, t.s.SupersededWhy)
		}
		r.Log = append(r.Log, e)
	}
}
