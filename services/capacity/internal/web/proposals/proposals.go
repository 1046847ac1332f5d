// Package proposals has the pages on which planners review what Lotse proposes:
// the list, and one proposal with its cause, its moves, what it does and why; to
// approve, change, reject or take back.
package proposals

import (
	"context"
	"embed"
	"fmt"
	"strconv"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/app"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

//go:embed templates texts
var files embed.FS

type desk struct{ app *app.App }

// Register the routes.
func Register(site *pages.Site, a *app.App) {
	pack, d := site.Package(files), desk{a}
	pack.Handle("GET /desk/proposals", d.list)
	pack.Handle("GET /desk/proposals/{$}", d.list)
	pack.Live("GET /desk/proposals/live", d.listVersions)
	pack.Handle("GET /desk/proposals/{id}", d.show)
	pack.Live("GET /desk/proposals/{id}/live", d.versions)
	pack.Handle("POST /desk/proposals/{id}/approve", d.approve)
	pack.Handle("POST /desk/proposals/{id}/reject", d.reject)
	pack.Handle("POST /desk/proposals/{id}/undo", d.undo)
}

func path(p id.Proposal) string { return "/desk/proposals/" + string(p) }

// told is one proposal and what the page needs of the city around it, copied out
// of the models.
type told struct {
	s         proposal.State
	decisions []read.Decision
	today     day.Day
	policy    capacity.Policy
	places    places
	// successors answer the same causes and were drafted later, the newest first.
	successors []id.Proposal
	// missing are duties that are missed now for its causes, where the draft itself
	// does not tell.
	missing []proposal.Missing
}

// places are names.
type places struct {
	centres   map[id.Centre]capacity.Centre
	districts map[id.District]string
}

func (p places) centre(c id.Centre) string {
	if s := p.centres[c].Name; s != "" {
		return s
	}
	return string(c)
}

func (p places) district(d id.District) string {
	if s := p.districts[d]; s != "" {
		return s
	}
	return string(d)
}

func placesOf(c *read.City) places {
	p := places{centres: map[id.Centre]capacity.Centre{}, districts: map[id.District]string{}}
	for k, x := range c.Centres {
		p.centres[k] = capacity.Centre{ID: k, Name: x.Name, District: x.District}
	}
	for _, d := range c.Policy.Districts {
		p.districts[d.ID] = d.Name
	}
	return p
}

// lookBack bounds how many proposals are looked at for one page.
const lookBack = 2000

// tell copies a proposal out of the models. There is none, or not for whoever
// asks: an error.
func (d desk) tell(ctx context.Context, p id.Proposal) (t told, err error) {
	d.app.Node().View(func() {
		c := d.app.City
		if t.s = c.Proposals[p]; t.s.Status == "" {
			return
		}
		t.decisions, t.today, t.policy, t.places = c.DecisionsOn(p), c.Today, c.Policy.Policy, placesOf(c)
		if t.s.Status != proposal.Drafted && t.s.Status != proposal.Approved {
			t.successors = successors(c, t.s)
		}
		if len(t.s.Details.Missing) == 0 {
			t.missing = missingNow(c, t.s)
		}
	})
	if t.s.Status == "" {
		return t, fmt.Errorf("%w: %q", proposal.ErrUnknown, p)
	}
	if !app.Concerns(ctx, t.s) {
		return t, access.NotYours("no move of proposal %q begins or ends in your districts", p)
	}
	return t, nil
}

// successors of a proposal: those that name it, and later ones of the same causes.
func successors(c *read.City, s proposal.State) (all []id.Proposal) {
	for i := len(c.Order) - 1; i >= max(0, len(c.Order)-lookBack) && c.Order[i] != s.ID && len(all) < 5; i-- {
		o := c.Proposals[c.Order[i]]
		if o.ID == s.By || shares(o.Draft.Supersedes, s.ID) || sharesAny(o.Draft.Causes, s.Draft.Causes) {
			all = append(all, o.ID)
		}
	}
	return all
}

func shares[T comparable](all []T, x T) bool {
	for _, y := range all {
		if x == y {
			return true
		}
	}
	return false
}

func sharesAny(a, b []string) bool {
	for _, x := range a {
		if x != capacity.Reoptimisation && shares(b, x) {
			return true
		}
	}
	return false
}

func missingNow(c *read.City, s proposal.State) (all []proposal.Missing) {
	for _, l := range s.Details.Losses {
		for e, lost := range c.Losses[read.Place(l)] {
			if shares(s.Draft.Causes, lost.Cause) {
				all = append(all, proposal.Missing{Employee: e, Centre: l.Centre, Day: l.Day})
			}
		}
	}
	return all
}

// who names an actor as planners know them: "central-planner:7f3a".
func who(x *pages.Context, actor string) string {
	for i := range actor {
		if actor[i] == ':' {
			if key := "role." + actor[:i]; x.Knows(key) {
				return x.Say(key) + " (" + actor[i+1:] + ")"
			}
		}
	}
	if actor == "lotse" || actor == "planner" {
		return x.Say("role." + actor)
	}
	return actor
}

func points(x *pages.Context, v float64) string { return x.Decimal(v, 1) }

// leads says a lead time in days; -1 is none.
func lead(x *pages.Context, days int) string {
	if days < 0 {
		return x.Say("lead.none")
	}
	return x.Days(days)
}

func words(x *pages.Context, w map[string]string) string { return x.Pick(w["de"], w["en"]) }

// badge of a status.
func badge(x *pages.Context, s proposal.State) *pages.Badge {
	kind := map[proposal.Status]string{proposal.Drafted: "warning", proposal.Approved: "info", proposal.Applied: "success", proposal.Rejected: "danger"}[s.Status]
	if kind == "" {
		kind = "info"
	}
	key := "status." + string(s.Status)
	if s.Automatic && (s.Status == proposal.Approved || s.Status == proposal.Applied) {
		key += "-automatic"
	}
	return &pages.Badge{Kind: kind, Text: x.Say(key)}
}

// versions of a proposal's page.
func (d desk) versions(x *pages.Context) map[string]string {
	v := "none"
	d.app.Node().View(func() {
		if s := d.app.City.Proposals[id.Proposal(x.Path("id"))]; app.Concerns(x.R.Context(), s) {
			v = strconv.FormatInt(s.Version, 10)
		}
	})
	return map[string]string{"review": v}
}
