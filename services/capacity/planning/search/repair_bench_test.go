package search

import (
	"slices"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/planningtest"
)

// BenchmarkRepairFurnished takes over sick notes of five days on hamburg-1 with
// every extension and mends each where it hurts, one person a day at most sent to
// the place, on top of the ones before; milliseconds are CPU time.
func BenchmarkRepairFurnished(b *testing.B) {
	in := planningtest.Furnish(planningtest.Load(b, "hamburg-1"))
	if err := in.Validate(); err != nil {
		b.Fatal(err)
	}
	p, err := New(in)
	if err != nil {
		b.Fatal(err)
	}
	if err := p.Price(); err != nil {
		b.Fatal(err)
	}
	var l list
	p.k.descend(0, in.Horizon, &l, never)
	in = copied(in)
	in.Prev = p.Present().X
	if _, err := p.Update(in); err != nil {
		b.Fatal(err)
	}
	d := newDice(4)
	var updates, repairs []time.Duration
	tries := p.s.tries
	for b.Loop() {
		e, from := d.below(len(in.Staff)), 2+d.below(in.Horizon-7)
		if in.Avail[e][from] == 0 || in.Avail[e][from+1] == 0 {
			continue
		}
		r := Region{Heads: map[planning.Spot]int{}, Centres: []int{in.Prev[e][from]}}
		for t := from; t < from+5; t++ {
			if in.Avail[e][t] > 0 {
				r.Days = append(r.Days, t)
				r.Heads[planning.Spot{Centre: r.Centres[0], Day: t}] = 1
			}
		}
		in = copied(in)
		in.Avail[e] = slices.Clone(in.Avail[e])
		clear(in.Avail[e][from : from+5])
		begin := spent(b)
		if _, err := p.Update(in); err != nil {
			b.Fatal(err)
		}
		updates = append(updates, spent(b)-begin)
		begin = spent(b)
		out, err := p.Repair(r, Options{LeastGain: 10})
		if err != nil {
			b.Fatal(err)
		}
		repairs = append(repairs, spent(b)-begin)
		in = copied(in)
		in.Prev = out.Plan.X
		if _, err := p.Update(in); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(p.s.tries-tries)/float64(len(repairs)), "tries")
	for name, took := range map[string][]time.Duration{"update": updates, "repair": repairs} {
		slices.Sort(took)
		b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, name+"-median-ms")
		b.ReportMetric(float64(took[(len(took)-1)*9/10].Microseconds())/1000, name+"-p90-ms")
	}
}
