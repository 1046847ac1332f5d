package search

import (
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/planningtest"
)

// spent is the CPU time of this process.
func spent(t testing.TB) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkUpdate takes over sick notes of five days, and 50 changed cells of what
// is booked, on hamburg-1, each on top of the ones before; milliseconds are CPU
// time, the garbage collector's included.
func BenchmarkUpdate(b *testing.B) {
	base := planningtest.Load(b, "hamburg-1")
	for name, change := range map[string]func(in *planning.Instance, d *dice){
		"sick": func(in *planning.Instance, d *dice) {
			for {
				e, from := d.below(len(in.Staff)), 2+d.below(in.Horizon-7)
				if in.Avail[e][from] > 0 && in.Avail[e][from+1] > 0 {
					in.Avail[e] = slices.Clone(in.Avail[e])
					clear(in.Avail[e][from : from+5])
					return
				}
			}
		},
		"booked": func(in *planning.Instance, d *dice) {
			for n := 0; n < 50; {
				c, s, t := d.below(len(in.Centres)), d.below(len(in.Skills)), d.below(in.Horizon)
				if in.OpenOn(c, t) {
					in.Booked[c][s][t] = max(0, in.Booked[c][s][t]+15*(d.below(5)-2))
					n++
				}
			}
		},
	} {
		b.Run(name, func(b *testing.B) {
			p, err := New(base)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := p.Solve(Options{Rounds: 1}); err != nil {
				b.Fatal(err)
			}
			in := copied(base)
			in.Prev = p.Present().X
			if _, err := p.Update(in); err != nil {
				b.Fatal(err)
			}
			d := newDice(4)
			pivots := p.s.net.Pivots()
			var took []time.Duration
			for b.Loop() {
				in = copied(in)
				change(in, d)
				begin := spent(b)
				if _, err := p.Update(in); err != nil {
					b.Fatal(err)
				}
				took = append(took, spent(b)-begin)
			}
			b.ReportMetric(float64(p.s.net.Pivots()-pivots)/float64(len(took)), "pivots")
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "median-ms")
			b.ReportMetric(float64(took[(len(took)-1)*99/100].Microseconds())/1000, "p99-ms")
		})
	}
}
