// Package leadtime measures how long citizens wait for an appointment: by
// first-come-first-served booking of slots per day, and by the third next
// available appointment. Around that it has the measures that size a service: of
// waiting lists, of a daily slot book under chance, of overflow, and of no-shows
// who book again. It is pure.
package leadtime

// Book is an appointment book: Capacity[t] free slots on day t, Demand[t]
// requests on day t, each served MinLead days later at the earliest, and due
// within Promise days.
type Book struct {
	Capacity []int
	Demand   []int
	MinLead  int
	Promise  int
}

// Outcome of booking first come, first served.
type Outcome struct {
	// Lead[t] is the lead time in days of the first request of day t, -1 when
	// there is none or the book ends before it is served.
	Lead []int
	// FirstBreach is the first day with a request that waits longer than the
	// promise, -1 if none.
	FirstBreach int
	// Longest lead time in days of any request that is served.
	Longest int
	// SlotDaysLate sums, over requests, the days beyond the promise.
	SlotDaysLate int
	// MaxOverdue is the largest number of requests overdue at the end of a day.
	MaxOverdue int
	// Unserved requests when the book ends; their lateness up to then counts.
	Unserved int
}

// FIFO books every request at the earliest day that has a slot left, in the
// order of asking. Days beyond the book's end count nothing.
func FIFO(b Book) Outcome {
	o := Outcome{FirstBreach: -1, Lead: make([]int, len(b.Demand))}
	left := append([]int(nil), b.Capacity...)
	overdue := make([]int, len(b.Capacity)+1)
	next := 0 // no free slot lies before it
	for t, n := range b.Demand {
		o.Lead[t] = -1
		for first := true; n > 0; first = false {
			next = max(next, t+b.MinLead)
			for next < len(left) && left[next] <= 0 {
				next++
			}
			took, lead := n, len(left)-t
			if next < len(left) {
				took, lead = min(n, left[next]), next-t
				left[next] -= took
				o.Longest = max(o.Longest, lead)
				if first {
					o.Lead[t] = lead
				}
			} else {
				o.Unserved += took
			}
			if late := lead - b.Promise; late > 0 {
				if o.FirstBreach < 0 {
					o.FirstBreach = t
				}
				o.SlotDaysLate += took * late
				for d := t + b.Promise; d < t+lead && d < len(overdue); d++ {
					overdue[d] += took
				}
			}
			n -= took
		}
	}
	for _, n := range overdue {
		o.MaxOverdue = max(o.MaxOverdue, n)
	}
	return o
}

// Cumulative gives the slot-days late by the cumulative formula: the sum over
// days of what was asked for by day t−Promise and not served by day t.
func Cumulative(b Book) (slotDaysLate int) {
	asked, due, served := 0, 0, 0
	for t, cap := range b.Capacity {
		if i := t - b.MinLead; i >= 0 && i < len(b.Demand) {
			asked += b.Demand[i]
		}
		if i := t - b.Promise; i >= 0 && i < len(b.Demand) {
			due += b.Demand[i]
		}
		served += min(max(cap, 0), asked-served)
		slotDaysLate += max(0, due-served)
	}
	return slotDaysLate
}

// ThirdNext is the promise's measure: days from today (index 0) to the third
// next available appointment, where free[t] appointments could be booked on
// day t and nothing before minLead; -1 if there is none.
func ThirdNext(free []int, minLead int) int { return NthNext(free, minLead, 3) }

// NthNext is ThirdNext for any n ≥ 1.
func NthNext(free []int, minLead, n int) int {
	sum := 0
	for t := max(0, minLead); t < len(free); t++ {
		if sum += max(0, free[t]); sum >= n {
			return t
		}
	}
	return -1
}
