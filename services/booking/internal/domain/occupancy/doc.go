// Package occupancy answers one question of a centre-day: would one more
// appointment still find a counter at every moment of its length?
//
// # Hall's condition, tick by tick
//
// A day is cut into ticks of five minutes. At one tick, let each counter that is
// staffed and not on break be a line with a set of skills, and each appointment
// or hold that covers the tick a need for one skill. All needs can be served at
// that tick if and only if the needs can be matched to different lines that
// have the skill. By Hall's theorem (P. Hall 1935) that is the case if and only
// if every set of needs has at least as many lines that serve one of them. A set
// of needs is only as demanding as the set U of skills in it, and among all sets
// of needs with the skills U the largest is the hardest; so it is enough that
//
//	for every set U of skills: needs with a skill in U ≤ lines with a skill in U
//
// which are 2^k − 1 comparisons for k skills (31 for five) instead of a
// matching. The package keeps lines − needs per tick and U, the slack.
//
// # Why a check at every tick is enough
//
// Lines and needs are constant within a tick: starts and lengths are multiples
// of five minutes, and a line that begins or ends within a tick is cut inwards
// and does not count there. So what holds at each tick holds at each moment,
// and that is what is promised: at no moment more people sit at counters than
// counters can serve them. The matching of one tick need not be the matching of
// the next. Where counters have the same skills and hours an appointment never
// has to change its counter: needs are then intervals on equal machines, and
// interval graphs are perfect, so as many counters suffice as overlap at most.
// Where they differ, the front desk may have to let a clerk take over a citizen
// when a shift ends; planning counters beyond the appointment is not needed for
// that, only the skill.
//
// # Visits of several parts
//
// Who comes for several things, or with others, is served part by part: at each
// tick such a visit needs one counter with one skill, so it is several needs
// that follow each other and the condition stays as it is. It is not asked that
// one clerk can do all of it. Whether a visit can begin at a start follows from
// the rooms of its parts alone, each at its own ticks: see package slots.
//
// # Counting
//
// One more need of skill s lowers the slack of every U that contains s by one.
// So the number of further needs of skill s that a tick can take is the smallest
// slack over the sets containing s (the room), and the number of appointments
// of one skill that may begin at a start is the smallest room over its ticks.
package occupancy
