package leadtime

import (
	"errors"
	"fmt"
	"math"
)

// Backlog of a daily slot book in the long run, in slots.
type Backlog struct {
	Mean  float64
	Empty float64 // share of days that end without backlog
	// OverDay is the share of days that end with more than one full day of
	// slots waiting.
	OverDay float64
}

// ErrNoSteadyState says that a queue grows for ever, or nearly so.
var ErrNoSteadyState = errors.New("the backlog has no steady state")

// mostDays bounds the sums of SlotBook: 1e5 days are a load of 0.995 at 20 slots
// a day, of 0.98 at one.
const mostDays = 100_000

// SlotBook is the backlog that chance alone makes: requests are Poisson with mean
// demand a day, so many slots a day serve them, what is left waits:
//
//	Q(n+1) = max(0, Q(n) + A(n) − slots)
//
// Q is the greatest of the partial sums S(n) of A − slots, hence by Spitzer's
// identity (F. Spitzer, "A combinatorial lemma and its application to probability
// theory", Trans. AMS 82, 1956) a compound Poisson sum: with
// a(j) = Σ over n of P(S(n) = j)/n
//
//	E[Q] = Σ over n of E[max(0, S(n))]/n,  P(Q = 0) = exp(−Σ over j ≥ 1 of a(j)),
//	j·P(Q = j) = Σ over i = 1..j of i·a(i)·P(Q = j−i).
//
// It answers how much of a lead time is chance: next to nothing at 100 slots a
// day, days in a service of two slots a day. The error wraps ErrNoSteadyState
// where demand reaches slots or comes so near that the sums take too long.
func SlotBook(demand float64, slots int) (Backlog, error) {
	if !(demand >= 0) || slots < 1 {
		return Backlog{}, fmt.Errorf("slot book of %v requests and %d slots a day: give requests of 0 or more and at least one slot", demand, slots)
	}
	if demand == 0 {
		return Backlog{Empty: 1}, nil
	}
	s := float64(slots)
	// Chernoff: P(S(n) > 0) ≤ exp(−n·rate).
	rate := s*math.Log(s/demand) - (s - demand)
	last := math.Ceil(36 / rate)
	if demand >= s || last > mostDays {
		return Backlog{}, fmt.Errorf("slot book of %v requests and %d slots a day: %w; give more slots", demand, slots, ErrNoSteadyState)
	}
	var b Backlog
	a, above := make([]float64, slots+1), 0.0
	for n := 1.0; n <= last; n++ {
		mean, none := n*demand, n*s // S(n) = 0 where none have come
		p := poisson(mean, none)
		over := mean * p // E[max(0, S(n))] = mean·p(none) + (mean − none)·P(> none)
		tail := 0.0
		for j := 1; ; j++ {
			p *= mean / (none + float64(j))
			tail += p
			if j <= slots {
				a[j] += p / n
			}
			if p < 1e-18*tail || p < 1e-300 {
				break
			}
		}
		above += tail / n
		b.Mean += (over + (mean-none)*tail) / n
	}
	p := make([]float64, slots+1)
	p[0] = math.Exp(-above)
	within := p[0]
	for j := 1; j <= slots; j++ {
		for i := 1; i <= j; i++ {
			p[j] += float64(i) * a[i] * p[j-i]
		}
		p[j] /= float64(j)
		within += p[j]
	}
	b.Empty, b.OverDay = p[0], max(0, 1-within)
	return b, nil
}

// poisson is the probability of k at a mean.
func poisson(mean, k float64) float64 {
	g, _ := math.Lgamma(k + 1)
	return math.Exp(k*math.Log(mean) - mean - g)
}

// Overflow is the share of days on which more than slots of n people ask, each
// with the probability p: the overflow frequency by which L. Green, S. Savin and
// M. Murray, "Providing timely access to care: what is the right patient panel
// size?" (2007) choose how many people a practice can serve. n and slots count
// people; p is clipped to 0..1.
func Overflow(n int, p float64, slots int) float64 {
	p = min(max(p, 0), 1)
	switch {
	case slots >= n || p == 0:
		return 0
	case slots < 0 || p == 1:
		return 1
	}
	sum := 0.0
	all, _ := math.Lgamma(float64(n) + 1)
	for k := range slots + 1 {
		a, _ := math.Lgamma(float64(k) + 1)
		b, _ := math.Lgamma(float64(n-k) + 1)
		sum += math.Exp(all - a - b + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p))
	}
	return max(0, 1-sum)
}

// OverflowNormal approximates Overflow by the normal tail: Φ((np − slots)/√(np(1−p))).
// It errs high, by a fifth at 20 slots a day.
func OverflowNormal(n int, p float64, slots int) float64 {
	mean := float64(n) * p
	return math.Erfc((float64(slots)-mean)/math.Sqrt(2*mean*(1-p))) / 2
}
