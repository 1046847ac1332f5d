package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime/pprof"
	"time"

	"github.com/spf13/cobra"

	"github.com/lotse-hamburg/lotse/services/booking/trial"
	"github.com/lotse-hamburg/lotse/tools/bench"
)

const benchHelp = `Measures Lotse on this machine: what a citizen waits for, what a city's load asks of
it, and how it begins. Each run measures its own yardsticks, because machines differ.
How to read the figures, and what they were elsewhere: docs/performance.md.`

func newBench() *cobra.Command {
	cmd := &cobra.Command{Use: "bench", Short: "Measure Lotse on this machine", Long: benchHelp, Args: known,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	cmd.AddCommand(newBenchBooking(), newBenchYear(), newBenchPages(), newBenchServe(), newBenchBegin(), newBenchStage())
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
	cmd.Flags().BoolVar(&o.Postgres, "postgres", false, "keep the log in Postgres (LOTSE_TEST_POSTGRES, or its programs), and drop it at the end")
	cmd.Flags().IntVar(&o.Appointments, "appointments", 1_500_000, "in the past year, about")
	cmd.Flags().IntVar(&o.Weeks, "weeks", 52, "of the past that are written")
	cmd.Flags().Uint64Var(&o.Seed, "seed", 1, "of the citizens' bookings")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON document instead of the table")
	return cmd
}

// newBenchBegin is what the year's benchmark runs in processes of its own.
func newBenchBegin() *cobra.Command {
	o := trial.Options{Size: trial.Hamburg}
	var save bool
	cmd := &cobra.Command{Use: "begin", Hidden: true, Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			b, err := trial.Begin(cmd.Context(), o, save)
			if err != nil {
				return err
			}
			return json.NewEncoder(cmd.OutOrStdout()).Encode(b)
		}}
	onTrial(cmd, &o)
	cmd.Flags().BoolVar(&save, "save", false, "")
	return cmd
}

func newBenchBooking() *cobra.Command {
	var o bench.BookingOptions
	var asJSON bool
	var logs []string
	cmd := &cobra.Command{
		Use:   "booking",
		Short: "Measure booking over HTTP and the bus",
		Long: `Starts booking for 20 centres of 6 counters in a process of its own and measures it from
here, on the same cores: searches, durable holds and confirmations of several clients,
how soon slots close when a counter goes, and one update to thousands of listeners.`,
		Example: "  lotse bench booking\n  lotse bench booking --log sqlite --json",
		Args:    none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.Child, o.Said = again, said(cmd.ErrOrStderr())
			reports, err := measure(cmd, o, logs)
			if err != nil {
				return fmt.Errorf("bench: %w", err)
			}
			if asJSON {
				return printJSON(cmd.OutOrStdout(), reports)
			}
			for i, r := range reports {
				if i > 0 {
					fmt.Fprintln(cmd.OutOrStdout())
				}
				r.Print(cmd.OutOrStdout())
			}
			return nil
		},
	}
	cmd.Flags().StringSliceVar(&logs, "log", []string{"sqlite", "postgres"}, "`kinds` of log: sqlite, postgres; the latter only where there is one (LOTSE_TEST_POSTGRES, or its programs)")
	cmd.Flags().IntVar(&o.Searches, "searches", 2000, "requests of each kind of search")
	cmd.Flags().DurationVar(&o.Load, "load", 4*time.Second, "of each number of clients")
	cmd.Flags().IntVar(&o.Rounds, "rounds", 400, "of a counter that goes, at most 440")
	cmd.Flags().StringVar(&o.Profile, "profile", "", "`file` for a profile of the server's processor time (go tool pprof)")
	cmd.Flags().StringSliceVar(&o.Only, "only", nil, "`parts` to measure: searches, loads, counters, listeners; default: all")
	cmd.Flags().IntVar(&o.Listeners, "listeners", 5000, "over server-sent events")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON document instead of tables")
	return cmd
}

// measure leaves Postgres out where there is none, unless nothing else was
// asked for.
func measure(cmd *cobra.Command, o bench.BookingOptions, logs []string) (reports []bench.BookingReport, err error) {
	for _, log := range logs {
		switch log {
		case "sqlite", "postgres":
		default:
			return nil, misuse(cmd, fmt.Errorf("--log %q: name sqlite, postgres or both", log))
		}
		if o.Postgres = log == "postgres"; o.Postgres && len(logs) > 1 {
			if _, err := trial.Postgres(); err != nil {
				o.Said(err.Error())
				continue
			}
		}
		r, err := bench.Booking(cmd.Context(), o)
		if err != nil {
			return nil, err
		}
		reports = append(reports, r)
	}
	return reports, nil
}

// newBenchServe is the city that booking's benchmark measures; it ends with its
// input.
func newBenchServe() *cobra.Command {
	o := trial.Options{Size: trial.Hamburg}
	var profile string
	cmd := &cobra.Command{Use: "serve", Hidden: true, Args: none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			city, err := trial.Start(cmd.Context(), o)
			if err != nil {
				return err
			}
			if profile != "" {
				f, err := os.Create(profile)
				if err != nil {
					return errors.Join(err, city.Close())
				}
				defer f.Close()
				if err := pprof.StartCPUProfile(f); err != nil {
					return errors.Join(err, city.Close())
				}
				defer pprof.StopCPUProfile()
			}
			a := bench.Address{URL: city.URL(), NATS: city.NATSURL(), Today: city.Today().String()}
			if err := json.NewEncoder(cmd.OutOrStdout()).Encode(a); err != nil {
				return errors.Join(err, city.Close())
			}
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				_, _ = io.Copy(io.Discard, cmd.InOrStdin()) // until whoever asks is gone
			}()
			select {
			case <-ended:
			case <-cmd.Context().Done():
			}
			return city.Close()
		}}
	onTrial(cmd, &o)
	cmd.Flags().StringVar(&profile, "profile", "", "")
	return cmd
}

// onTrial has the flags of commands that run in a process of their own.
func onTrial(cmd *cobra.Command, o *trial.Options) {
	cmd.Flags().StringVar(&o.Folder, "folder", "", "")
	cmd.Flags().StringVar(&o.Postgres, "postgres", "", "")
	cmd.Flags().StringVar(&o.Schema, "schema", "", "")
}
