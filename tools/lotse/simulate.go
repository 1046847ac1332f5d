package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lotse-hamburg/lotse/services/simulation"
	"github.com/lotse-hamburg/lotse/services/simulation/compare"
	"github.com/lotse-hamburg/lotse/services/simulation/report"
	"github.com/lotse-hamburg/lotse/tools/network"
	"github.com/lotse-hamburg/lotse/tools/simulate"
)

const simulateHelp = `Plays a scenario on a city with the real services: their handlers and logs, in memory,
on a clock that jumps from one thing to the next. Invented citizens ask for appointments,
staff fall ill and go on leave, HR reports it late, twice or wrong.

Policies are compared on the same seed: the same citizens ask at the same moments and the
same people are ill. Runs play side by side, one on each core. The same scenario, policy
and seed give the same figures and the same logs, whose hashes are printed.

The work of planning is bounded by counts, not by the clock: the scenario's group work.

With several seeds each figure has an interval, and policies are held against none seed by
seed. --report draws the year, district by district. The figures:
`

const simulateExample = `  lotse simulate --scenario year --seed 1 --policies none,lotse-auto
  lotse simulate --scenario year --seeds 20 --policies all --report year.html
  lotse simulate --scenario year --days 30 --seeds 4 --json
  lotse simulate --scenario my-city.yaml --network my-city --policies lotse-auto
  lotse simulate --faults --seed 34 --minimize`

type simulateFlags struct {
	scenario, scenarios, network string
	policies                     []string
	seed                         uint64
	seeds, days, warmUp          int
	json                         bool
	profile, report              string
	faults                       faultFlags
}

// simulated is what --json prints.
type simulated struct {
	Scenario string         `json:"scenario"`
	From     string         `json:"from"`
	Days     int            `json:"days"`
	WarmUp   int            `json:"warm_up"`
	Table    compare.Table  `json:"table"`
	Claim    compare.Claim  `json:"claim"`
	Runs     []simulate.Run `json:"runs"`
}

func newSimulate(now func() time.Time) *cobra.Command {
	var f simulateFlags
	help := strings.Builder{}
	help.WriteString(simulateHelp)
	for _, x := range simulation.Figures {
		fmt.Fprintf(&help, "\n  %-14s %s", x.Name, x.Means)
	}
	cmd := &cobra.Command{Use: "simulate", Short: "Play a year of a city and compare policies", Long: help.String(), Example: simulateExample, Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.faults.on {
				return f.faults.run(cmd, f.seed, f.seeds, f.json)
			}
			o, err := f.options(cmd)
			if err != nil {
				return err
			}
			o.Now = now
			return f.run(cmd, o)
		}}
	cmd.Flags().StringVar(&f.scenario, "scenario", "year", "`name` of a scenario in --scenarios, or a file")
	cmd.Flags().StringVar(&f.scenarios, "scenarios", "deploy/scenarios", "`folder` of the scenarios")
	cmd.Flags().StringVar(&f.network, "network", "deploy/networks/hamburg", "`folder` of the network's files")
	cmd.Flags().StringSliceVar(&f.policies, "policies", []string{"none", "lotse-auto"}, "`names` of policies, or all")
	cmd.Flags().Uint64Var(&f.seed, "seed", 1, "of all chance, or the first of --seeds")
	cmd.Flags().IntVar(&f.seeds, "seeds", 1, "`number` of seeds, from --seed on")
	cmd.Flags().IntVar(&f.days, "days", 0, "`number` of days that are measured (default the scenario's)")
	cmd.Flags().IntVar(&f.warmUp, "warm-up", 0, "`number` of days before (default the scenario's)")
	cmd.Flags().StringVar(&f.profile, "cpu-profile", "", "`file` that says where the time went, for go tool pprof")
	cmd.Flags().BoolVar(&f.json, "json", false, "print one JSON document")
	cmd.Flags().StringVar(&f.report, "report", "", "write curves and tables into this HTML `file`, too")
	f.faults.register(cmd)
	return cmd
}

