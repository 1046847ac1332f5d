// Package flow prices staffings exactly. For a fixed staffing the best mix of
// services is a min-cost flow in minutes: staff of one kind (set of skills) at a
// centre and day → a skill there → the district's offer → requests of its
// citizens or of those who accept any centre. Requests that wait are flow back
// in time along a chain of days; what is overdue is a convex price, one
// parallel arc per break point: everything requested up to day t−promise must
// be served by day t. Days without service are merged into the ones before.
//
// Only the fairness term, a maximum over districts, is not a flow. It is the
// maximum over multipliers of sum 1 of a flow's cost (duality), found by
// cutting planes; the error is known and kept below a given one.
//
// Node potentials are prices: what one more minute of a kind at a centre on a
// day is worth.
package flow
