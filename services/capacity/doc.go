// Package capacity knows the centres and keeps the promise: it says what each
// centre can serve on each day, sees what an absence uncovers, proposes who
// should help where and why, carries out what is approved, and measures lead
// times.
//
// Commands (HTTP): apply a network, enter and end a measure, approve, reject
// and undo a proposal, take up a suggestion.
//
// Events in: duties-changed, deployment-ordered, deployment-refused and
// deployment-cancelled from staffing; load-changed, bookings-counted and
// search-unmet from booking.
//
// Events out: centre-, catalogue-, policy- and measure-changed;
// offering-changed; proposal-drafted, -approved, -rejected, -superseded,
// -expired, -applied, -undone; deployment-requested, -withdrawn;
// lead-time-measured, promise-at-risk, promise-restored.
//
// Four reactors work on the read model read.City. Offerings computes touched
// centre-days anew, at once and before any planning. Planning asks the planner
// (internal/app/planner), whose search stays warm: causes first, each with its
// damage and a proposal that mends it; then open proposals that something has
// happened to; then, by night or when the plan has drifted, a slice of the whole
// city planned anew. Deployments carries out approved moves, giver first. Promise
// measures lead times. Each asks the model what is owed, so a restart resumes it.
//
// A proposal stays while it holds. It is stale, and ends, when a move breaks a
// rule, uncovers an appointment, or when too much of its gain is lost; it gives
// way to a new one for the same cause only if that is better by the policy's
// share. No proposal is about a day that has begun.
package capacity
