package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/tools/apply"
	"github.com/lotse-hamburg/lotse/tools/cluster"
	"github.com/lotse-hamburg/lotse/tools/load"
	"github.com/lotse-hamburg/lotse/tools/network"
)

const loadHelp = `Books, moves and cancels over HTTP, tells of absences by the door for HR systems, and
keeps streams of slots open, all through the front of a cluster that runs.

Arrivals come by the clock, whether earlier ones have been answered or not; how long a
booking took counts from when the citizen came. A command without an answer is repeated
with the same key until there is one; every try that failed is counted. Once --keep
appointments stand, each booking is followed by a cancellation elsewhere, so that the
city does not fill up.

Every command that was acknowledged is written to --journal, for lotse verify --journal.

With --steps the rates rise by --factor from step to step until throughput no longer
follows, a try fails, or p99 of a booking exceeds --bound: the knee is named.

A cluster without a city gets the one in --network first. Exit code 1: tries failed, or
a listener knew something else in the end than a newcomer is told.`

type loadFlags struct {
	cluster, network, journal, source string
	length, step, bound               time.Duration
	rates                             load.Rates
	streams, keep, steps              int
	factor                            float64
	seed                              uint64
	json                              bool
}

func newLoad() *cobra.Command {
	var f loadFlags
	cmd := &cobra.Command{
		Use:   "load",
		Short: "Put a cluster under load and write down what it has acknowledged",
		Long:  loadHelp,
		Example: "  lotse load --cluster --for 1m --journal receipts.jsonl\n" +
			"  lotse load --cluster --for 10m --bookings 200 --hr 50 --sse 200 --journal receipts.jsonl\n" +
			"  lotse load --cluster --steps 12 --bookings 50 --hr 12.5 --sse 50",
		Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error { return runLoad(cmd, f) },
	}
	clusterFlag(cmd, &f.cluster)
	flags := cmd.Flags()
	flags.DurationVar(&f.length, "for", time.Minute, "how long")
	flags.Float64Var(&f.rates.Bookings, "bookings", 50, "citizens who come to book or move, a second")
	flags.Float64Var(&f.rates.HR, "hr", 10, "HR events a second")
	flags.IntVar(&f.streams, "sse", 50, "listeners to free slots")
	flags.IntVar(&f.keep, "keep", 20000, "appointments that may stand")
	flags.StringVar(&f.journal, "journal", "", "`file` for the receipts; empty: none")
	flags.StringVar(&f.network, "network", "deploy/networks/hamburg", "`folder` of the network's files")
	flags.StringVar(&f.source, "source", "paisy", "`name` of the HR system")
	flags.IntVar(&f.steps, "steps", 0, "look for the knee in at most so many steps; 0: one rate --for so long")
	flags.Float64Var(&f.factor, "factor", 1.3, "by which the rates rise from step to step")
	flags.DurationVar(&f.step, "step", 15*time.Second, "how long each step is measured")
	flags.DurationVar(&f.bound, "bound", 500*time.Millisecond, "p99 of a booking that is still good")
	flags.Uint64Var(&f.seed, "seed", 1, "of what citizens and HR choose")
	flags.BoolVar(&f.json, "json", false, "print one JSON document instead of tables")
	return cmd
}

// loadResult is the document of --json.
type loadResult struct {
	load.Report
	Steps []load.Step `json:"steps,omitempty"`
	Knee  *int        `json:"knee_step,omitempty"` // index, -1: below the first
}

func runLoad(cmd *cobra.Command, f loadFlags) (err error) {
	if f.cluster == "" {
		return misuse(cmd, errors.New("name what to put under load: --cluster"))
	}
	s, err := cluster.Load(f.cluster)
	if err != nil {
		return unanswered{err}
	}
	o, err := f.options(s)
	if err != nil {
		return err
	}
	if f.journal != "" {
		file, err := os.Create(f.journal)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, file.Close()) }()
		o.Journal = file
	}
	say := cmd.ErrOrStderr()
	if err := settle(cmd.Context(), s, o, func(text string) { fmt.Fprintln(say, "· "+text) }); err != nil {
		return err
	}
	return f.run(cmd, o)
}

