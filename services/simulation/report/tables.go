package report

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
	"github.com/lotse-hamburg/lotse/services/simulation/compare"
	"github.com/lotse-hamburg/lotse/services/simulation/scenario"
)

// grid is a table of figures by policy.
type grid struct {
	Label    string
	Policies []string
	Rows     []gridRow
}

type gridRow struct {
	Name, Unit, Means string
	Cells             []gridCell
}

// gridCell has a Mark, "better" or "worse", where the interval of a difference does not
// hold 0.
type gridCell struct{ Text, Mark string }

type claimLine struct {
	compare.Line
	Class string
}

func claimOf(samples []compare.Sample) (all []claimLine) {
	c := compare.ClaimOf(samples)
	if !c.Known() {
		return nil
	}
	for _, l := range c.Lines() {
		class := map[compare.Verdict]string{compare.Met: "good", compare.Missed: "bad"}[l.Verdict]
		all = append(all, claimLine{l, class})
	}
	return all
}

func seedsOf(seeds []int) string {
	few, many := slices.Min(seeds), slices.Max(seeds)
	switch {
	case many == 1:
		return "one seed, so there are no intervals"
	case few == many:
		return fmt.Sprintf("%d seeds", many)
	}
	return fmt.Sprintf("%d to %d seeds", few, many)
}

func citizensOf(s *pages.Speaker, runs []compare.Run) string {
	few, many := runs[0].Result.Citizens, 0
	for _, r := range runs {
		few, many = min(few, r.Result.Citizens), max(many, r.Result.Citizens)
	}
	if few == many {
		return s.Number(many)
	}
	return s.Number(few) + " to " + s.Number(many)
}

func figures(t compare.Table) grid {
	g := grid{Label: "Figures by policy", Policies: t.Policies}
	for _, r := range t.Rows {
		row := gridRow{Name: r.Name, Unit: r.Unit, Means: r.Means}
		for _, e := range r.Policies {
			row.Cells = append(row.Cells, gridCell{Text: e.Text("%.*f", r.Digits, " ± ")})
		}
		g.Rows = append(g.Rows, row)
	}
	return g
}

// changes are the differences to the policy that the table is against.
func changes(t compare.Table) (g grid) {
	if t.Against == "" {
		return g
	}
	g.Label = "Differences to " + t.Against
	for i, p := range t.Policies {
		if p == t.Against {
			continue
		}
		g.Policies = append(g.Policies, p)
		for k, r := range t.Rows {
			if len(g.Rows) == k {
				g.Rows = append(g.Rows, gridRow{Name: r.Name, Unit: r.Unit})
			}
			e := r.Differences[i]
			cell := gridCell{Text: e.Text("%+.*f", r.Digits, " ± ")}
			if sure := e.Low() > 0 || e.High() < 0; sure && e.Interval() && r.Better != 0 {
				cell.Mark = map[bool]string{true: "better", false: "worse"}[(e.Mean > 0) == (r.Better > 0)]
			}
			g.Rows[k].Cells = append(g.Rows[k].Cells, cell)
		}
	}
	return g
}

// groupTable is the share of promises kept by district and service group under a
// policy.
type groupTable struct {
	Policy string
	Groups []string
	Rows   []groupRow
}

type groupRow struct {
	District string
	Cells    []groupCell
}

// groupCell has a Level from 0, where all is kept, to 5.
type groupCell struct {
	Text  string
	Level int
}

func groups(p Page) (all []groupTable) {
	names := names(p)
	for _, policy := range policies(p.Runs) {
		days, kept, known := map[[2]string]int{}, map[[2]string]int{}, map[id.Skill]bool{}
		for _, r := range p.Runs {
			if r.Policy != policy {
				continue
			}
			for d, s := range r.Result.Series {
				for skill, list := range s.Next {
					known[skill] = true
					for _, x := range list {
						at := [2]string{string(d), string(skill)}
						if x >= 0 {
							days[at]++
						}
						if x >= 0 && x <= p.City.Network.Policy.LimitDays {
							kept[at]++
						}
					}
				}
			}
		}
		t := groupTable{Policy: policy}
		skills := slices.Sorted(maps.Keys(known))
		for _, k := range skills {
			t.Groups = append(t.Groups, names.groups[k])
		}
		for _, d := range names.districts {
			row := groupRow{District: d.Name}
			measured := 0
			for _, k := range skills {
				at := [2]string{string(d.ID), string(k)}
				cell := groupCell{Text: "–", Level: -1}
				if n := days[at]; n > 0 {
					measured += n
					share := float64(kept[at]) / float64(n)
					cell = groupCell{fmt.Sprintf("%.1f %%", 100*share), level(share)}
				}
				row.Cells = append(row.Cells, cell)
			}
			if measured > 0 {
				t.Rows = append(t.Rows, row)
			}
		}
		if len(t.Rows) > 0 {
			all = append(all, t)
		}
	}
	return all
}

func level(share float64) int {
	for i, least := range []float64{.999, .95, .9, .75, .5} {
		if share >= least {
			return i
		}
	}
	return 5
}

func policies(runs []compare.Run) (all []string) {
	for _, r := range runs {
		if !slices.Contains(all, r.Policy) {
			all = append(all, r.Policy)
		}
	}
	return all
}

// assumption is a group of the scenario's numbers.
type assumption struct {
	Name, Source string
	Values       []pair
}

type pair struct{ Name, Value string }

// sourcesOf lists all that a scenario says, in its order.
func sourcesOf(s scenario.Scenario) (all []assumption, err error) {
	v := reflect.ValueOf(s)
	for i := range v.NumField() {
		f := v.Field(i)
		name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if f.Kind() == reflect.Slice {
			for k := range f.Len() {
				g, err := group(fmt.Sprintf("%s, %d", name, k+1), f.Index(k))
				if err != nil {
					return nil, err
				}
				all = append(all, g)
			}
		}
		if f.Kind() == reflect.Struct {
			g, err := group(name, f)
			if err != nil {
				return nil, err
			}
			all = append(all, g)
		}
	}
	return all, nil
}

func group(name string, v reflect.Value) (assumption, error) {
	out := assumption{Name: name}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if field.Name == "Source" {
			out.Source = v.Field(i).String()
			continue
		}
		if v.Field(i).IsZero() {
			continue
		}
		text, err := json.Marshal(v.Field(i).Interface())
		if err != nil {
			return out, fmt.Errorf("%s.%s: %w", name, field.Name, err)
		}
		key, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if key == "" {
			key = strings.ToLower(field.Name)
		}
		value := strings.NewReplacer(`"`, "", ",", ", ", ":", ": ").Replace(string(text))
		out.Values = append(out.Values, pair{key, value})
	}
	return out, nil
}
