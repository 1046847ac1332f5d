package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/spf13/cobra"

	published "github.com/lotse-hamburg/lotse/events/lotse"
	"github.com/lotse-hamburg/lotse/services/allinone/verify"
	"github.com/lotse-hamburg/lotse/services/booking"
	"github.com/lotse-hamburg/lotse/tools/cluster"
)

const verifyHelp = `Reads the logs of all services from their first events, changes nothing, and says what
does not hold: a hole in a log; an acknowledged command that is in none; an appointment
lost, doubled or beyond the counters; somebody in two places at the same time; a lane
that lags; a replica, a stream of slots or the frontends' bucket that says something
else than a fresh fold of the logs.

It may run while Lotse works; what is about to catch up has --patience to do so. Best
it runs when the load has ended: under load an answer may be of another moment than
the one that it is held against.

--journal names what a client has noted of the answers that it got, a JSON document a
line: {"service":"booking","position":"1-4711","key":"…","command":"confirm",
"appointment":"…","state":"booked","place":{"centre":"altona","day":"2026-12-01","at":"09:15","minutes":15}}
or {"service":"absence","message":"<id of the HR event>"}.

Exit code 0: all holds; 1: something does not; 2: called in the wrong way; 3: the
journal cannot be read; 4: what was to be asked did not answer.`

type verifyFlags struct {
	cluster, postgres, journal string
	databases                  map[string]string
	patience                   time.Duration
	json                       bool
}

func newVerify() *cobra.Command {
	var f verifyFlags
	cmd := &cobra.Command{
		Use:     "verify",
		Short:   "Prove that nothing acknowledged was lost, and that all replicas agree",
		Long:    verifyHelp,
		Example: "  lotse verify --cluster --journal receipts.jsonl\n  lotse verify --postgres postgres://auditor:…@db:5432/lotse",
		Args:    none,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runVerify(cmd, f) },
	}
	clusterFlag(cmd, &f.cluster)
	flags := cmd.Flags()
	flags.StringVar(&f.postgres, "postgres", "", "`URL` of the database that has the logs of all services; then only logs are looked at")
	flags.StringToStringVar(&f.databases, "database", nil, "a service's own, `service=URL`, once for each")
	flags.StringVar(&f.journal, "journal", "", "`file` of receipts, a JSON document a line; - for standard input")
	flags.DurationVar(&f.patience, "patience", 10*time.Second, "how long what follows the logs may need to catch up")
	flags.BoolVar(&f.json, "json", false, "print one JSON document instead of the table")
	return cmd
}

func runVerify(cmd *cobra.Command, f verifyFlags) error {
	ctx, o := cmd.Context(), verify.Options{Patience: f.patience}
	urls := map[string]string{}
	for _, service := range published.Services {
		if f.postgres != "" {
			urls[service] = f.postgres
		}
		if u, ok := f.databases[service]; ok {
			urls[service] = u
		}
	}
	switch {
	case f.cluster != "" && len(urls) > 0:
		return misuse(cmd, errors.New("--cluster names the databases: leave out --postgres and --database"))
	case f.cluster == "" && len(urls) < len(published.Services):
		return misuse(cmd, errors.New("name what to look at: --cluster, --postgres, or --database for each service"))
	case f.cluster != "":
		end, err := ofCluster(f.cluster, urls, &o)
		if err != nil {
			return err
		}
		defer end()
	}
	var err error
	if o.Receipts, err = f.receipts(cmd.InOrStdin()); err != nil {
		return wrongFile{f.journal, err}
	}
	if o.Logs, err = verify.Open(ctx, urls); err != nil {
		return unanswered{err}
	}
	defer func() { _ = o.Logs.Close() }()
	report, err := verify.Run(ctx, o)
	if err != nil {
		return unanswered{fmt.Errorf("verify: %w", err)}
	}
	if f.json {
		err = printJSON(cmd.OutOrStdout(), report)
	} else {
		printChecks(cmd.OutOrStdout(), report)
	}
	if n := report.Faults(); err == nil && n > 0 {
		err = fmt.Errorf("verify: %d faults", n)
	}
	return err
}

