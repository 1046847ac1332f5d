package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/search"
)

// played is what absences came to. Prices are points.
type played struct {
	n                  int
	price, mend        []time.Duration // CPU time of each damage figure and repair, rising
	damage, left       float64         // mean damage of an absence, and what its repair left of it
	after, bound, more float64         // objective after all, its bound, and after improve of search
	improve            time.Duration
	broken             int
}

// absences plays n sick notes of five days on a solved plan, each priced and
// repaired; then it searches on, to see how far the plan had drifted.
func absences(p *search.Planner, in *planning.Instance, seed uint64, n int, improve time.Duration) (*played, error) {
	dice := seed*2862933555777941757 + 3037000493
	draw := func(n int) int {
		dice = dice*6364136223846793005 + 1442695040888963407
		return int((dice >> 33) % uint64(n))
	}
	in = clone(in)
	out := &played{n: n, improve: improve}
	for done := 0; done < n; {
		e, from := draw(len(in.Staff)), in.NoticeDays+draw(in.Horizon-in.NoticeDays-7)
		present := 0
		for t := from; t < from+5; t++ {
			if in.Avail[e][t] > 0 {
				present++
			}
		}
		if present < 2 {
			continue
		}
		done++
		before := p.Objective()
		begin := cpu()
		d, err := p.Absent(e, from, from+5)
		if err != nil {
			return nil, err
		}
		out.price = append(out.price, cpu()-begin)
		for t := from; t < from+5; t++ {
			in.Avail[e][t] = 0
		}
		begin = cpu()
		if _, err := p.Repair(search.Region{Days: []int{from, from + 1, from + 2, from + 3, from + 4}}, search.Options{Seed: seed + uint64(done)}); err != nil {
			return nil, err
		}
		out.mend = append(out.mend, cpu()-begin)
		out.damage += d.Points / float64(n)
		out.left += (p.Objective() - before) / float64(n)
	}
	slices.Sort(out.price)
	slices.Sort(out.mend)
	plan := p.Present()
	result, err := flow.Evaluate(in, plan)
	if err != nil {
		return nil, err
	}
	if out.bound, err = flow.LowerBound(in, boundRounds); err != nil {
		return nil, err
	}
	out.after, out.broken = result.Objective, broken(in, plan)
	begin := cpu()
	better, err := p.Improve(search.Options{Seed: seed, Stop: func() bool { return cpu()-begin > improve }})
	if err != nil {
		return nil, err
	}
	out.more = better.Result.Objective
	return out, nil
}

// at is a percentile of rising times by nearest rank, in milliseconds: the p99 of
// 50 is their largest.
func at(d []time.Duration, percent int) float64 {
	return float64(d[(len(d)*percent+99)/100-1].Microseconds()) / 1000
}

func (p *played) print() {
	fmt.Printf("  %d absences: damage figure ms median %.2f p90 %.2f p99 %.2f max %.2f; repair ms median %.1f p90 %.1f p99 %.1f max %.1f; mean damage %.0f -> %.0f points\n",
		p.n, at(p.price, 50), at(p.price, 90), at(p.price, 99), at(p.price, 100), at(p.mend, 50), at(p.mend, 90), at(p.mend, 99), at(p.mend, 100), p.damage, p.left)
	fmt.Printf("  afterwards %.2f, bound %.2f, gap %.2f%%, broken %d; after %v more %.2f, so drift %.2f%%\n", p.after, p.bound, 100*(p.after/p.bound-1), p.broken,
		p.improve, p.more, 100*(p.after/p.more-1))
}

func clone(in *planning.Instance) *planning.Instance {
	own := *in
	own.Avail = make([][]int, len(in.Avail))
	for e := range own.Avail {
		own.Avail[e] = slices.Clone(in.Avail[e])
	}
	return &own
}
