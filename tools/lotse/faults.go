package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	published "github.com/lotse-hamburg/lotse/events/lotse"
	"github.com/lotse-hamburg/lotse/services/allinone/verify"
	"github.com/lotse-hamburg/lotse/tools/cluster"
	"github.com/lotse-hamburg/lotse/tools/faults"
	"github.com/lotse-hamburg/lotse/tools/load"
)

const faultsHelp = `Starts a cluster of its own (lotse cluster), puts it under load (lotse load), and breaks
it: processes killed and stopped, networks parted, the bus wiped, a disk full or slow,
wrong clocks, a planner too many. The load goes on meanwhile. After each fault it waits
until the cluster has recovered, stops the load, and asks the auditor (lotse verify)
whether anything that was acknowledged is lost or doubled.

As root on Linux it runs in namespaces of its own, where networks can be parted and
Postgres has a disk that can be filled; elsewhere those faults are left out, and said so.

--report writes reliability.json and reliability.md into a folder: a fault that is
played again replaces its row. Exit code 1: something was lost, doubled, or apart.`

type faultsFlags struct {
	loadFlags
	bin, report   string
	only          []string
	short, inside bool
}

func newFaults() *cobra.Command {
	var f faultsFlags
	cmd := &cobra.Command{
		Use:     "faults",
		Short:   "Break a cluster under load, and prove that nothing was lost",
		Long:    faultsHelp,
		Example: "  lotse faults --short\n  lotse faults --only kill,part-nats\n  lotse faults --report docs",
		Args:    none,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runFaults(cmd, f) },
	}
	flags := cmd.Flags()
	flags.StringSliceVar(&f.only, "only", nil, "`keys` of the faults to play, or how they begin; empty: all")
	flags.BoolVar(&f.short, "short", false, "only one of each kind of process killed")
	flags.StringVar(&f.report, "report", "", "`folder` for reliability.json and reliability.md; empty: the table is only printed")
	flags.Float64Var(&f.rates.Bookings, "bookings", 20, "citizens who come to book or move, a second")
	flags.Float64Var(&f.rates.HR, "hr", 5, "HR events a second")
	flags.IntVar(&f.streams, "sse", 20, "listeners to free slots")
	flags.IntVar(&f.keep, "keep", 10000, "appointments that may stand")
	flags.StringVar(&f.network, "network", "deploy/networks/hamburg", "`folder` of the network's files")
	flags.StringVar(&f.bin, "bin", "", "`folder` of absenced, staffingd, capacityd, bookingd and nats-server; empty: where lotse is")
	flags.Uint64Var(&f.seed, "seed", 1, "of what citizens and HR choose")
	flags.BoolVar(&f.inside, "inside", false, "")
	_ = flags.MarkHidden("inside")
	f.source = "paisy"
	return cmd
}

func runFaults(cmd *cobra.Command, f faultsFlags) error {
	chosen, err := faults.Choose(f.only, f.short)
	if err != nil {
		return misuse(cmd, err)
	}
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if f.bin == "" {
		f.bin = filepath.Dir(self)
	}
	if !f.inside && os.Geteuid() == 0 {
		runtime.LockOSThread() // what is enclosed ends with the thread that began it
		inner := faults.Enclose(cmd.Context(), self, append(os.Args[1:], "--inside")...)
		inner.Stdout, inner.Stderr = cmd.OutOrStdout(), cmd.ErrOrStderr()
		err := inner.Start()
		if err == nil {
			return silent(inner.Wait())
		}
		fmt.Fprintf(cmd.ErrOrStderr(), "· no namespaces of our own: %v\n", err)
	}
	o, err := f.faults(cmd)
	if err != nil {
		return err
	}
	table, err := faults.ReadTable(f.report)
	if err != nil {
		return err
	}
	table.Command = "make faults"
	table.Machine = fmt.Sprintf("one machine of %d cores (%s/%s)", runtime.NumCPU(), runtime.GOOS, runtime.GOARCH)
	table.Load = fmt.Sprintf("%g citizens a second who book, move and cancel, %g HR events a second, %d listeners to free slots", f.rates.Bookings, f.rates.HR, f.streams)
	broken := 0
	o.Faults = chosen
	o.Told = func(r faults.Row) {
		r.Code = revision()
		table.Add(r)
		if !r.Held() {
			broken++
		}
		printRow(cmd, r)
		if f.report != "" {
			if err := table.Write(f.report); err != nil {
				o.Said("the table cannot be written: %v", err)
			}
		}
	}
	if err := faults.Run(cmd.Context(), o); err != nil {
		return fmt.Errorf("faults: %w", err)
	}
	if broken > 0 {
		return fmt.Errorf("faults: after %d of %d something was lost, doubled or apart", broken, len(chosen))
	}
	return nil
}

