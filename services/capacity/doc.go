// Package capacity knows the centres and keeps the promise: it says what each
// centre can serve on each day, sees what an absence uncovers, proposes who
// should help where, carries out what is approved, and measures lead times.
//
// Commands (HTTP): apply a network, enter and end a measure, approve, reject
// and undo a proposal.
//
// Events in: duties-changed, deployment-ordered, deployment-refused and
// deployment-cancelled from staffing; load-changed from booking.
//
// Events out: centre-, catalogue-, policy- and measure-changed;
// offering-changed; proposal-drafted, -approved, -rejected, -superseded,
// -expired, -applied, -undone; deployment-requested, -withdrawn;
// lead-time-measured, promise-at-risk, promise-restored.
//
// Four reactors work on the read model read.City. Offerings computes touched
// centre-days anew, at once and before any planning. Planning answers one cause
// after the other: the damage, and a proposal that mends it. Deployments
// carries out approved moves, giver first. Promise measures lead times. Each
// asks the model what is owed, so a restart resumes it.
package capacity
