// Package overbook says how many appointments more than there are counters may
// be booked for the same moment, because not everybody comes.
//
// Of n appointments at one moment each citizen comes with probability 1 − p,
// p being the no-show rate, and independently of the others. So the number who
// come has the binomial distribution B(n, 1 − p), and with c counters the risk
// that somebody finds none is its tail
//
//	P(more than c come) = Σ over i = c+1 … n of C(n, i) (1 − p)^i p^(n−i)
//
// which is the show-up model of airlines (M. J. Beckmann, Decision and team
// problems in airline reservations, Econometrica 26, 1958; M. Rothstein, An
// airline overbooking model, Transportation Science 5, 1971) and of clinics
// (L. R. LaGanga, S. R. Lawrence, Clinic overbooking to improve patient access
// and increase provider productivity, Decision Sciences 38, 2007).
//
// # Counters with different skills
//
// Counters with the same hours, breaks and skills are a group, and each group
// gets its own extra places. Whoever was booked at a moment sits, by Hall's
// condition, at a counter or an extra place of some group. If in no group more
// come than it has counters, all are served; so the risk of a moment is at most
// the sum of its groups' risks, and each of them is at most what the policy
// allows. Who comes and finds no counter waits: the appointment is not dropped.
package overbook

import "math"

// Risk is the probability, 0 to 1, that of booked appointments at one moment
// more citizens come than there are counters.
func Risk(counters, booked int, noShow float64) float64 {
	switch {
	case booked <= counters || noShow >= 1:
		return 0
	case noShow <= 0:
		return 1
	}
	// From the last term down: each is the one after it times a ratio.
	term := math.Pow(1-noShow, float64(booked))
	sum := 0.0
	for i := booked; i > counters; i-- {
		sum += term
		term *= float64(i) / float64(booked-i+1) * noShow / (1 - noShow)
	}
	return min(1, sum)
}

// Extra is the greatest number of appointments beyond the counters whose risk
// is at most risk; never more than there are counters.
func Extra(counters int, noShow, risk float64) (n int) {
	if risk <= 0 || noShow <= 0 {
		return 0
	}
	for n < counters && Risk(counters, counters+n+1, noShow) <= risk {
		n++
	}
	return n
}

// least is how many appointments must have been counted before a rate is
// believed at all.
const least = 200

// z is the 95th percentile of the normal distribution.
const z = 1.6448536269514722

// Rate is what a no-show rate is at least, with 95 % confidence, when missed of
// so many appointments were missed: the lower end of Wilson's interval (E. B.
// Wilson, Probable inference, JASA 22, 1927). With fewer than 200 it is 0.
func Rate(missed, of int) float64 {
	if of < least || missed <= 0 {
		return 0
	}
	n, p := float64(of), float64(missed)/float64(of)
	low := (p + z*z/(2*n) - z*math.Sqrt(p*(1-p)/n+z*z/(4*n*n))) / (1 + z*z/n)
	return max(0, low)
}
