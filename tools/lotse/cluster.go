package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/spf13/cobra"

	"github.com/lotse-hamburg/lotse/services/natsaccess"
	"github.com/lotse-hamburg/lotse/tools/cluster"
)

const clusterHelp = `Runs on this machine's loopback what deploy/compose.yaml runs in containers, from
binaries: Postgres, three NATS servers with accounts and TLS, two of each service, and
a front with one address. Each is a process of its own: kill one and see the others go
on; it is started again after a second, as a container would be, unless --leave.

What runs where is kept in --state, which lotse demo --cluster and lotse verify
--cluster read; it names secrets by their files. Ctrl-C ends everything in order.
Without --data all is kept in a folder that is removed at the end.

make cluster builds the programs first. Postgres' own must be installed.`

func newCluster() *cobra.Command {
	o := cluster.Options{}
	cmd := &cobra.Command{
		Use:     "cluster",
		Short:   "Run a cluster on this machine: Postgres, three NATS servers, two of each service",
		Long:    clusterHelp,
		Example: "  lotse cluster\n  lotse cluster --data /var/tmp/lotse --http 127.0.0.1:8081",
		Args:    none,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if o.Bin == "" {
				self, err := os.Executable()
				if err != nil {
					return err
				}
				o.Bin = filepath.Dir(self)
			}
			if o.Deploy, err = findUp("deploy"); err != nil {
				return err
			}
			o.Said = func(format string, args ...any) {
				fmt.Fprintf(cmd.OutOrStdout(), "%s %s\n", time.Now().Format(time.TimeOnly), fmt.Sprintf(format, args...))
			}
			c, err := cluster.Start(cmd.Context(), o)
			if err != nil {
				return fmt.Errorf("cluster: %w", err)
			}
			printCluster(cmd.OutOrStdout(), c.State(), o.State)
			<-cmd.Context().Done()
			o.Said("ending")
			began := time.Now()
			if err := c.Close(); err != nil {
				return fmt.Errorf("cluster: %w", err)
			}
			o.Said("ended in order, after %.1f s", time.Since(began).Seconds())
			return nil
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&o.Data, "data", "", "`folder` of logs, bus and secrets, to go on with it later; empty: one that is removed at the end")
	flags.StringVar(&o.State, "state", cluster.StateFile, "`file` that tells other tools what runs where")
	flags.StringVar(&o.HTTP, "http", upAddress, "`address` of the front; port 0 takes a free one")
	flags.StringVar(&o.Bin, "bin", "", "`folder` of absenced, staffingd, capacityd, bookingd and nats-server; empty: where lotse is")
	flags.StringSliceVar(&o.Sources, "hr", []string{"paisy"}, "`names` of HR systems that get credentials for the bus")
	flags.StringVar(&o.OTLP, "otlp", "", "`endpoint` that traces are sent to, http://host:4318; empty: none")
	flags.BoolVar(&o.Leave, "leave", false, "leave a dead process dead")
	return cmd
}

// printCluster says what runs where.
func printCluster(out io.Writer, s cluster.State, file string) {
	fmt.Fprintf(out, `The cluster is up.
  front     %s/  (pages; APIs at /{absence,staffing,capacity,booking}/v1/…)
  bus       %s
            TLS by %s; credentials %s/creds/<user>.nk
  tokens    %s/<role>, "all" may do everything
  databases %s
  state     %s

  process      pid      address                  log
`, s.URL, strings.Join(s.NATS, ","), s.CA, s.Credentials, s.Tokens, filepath.Dir(s.Databases["admin"])+"/postgres-<service>.url", file)
	for _, p := range s.Processes {
		fmt.Fprintf(out, "  %-12s %-8d %-24s %s\n", p.Name, p.PID, p.URL, p.Log)
	}
	fmt.Fprintln(out, "\nNext, in another terminal: lotse demo --cluster, then lotse verify --cluster. End it with Ctrl-C.")
}

// clusterFlag is --cluster, with or without the file.
func clusterFlag(cmd *cobra.Command, into *string) {
	cmd.Flags().StringVar(into, "cluster", "", "the cluster that runs, or the one that this `file` of lotse cluster --state tells of")
	cmd.Flags().Lookup("cluster").NoOptDefVal = cluster.StateFile
}

// demoCluster plays the story against a cluster.
func demoCluster(cmd *cobra.Command, f demoFlags) error {
	state, err := cluster.Load(f.cluster)
	if err != nil {
		return err
	}
	out, say := cmd.OutOrStdout(), cmd.OutOrStdout()
	if f.json {
		say = cmd.ErrOrStderr()
	}
	o, err := demoOptions(&f)
	if err != nil {
		return err
	}
	token, err := state.Token("all")
	if err != nil {
		return err
	}
	if o.Bus, err = as(state, "operator-ops"); err != nil {
		return err
	}
	if o.HR, err = as(state, "hr-"+o.Story.Source); err != nil {
		return fmt.Errorf("the story's HR system %q has no credentials in this cluster (start it with --hr %s): %w", o.Story.Source, o.Story.Source, err)
	}
	return tellDemo(cmd.Context(), out, say, o, target{state.URL, strings.Join(state.NATS, ","), token}, f.json)
}

// as is how a user of the bus connects.
func as(s cluster.State, user string) ([]nats.Option, error) {
	key, err := nats.NkeyOptionFromSeed(natsaccess.Credentials(s.Credentials, user))
	if err != nil {
		return nil, err
	}
	return []nats.Option{key, nats.RootCAs(s.CA), nats.CustomInboxPrefix(natsaccess.InboxPrefix(user)), nats.MaxReconnects(-1)}, nil
}
