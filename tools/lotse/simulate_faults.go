package main

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/lotse-hamburg/lotse/services/simulation/faults"
)

// faultFlags belong to lotse simulate --faults.
type faultFlags struct {
	on, minimize, trace bool
	steps               int
	keep                string
}

func (f *faultFlags) register(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.on, "faults", false, "hunt for bugs instead: short stories in a small town, with crashes, lost answers and a bus that loses, repeats and mixes up")
	cmd.Flags().BoolVar(&f.minimize, "minimize", false, "with --faults: leave out steps as long as something is still found")
	cmd.Flags().BoolVar(&f.trace, "trace", false, "with --faults: tell each step")
	cmd.Flags().IntVar(&f.steps, "steps", 0, "with --faults: `number` of steps (default by the seed, 150 to 300)")
	cmd.Flags().StringVar(&f.keep, "keep", "", "with --faults: `indexes` of the steps that take place, such as 3,17,18 (default all)")
}

// run plays the seeds from first on, and fails when one of them finds something.
func (f *faultFlags) run(cmd *cobra.Command, first uint64, seeds int, asJSON bool) error {
	keep, err := f.kept()
	if err != nil {
		return misuse(cmd, err)
	}
	out, bad := cmd.OutOrStdout(), 0
	var all []faults.Outcome
	for n := range seeds {
		o := faults.Options{Seed: first + uint64(n), Steps: f.steps, Keep: keep}
		if f.trace {
			o.Trace = cmd.ErrOrStderr()
		}
		got, err := faults.Run(cmd.Context(), o)
		if err != nil {
			return err
		}
		all = append(all, got)
		if got.Violation == "" {
			continue
		}
		bad++
		if !asJSON {
			fmt.Fprintf(out, "seed %d, step %d of %d: %s\nrepeat it: %s\n", got.Seed, got.At, got.Steps, got.Violation, faults.Repeat(o))
		}
		if f.minimize {
			if err := f.shrink(cmd, out, o); err != nil {
				return err
			}
		}
	}
	if asJSON {
		err = printJSON(out, all)
	} else if seeds == 1 {
		fmt.Fprintf(out, "seed %d: %d steps, %s; hash %s\n", first, all[0].Steps, cmp.Or(all[0].Violation, "nothing is found"), all[0].Hash)
	} else {
		fmt.Fprintf(out, "%d seeds from %d on, %d of them find something\n", seeds, first, bad)
	}
	if err == nil && bad > 0 {
		err = fmt.Errorf("what must never happen has happened in %d of %s", bad, count(seeds, "story"))
	}
	return err
}

func (f *faultFlags) shrink(cmd *cobra.Command, out io.Writer, o faults.Options) error {
	small, err := faults.Minimize(cmd.Context(), o, func(left, of int) { fmt.Fprintf(cmd.ErrOrStderr(), "%d of %d steps are left\n", left, of) })
	if err != nil {
		return err
	}
	o.Steps, o.Keep = small.Steps, small.Keep
	fmt.Fprintf(out, "as found with %d steps: %s\nrepeat it: %s\n", len(small.Keep), small.Violation, faults.Repeat(o))
	return nil
}

func (f *faultFlags) kept() (keep []int, err error) {
	if f.steps < 0 || f.steps > 100_000 {
		return nil, fmt.Errorf("--steps is %d: give 1 to 100000", f.steps)
	}
	if f.keep == "" {
		return nil, nil
	}
	for text := range strings.SplitSeq(f.keep, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < 0 || len(keep) > 0 && n <= keep[len(keep)-1] {
			return nil, fmt.Errorf("--keep has %q: give indexes of steps that rise, such as 3,17,18", text)
		}
		keep = append(keep, n)
	}
	return keep, nil
}
