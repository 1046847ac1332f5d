package flow

import (
	"os"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

func TestDbg(t *testing.T) {
	data, _ := os.ReadFile("/work/shared/planning/instances/medium-1.json")
	in, _ := planning.Parse(data)
	w, _ := New(in)
	x := in.Previous().X
	w.Staff(x)
	w.Optimise()
	used, _ := w.SolveTransfers(x, nil)
	for _, u := range used {
		t.Log(u, in.Centres[u.From].ID, in.Centres[u.To].ID)
	}
	r, _ := NewRelaxation(in)
	r.Solve(0)
	for _, g := range r.groups {
		for _, c := range g.choice {
			if f := r.g.Flow(c.arc); f > 0 && r.g.CostOf(c.arc) > 0 {
				t.Log(g.t, g.kind, g.minutes, g.count, c.c, f, r.g.CostOf(c.arc)*g.minutes)
			}
		}
	}
}
