package faults

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/services/allinone/verify"
	"github.com/lotse-hamburg/lotse/tools/cluster"
	"github.com/lotse-hamburg/lotse/tools/load"
)

// Options of a run.
type Options struct {
	Cluster cluster.Options
	// Load is what the cluster is put under, given what runs where.
	Load func(cluster.State) (load.Options, error)
	// Settle brings a city in.
	Settle func(context.Context, cluster.State, load.Options) error
	// Audit asks the logs and all replicas.
	Audit func(context.Context, cluster.State, []verify.Receipt) (verify.Report, *verify.Chains, error)
	// Faults to try.
	Faults []Fault
	// Inside: this process has namespaces of its own.
	Inside bool
	Said   func(format string, args ...any)
	Told   func(Row)
}

// Fault is one thing that goes wrong.
type Fault struct {
	Key   string // of --only
	Name  string
	Short bool // also in the short form
	// lasts is how long it goes on; 0: it happens at once, and the cluster mends it.
	lasts time.Duration
	// needs names what a machine must allow: "net" or "disk".
	needs string
	// begin breaks, says what it broke, and how it is mended; nil: it need not be.
	begin func(context.Context, *stage) (what string, mend func(context.Context) error, err error)
}

// stage is what faults are played on.
type stage struct {
	*cluster.Cluster
	opt   Options
	net   *network
	disk  *disk
	load  *load.Load
	rates load.Rates
	file  *os.File
}

// Run plays the faults and tells each row as soon as it is known.
func Run(ctx context.Context, o Options) (err error) {
	data, err := os.MkdirTemp("", "lotse-faults-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(data)) }()
	if err := os.Chmod(data, 0o711); err != nil { // Postgres runs as somebody else
		return err
	}
	s := &stage{opt: o}
	o.Cluster.Data, o.Cluster.State = data, filepath.Join(data, "cluster.json")
	if o.Inside {
		if s.net, err = newNetwork(); err != nil {
			return fmt.Errorf("a network for each process: %w", err)
		}
		o.Cluster.Net = s.net
		if s.disk, err = newDisk(data); err != nil {
			o.Said("Postgres has no disk of its own: %v", err)
		} else {
			defer func() { err = errors.Join(s.disk.unmount(), err) }()
		}
	}
	if s.Cluster, err = cluster.Start(ctx, o.Cluster); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if s.file, err = os.Create(filepath.Join(data, "receipts.jsonl")); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.file.Close()) }()
	return s.play(ctx)
}

func (s *stage) play(ctx context.Context) error {
	lo, err := s.opt.Load(s.State())
	if err != nil {
		return err
	}
	if err := s.opt.Settle(ctx, s.State(), lo); err != nil {
		return err
	}
	s.rates, lo.Journal = lo.Rates, s.file
	lo.Processes = nil
	if s.load, err = load.Start(ctx, lo); err != nil {
		return err
	}
	for _, f := range s.opt.Faults {
		if why := s.cannot(f); why != "" {
			s.opt.Told(Row{Key: f.Key, Fault: f.Name, Left: why})
			continue
		}
		row, err := s.try(ctx, f)
		if err != nil {
			return fmt.Errorf("%s: %w", f.Name, err)
		}
		s.opt.Told(row)
	}
	s.load.Pace(load.Rates{})
	end, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	_, err = s.load.Stop(end)
	return err
}

// cannot says why a fault cannot be played here; "" if it can.
func (s *stage) cannot(f Fault) string {
	switch {
	case f.needs == "net" && s.net == nil:
		return "needs network namespaces: Linux, as root, with ip"
	case f.needs == "disk" && s.disk == nil:
		return "needs a disk of its own for Postgres: Linux, as root, with mkfs.ext4 and loop devices"
	}
	return ""
}

const (
	before  = 4 * time.Second // of load, before a fault
	calm    = 4 * time.Second // without a failed try, after which it is over
	between = 100 * time.Millisecond
	longest = 3 * time.Minute // that a cluster may need to recover
)

