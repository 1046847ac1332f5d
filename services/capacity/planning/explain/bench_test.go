package explain

import (
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/planningtest"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/rule"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/search"
)

func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkUnsolved explains why five bad days of hamburg-1's previous plan are
// not mended, with a warm network: nobody is moved, and many might come.
func BenchmarkUnsolved(b *testing.B) {
	in := planningtest.Load(b, "hamburg-1")
	in.NoticeDays = in.Horizon
	w, err := flow.New(in)
	if err != nil {
		b.Fatal(err)
	}
	x := in.Previous().X
	w.Staff(x)
	if _, err := w.OptimiseFair(1e-7, 60); err != nil {
		b.Fatal(err)
	}
	var places []planning.Spot
	w.Uncovered(func(c, _, t int, minutes int64) {
		if k := (planning.Spot{Centre: c, Day: t}); minutes > 60 && t > 2 && len(places) < 5 && !slices.Contains(places, k) {
			places = append(places, k)
		}
	})
	if len(places) < 5 {
		b.Fatalf("%d bad days", len(places))
	}
	book := rule.New(in)
	var all []float64
	for b.Loop() {
		at := cpu()
		e, err := Explain(Question{Instance: in, Network: w, After: x, Book: book, Places: places})
		if err != nil {
			b.Fatal(err)
		}
		all = append(all, float64(cpu()-at)/1e6)
		if testing.Verbose() && len(all) == 1 {
			for _, line := range e.Lines("de", 0) {
				b.Log(line)
			}
		}
	}
	slices.Sort(all)
	b.ReportMetric(all[len(all)/2], "cpu-ms/median")
}

// BenchmarkExplain explains the repair after each of twenty five-day absences on
// hamburg-1, with the planner's warm network. It tells the median and the worst
// in CPU milliseconds, and how many moves the repairs have.
func BenchmarkExplain(b *testing.B) {
	in := planningtest.Load(b, "hamburg-1")
	begin := cpu()
	out, err := search.Solve(in, search.Options{Seed: 1, Stop: func() bool { return cpu()-begin > 4*time.Second }})
	if err != nil {
		b.Fatal(err)
	}
	in.Prev = out.Plan.X
	p, err := search.New(in)
	if err != nil {
		b.Fatal(err)
	}
	if err := p.Price(); err != nil {
		b.Fatal(err)
	}
	var all []float64
	moves := 0
	for b.Loop() {
		for n := range 20 {
			e, from := (37*n+5)%len(in.Staff), 7*(1+n%3)
			hit := *in
			hit.Avail = slices.Clone(in.Avail)
			hit.Avail[e] = slices.Clone(in.Avail[e])
			var r search.Region
			var places []planning.Spot
			for t := from; t < from+5; t++ {
				if c := in.Prev[e][t]; c != planning.Nowhere {
					hit.Avail[e][t] = 0
					r.Days, r.Centres = append(r.Days, t), []int{in.Staff[e].Home}
					places = append(places, planning.Spot{Centre: c, Day: t})
				}
			}
			if len(r.Days) == 0 {
				continue
			}
			d, err := p.Update(&hit)
			if err != nil {
				b.Fatal(err)
			}
			before := p.Present().X
			fixed, err := p.Repair(r, search.Options{LeastGain: 1})
			if err != nil {
				b.Fatal(err)
			}
			w, err := p.Network()
			if err != nil {
				b.Fatal(err)
			}
			book := rule.New(&hit)
			at := cpu()
			x, err := Explain(Question{Instance: &hit, Network: w, Before: before, After: fixed.Plan.X, Book: book, Places: places, Damage: d.Points})
			if err != nil {
				b.Fatal(err)
			}
			all = append(all, float64(cpu()-at)/1e6)
			moves += len(x.Moves)
			if testing.Verbose() && len(all) <= 20 {
				for _, line := range x.Lines("en", 0) {
					b.Log(line)
				}
			}
		}
	}
	slices.Sort(all)
	b.ReportMetric(all[len(all)/2], "cpu-ms/median")
	b.ReportMetric(all[len(all)-1], "cpu-ms/worst")
	b.ReportMetric(float64(moves)/float64(len(all)), "moves")
}
