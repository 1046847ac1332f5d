// Package planning decides who works at which centre on which day. It is pure:
// no clock, no I/O but JSON in memory, no chance; the same instance, options
// and seed give the same plan.
//
// An Instance (format "lotse-instance-1") describes centres, staff, what is
// booked and what citizens will ask for; a Plan names a centre for each person
// and day. Evaluate prices a plan in points: one point is one slot one day
// late. Solve looks for a better plan from the previous one, Replan does so
// only where a damage is. Reprice prices given changes one by one, Compare two
// plans alike, Violations checks a plan against the rules by itself.
//
// # How a plan is priced
//
// Per centre and day the sets of minutes that the staff present can serve form
// a polymatroid: for every set U of skills, the minutes served in U are at most
// the minutes of staff who hold any skill of U. Serving needs in falling order
// of their price, each as far as these 2^S−1 checks allow, is therefore optimal
// for booked and walk-in minutes (the greedy theorem of Edmonds). What is left
// is again a polymatroid, and so is the sum over a district's centres: new
// requests are served from it day by day, the earliest requested first.
//
// That last step looks at one day at a time. It is an honest upper bound of
// the exact mix (a min-cost flow): it never trades a walk-in reserve for the
// promise where that pays, nor keeps a broad profile for a need of tomorrow,
// except that it tries the release of the whole walk-in reserve of a district's
// day when the requests that wait are worth more, and keeps the better one.
// Measured gap against the exact mix of the previous plan: see testdata/README.md.
package planning
