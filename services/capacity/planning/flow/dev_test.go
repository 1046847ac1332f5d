package flow

import (
	"os"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/mincostflow"
)

func TestDev(t *testing.T) {
	for _, f := range []string{"small-1", "small-3", "medium-1", "medium-2", "hamburg-1", "hamburg-2"} {
		data, err := os.ReadFile("/work/shared/planning/instances/" + f + ".json")
		if err != nil {
			t.Skip()
		}
		in, err := planning.Parse(data)
		if err != nil {
			t.Fatal(err)
		}
		x := in.Previous().X
		w, _ := New(in)
		w.Staff(x)
		t0 := time.Now()
		if err := w.Optimise(); err != nil {
			t.Fatal(err)
		}
		t1 := time.Since(t0)
		p0 := w.Pivots()
		q, _ := w.Parts()
		q.Fairness = 0
		obj0 := w.Objective()
		sum := q.Sum()
		fr, err := w.OptimiseFair(1e-6, 60)
		p, m, c := Staffing(in, x)
		t.Log(f, "nodes", w.g.Nodes(), "arcs", w.g.Arcs(), "cold", t1, "pivots", p0, "obj", obj0, sum, "fair", fr.Lower+p.Sum(), fr.Upper+p.Sum(), fr.Rounds, time.Since(t0), w.Pivots(), m, c)
	}
}

func TestDevBound(t *testing.T) {
	for _, f := range []string{"small-1", "small-3", "medium-1", "medium-4", "hamburg-1"} {
		data, err := os.ReadFile("/work/shared/planning/instances/" + f + ".json")
		if err != nil {
			t.Skip()
		}
		in, _ := planning.Parse(data)
		x, _ := NewRelaxation(in)
		t0 := time.Now()
		b, err := x.Solve(0)
		t1 := time.Since(t0)
		p := x.Pivots()
		b, err = x.Solve(30)
		t.Log(f, x.g.Nodes(), x.g.Arcs(), b, err, p, t1, time.Since(t0))
	}
}

func TestDevTransfer(t *testing.T) {
	for _, f := range []string{"small-1", "small-3", "medium-1", "medium-4", "hamburg-1"} {
		data, err := os.ReadFile("/work/shared/planning/instances/" + f + ".json")
		if err != nil {
			t.Skip()
		}
		in, _ := planning.Parse(data)
		for _, warm := range []bool{true, false} {
			w, _ := New(in)
			x := in.Previous().X
			p, _, _ := Staffing(in, x)
			w.Staff(x)
			t0 := time.Now()
			if warm {
				w.Optimise()
			}
			t1 := time.Since(t0)
			p1 := w.Pivots()
			var p2 int64
			var t2 time.Duration
			used, err := w.SolveTransfers(x, func() error {
				p2 = w.Pivots()
				t2 = time.Since(t0)
				fr, err := w.OptimiseFair(1e-5, 30)
				t.Log(w.Objective()+p.Move+p.Change, fr, w.g.Arcs())
				return err
			})
			n, frac := 0, 0
			for _, u := range used {
				n += int(u.Flow) / u.Minutes
				if int(u.Flow)%u.Minutes != 0 {
					frac++
				}
			}
			t.Log(f, err, t1, p1, t2, p2, time.Since(t0), w.Pivots(), len(used), n, frac, w.g.Arcs())
			var b mincostflow.Basis
			t0 = time.Now()
			w.Save(&b)
			tries := 0
			p1 = w.Pivots()
			for tt := 3; tt < 13; tt++ {
				for c := range w.C {
					for k := range w.K {
						a, b2 := w.staff[(c*w.K+k)*w.T+tt], w.staff[((c+1)%w.C*w.K+k)*w.T+tt]
						if a < 0 || b2 < 0 || tries > 300 {
							continue
						}
						tries++
						if err := w.g.MoveSupply(int(a), int(b2), 300); err != nil {
							continue
						}
						w.Restore(&b)
					}
				}
			}
			t.Log(tries, "tries", time.Since(t0)/time.Duration(tries), (w.Pivots()-p1)/int64(tries))
		}
	}
}
