package main

import (
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/lotse-hamburg/lotse/services/simulation"
	"github.com/lotse-hamburg/lotse/services/simulation/compare"
	"github.com/lotse-hamburg/lotse/services/simulation/scenario"
	"github.com/lotse-hamburg/lotse/tools/network"
	"github.com/lotse-hamburg/lotse/tools/simulate"
)

// order of the policies in the tables.
var order = []string{compare.Unsteered, "local", "lotse-review", compare.Steered, compare.Foresight, "pooled", "clairvoyant-book", "none-book"}

// claimed are the scenarios that the claim is about, which come first.
var claimed = []string{"year", "summer-flu", "passport-peak", "vacancy-wave"}

// matrix is what is to be played: scenarios × policies × seeds.
type matrix struct {
	cells []cell
	code  string
	// policies and seeds to be played now; what was played before counts, too.
	policies []simulation.Policy
}

// cell is a scenario and how many seeds of it are played.
type cell struct {
	scenario scenario.Scenario
	city     simulation.City
	inputs   string
	seeds    int
}

// task is a run of the matrix.
type task struct {
	simulate.Job
	inputs string
}

func (o options) matrix() (m *matrix, err error) {
	m = &matrix{}
	if m.code, err = codeHash(o.root); err != nil {
		return nil, err
	}
	names, err := simulate.Scenarios(o.scenarios)
	if err != nil {
		return nil, err
	}
	slices.SortStableFunc(names, func(a, b string) int { return rank(a) - rank(b) })
	some, err := chosen("-only: scenario", o.only, names)
	if err != nil {
		return nil, err
	}
	policies, err := chosen("-policies: policy", o.policies, simulation.Policies())
	if err != nil {
		return nil, err
	}
	for _, name := range policies {
		p, err := simulation.PolicyOf(name)
		if err != nil {
			return nil, err
		}
		m.policies = append(m.policies, p)
	}
	seeds, err := seedsOf(o.seeds, names)
	if err != nil {
		return nil, err
	}
	n, err := network.Load(o.network)
	if err != nil {
		return nil, err
	}
	city, err := simulate.City(n)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		s, err := simulate.Scenario(o.scenarios, name)
		if err != nil {
			return nil, err
		}
		if o.days > 0 {
			s.Days = o.days
		}
		if o.warmUp >= 0 {
			s.WarmUp = o.warmUp
		}
		if err := s.Validate(); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		text, err := json.Marshal([]any{s, city.Network, city.Staff})
		if err != nil {
			return nil, err
		}
		c := cell{scenario: s, city: city, inputs: hash(text)}
		if slices.Contains(some, name) {
			c.seeds = seeds(name)
		}
		m.cells = append(m.cells, c)
	}
	return m, nil
}

func rank(name string) int {
	if i := slices.Index(claimed, name); i >= 0 {
		return i
	}
	return len(claimed)
}

// seedsOf reads "3,year=20".
func seedsOf(said string, names []string) (func(string) int, error) {
	every, own := 1, map[string]int{}
	for part := range strings.SplitSeq(said, ",") {
		name, number, named := strings.Cut(strings.TrimSpace(part), "=")
		if !named {
			number = name
		} else if !slices.Contains(names, name) {
			return nil, fmt.Errorf("-seeds: scenario %q is not known: name some of %s", name, strings.Join(names, ", "))
		}
		n, err := strconv.Atoi(number)
		if err != nil || n < 1 || n > 1000 {
			return nil, fmt.Errorf("-seeds has %q: give a number from 1 to 1000, and others as year=20", part)
		}
		if named {
			own[name] = n
		} else {
			every = n
		}
	}
	return func(name string) int {
		if n, ok := own[name]; ok {
			return n
		}
		return every
	}, nil
}

// todo lists what is to be played: seed by seed, so that a session that is cut has
// something of everything; books first, which take seconds, then what the claim is
// about. there counts what need not be.
func (m *matrix) todo(s store, renew string) (all []task, there int, err error) {
	again := strings.Split(renew, ",")
	most := 0
	for _, c := range m.cells {
		most = max(most, c.seeds)
	}
	groups := []func(simulation.Policy) bool{
		simulation.Policy.Book,
		ofClaim,
		func(p simulation.Policy) bool { return !p.Book() && !ofClaim(p) },
	}
	for seed := 1; seed <= most; seed++ {
		for _, in := range groups {
			for _, c := range m.cells {
				for _, p := range m.policies {
					if seed > c.seeds || !in(p) {
						continue
					}
					t := task{simulate.Job{City: c.city, Scenario: c.scenario, Policy: p, Seed: uint64(seed)}, c.inputs}
					k, err := s.find(c, p.Name, t.Seed, m.code)
					if err != nil {
						return nil, 0, err
					}
					name := c.scenario.Name + "/" + p.Name
					if k != nil && !slices.Contains(again, name) && !slices.Contains(again, fmt.Sprint(name, "/", seed)) {
						there++
						continue
					}
					all = append(all, t)
				}
			}
		}
	}
	return all, there, nil
}

// ofClaim says whether the claim compares the policy.
func ofClaim(p simulation.Policy) bool {
	return p.Name == compare.Unsteered || p.Name == compare.Steered || p.Name == compare.Foresight
}

// results are all that is kept of these scenarios, whatever is played now.
func (m *matrix) results(s store) (*Results, error) {
	r := &Results{Go: runtime.Version(), Code: m.code}
	for _, c := range m.cells {
		o := Outcome{Name: c.scenario.Name, About: c.scenario.About, From: c.scenario.From.String(), Days: c.scenario.Days, WarmUp: c.scenario.WarmUp,
			People: len(c.city.People), Centres: len(c.city.Network.Centres), Inputs: c.inputs, Claimed: slices.Contains(claimed, c.scenario.Name)}
		for _, p := range order {
			kept, err := s.all(c, p, m.code)
			if err != nil {
				return r, err
			}
			for _, k := range kept {
				row := Row{Sample: k.Run.Sample(), Citizens: k.Run.Result.Citizens, Logs: k.Run.Result.Logs}
				if k.Code != m.code {
					row.Code = k.Code
				}
				o.Runs = append(o.Runs, row)
			}
		}
		if len(o.Runs) > 0 {
			r.Scenarios = append(r.Scenarios, o)
		}
	}
	if len(r.Scenarios) == 0 {
		return r, fmt.Errorf("%s has no finished run of these scenarios and this code: play some, or let older ones count with -keep-older", s.folder)
	}
	return r, nil
}
