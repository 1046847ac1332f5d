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
// Solve relaxes the plan (persons divisible, fairness by multipliers) and rounds
// it. A strict first phase then covers what is booked and missing heads and looks
// at nothing else; after that it walks: annealing on the cells over a day or a
// week, with steps of one person, exchanges and chains, whose outcome is split
// into parts that hang together and tried part by part on the flow. What turns out
// dearer than by the cells is blamed, so that the next walk looks elsewhere. Rules
// come from package rule: places are never left, rows of people and minima by half
// hours are priced in every step, weekly caps and counters hold throughout, and
// where the instance knows what happens at every moment it is asked.
//
// A Planner stays warm. Update takes over a changed instance in milliseconds and
// answers the damage; Absent and Back do so for one person. Repair mends a region,
// prices each of its moves by leaving it out, and says what stays unsolved and
// why. Reprice answers what-if; Result prices the plan as it stands.
package search
