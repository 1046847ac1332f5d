// Command proof plays scenarios under all policies and writes what came of it:
// docs/proof.json with the figures of each run, and docs/proof.md, which is made of
// it (make proof).
//
// Each finished run is kept as a file in -work. A session that was cut goes on
// where it was, and further sessions may add policies and seeds. A run counts as long as
// its scenario, its city and the code are the same.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/lotse-hamburg/lotse/tools/simulate"
)

type options struct {
	root, network, scenarios, work, data, report string
	only, policies, seeds, renew                 string
	days, warmUp, workers                        int
	limit                                        time.Duration
	collect, render, keepOlder                   bool
}

func main() {
	var o options
	flag.StringVar(&o.root, "root", ".", "`folder` of the repository, whose code is told by its hash")
	flag.StringVar(&o.network, "network", "deploy/networks/hamburg", "`folder` of the network")
	flag.StringVar(&o.scenarios, "scenarios", "deploy/scenarios", "`folder` of the scenarios")
	flag.StringVar(&o.work, "work", ".lotse/proof", "`folder` in which finished runs are kept")
	flag.StringVar(&o.data, "data", "docs/proof.json", "`file` for the figures of all runs")
	flag.StringVar(&o.report, "report", "docs/proof.md", "`file` for the tables")
	flag.StringVar(&o.only, "only", "", "`names` of scenarios to be played, with commas (default all)")
	flag.StringVar(&o.policies, "policies", strings.Join(order, ","), "`names` of policies to be played")
	flag.StringVar(&o.seeds, "seeds", "3", "`number` of seeds of each scenario from 1 on; others for some of them: 3,year=20")
	flag.StringVar(&o.renew, "renew", "", "play these again although they are there: scenario/policy or scenario/policy/seed, with commas")
	flag.IntVar(&o.days, "days", 0, "`number` of days that are measured (default the scenario's), to try it out")
	flag.IntVar(&o.warmUp, "warm-up", -1, "`number` of days before (default the scenario's), to try it out")
	flag.IntVar(&o.workers, "workers", 2, "`number` of runs side by side")
	flag.DurationVar(&o.limit, "for", 0, "begin no run after this `time`, such as 40m; those that have begun are ended")
	flag.BoolVar(&o.collect, "collect", false, "play nothing: write what -work has")
	flag.BoolVar(&o.render, "render", false, "play nothing: write -report anew from -data")
	flag.BoolVar(&o.keepOlder, "keep-older", false, "let runs of older code count; the report says so")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := o.run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "proof:", err)
		os.Exit(1)
	}
}

func (o options) run(ctx context.Context) error {
	if o.render {
		r, err := readResults(o.data)
		if err != nil {
			return err
		}
		return os.WriteFile(o.report, []byte(r.Markdown()), 0o644)
	}
	m, err := o.matrix()
	if err != nil {
		return err
	}
	s := store{folder: o.work, keepOlder: o.keepOlder}
	if !o.collect {
		err = o.play(ctx, m, s)
	}
	r, collected := m.results(s)
	if err := errors.Join(err, collected); err != nil && len(r.Scenarios) == 0 {
		return err
	}
	return errors.Join(err, collected, o.write(r))
}

func (o options) play(ctx context.Context, m *matrix, s store) error {
	todo, there, err := m.todo(s, o.renew)
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "proof: %d runs are there, %d are to be played\n", there, len(todo))
	jobs := make([]simulate.Job, len(todo))
	for i, t := range todo {
		jobs[i] = t.Job
	}
	errs, stop := os.Stderr, time.Now().Add(o.limit)
	at, err := errs.Stat()
	teller := simulate.NewTeller(errs, err == nil && at.Mode()&os.ModeCharDevice != 0, jobs, o.workers, time.Now)
	p := simulate.Play{Workers: o.workers, Now: time.Now, Progress: teller.Tell}
	if o.limit > 0 {
		p.Enough = func() bool { return time.Now().After(stop) }
	}
	err = p.All(ctx, jobs, func(i int, r simulate.Run) error { return s.keep(todo[i], m.code, r) })
	teller.Clear()
	return err
}

func (o options) write(r *Results) error {
	if err := r.write(o.data); err != nil {
		return err
	}
	return os.WriteFile(o.report, []byte(r.Markdown()), 0o644)
}

// chosen are names with commas; all of them, if there are none. Others are refused.
func chosen(what, said string, all []string) ([]string, error) {
	if said == "" {
		return all, nil
	}
	var some []string
	for name := range strings.SplitSeq(said, ",") {
		name = strings.TrimSpace(name)
		if !slices.Contains(all, name) {
			return nil, fmt.Errorf("%s %q is not known: name some of %s", what, name, strings.Join(all, ", "))
		}
		some = append(some, name)
	}
	return some, nil
}
