package eventlogtest

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// replayed is how many events lie in the log that a replay reads.
const replayed = 50_000

// fact is a unit as services write them: one event of about 270 bytes with
// its meta.
func fact(stream string, expected int64) eventlog.Unit {
	e := said("slots-changed")
	e.Data = []byte(`{"centre":"altona","day":"2026-12-01","version":17,"slots":[{"from":"08:00","minutes":15,"free":3},{"from":"08:15","minutes":15,"free":2}]}`)
	return eventlog.Unit{Appends: []eventlog.Append{{Stream: stream, Expected: expected, Events: []eventlog.NewEvent{e}}}}
}

// Bench measures appending and replay, in events per second, beside a loop of
// syncs of 4 kB in the folder dir, which bounds the rate of single commits.
// open returns a fresh log.
func Bench(b *testing.B, dir string, open func(tb testing.TB) eventlog.Store) {
	b.Run("yardstick: write and sync 4 kB", func(b *testing.B) { benchSync(b, dir) })
	for _, group := range []int{1, 256} {
		b.Run(fmt.Sprintf("append %d units a commit", group), func(b *testing.B) {
			s := open(b)
			versions := make([]int64, 512)
			n := 0
			for b.Loop() {
				units := make([]eventlog.Unit, group)
				for i := range units {
					k := n % len(versions)
					units[i] = fact(fmt.Sprintf("centre-day/altona.%d", k), versions[k])
					versions[k]++
					n++
				}
				outcomes, err := s.Commit(ctx, units)
				if err != nil {
					b.Fatal(err)
				}
				for _, out := range outcomes {
					if out.Err != nil || out.Duplicate {
						b.Fatalf("not written: %+v", out)
					}
				}
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
		})
	}
	b.Run("replay in pages of 1000", func(b *testing.B) { benchReplay(b, open(b)) })
}

func benchReplay(b *testing.B, s eventlog.Store) {
	for at := 0; at < replayed; at += 500 {
		units := make([]eventlog.Unit, 500)
		for i := range units {
			units[i] = fact(fmt.Sprintf("centre-day/altona.%d", i), int64(at/500))
		}
		if _, err := s.Commit(ctx, units); err != nil {
			b.Fatal(err)
		}
	}
	n, at := 0, int64(0)
	for b.Loop() { // one page each
		events, err := s.After(ctx, at, 1000)
		if err != nil || len(events) != 1000 {
			b.Fatalf("%d events, %v", len(events), err)
		}
		n += len(events)
		if at += 1000; at >= replayed {
			at = 0
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
}

func benchSync(b *testing.B, dir string) {
	f, err := os.Create(filepath.Join(dir, "yardstick"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := f.Close(); err != nil {
			b.Error(err)
		}
	}()
	page, n := make([]byte, 4096), 0
	for b.Loop() {
		if _, err := f.Write(page); err != nil {
			b.Fatal(err)
		}
		if err := f.Sync(); err != nil {
			b.Fatal(err)
		}
		n++
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "syncs/s")
}
