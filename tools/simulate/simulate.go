package simulate

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lotse-hamburg/lotse/services/simulation"
	"github.com/lotse-hamburg/lotse/services/simulation/compare"
	"github.com/lotse-hamburg/lotse/services/simulation/scenario"
)

// Options of a comparison.
type Options struct {
	City     simulation.City
	Scenario scenario.Scenario
	Policies []simulation.Policy
	Seeds    []uint64
	Play
}

// Play is how runs are played.
type Play struct {
	// Workers play at the same time, one run each; 0: one per core.
	Workers int
	// Now measures how long a run takes.
	Now func() time.Time
	// Progress is told after each day of any run, one after the other; nil: nobody
	// listens.
	Progress func(Progress)
	// Enough says that no further run is to begin; nil: all are played.
	Enough func() bool
}

// Job is a run to be played.
type Job struct {
	City     simulation.City
	Scenario scenario.Scenario
	Policy   simulation.Policy
	Seed     uint64
}

// Days that the run simulates, its warm-up included.
func (j Job) Days() int { return j.Scenario.WarmUp + j.Scenario.Days }

// Progress is how far one of the jobs is.
type Progress struct {
	Job int
	// Day of the job, 0 when it begins; Done when its result is there.
	Day  int
	Done bool
}

// Run is one policy on one seed.
type Run = compare.Run

// Compare plays each policy on each seed and answers in that order, seed by seed.
func Compare(ctx context.Context, o Options) ([]Run, error) {
	jobs := o.Jobs()
	if len(jobs) == 0 {
		return nil, fmt.Errorf("%d policies and %d seeds: name at least one of each", len(o.Policies), len(o.Seeds))
	}
	all := make([]Run, len(jobs))
	return all, o.Play.All(ctx, jobs, func(i int, r Run) error {
		all[i] = r
		return nil
	})
}

// Jobs of a comparison, in the order of its runs.
func (o Options) Jobs() (all []Job) {
	for _, seed := range o.Seeds {
		for _, p := range o.Policies {
			all = append(all, Job{o.City, o.Scenario, p, seed})
		}
	}
	return all
}

// All plays jobs and hands each run on, one after the other, when it is done. A run
// has its own services and its own goroutine; runs share nothing that is written,
// so how many play at once changes no figure.
func (p Play) All(ctx context.Context, jobs []Job, done func(i int, r Run) error) error {
	if p.Workers < 1 {
		p.Workers = runtime.GOMAXPROCS(0)
	}
	var lock sync.Mutex
	tell := func(at Progress) {
		lock.Lock()
		defer lock.Unlock()
		if p.Progress != nil {
			p.Progress(at)
		}
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(p.Workers)
	for i, j := range jobs {
		g.Go(func() error {
			if err := ctx.Err(); err != nil || p.Enough != nil && p.Enough() {
				return err
			}
			from := p.Now()
			tell(Progress{Job: i})
			out, err := simulation.Run(ctx, simulation.Options{City: j.City, Scenario: j.Scenario, Seed: j.Seed, Policy: j.Policy,
				Progress: func(day, _ int) { tell(Progress{Job: i, Day: day}) }})
			if err != nil {
				return err
			}
			r := Run{Policy: j.Policy.Name, Seed: j.Seed, Result: out, Took: p.Now().Sub(from)}
			tell(Progress{Job: i, Day: j.Days(), Done: true})
			lock.Lock()
			defer lock.Unlock()
			return done(i, r)
		})
	}
	return g.Wait()
}
