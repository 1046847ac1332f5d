// Package policy has the page of the policy: what may be approved without a
// planner, the promise, reserves and seasons; who changed what and why; and a dry
// run of other guardrails over the last month.
package policy

import (
	"embed"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/app"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

//go:embed templates texts
var files embed.FS

type desk struct{ app *app.App }

// Register the routes.
func Register(site *pages.Site, a *app.App) {
	pack, d := site.Package(files), desk{a}
	pack.Handle("GET /desk/policy", d.show)
	pack.Handle("POST /desk/policy", d.edit)
}

type data struct {
	Form     *pages.Form
	May, Try bool
	Version  int64
	Facts    []pages.Fact
	Rails    []pages.Fact // for those who only read
	Seasons  []season
	Skills   []pages.Option
	Trial    *trial
	Kept     *pages.Table
	Versions pages.Table
}

// told is what the page needs of the models.
type told struct {
	policy   capacity.PolicyChanged
	groups   []capacity.ServiceGroup
	versions []read.PolicyVersion
	kept     []network.Change
}

func (d desk) tell() (t told) {
	d.app.Node().View(func() {
		c := d.app.City
		t = told{c.Policy, c.Catalogue.Groups, slices.Clone(c.Policies), c.Kept()}
	})
	slices.Reverse(t.versions)
	return t
}

// show answers with the policy in force; with try set, with what the guardrails in
// the address would have approved.
func (d desk) show(x *pages.Context) error {
	t := d.tell()
	f := filled(x, t)
	if x.Query("try") == "" || !x.May("try-guardrails") {
		return x.Show(d.page(x, t, f))
	}
	// What the address does not name is as in force; a box that is not ticked is not
	// named by browsers.
	f.Set("rail_enabled", "")
	f.Set("rail_mobile", "")
	asked := x.R.URL.Query()
	if rails := maps.Clone(asked); !fromHere(x) {
		maps.DeleteFunc(rails, func(name string, _ []string) bool {
			return name != "try" && name != "lang" && !strings.HasPrefix(name, "rail_")
		})
		if len(rails) < len(asked) {
			return x.Redirect("/desk/policy?"+rails.Encode(), "", 0)
		}
	}
	for name, values := range asked {
		f.Set(name, values[0])
	}
	rails := railsOf(x, f)
	if !f.OK() {
		return x.Again(f, nil, d.page(x, t, f))
	}
	page := d.page(x, t, f)
	out := page.Data.(data)
	out.Trial = trialOf(x, d.app.Try(rails))
	page.Data = out
	return x.Show(page)
}

// fromHere reports whether our own form asks for the trial, with what was edited
// besides. A link from elsewhere names the guardrails to try and nothing more: it does
// not fill in a policy that somebody then saves without having seen what else it says.
func fromHere(x *pages.Context) bool {
	site := x.R.Header.Get("Sec-Fetch-Site")
	return site == "" || site == "same-origin" // old browsers say nothing
}

func (d desk) page(x *pages.Context, t told, f *pages.Form) pages.Page {
	out := data{Form: f, May: x.May("edit-policy"), Try: x.May("try-guardrails"), Version: t.policy.Version, Facts: facts(x, t), Seasons: seasonsOf(f, len(seasons(t.policy.Policy))), Versions: versions(x, t.versions)}
	if n, err := strconv.ParseInt(f.Value("seen"), 10, 64); err == nil && n > 0 {
		out.Version = n // what the reader has before them
	}
	for _, g := range t.groups {
		out.Skills = append(out.Skills, pages.Option{Value: string(g.Skill), Label: name(x, g)})
	}
	out.Skills = append([]pages.Option{{Label: x.Say("season.skill.none")}}, out.Skills...)
	if !out.May {
		out.Rails = reading(x, t.policy.Policy)
	}
	if len(t.kept) > 0 {
		out.Kept = &pages.Table{ID: "kept", Caption: x.Say("kept.caption"), Head: []pages.Cell{{Text: x.Say("kept.field")}, {Text: x.Say("kept.files")}, {Text: x.Say("kept.desk")}}}
		for _, c := range t.kept {
			out.Kept.Rows = append(out.Kept.Rows, []pages.Cell{{Text: field(x, c.Field)}, value(x, c.From), value(x, c.To)})
		}
	}
	return pages.Page{Template: "policy", Title: x.Say("title"), Data: out, Wide: true}
}

func name(x *pages.Context, g capacity.ServiceGroup) string {
	if s := x.Pick(g.Name["de"], g.Name["en"]); s != "" {
		return s
	}
	return string(g.Skill)
}

// edit changes the policy as the form has it.
func (d desk) edit(x *pages.Context) error {
	f, err := x.Form()
	if err != nil {
		return err
	}
	t := d.tell()
	next := policyOf(x, f, t.policy.Policy)
	reason := f.Required("reason")
	if len([]rune(reason)) > 500 {
		f.Wrong("reason", x.Say("reason.long", "n", 500))
	}
	if !f.OK() {
		return x.Again(f, nil, d.page(x, t, f))
	}
	seen, _ := strconv.ParseInt(f.Value("seen"), 10, 64)
	receipt, err := d.app.EditPolicy(x.R.Context(), f.Key, network.EditPolicy{Policy: next, Seen: seen, Reason: reason})
	if errors.Is(err, network.ErrPolicyChanged) {
		v := t.versions[0]
		f.Wrong("", x.Say("late", "who", who(x, v), "when", v.Time))
		page := d.page(x, t, f)
		page.Status, page.Title = http.StatusPreconditionFailed, x.Say("form.title", "title", page.Title)
		return x.Show(page)
	}
	if err != nil {
		return x.Again(f, err, d.page(x, t, f))
	}
	return x.Redirect("/desk/policy", x.Say("done"), receipt.Position)
}

// facts about the version in force.
func facts(x *pages.Context, t told) []pages.Fact {
	all := []pages.Fact{{Key: x.Say("fact.version"), Value: x.Number(t.policy.Version)}}
	if len(t.versions) > 0 {
		v := t.versions[0]
		all = append(all, pages.Fact{Key: x.Say("fact.changed"), Value: x.Moment(v.Time)}, pages.Fact{Key: x.Say("fact.by"), Value: who(x, v)})
		if v.Reason != "" {
			all = append(all, pages.Fact{Key: x.Say("fact.why"), Value: v.Reason})
		}
	}
	return all
}

func who(x *pages.Context, v read.PolicyVersion) string {
	for i := range v.Actor {
		if key := "role." + v.Actor[:i]; v.Actor[i] == ':' && x.Knows(key) {
			return x.Say(key) + " (" + v.Actor[i+1:] + ")"
		}
	}
	if v.Actor == "" {
		return x.Say("role.nobody")
	}
	return v.Actor
}

// field names a field of the policy as planners know it.
func field(x *pages.Context, path string) string {
	if key := "field." + path; x.Knows(key) {
		return x.Say(key)
	}
	return path
}

func value(x *pages.Context, v string) pages.Cell {
	switch v {
	case "":
		return pages.Cell{Text: x.Say("value.default")}
	case "true":
		return pages.Cell{Text: x.Say("value.yes")}
	case "false":
		return pages.Cell{Text: x.Say("value.no")}
	}
	if n, err := strconv.ParseFloat(v, 64); err == nil {
		return pages.Cell{Text: x.Number(n)}
	}
	return pages.Cell{Text: v}
}

func versions(x *pages.Context, all []read.PolicyVersion) pages.Table {
	tab := pages.Table{ID: "versions", Caption: x.Say("versions.caption"), Head: []pages.Cell{{Text: x.Say("versions.n")}, {Text: x.Say("versions.when")}, {Text: x.Say("versions.who")},
		{Text: x.Say("versions.where")}, {Text: x.Say("versions.what")}, {Text: x.Say("versions.why")}}}
	for _, v := range all {
		what := ""
		for i, c := range v.Changes {
			if i > 0 {
				what += "; "
			}
			what += x.Say("versions.change", "field", field(x, c.Field), "from", value(x, c.From).Text, "to", value(x, c.To).Text)
		}
		if what == "" {
			what = x.Say("versions.other")
		}
		where := x.Say("versions.files")
		if v.Desk {
			where = x.Say("versions.desk")
		}
		tab.Rows = append(tab.Rows, []pages.Cell{{Text: x.Number(v.Version)}, {Text: x.MomentShort(v.Time)}, {Text: who(x, v)}, {Text: where}, {Text: what}, {Text: v.Reason, Missing: v.Reason == ""}})
	}
	return tab
}
