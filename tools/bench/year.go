package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"text/tabwriter"
	"time"

	"github.com/lotse-hamburg/lotse/services/booking/trial"
)

// YearOptions say which log is measured.
type YearOptions struct {
	Folder       string // empty: one that is removed at the end
	Postgres     bool   // the log lies in Postgres, and is dropped at the end
	Appointments int
	Weeks        int
	Seed         uint64
	Child        Command
	Said         func(string)
}

// YearReport says how a service begins on a year's log.
type YearReport struct {
	Written trial.Written `json:"written"`
	Log     int64         `json:"log_bytes,omitempty"` // of SQLite's files
	Folded  trial.Began   `json:"folded"`              // without a snapshot, which it then writes
	Started []trial.Began `json:"snapshot"`            // from it
}

// Year writes a year into a log, and starts a service on it in processes of
// their own: from nothing once, from the snapshot three times.
func Year(ctx context.Context, o YearOptions) (r YearReport, err error) {
	if o.Folder == "" {
		if o.Folder, err = os.MkdirTemp("", "lotse-year-"); err != nil {
			return r, err
		}
		defer func() { _ = os.RemoveAll(o.Folder) }()
	}
	log := trial.Options{Folder: o.Folder, Size: trial.Hamburg}
	begin := []string{"bench", "begin", "--folder", o.Folder}
	if o.Postgres {
		if log.Postgres, err = trial.Postgres(); err != nil {
			return r, err
		}
		log.Schema = fmt.Sprintf("year_%d_%d", os.Getpid(), rand.Uint32())
		begin = append(begin, "--postgres", log.Postgres, "--schema", log.Schema)
		defer func() { err = errors.Join(err, log.Drop()) }()
	}
	tenth := 0
	r.Written, err = trial.WriteYear(ctx, log, trial.Year{Appointments: o.Appointments, Weeks: o.Weeks, Seed: o.Seed,
		Said: func(done float64) {
			if t := int(10 * done); t > tenth {
				tenth = t
				o.Said(fmt.Sprintf("%d %% of the year is written", 10*t))
			}
		}})
	if err != nil {
		return r, err
	}
	for _, f := range []string{"booking.db", "booking.db-wal"} {
		if info, err := os.Stat(o.Folder + "/" + f); err == nil {
			r.Log += info.Size()
		}
	}
	o.Said(fmt.Sprintf("%d events: start from nothing", r.Written.Events))
	if err := ask(ctx, o.Child, &r.Folded, append(begin, "--save")...); err != nil {
		return r, err
	}
	for range 3 {
		o.Said("start from the snapshot")
		var b trial.Began
		if err := ask(ctx, o.Child, &b, begin...); err != nil {
			return r, err
		}
		r.Started = append(r.Started, b)
	}
	return r, nil
}

// Print writes a table.
func (r YearReport) Print(out io.Writer) {
	t := tabwriter.NewWriter(out, 2, 0, 2, ' ', 0)
	fmt.Fprintf(t, "appointments in the log\t%d\tof these today or later: %d\n", r.Written.Appointments, r.Written.Open)
	size := ""
	if r.Log > 0 {
		size = megabytes(r.Log) + ", "
	}
	fmt.Fprintf(t, "events\t%d\t%swritten in %s\n", r.Written.Events, size, r.Written.Took.Round(time.Second))
	row := func(name string, b trial.Began) {
		fmt.Fprintf(t, "%s\t%s\t%s of computing; resident %s, after collecting garbage %s (heap %s); first decision of a centre-day %s\n", name, b.Took.Round(time.Millisecond),
			b.CPU.Round(time.Millisecond), megabytes(b.Resident), megabytes(b.Settled), megabytes(b.Heap), b.Decided.Round(10*time.Microsecond))
	}
	row("start from nothing", r.Folded)
	fmt.Fprintf(t, "writing the snapshot\t%s\t\n", r.Folded.Saved.Round(time.Millisecond))
	for _, b := range r.Started {
		row("start from the snapshot", b)
	}
	_ = t.Flush()
}

func megabytes(n int64) string { return fmt.Sprintf("%d MB", n/1_000_000) }
