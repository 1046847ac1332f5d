package simulate

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lotse-hamburg/lotse/services/simulation"
	"github.com/lotse-hamburg/lotse/services/simulation/scenario"
)

// Options of a comparison.
type Options struct {
	City     simulation.City
	Scenario scenario.Scenario
	Policies []simulation.Policy
	Seeds    []uint64
	// Workers play at the same time, one run each; 0: one per core.
	Workers int
	// Now measures how long a run takes.
	Now func() time.Time
	// Progress is told after each day of any run; nil: nobody listens.
	Progress func(Progress)
}

// Progress of all runs together.
type Progress struct {
	Days, Of int // simulated, over all runs
	Runs     int // finished
	Took     time.Duration
}

// Run is one policy on one seed.
type Run struct {
	Policy string             `json:"policy"`
	Seed   uint64             `json:"seed"`
	Result *simulation.Result `json:"result"`
	// Took is what it cost by the wall clock, the others playing beside it. It is
	// the only figure that another run with the same seed may not repeat.
	Took time.Duration `json:"-"`
}

// Compare plays each policy on each seed and answers in that order, seed by seed.
// A run has its own services and its own goroutine; runs share nothing that is
// written, so how many play at once changes no figure.
func Compare(ctx context.Context, o Options) ([]Run, error) {
	if len(o.Policies) == 0 || len(o.Seeds) == 0 {
		return nil, fmt.Errorf("%d policies and %d seeds: name at least one of each", len(o.Policies), len(o.Seeds))
	}
	if o.Workers < 1 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	var all []Run
	for _, seed := range o.Seeds {
		for _, p := range o.Policies {
			all = append(all, Run{Policy: p.Name, Seed: seed})
		}
	}
	began := o.Now()
	var lock sync.Mutex
	at := Progress{Of: len(all) * (o.Scenario.WarmUp + o.Scenario.Days)}
	tell := func(days, runs int) {
		lock.Lock()
		defer lock.Unlock()
		at.Days, at.Runs, at.Took = at.Days+days, at.Runs+runs, o.Now().Sub(began)
		if o.Progress != nil {
			o.Progress(at)
		}
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(o.Workers)
	for i := range all {
		g.Go(func() error {
			r, from := &all[i], o.Now()
			out, err := simulation.Run(ctx, simulation.Options{City: o.City, Scenario: o.Scenario, Seed: r.Seed,
				Policy: o.Policies[i%len(o.Policies)], Progress: func(int, int) { tell(1, 0) }})
			if err != nil {
				return err
			}
			r.Result, r.Took = out, o.Now().Sub(from)
			tell(0, 1)
			return nil
		})
	}
	return all, g.Wait()
}
