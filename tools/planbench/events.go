package main

import (
	"fmt"
	"slices"
	"time"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/search"
)

// absences plays n sick notes of five days on a solved plan, each priced and
// repaired, and prints the times and where the plan stands afterwards.
func absences(p *search.Planner, in *planning.Instance, seed uint64, n int) error {
	if n == 0 {
		return nil
	}
	dice := seed*2862933555777941757 + 3037000493
	draw := func(n int) int {
		dice = dice*6364136223846793005 + 1442695040888963407
		return int((dice >> 33) % uint64(n))
	}
	in = clone(in)
	var price, mend []time.Duration
	var damage, left float64
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
			return err
		}
		price = append(price, cpu()-begin)
		for t := from; t < from+5; t++ {
			in.Avail[e][t] = 0
		}
		begin = cpu()
		p.Repair(from, from+5, search.Options{Seed: seed + uint64(done)})
		mend = append(mend, cpu()-begin)
		damage += d.Points
		left += p.Objective() - before
	}
	slices.Sort(price)
	slices.Sort(mend)
	at := func(d []time.Duration, q int) float64 { return float64(d[(len(d)-1)*q/100].Microseconds()) / 1000 }
	plan := p.Present()
	result, err := flow.Evaluate(in, plan)
	if err != nil {
		return err
	}
	r, err := flow.NewRelaxation(in)
	if err != nil {
		return err
	}
	b, err := r.Solve(30)
	if err != nil {
		return err
	}
	fmt.Printf("  %d absences: damage figure ms median %.2f p90 %.2f p99 %.2f max %.2f; repair ms median %.1f p90 %.1f p99 %.1f max %.1f; mean damage %.0f -> %.0f points\n",
		n, at(price, 50), at(price, 90), at(price, 99), at(price, 100), at(mend, 50), at(mend, 90), at(mend, 99), at(mend, 100), damage/float64(n), left/float64(n))
	fmt.Printf("  afterwards %.2f, bound %.2f, gap %.2f%%, broken %d", result.Objective, b.Fair, 100*(result.Objective/b.Fair-1), len(search.Broken(in, plan)))
	begin := cpu()
	out, err := p.Improve(search.Options{Seed: seed, Stop: func() bool { return cpu()-begin > 10*time.Second }})
	if err != nil {
		return err
	}
	fmt.Printf("; after 10 s more %.2f, so drift %.2f%%\n", out.Result.Objective, 100*(result.Objective/out.Result.Objective-1))
	return nil
}

func clone(in *planning.Instance) *planning.Instance {
	own := *in
	own.Avail = make([][]int, len(in.Avail))
	for e := range own.Avail {
		own.Avail[e] = slices.Clone(in.Avail[e])
	}
	return &own
}
