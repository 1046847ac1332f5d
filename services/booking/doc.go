// Package booking is the service that gives citizens their appointments.
//
// What it promises: at no moment more people are booked than the counters on
// duty can serve; a slot is never given twice; an appointment once booked is
// never dropped — when staff go, it becomes at risk, and is said to be; every
// change of a centre-day's slots reaches whoever listens, at most a moment later.
//
// Commands, over HTTP (internal/httpapi): hold and confirm, book directly,
// move, cancel, check in, keep, miss, hardship, import, and the walk-ins'
// tickets. Each is idempotent by Idempotency-Key and answers with its log
// position.
//
// Events in, all from capacity: offering-changed (what a centre can serve on a
// day), catalogue-changed, centre-changed, policy-changed.
//
// Events out: slots-changed and load-changed (the whole state of a centre-day,
// with a version; with an offering's adoption in one unit, after bookings
// coalesced), appointment-booked, -moved, -cancelled, -kept, -missed, -at-risk,
// -secured, search-unmet, ticket-issued, -called, -served.
//
// The stream that keeps the promise is the centre-day (internal/domain/
// centreday), decided in the log's writer; occupancy by Hall's condition is in
// internal/domain/occupancy. Names and addresses lie encrypted in the log with
// a key per appointment (internal/app/contact); destroying the key forgets them.
package booking
