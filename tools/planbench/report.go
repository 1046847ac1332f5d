package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/search"
)

// goal is a budget of CPU time and how far above the best known plan the search
// may be then, in percent; 0 for no goal.
type goal struct {
	budget  time.Duration
	percent float64
}

// kind says what the report measures on the instances whose names begin so; the
// first one that fits counts.
type kind struct {
	name   string
	goals  []goal        // by budget, the last one is the largest
	events int           // then this many absences
	more   time.Duration // then this long a search
}

var kinds = []kind{
	{name: "small", goals: []goal{{time.Second, .2}}},
	{name: "medium", goals: []goal{{3 * time.Second, .7}}},
	{name: "hamburg-3", goals: []goal{{3 * time.Second, .5}, {10 * time.Second, .1}}},
	{name: "hamburg", goals: []goal{{3 * time.Second, .5}, {10 * time.Second, .1}}, events: 50, more: 10 * time.Second},
}

// otherSeeds is with how many more seeds the largest budget is tried.
const otherSeeds = 2

// curved is the instance whose anytime curve is shown.
const curved = "hamburg-1"

// point of an anytime curve: the best objective after some CPU time.
type point struct {
	spent     time.Duration
	objective float64
}

// reached is what one search came to.
type reached struct {
	goal
	spent  time.Duration
	result planning.Result
	broken int
	curve  []point
}

// measured is everything about one instance.
type measured struct {
	name     string
	in       *planning.Instance
	known    known
	previous float64 // objective of the previous plan
	bound    float64
	bounding time.Duration // CPU time of the bound
	least    float64       // booked slots that every plan leaves uncovered
	searches []reached
	others   []float64 // objectives with other seeds and the largest budget
	events   *played
}

// writeReport measures the instances of a folder, one after the other on one
// core, and writes a Markdown file about them.
func writeReport(file, folder, best string, seed uint64) error {
	runtime.GOMAXPROCS(1)
	if best == "" {
		best = filepath.Join(folder, "golden.json")
	}
	all, err := measureAll(folder, best, kinds, seed)
	if err != nil {
		return err
	}
	grown, err := measureGrowth(steps, seed)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	render(&b, all, grown, folder, seed)
	return os.WriteFile(file, b.Bytes(), 0o644)
}

func measureAll(folder, best string, kinds []kind, seed uint64) ([]*measured, error) {
	values, err := readKnown(best)
	if err != nil {
		return nil, err
	}
	var all []*measured
	files, err := filepath.Glob(filepath.Join(folder, "*.json*"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		name := nameOf(file)
		i := slices.IndexFunc(kinds, func(k kind) bool { return strings.HasPrefix(name, k.name) })
		if i < 0 {
			continue
		}
		in, err := read(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		m, err := measure(name, in, values[name], kinds[i], seed)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		all = append(all, m)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s holds no instance that the report knows", folder)
	}
	slices.SortStableFunc(all, func(a, b *measured) int {
		if d := len(a.in.Staff) - len(b.in.Staff); d != 0 {
			return d
		}
		return strings.Compare(a.name, b.name)
	})
	return all, nil
}

func measure(name string, in *planning.Instance, k known, what kind, seed uint64) (*measured, error) {
	m := &measured{name: name, in: in, known: k}
	before, err := flow.Evaluate(in, in.Previous())
	if err != nil {
		return nil, err
	}
	m.previous = before.Objective
	begin := cpu()
	if m.bound, err = flow.LowerBound(in, boundRounds); err != nil {
		return nil, err
	}
	m.bounding = cpu() - begin
	if m.least, err = leastUncovered(in); err != nil {
		return nil, err
	}
	for i, g := range what.goals {
		p, r, err := solve(in, g, seed)
		if err != nil {
			return nil, err
		}
		m.searches = append(m.searches, r)
		if i < len(what.goals)-1 {
			continue
		}
		for more := range uint64(otherSeeds) {
			_, again, err := solve(in, g, seed+1+more)
			if err != nil {
				return nil, err
			}
			m.others = append(m.others, again.result.Objective)
		}
		if what.events > 0 {
			if m.events, err = absences(p, in, seed, what.events, what.more); err != nil {
				return nil, err
			}
		}
	}
	return m, nil
}

// solve searches from scratch; the time counts from before the planner is made.
func solve(in *planning.Instance, g goal, seed uint64) (*search.Planner, reached, error) {
	r := reached{goal: g}
	begin := cpu()
	p, err := search.New(in)
	if err != nil {
		return nil, r, err
	}
	out, err := p.Solve(search.Options{
		Seed: seed,
		Stop: func() bool { return cpu()-begin > g.budget },
		Progress: func(at search.Progress) {
			if n := len(r.curve); n == 0 || at.Objective < r.curve[n-1].objective {
				r.curve = append(r.curve, point{cpu() - begin, at.Objective})
			}
		},
	})
	if err != nil {
		return nil, r, err
	}
	r.spent, r.result, r.broken = cpu()-begin, out.Result, broken(in, out.Plan)
	return p, r, nil
}
