package leadtime

import (
	"errors"
	"math"
	"math/cmplx"
	"testing"
)

func nearly(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if !(math.Abs(got-want) <= within) {
		t.Errorf("%s is %.10f, want %.10f", what, got, want)
	}
}

// Vectors of the unit tests of the R package NHSRwaitinglist.
func TestWaitingListVectors(t *testing.T) {
	for _, c := range []struct {
		what      string
		got, want float64
	}{
		{"load", Load(30, 27), 1.11111111},
		{"target mean wait", TargetMeanWait(52, 4), 13},
		{"target queue", TargetQueue(30, 52, 4), 390},
		{"target queue, factor 6", TargetQueue(30, 50, 6), 250},
		{"relief capacity", ReliefCapacity(30, 1200, 390, 26), 61.153846},
		{"relief capacity, 33", ReliefCapacity(33, 800, 200, 30), 53},
		{"relief capacity, 35", ReliefCapacity(35, 250, 100, 15), 45},
		{"target capacity", TargetCapacity(30, 52, 3, 1.1, 1.2), 30.076442},
		{"pressure", Pressure(63, 52), 2.42307692},
	} {
		nearly(t, c.what, c.got, c.want, 1e-6)
	}
}

// Two independent computations (roots of the generating function, and the
// recursion iterated) gave these; they agree to 1e-8.
func TestSlotBookVectors(t *testing.T) {
	for _, c := range []struct {
		demand              float64
		slots               int
		mean, empty, beyond float64
	}{
		{.8, 1, 1.60000000, .44510819, .36548006},
		{1.8, 2, 3.86446179, .28498463, .47916910},
		{9, 10, 3.10123845, .44649960, .07457477},
		{18, 20, 2.59714935, .54998848, .00804993},
		{19, 20, 7.32888477, .31847974, .09357447},
		{19.5, 20, 17.18764590, .17143979, .30900220},
		{57, 60, 5.92224815, .47027367, .00132042},
		{95, 100, 5.07737372, .55778231, .00001979},
	} {
		b, err := SlotBook(c.demand, c.slots)
		if err != nil {
			t.Fatal(err)
		}
		nearly(t, "mean backlog", b.Mean, c.mean, 1e-7)
		nearly(t, "days without backlog", b.Empty, c.empty, 1e-8)
		nearly(t, "days with more than a day of backlog", b.OverDay, c.beyond, 1e-8)
		mean, empty := byRoots(c.demand, c.slots)
		nearly(t, "mean backlog by roots", mean, c.mean, 1e-7)
		nearly(t, "days without backlog by roots", empty, c.empty, 1e-8)
	}
}

// byRoots is another way to the mean and to P(Q = 0): the roots z inside the
// unit circle of z = exp(2πik/s)·exp(λ(z−1)/s), k = 1..s−1.
func byRoots(demand float64, slots int) (mean, empty float64) {
	s := float64(slots)
	sum, product := complex(0, 0), complex((s-demand)*math.Exp(demand), 0)
	for k := 1; k < slots; k++ {
		turn := cmplx.Exp(complex(0, 2*math.Pi*float64(k)/s))
		z := complex(0, 0)
		for range 10_000 {
			next := turn * cmplx.Exp(complex(demand/s, 0)*(z-1))
			if cmplx.Abs(next-z) < 1e-16 {
				break
			}
			z = next
		}
		sum += 1 / (1 - z)
		product *= -z / (1 - z)
	}
	return demand/(2*(s-demand)) - (s-1+demand)/2 + real(sum), real(product)
}

func TestSlotBookWithoutSteadyState(t *testing.T) {
	for _, c := range []struct {
		demand float64
		slots  int
	}{{20, 20}, {21, 20}, {19.9999, 20}, {math.Inf(1), 1}} {
		if _, err := SlotBook(c.demand, c.slots); !errors.Is(err, ErrNoSteadyState) {
			t.Errorf("%v requests, %d slots: %v", c.demand, c.slots, err)
		}
	}
	for _, c := range []struct {
		demand float64
		slots  int
	}{{-1, 20}, {math.NaN(), 20}, {1, 0}} {
		if b, err := SlotBook(c.demand, c.slots); err == nil || errors.Is(err, ErrNoSteadyState) {
			t.Errorf("%v requests, %d slots: %v, %v", c.demand, c.slots, b, err)
		}
	}
	if b, err := SlotBook(0, 5); err != nil || b != (Backlog{Empty: 1}) {
		t.Errorf("%v, %v", b, err)
	}
}

func TestOverflowVectors(t *testing.T) {
	for _, c := range []struct {
		n             int
		p             float64
		slots         int
		exact, normal float64
	}{
		{2000, .008, 20, .13093314, .15768348}, {2300, .008, 20, .30133286, .35401508},
		{2500, .008, 20, .44090694, .5}, {1800, .01, 24, .06727162, .07760924},
	} {
		nearly(t, "overflow", Overflow(c.n, c.p, c.slots), c.exact, 1e-8)
		nearly(t, "normal tail", OverflowNormal(c.n, c.p, c.slots), c.normal, 1e-8)
	}
	if Overflow(10, .5, 10) != 0 || Overflow(10, .5, -1) != 1 || Overflow(10, 2, 9) != 1 || Overflow(10, 0, 0) != 0 {
		t.Error("the ends are wrong")
	}
}

func TestRebookingVectors(t *testing.T) {
	missed := func(days float64) float64 { return .31 - .30*math.Exp(-days/50) }
	for _, c := range []struct{ demand, mean, days, within float64 }{
		{16, 4.220127, .211, 1e-6}, {18, 10.437039, .522, 1e-6}, {19, 375.132, 18.76, 1e-3}, {19.5, 388.278, 19.41, 1e-3},
	} {
		q, err := Rebooking{Demand: c.demand, PerDay: 20, Room: 400, Missed: missed}.Steady()
		if err != nil {
			t.Fatal(err)
		}
		nearly(t, "appointments waiting", q.Mean, c.mean, c.within)
		nearly(t, "days", q.Days, c.days, .005)
	}
	// M/M/1/K: how many are turned away at a horizon of 14 days of 20 slots.
	for demand, want := range map[float64]float64{21: .0476191005, 20: .0035587189} {
		q, err := Rebooking{Demand: demand, PerDay: 20, Room: 280}.Steady()
		if err != nil {
			t.Fatal(err)
		}
		nearly(t, "blocked", q.Blocked, want, 1e-10)
	}
	for _, r := range []Rebooking{{Demand: -1, PerDay: 1, Room: 1}, {Demand: 1, Room: 1}, {Demand: 1, PerDay: 1},
		{Demand: 1, PerDay: 1, Room: 1, Missed: func(float64) float64 { return 1 }}} {
		if q, err := r.Steady(); err == nil {
			t.Errorf("%+v: %v", r, q)
		}
	}
}
