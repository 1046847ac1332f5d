// Package centreday is booking's aggregate: one centre on one day, its
// offering, its holds and the whole life of its appointments in one stream.
//
// The promise it keeps alone: at no moment of the day more holds and
// appointments than the counters on duty can serve (package occupancy),
// appointments marked at risk aside; and an appointment once booked is never
// dropped.
//
// When an offering shrinks, appointments are placed again in order — those with
// a hardship first, then by the day they were booked, then as they came — and
// those that find no counter become at risk: so the latest booked go first and
// hardship last. Appointments at risk take up no counter in the books; what is
// freed goes to them, in the same order, before anybody else can book it.
//
// Under a tentative offering the same placing is done silently: free slots
// follow it and LoadChanged says what would be uncovered, but nobody is marked.
package centreday
