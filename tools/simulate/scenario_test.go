package simulate_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/simulation/scenario"
	"github.com/lotse-hamburg/lotse/tools/network"
	"github.com/lotse-hamburg/lotse/tools/simulate"
)

// Every scenario that is shipped can be read, is of this network, and differs from
// the year in what it is named after.
func TestScenariosAreOfTheirNetwork(t *testing.T) {
	n, err := network.Load("../../deploy/networks/hamburg")
	if err != nil {
		t.Fatal(err)
	}
	var centres []id.Centre
	var districts []id.District
	var skills []id.Skill
	for _, c := range n.Centres {
		centres = append(centres, c.ID)
	}
	for _, d := range n.Districts {
		districts = append(districts, d.ID)
	}
	for _, g := range n.Catalogue.Groups {
		skills = append(skills, g.Skill)
	}
	names, err := simulate.Scenarios(scenarios)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"it-outage", "passport-peak", "site-merger", "strike", "summer-flu", "vacancy-wave", "year"}
	for _, w := range want {
		if !slices.Contains(names, w) {
			t.Errorf("there is no scenario %s: %v", w, names)
		}
	}
	year, err := simulate.Scenario(scenarios, "year")
	if err != nil {
		t.Fatal(err)
	}
	differs := map[string]func(s scenario.Scenario) bool{
		"year":          func(s scenario.Scenario) bool { return len(s.Events) == 0 && len(s.Sickness.Waves) == 0 },
		"summer-flu":    func(s scenario.Scenario) bool { return len(s.Sickness.Waves) == 2 && s.Sickness.Rate["altona"] == .097 },
		"passport-peak": func(s scenario.Scenario) bool { return len(s.Demand.Seasons) == 3 && len(s.Demand.Week) == 53 },
		"vacancy-wave": func(s scenario.Scenario) bool {
			return s.Turnover.District["wandsbek"] > 2 && len(year.Turnover.District) == 0
		},
		"site-merger": func(s scenario.Scenario) bool { return len(s.Events) == 2 && s.Events[0].Kind == scenario.Opening },
		"it-outage":   func(s scenario.Scenario) bool { return len(s.Events) == 1 && s.Events[0].Kind == scenario.Outage },
		"strike":      func(s scenario.Scenario) bool { return len(s.Events) == 1 && s.Events[0].Share > 0 },
	}
	for _, name := range names {
		s, err := simulate.Scenario(scenarios, name)
		if err != nil {
			t.Error(err)
			continue
		}
		if s.Name != name || s.Citizens.Patience != year.Citizens.Patience {
			t.Errorf("%s calls itself %s, and citizens are patient for %d days", name, s.Name, s.Citizens.Patience)
		}
		if look := differs[name]; look != nil && !look(s) {
			t.Errorf("%s is not what its name says: %+v", name, s)
		}
		for _, e := range s.Events {
			for _, c := range e.Centres {
				if !slices.Contains(centres, c) {
					t.Errorf("%s: there is no centre %s", name, c)
				}
			}
			if e.From < s.From || e.Until > s.From+day.Day(s.Days) {
				t.Errorf("%s: %s is from %s to %s, the scenario begins on %s", name, e.Kind, e.From, e.Until, s.From)
			}
		}
		for _, w := range s.Sickness.Waves {
			for _, d := range w.Districts {
				if !slices.Contains(districts, d) {
					t.Errorf("%s: there is no district %s", name, d)
				}
			}
		}
		for _, all := range []map[id.District]float64{s.Demand.District, s.Demand.Ahead, s.Turnover.District} {
			for d := range all {
				if !slices.Contains(districts, d) {
					t.Errorf("%s: there is no district %s", name, d)
				}
			}
		}
		for _, x := range s.Demand.Seasons {
			if x.Skill != "" && !slices.Contains(skills, x.Skill) {
				t.Errorf("%s: there is no group %s", name, x.Skill)
			}
		}
	}
}

// A scenario may be like another one; mistakes name the file.
func TestAScenarioMayBeLikeAnother(t *testing.T) {
	folder := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(folder, name+".yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	year, err := os.ReadFile(filepath.Join(scenarios, "year.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	write("year", string(year))
	write("busy", "name: busy\nlike: year\ndemand: {level: 1.5}\n")
	s, err := simulate.Scenario(folder, "busy")
	if err != nil || s.Name != "busy" || s.Demand.Level != 1.5 || len(s.Demand.Week) != 53 {
		t.Errorf("%v: %s at level %v, %d weeks", err, s.Name, s.Demand.Level, len(s.Demand.Week))
	}
	for text, want := range map[string]string{
		"name: x\nlike: x\n":                                    "like itself",
		"name: x\nlike: ../year\n":                              "name a scenario beside it",
		"name: x\nlike: nobody\n":                               "nobody.yaml",
		"name: x\nlike: year\nlevel: 2\n":                       "level",
		"name: x\nlike: year\nsickness: {waves: [{name: a}]}\n": "sickness.waves[0].source",
	} {
		write("x", text)
		if _, err := simulate.Scenario(folder, "x"); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		} else if !errors.Is(err, simulate.ErrScenario) {
			t.Errorf("%q: error %v is no ErrScenario", text, err)
		}
	}
}