// options of a load on a cluster.
func (f loadFlags) options(s cluster.State) (o load.Options, err error) {
	o = load.Options{URL: s.URL, Source: f.source, Rates: f.rates, Listeners: f.streams, Keep: f.keep, Move: .1, Seed: f.seed,
		Run: "l" + strconv.FormatInt(time.Now().UnixNano(), 36)}
	if o.Token, err = s.Token("all"); err != nil {
		return o, err
	}
	dir, err := findUp(f.network)
	if err != nil {
		return o, err
	}
	if o.Network, err = network.Load(dir); err != nil {
		return o, loadError(dir, err)
	}
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		return o, err
	}
	o.Today = day.Of(time.Now(), zone)
	o.Processes = func() (all []load.Process) {
		now, err := cluster.Load(f.cluster)
		if err != nil {
			return nil
		}
		for _, p := range append(now.Processes, cluster.Running{Name: "front", PID: now.PID}) {
			all = append(all, load.Process{Name: p.Name, PID: p.PID})
		}
		return append(all, load.Process{Name: "load", PID: os.Getpid()})
	}
	return o, nil
}

// settle brings the network in where there is none, and waits until slots stand.
func settle(ctx context.Context, s cluster.State, o load.Options, said func(string)) error {
	have, err := load.Slots(ctx, s.URL)
	if err != nil {
		return unanswered{err}
	}
	if have == 0 {
		said("the city is loaded")
		if _, err := apply.Apply(ctx, apply.Authorized(&http.Client{Timeout: 2 * time.Minute}, o.Token), s.URL, o.Network); err != nil {
			return fmt.Errorf("load the network: %w", err)
		}
	}
	have, err = load.Settled(ctx, s.URL)
	if err == nil {
		said(fmt.Sprintf("slots of %d centre-days", have))
	}
	return err
}

func (f loadFlags) run(cmd *cobra.Command, o load.Options) error {
	out := cmd.OutOrStdout()
	if f.steps > 0 {
		o.Rates = load.Rates{}
	}
	l, err := load.Start(cmd.Context(), o)
	if err != nil {
		return err
	}
	var result loadResult
	if f.steps > 0 {
		result.Steps, err = l.Climb(cmd.Context(), f.rates, f.factor, f.step, f.bound, f.steps, func(s load.Step) {
			fmt.Fprintf(cmd.ErrOrStderr(), "· %.0f bookings/s: %.1f reached, p99 %.0f ms, %d failed\n", s.Offered.Bookings, s.Reached.Bookings, s.P99, s.Failed)
		})
		at, _ := load.Knee(result.Steps, f.bound)
		result.Knee = &at
	} else {
		t := time.NewTimer(f.length)
		defer t.Stop()
		select {
		case <-t.C:
		case <-cmd.Context().Done():
		}
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(cmd.Context()), 2*time.Minute)
	defer cancel()
	report, stopErr := l.Stop(end)
	if err = errors.Join(err, stopErr); err != nil {
		return err
	}
	result.Report = report
	if f.json {
		err = printJSON(out, result)
	} else {
		f.print(out, result)
	}
	if n := report.Failed(); err == nil && n > 0 && f.steps == 0 {
		err = fmt.Errorf("load: %d tries failed", n)
	}
	if err == nil && report.Apart > 0 {
		err = fmt.Errorf("load: %d listeners know something else in the end than a newcomer is told", report.Apart)
	}
	return err
}

func (f loadFlags) print(out io.Writer, r loadResult) {
	r.Print(out)
	if r.Steps != nil {
		fmt.Fprintln(out)
		load.PrintSteps(out, r.Steps, f.bound)
	}
}
