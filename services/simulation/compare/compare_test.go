package compare_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/simulation/compare"
)

func near(a, b float64) bool { return math.Abs(a-b) < 1e-3 }

// Intervals by hand: t(4, 0.975) = 2.7764 and t(1, 0.975) = 12.7062 (any table).
func TestIntervals(t *testing.T) {
	e := compare.Of([]float64{1, 2, 3, 4, 5})
	if e.Seeds != 5 || e.Mean != 3 || !near(e.Half, 2.7764*math.Sqrt(2.5/5)) {
		t.Errorf("five numbers: %+v", e)
	}
	if e := compare.Of([]float64{1, math.NaN(), 3}); e.Seeds != 2 || e.Mean != 2 || !near(e.Half, 12.7062) {
		t.Errorf("one of three is not known: %+v", e)
	}
	if e := compare.Of([]float64{7}); !e.Known() || e.Interval() || e.Low() != 7 {
		t.Errorf("one number: %+v", e)
	}
	if e := compare.Of(nil); e.Known() || e.Interval() {
		t.Errorf("none: %+v", e)
	}
	for e, want := range map[compare.Estimate]string{
		compare.Of(nil):             `{"seeds":0}`,
		compare.Of([]float64{7}):    `{"seeds":1,"mean":7}`,
		compare.Of([]float64{7, 7}): `{"seeds":2,"mean":7,"low":7,"high":7}`,
	} {
		if got, err := json.Marshal(e); err != nil || string(got) != want {
			t.Errorf("%s, %v; want %s", got, err, want)
		}
	}
}

// An interval has the mean that the numbers are drawn around as often as it says,
// and that of a ratio the ratio.
func TestIntervalsCover(t *testing.T) {
	d := rand.New(rand.NewPCG(1, 2))
	const trials = 4000
	mean, ratio := 0, 0
	for range trials {
		a, b, x := make([]float64, 8), make([]float64, 8), make([]float64, 8)
		for i := range a {
			x[i] = 5 + 2*d.NormFloat64()
			b[i] = 10 + d.NormFloat64()
			a[i] = .8*b[i] + .5*d.NormFloat64()
		}
		if e := compare.Of(x); e.Low() <= 5 && 5 <= e.High() {
			mean++
		}
		if e := compare.Ratio(a, b); e.Low() <= .8 && .8 <= e.High() {
			ratio++
		}
	}
	for name, n := range map[string]int{"mean": mean, "ratio": ratio} {
		if share := float64(n) / trials; share < .935 || share > .965 {
			t.Errorf("the interval of the %s holds it in %.1f %% of %d trials", name, 100*share, trials)
		}
	}
}

func sample(policy string, seed uint64, kept, moved float64, districts map[id.District]float64) compare.Sample {
	return compare.Sample{Policy: policy, Seed: seed, Figures: map[string]float64{"kept-14": kept, "moved-days": moved}, Districts: districts}
}

// Seeds differ much and policies on the same seed little: differences have a narrow
// interval where means have a wide one.
func TestDifferencesArePaired(t *testing.T) {
	all := []compare.Sample{sample("none", 1, 40, 0, nil), sample("lotse-auto", 1, 50, 1, nil), sample("none", 2, 80, 0, nil), sample("lotse-auto", 2, 91, 1, nil),
		sample("lotse-auto", 3, 70, 1, nil)}
	table := compare.TableOf(all, "none")
	row := table.Rows[0]
	if row.Name != "kept-14" || table.Against != "none" || table.Seeds[1] != 3 {
		t.Fatalf("%+v", table)
	}
	if d := row.Differences[1]; d.Seeds != 2 || d.Mean != 10.5 || !near(d.Half, 12.7062/2) {
		t.Errorf("differences %+v", d)
	}
	if p := row.Policies[0]; p.Mean != 60 || p.Half < 200 {
		t.Errorf("none %+v", p)
	}
	if r := table.Rows[len(table.Rows)-1]; r.Policies[0].Known() || r.Differences[0].Known() {
		t.Errorf("%s was not measured: %+v", r.Name, r)
	}
	if alone := compare.TableOf(all, "local"); alone.Against != "" || alone.Rows[0].Differences != nil {
		t.Errorf("differences to a policy that was not played: %+v", alone.Rows[0])
	}
}

func TestClaim(t *testing.T) {
	d := func(a, b float64) map[id.District]float64 { return map[id.District]float64{"altona": a, "harburg": b} }
	all := []compare.Sample{
		sample("none", 1, 50, 0, d(60, 40)), sample("lotse-auto", 1, 67, 1.4, d(58, 76)), sample("clairvoyant", 1, 70, 2, nil),
		sample("none", 2, 60, 0, d(70, 50)), sample("lotse-auto", 2, 75, 1.8, d(69, 81)), sample("clairvoyant", 2, 80, 2, nil),
	}
	c := compare.ClaimOf(all)
	if !near(c.Closed.Mean, 32./40) || c.ClosedVerdict != compare.Met || c.Distance.Mean != 20 {
		t.Errorf("closed %+v, %s", c.Closed, c.ClosedVerdict)
	}
	if !near(c.Moved.Mean, 1.6) || c.MovedVerdict != compare.Missed {
		t.Errorf("moved %+v, %s", c.Moved, c.MovedVerdict)
	}
	if c.Worst != "altona" || c.Change.Mean != -1.5 || c.WorstVerdict != compare.Missed {
		t.Errorf("worst %s %+v, %s", c.Worst, c.Change, c.WorstVerdict)
	}
	for i := range all {
		if all[i].Policy == "clairvoyant" {
			all[i].Figures["kept-14"] = all[i-2].Figures["kept-14"] + .5
		}
	}
	if c := compare.ClaimOf(all); c.ClosedVerdict != compare.Nothing {
		t.Errorf("half a point of distance: %s", c.ClosedVerdict)
	}
	if c := compare.ClaimOf(all[:1]); c.ClosedVerdict != compare.Unknown || c.MovedVerdict != compare.Unknown || c.WorstVerdict != compare.Unknown {
		t.Errorf("nothing was steered: %+v", c)
	}
}
