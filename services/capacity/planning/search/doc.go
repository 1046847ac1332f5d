// Package search looks for plans: who works at which centre on which day. It is
// pure; the same instance, seed and rounds give the same plan.
//
// A staffing is priced exactly by package flow. Three floors, each cheaper than
// the next, keep most exact pricing away; all follow from convexity:
//
//   - staff prices: a person-day gains at most its minutes times the difference
//     of prices (nanoseconds);
//   - cells: with the worth of minutes on offer in a district held fixed, each
//     centre's day stands alone and is a greedy over a polymatroid (below a
//     microsecond, and nearly exact);
//   - the flow itself, warm (0.1 to 2 ms).
//
// Solve relaxes the plan (persons divisible, fairness by multipliers), rounds it,
// and then walks: annealing on the cells over a week or a day, with steps of one
// person, exchanges and chains, whose outcome is split into parts that hang
// together and tried part by part on the flow. Booked appointments that stay
// uncovered draw walks of their own. Weekly caps, counters, notice and reach hold
// throughout; missing heads have their price.
//
// A Planner stays warm: Absent prices a sick note at once, Repair mends what it
// touched.
package search
