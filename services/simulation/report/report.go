// Package report draws what came of simulated runs: one HTML file without scripts
// and without anything from elsewhere, light or dark as the reader has it.
package report

import (
	_ "embed"
	"html/template"
	"io"

	"github.com/lotse-hamburg/lotse/services/internal/pages"
	"github.com/lotse-hamburg/lotse/services/simulation"
	"github.com/lotse-hamburg/lotse/services/simulation/compare"
	"github.com/lotse-hamburg/lotse/services/simulation/scenario"
)

// Page is what a report is of.
type Page struct {
	City     simulation.City
	Scenario scenario.Scenario
	// Command that makes it again.
	Command string
	Runs    []compare.Run
}

var (
	//go:embed report.html
	source string
	//go:embed report.css
	style string

	page = template.Must(template.New("report").Parse(source))
)

// view is what the template shows.
type view struct {
	Page
	Style    template.CSS
	From     string
	Seeds    string
	Claim    []claimLine
	Figures  grid
	Changes  grid
	Against  string
	Overall  []template.HTML
	Places   []place
	Groups   []groupTable
	Drawn    []string // policies in the curves
	LeftOut  []string
	Sources  []assumption
	Weekly   bool
	People   int
	Centres  int
	Citizens string
}

// Write the report.
func Write(w io.Writer, p Page) error {
	s := pages.NewSpeaker("en", p.City.Zone)
	samples := compare.Samples(p.Runs)
	table := compare.TableOf(samples, compare.Unsteered)
	sources, err := sourcesOf(p.Scenario)
	if err != nil {
		return err
	}
	c := newCurves(s, p)
	v := view{Page: p, Style: template.CSS(style), From: s.Date(p.Scenario.From), Seeds: seedsOf(table.Seeds), Claim: claimOf(samples),
		Figures: figures(table), Changes: changes(table), Against: table.Against, Overall: c.city(), Places: c.places(), Groups: groups(p),
		Drawn: c.drawn, LeftOut: c.leftOut(table.Policies), Sources: sources, Weekly: c.width > 1, People: len(p.City.People), Centres: len(p.City.Network.Centres),
		Citizens: citizensOf(s, p.Runs)}
	return page.Execute(w, v)
}
