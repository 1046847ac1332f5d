package leadtime

import (
	"fmt"
	"math"
)

// Rebooking is an appointment book in which those who do not come book again, and
// fewer come the longer they had to wait: one queue of at most Room appointments,
// Demand new ones and PerDay served ones a day, Missed(days) the share of those
// who had to wait so many whole days and do not come. It is the model of L. Green
// and S. Savin, "Reducing delays for medical appointments: a queueing approach",
// Operations Research 56 (2008).
type Rebooking struct {
	Demand, PerDay float64
	Room           int
	Missed         func(days float64) float64
}

// Queue is the book in the long run.
type Queue struct {
	Mean    float64 // appointments waiting
	Days    float64 // Mean in days of service
	Blocked float64 // share of requests that find no room
}

// Steady is the stationary state of the birth-death process with births Demand
// and deaths PerDay·(1 − Missed(⌊(k−1)/PerDay⌋)) among k, the
// one served having k−1 before them: p(k)/p(k−1) = Demand/death(k).
// With Missed nil or 0 it is the M/M/1/K queue. A few per cent of demand may turn
// half a day into weeks: long waits make their own demand.
func (r Rebooking) Steady() (Queue, error) {
	if !(r.Demand >= 0) || !(r.PerDay > 0) || r.Room < 1 {
		return Queue{}, fmt.Errorf("book of %v requests and %v appointments a day with room for %d: give requests of 0 or more, appointments above 0, room of at least 1",
			r.Demand, r.PerDay, r.Room)
	}
	// Logarithms: the ratio of the largest to the smallest may be any.
	log, most := make([]float64, r.Room+1), 0.0
	for k := 1; k <= r.Room; k++ {
		missed := 0.0
		if r.Missed != nil {
			missed = r.Missed(math.Floor(float64(k-1) / r.PerDay))
		}
		if !(missed >= 0 && missed < 1) {
			return Queue{}, fmt.Errorf("missed(%v) is %v: give a share of 0 up to below 1", math.Floor(float64(k-1)/r.PerDay), missed)
		}
		log[k] = log[k-1] + math.Log(r.Demand/(r.PerDay*(1-missed)))
		most = max(most, log[k])
	}
	sum, mean := 0.0, 0.0
	for k, l := range log {
		p := math.Exp(l - most)
		sum += p
		mean += float64(k) * p
	}
	return Queue{Mean: mean / sum, Days: mean / sum / r.PerDay, Blocked: math.Exp(log[r.Room]-most) / sum}, nil
}
