// Package booking is the service that gives citizens their appointments.
//
// What it promises: at no moment more people are booked than the counters on
// duty can serve; a slot is never given twice; an appointment once booked is
// never dropped — when staff go, it becomes at risk, and is said to be; every
// change of a centre-day's slots reaches whoever listens, at most a moment later.
//
// Commands, over HTTP (internal/httpapi): hold and confirm (with a double opt-in
// where the policy asks for it), book directly, move, cancel, check in, begin,
// keep, miss, hardship, import; accept another slot when at risk; wait for an
// earlier one, take it, leave the list; take the way without a visit; and the
// walk-ins' tickets: issue, call, recall, park, resume, miss, serve. Each is
// idempotent by Idempotency-Key and answers with its log position.
//
// By itself it ends holds that ran out, publishes slots and load, keeps other
// slots for who is at risk (internal/domain/relocation), offers freed slots to
// the waiting list in its order (internal/domain/waiting), and writes letters
// by mail through a durable outbox (internal/domain/outbox).
//
// Events in, all from capacity: offering-changed (what a centre can serve on a
// day), catalogue-changed, centre-changed, policy-changed, measure-changed (where
// a centre works elsewhere for a time).
//
// Events out: slots-changed and load-changed (the whole state of a centre-day,
// with a version; with an offering's adoption in one unit, after bookings
// coalesced), appointment-booked, -moved, -cancelled, -kept, -missed, -at-risk,
// -secured, search-unmet, online-taken, bookings-counted (how far ahead, when a
// day is over), ticket-issued, -called, -served, -missed.
//
// Who may do what: citizens' operations are open to everybody, within limits per
// client and contact and, by policy, for a solved challenge (internal/httpapi/
// guard, internal/domain/quota, internal/app/altcha). Everything else is for
// telephone agents, desks at their own centres, and planners: access.Table.
//
// Frontends made for ZMS, the system of Berlin and Munich, find its citizen API
// under /zms (internal/httpapi/zms).
//
// The stream that keeps the promise is the centre-day (internal/domain/
// centreday), decided in the log's writer; occupancy by Hall's condition is in
// internal/domain/occupancy. Names and addresses lie encrypted in the log with
// a key per appointment (internal/app/contact); destroying the key forgets them.
package booking