// try plays one fault and audits.
func (s *stage) try(ctx context.Context, f Fault) (row Row, err error) {
	row = Row{Key: f.Key, Fault: f.Name, At: time.Now().UTC().Format(time.RFC3339)}
	s.opt.Said("%s", f.Name)
	begin := s.load.Now()
	s.load.Pace(s.rates)
	if err := pause(ctx, before); err != nil {
		return row, err
	}
	struck := s.load.Now()
	what, mend, err := f.begin(ctx, s)
	if err != nil {
		return row, err
	}
	row.What = what
	if err := pause(ctx, f.lasts); err != nil {
		return row, err
	}
	mended := struck
	if mend != nil {
		if err := mend(ctx); err != nil {
			return row, fmt.Errorf("mend: %w", err)
		}
		mended = s.load.Now()
	}
	ready, err := s.recover(ctx, struck, mended)
	if err != nil {
		return row, err
	}
	row.Lasted, row.Ready = (mended - struck).Seconds(), (ready - mended).Seconds()
	s.load.Pace(load.Rates{})
	idle, cancel := context.WithTimeout(ctx, 90*time.Second)
	defer cancel()
	if err := s.load.Idle(idle); err != nil {
		return row, err
	}
	row.see(s.load.Since(struck, s.load.Now()), mended)
	return row, s.audit(ctx, &row, begin)
}

// recover waits until all processes are ready and no try has failed for a while,
// and says when they were ready.
func (s *stage) recover(ctx context.Context, struck, mended time.Duration) (ready time.Duration, err error) {
	ctx, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	if err := pause(ctx, 5*between); err != nil { // until the dead are known to be
		return 0, err
	}
	told := s.load.Now()
	for {
		why := s.Ready(ctx)
		now := s.load.Now()
		if why != nil {
			ready = 0
		} else if ready == 0 {
			ready = now
		}
		last, what := s.load.LastFailure()
		if now-told > 10*time.Second {
			told = now
			s.opt.Said("not yet: %v; the last try failed %.1f s ago (%s)", why, (now - last).Seconds(), what)
		}
		if ready > 0 && now-max(last, mended, ready) > calm {
			return ready, nil
		}
		if err := pause(ctx, between); err != nil {
			return 0, errors.Join(fmt.Errorf("it has not recovered after %s", longest), why, err)
		}
	}
}

// audit proves that all is there, and adds how long sick notes took to the slots.
func (s *stage) audit(ctx context.Context, row *Row, begin time.Duration) error {
	raw, err := os.ReadFile(s.file.Name())
	if err != nil {
		return err
	}
	receipts, err := verify.ReadReceipts(bytes.NewReader(raw))
	if err != nil {
		return err
	}
	report, chains, err := s.opt.Audit(ctx, s.State(), receipts)
	if err != nil {
		return fmt.Errorf("verify: %w", err)
	}
	apart, err := s.load.Agree(ctx)
	if err != nil {
		return err
	}
	row.audited(report, apart)
	row.Chain, row.Chains = chains.Slowest(time.Now().Add(begin - s.load.Now()))
	return nil
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Choose finds faults by their keys; none: all, or those of the short form.
func Choose(keys []string, short bool) ([]Fault, error) {
	all := All()
	if len(keys) == 0 {
		return slices.DeleteFunc(all, func(f Fault) bool { return short && !f.Short }), nil
	}
	var chosen []Fault
	var known []string
	for _, f := range all {
		known = append(known, f.Key)
		if slices.ContainsFunc(keys, func(k string) bool { return f.Key == k || strings.HasPrefix(f.Key, k+"-") }) {
			chosen = append(chosen, f)
		}
	}
	for _, k := range keys {
		if !slices.ContainsFunc(known, func(f string) bool { return f == k || strings.HasPrefix(f, k+"-") }) {
			return nil, fmt.Errorf("there is no fault %q: name some of %s", k, strings.Join(known, ", "))
		}
	}
	return chosen, nil
}
