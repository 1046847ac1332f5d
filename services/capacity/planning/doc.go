// Package planning is the language of the planner: what is asked, what is
// answered. It is pure: no clock, no I/O but JSON in memory, no chance.
//
// An Instance (format "lotse-instance-1") describes centres, staff, what is
// booked and what citizens will ask for; a Plan names a centre for each person
// and day. Plans are priced in points: one point is one slot one day late.
// Validate names the place of what is wrong; what is merely impossible is
// planned around, and named as Unsolved.
//
// The planner itself stands in the rooms below:
//
//   - mincostflow: network simplex with a warm start
//   - flow: the exact price of a staffing, and a bound on all of them
//   - rule: what a plan may do with people
//   - shift: the early and late split of one day
//   - search: plans, repairs and what-if, warm between events
//   - suggest: what else would help, with its price
//   - explain: what a plan does, in words
//   - wording: what sentences have in common, in German and English
//   - leadtime: days to the third next available appointment
package planning