// silent passes on the exit code of the process inside, which has said why.
func silent(err error) error {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return errSilent{exit.ExitCode()}
	}
	return err
}

// errSilent ends with a code and says nothing more.
type errSilent struct{ code int }

func (e errSilent) Error() string { return fmt.Sprintf("ended with exit code %d", e.code) }

// revision of the code that is tried.
func revision() string {
	info, ok := debug.ReadBuildInfo()
	if ok {
		for _, s := range info.Settings {
			if s.Key == "vcs.revision" {
				return s.Value[:min(8, len(s.Value))]
			}
		}
	}
	if out, err := exec.Command("git", "rev-parse", "--short=8", "HEAD").Output(); err == nil {
		return strings.TrimSpace(string(out))
	}
	return "unknown"
}

func (f faultsFlags) faults(cmd *cobra.Command) (o faults.Options, err error) {
	began := time.Now()
	say := func(format string, args ...any) {
		fmt.Fprintf(cmd.ErrOrStderr(), "%6.1f s  %s\n", time.Since(began).Seconds(), fmt.Sprintf(format, args...))
	}
	o = faults.Options{Inside: f.inside, Said: say, Cluster: cluster.Options{HTTP: "127.0.0.1:0", Bin: f.bin, Sources: []string{f.source}, Said: say}}
	if o.Cluster.Deploy, err = findUp("deploy"); err != nil {
		return o, err
	}
	o.Load = f.options
	o.Settle = func(ctx context.Context, s cluster.State, lo load.Options) error {
		return settle(ctx, s, lo, func(text string) { say("%s", text) })
	}
	o.Audit = func(ctx context.Context, s cluster.State, receipts []verify.Receipt) (r verify.Report, c *verify.Chains, err error) {
		urls, vo := map[string]string{}, verify.Options{Receipts: receipts, Patience: time.Minute}
		for _, service := range published.Services {
			if urls[service], err = s.Database(service); err != nil {
				return r, nil, err
			}
		}
		end, err := asked(s, &vo)
		if err != nil {
			return r, nil, err
		}
		defer end()
		if vo.Logs, err = verify.Open(ctx, urls); err != nil {
			return r, nil, err
		}
		defer func() { err = errors.Join(err, vo.Logs.Close()) }()
		if r, err = verify.Run(ctx, vo); err != nil {
			return r, nil, err
		}
		c, err = verify.Chain(ctx, vo.Logs)
		return r, c, err
	}
	return o, nil
}

func printRow(cmd *cobra.Command, r faults.Row) {
	out := cmd.OutOrStdout()
	if r.Left != "" {
		fmt.Fprintf(out, "%s: not played: %s\n", r.Fault, r.Left)
		return
	}
	verdict := "held"
	if !r.Held() {
		verdict = "DID NOT HOLD"
	}
	fmt.Fprintf(out, "%s: %s\n    %s\n    %d receipts, %d lost; %d appointments, %d lost or doubled; %d people twice; %d apart\n", r.Fault, verdict, r.What, r.Receipts, r.Lost, r.Appointments, r.Doubled, r.Twice, r.Apart)
	fmt.Fprintf(out, "    %d tries answered, %d failed, the last after %.1f s; no booking for %.1f s; all ready after %.1f s; slowest sick note %.1f s of %d\n", r.Commands, r.Failed, r.Again, r.Silence, r.Ready, r.Chain, r.Chains)
	if r.Errors != "" {
		fmt.Fprintf(out, "    %s\n", r.Errors)
	}
	for _, why := range r.First {
		fmt.Fprintf(out, "    ! %s\n", why)
	}
}