// unanswered: what was to be looked at could not be.
type unanswered struct{ error }

func (u unanswered) Unwrap() error { return u.error }

func (f verifyFlags) receipts(in io.Reader) ([]verify.Receipt, error) {
	switch f.journal {
	case "":
		return nil, nil
	case "-":
		return verify.ReadReceipts(in)
	}
	file, err := os.Open(f.journal)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return verify.ReadReceipts(file)
}

// ofCluster fills in what a running cluster is.
func ofCluster(file string, urls map[string]string, o *verify.Options) (end func(), err error) {
	s, err := cluster.Load(file)
	if err != nil {
		return nil, unanswered{err} // 1 would say that something was found
	}
	for _, service := range published.Services {
		if urls[service], err = s.Database(service); err != nil {
			return nil, err
		}
	}
	return asked(s, o)
}

// asked fills in whom to ask of a cluster.
func asked(s cluster.State, o *verify.Options) (end func(), err error) {
	if o.Token, err = s.Token("all"); err != nil {
		return nil, err
	}
	for _, service := range published.Services {
		for _, p := range s.Replicas(service) {
			o.Replicas = append(o.Replicas, verify.Replica{Name: p.Name, Service: service, URL: p.URL})
		}
		o.Replicas = append(o.Replicas, verify.Replica{Name: "front", Service: service, URL: s.URL + "/" + service})
	}
	options, err := as(s, "frontend-web")
	if err != nil {
		return nil, err
	}
	nc, err := nats.Connect(strings.Join(s.NATS, ","), append(options, nats.Name("lotse-verify"))...)
	if err != nil {
		return nil, unanswered{fmt.Errorf("connect to the bus: %w", err)}
	}
	o.Bucket = func(ctx context.Context) (map[string]verify.Slots, error) { return bucket(ctx, nc) }
	return nc.Close, nil
}

// bucket reads the bucket of slots as a frontend does.
func bucket(ctx context.Context, nc *nats.Conn) (map[string]verify.Slots, error) {
	js, err := jetstream.New(nc)
	if err != nil {
		return nil, err
	}
	kv, err := js.KeyValue(ctx, booking.SlotsBucket)
	if err != nil {
		return nil, err
	}
	w, err := kv.WatchAll(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = w.Stop() }()
	all := map[string]verify.Slots{}
	for {
		select {
		case e, open := <-w.Updates():
			if !open {
				return nil, errors.New("the bucket of slots ends")
			}
			if e == nil { // that was all
				return all, nil
			}
			if e.Operation() != jetstream.KeyValuePut {
				continue
			}
			var m booking.MirroredSlots
			if err := json.Unmarshal(e.Value(), &m); err != nil {
				return nil, fmt.Errorf("the bucket's value of %s: %w", e.Key(), err)
			}
			all[e.Key()] = verify.Slots{Position: m.Position, Data: m.Slots}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// printChecks writes a line for each check, and below it the first offenders.
func printChecks(out io.Writer, r verify.Report) {
	for _, c := range r.Checks {
		verdict := "holds"
		switch {
		case c.Left != "":
			verdict = "left out: " + c.Left
		case c.Faults > 0:
			verdict = fmt.Sprintf("%d FAULTS", c.Faults)
		}
		fmt.Fprintf(out, "%-13s %9d %-13s %s\n", c.Name, c.Looked, c.Of, verdict)
		fmt.Fprintf(out, "              %s\n", c.Holds)
		for _, f := range c.First {
			fmt.Fprintf(out, "              ! %s\n", f)
		}
		if more := c.Faults - len(c.First); more > 0 {
			fmt.Fprintf(out, "              … and %d more\n", more)
		}
	}
}
