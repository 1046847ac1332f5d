package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/allinone"
	"github.com/lotse-hamburg/lotse/tools/apply"
	"github.com/lotse-hamburg/lotse/tools/demo"
	"github.com/lotse-hamburg/lotse/tools/network"
)

const demoHelp = `Runs Lotse with the centres of Hamburg and plays a story of sick notes against it, from
outside: HR events over NATS, approvals over HTTP, and a NATS subscriber that measures
what a frontend would see. Every duration printed was measured on the way.

Then it stays up, so that you can look around, unless --exit ends it. Without --data
it works in a folder that is removed at the end.

--cluster plays it against a cluster that runs (make cluster) and has no city yet.`

type demoFlags struct {
	upFlags
	network, story string
	exit, json     bool
	seed           uint64
	cluster        string
}

func newDemo() *cobra.Command {
	var f demoFlags
	cmd := &cobra.Command{
		Use:     "demo",
		Short:   "Watch sick notes move staff and slots between districts",
		Long:    demoHelp,
		Example: "  lotse demo\n  lotse demo --exit --json\n  lotse demo --cluster",
		Args:    none,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runDemo(cmd, f) },
	}
	f.register(cmd, "", "127.0.0.1:8080", "127.0.0.1:4222")
	cmd.Flags().StringVar(&f.network, "network", "deploy/networks/hamburg", "`folder` of the network's files")
	cmd.Flags().StringVar(&f.story, "story", "deploy/stories/hamburg-flu.yaml", "`file` of HR events")
	cmd.Flags().BoolVar(&f.exit, "exit", false, "end when the story is told; takes free ports unless they are named")
	cmd.Flags().BoolVar(&f.json, "json", false, "print one JSON document instead of the table")
	cmd.Flags().Uint64Var(&f.seed, "seed", 1, "of the citizens' bookings")
	clusterFlag(cmd, &f.cluster)
	return cmd
}

func runDemo(cmd *cobra.Command, f demoFlags) error {
	if f.cluster != "" {
		return demoCluster(cmd, f)
	}
	if f.exit {
		for flag, address := range map[string]*string{"http": &f.http, "nats": &f.nats} {
			if !cmd.Flags().Changed(flag) {
				*address = "127.0.0.1:0"
			}
		}
	}
	f.quiet = slog.LevelError // what is parked stands in the table
	out, say := cmd.OutOrStdout(), cmd.OutOrStdout()
	if f.json {
		say = cmd.ErrOrStderr()
	}
	o, err := demoOptions(&f)
	if err != nil {
		return err
	}
	if f.data == "" {
		if f.data, err = os.MkdirTemp("", "lotse-demo-"); err != nil {
			return fmt.Errorf("make a folder for the demo: %w", err)
		}
		defer func() { _ = os.RemoveAll(f.data) }()
	}
	city, err := f.start(cmd.Context(), cmd.ErrOrStderr())
	if err != nil {
		return err
	}
	closed := false
	shut := func() error {
		if closed {
			return nil
		}
		closed = true
		return city.Close()
	}
	defer func() { _ = shut() }()
	if err := tellDemo(cmd.Context(), out, say, o, target{city.URL(), city.NATSURL(), city.Token(allinone.AllRoles)}, f.json); err != nil {
		return err
	}
	if f.exit {
		return shut()
	}
	fmt.Fprintf(say, "\n")
	printAddresses(say, city, f.upFlags)
	return wait(cmd.Context(), city)
}

// demoOptions reads network and story before anything is started.
func demoOptions(f *demoFlags) (demo.Options, error) {
	o := demo.Options{Seed: f.seed}
	dir, err := findUp(f.network)
	if err != nil {
		return o, err
	}
	if o.Network, err = network.Load(dir); err != nil {
		return o, loadError(dir, err)
	}
	path, err := findUp(f.story)
	if err != nil {
		return o, err
	}
	if o.Story, err = demo.ReadStory(path); err != nil {
		return o, err
	}
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		return o, err
	}
	o.Today = day.Of(time.Now(), zone)
	return o, nil
}

// target is a Lotse to play against, with a token that may do everything.
type target struct{ url, bus, token string }

// tellDemo plays and prints; an appointment that was lost is an error.
func tellDemo(ctx context.Context, out, say io.Writer, o demo.Options, at target, asJSON bool) error {
	report, err := play(ctx, o, at, say, asJSON)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	if asJSON {
		err = printJSON(out, report)
	} else {
		report.Print(out)
	}
	if err == nil && report.AppointmentsLost != 0 {
		err = fmt.Errorf("demo: %d appointments were lost", report.AppointmentsLost)
	}
	return err
}

func play(ctx context.Context, o demo.Options, at target, say io.Writer, quiet bool) (*demo.Report, error) {
	districts := map[id.Centre]id.District{}
	for _, c := range o.Network.Centres {
		districts[c.ID] = c.District
	}
	o.URL, o.NATS = at.url, at.bus
	o.Said = func(s string) { fmt.Fprintln(say, "· "+s) }
	o.Told = func(demo.Row) {}
	o.Load = func(ctx context.Context) error {
		_, err := apply.Apply(ctx, apply.Authorized(&http.Client{Timeout: 2 * time.Minute}, at.token), at.url, o.Network)
		return err
	}
	open := 0
	for _, c := range o.Network.Centres {
		if (c.Opens == nil || *c.Opens <= o.Today) && (c.Closes == nil || o.Today < *c.Closes) {
			open++
		}
	}
	fmt.Fprintf(say, "%s: %d districts, %d centres open today, %d employees; bus at %s\n", o.Network.Name, len(o.Network.Districts), open, len(o.Network.Employees), at.bus)
	if !quiet {
		head := false
		o.Told = func(r demo.Row) {
			if !head {
				fmt.Fprintln(say)
				demo.Head(say)
				head = true
			}
			r.Print(say, districts)
		}
	}
	return demo.Run(demo.WithToken(ctx, at.token), o)
}
