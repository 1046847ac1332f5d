package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"

	"github.com/spf13/cobra"

	"github.com/lotse-hamburg/lotse/services/booking/trial"
	"github.com/lotse-hamburg/lotse/tools/bench"
)

const benchHelp = `Measures booking on this machine: what a citizen waits for, what a city's load asks of
it, and how it begins. Each run measures its own yardsticks, because machines differ.
How to read the figures, and what they were elsewhere: docs/performance.md.`

func newBench() *cobra.Command {
	cmd := &cobra.Command{Use: "bench", Short: "Measure booking on this machine", Long: benchHelp, Args: known,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(newBenchYear(), newBenchBegin())
	return cmd
}

// again runs this program in a process of its own.
func again(ctx context.Context, args ...string) *exec.Cmd {
	program, err := os.Executable()
	if err != nil {
		program = os.Args[0]
	}
	return exec.CommandContext(ctx, program, args...)
}

func said(w io.Writer) func(string) { return func(s string) { fmt.Fprintln(w, "· "+s) } }

func newBenchYear() *cobra.Command {
	var o bench.YearOptions
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "year",
		Short: "Write a city's year into a log and start from it",
		Long: `Writes a log as a city of 20 centres has it after a year (offerings, holds, appointments,
letters, visits, cancellations, and what was said of them), and starts booking on it in a
process of its own: from nothing, then from a snapshot. A year of 1.5 million appointments
needs some 15 GB on the disk of the folder, and minutes.`,
		Example: "  lotse bench year --appointments 100000\n  lotse bench year --json",
		Args:    none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.Child, o.Said = again, said(cmd.ErrOrStderr())
			r, err := bench.Year(cmd.Context(), o)
			if err != nil {
				return fmt.Errorf("bench: %w", err)
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), r)
			}
			r.Print(cmd.OutOrStdout())
			return nil
		},
	}
	cmd.Flags().StringVar(&o.Folder, "folder", "", "empty `folder` to keep the log in; none: it is removed at the end")
	cmd.Flags().IntVar(&o.Appointments, "appointments", 1_500_000, "in the past year, about")
	cmd.Flags().IntVar(&o.Weeks, "weeks", 52, "of the past that are written")
	cmd.Flags().Uint64Var(&o.Seed, "seed", 1, "of the citizens' bookings")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON document instead of the table")
	return cmd
}

// newBenchBegin is what the year's benchmark runs in processes of its own.
func newBenchBegin() *cobra.Command {
	var folder string
	var save bool
	cmd := &cobra.Command{Use: "begin", Hidden: true, Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			b, err := trial.Begin(cmd.Context(), trial.Options{Folder: folder, Size: trial.Hamburg}, save)
			if err != nil {
				return err
			}
			return json.NewEncoder(cmd.OutOrStdout()).Encode(b)
		}}
	cmd.Flags().StringVar(&folder, "folder", "", "")
	cmd.Flags().BoolVar(&save, "save", false, "")
	return cmd
}