func (f *simulateFlags) options(cmd *cobra.Command) (o simulate.Options, err error) {
	if f.seeds < 1 || f.seeds > 1000 {
		return o, misuse(cmd, fmt.Errorf("--seeds is %d: give 1 to 1000", f.seeds))
	}
	if cmd.Flags().Changed("days") && (f.days < 1 || f.days > 3650) {
		return o, misuse(cmd, fmt.Errorf("--days is %d: give 1 to 3650", f.days))
	}
	for n := range f.seeds {
		o.Seeds = append(o.Seeds, f.seed+uint64(n))
	}
	if len(f.policies) == 1 && f.policies[0] == "all" {
		f.policies = simulation.Policies()
	}
	for _, name := range f.policies {
		p, err := simulation.PolicyOf(strings.TrimSpace(name))
		if err != nil {
			return o, misuse(cmd, fmt.Errorf("--policies: %w", err))
		}
		o.Policies = append(o.Policies, p)
	}
	if len(o.Policies) == 0 {
		return o, misuse(cmd, errors.New("--policies is empty: name some, or all"))
	}
	if o.Scenario, err = simulate.Scenario(f.scenarios, f.scenario); err != nil {
		return o, err
	}
	if f.days > 0 {
		o.Scenario.Days = f.days
	}
	if cmd.Flags().Changed("warm-up") {
		o.Scenario.WarmUp = f.warmUp
	}
	if err := o.Scenario.Validate(); err != nil {
		return o, misuse(cmd, err)
	}
	n, err := network.Load(f.network)
	if err != nil {
		return o, err
	}
	o.City, err = simulate.City(n)
	return o, err
}

func (f *simulateFlags) run(cmd *cobra.Command, o simulate.Options) error {
	errs := cmd.ErrOrStderr()
	teller := simulate.NewTeller(errs, terminal(errs), o.Jobs(), runtime.GOMAXPROCS(0), o.Now)
	o.Progress = teller.Tell
	stop, err := profile(f.profile)
	if err != nil {
		return err
	}
	defer simulate.Spend()()
	all, err := simulate.Compare(cmd.Context(), o)
	teller.Clear()
	if err := errors.Join(err, stop()); err != nil {
		return err
	}
	if f.report != "" {
		if err := f.write(o, all); err != nil {
			return err
		}
	}
	if f.json {
		s := &o.Scenario
		return printJSON(cmd.OutOrStdout(), simulated{s.Name, s.From.String(), s.Days, s.WarmUp, compare.TableOf(compare.Samples(all), compare.Unsteered),
			compare.ClaimOf(compare.Samples(all)), all})
	}
	return simulate.Print(cmd.OutOrStdout(), all)
}

// write the report: as a whole, or not at all.
func (f *simulateFlags) write(o simulate.Options, all []simulate.Run) error {
	var names []string
	for _, p := range o.Policies {
		names = append(names, p.Name)
	}
	var page bytes.Buffer
	command := fmt.Sprintf("lotse simulate --scenario %s --network %s --seed %d --seeds %d --days %d --warm-up %d --policies %s --report %s", f.scenario, f.network,
		f.seed, f.seeds, o.Scenario.Days, o.Scenario.WarmUp, strings.Join(names, ","), filepath.Base(f.report))
	if err := report.Write(&page, report.Page{City: o.City, Scenario: o.Scenario, Command: command, Runs: all}); err != nil {
		return err
	}
	if err := os.WriteFile(f.report, page.Bytes(), 0o644); err != nil {
		return fmt.Errorf("--report: %w", err)
	}
	return nil
}

// profile writes where the time goes until stop is called; "" writes nothing.
func profile(path string) (stop func() error, err error) {
	if path == "" {
		return func() error { return nil }, nil
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("--cpu-profile: %w", err)
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() error { pprof.StopCPUProfile(); return f.Close() }, nil
}
