// Package slots searches what is free: the starts at which a visit of one or
// several parts can begin, at some or all centres, earliest or nearest first.
//
// It rests on the room of package occupancy: how many more appointments of a
// skill each tick of five minutes can take. A visit can begin at a start if and
// only if the room of each part's skill is at least one at each of the part's
// ticks: at a tick the visit needs exactly one counter, and by Hall's condition
// the room says whether one more need of that skill can be served beside all
// that overlap it. So a search is a matter of bits, one per tick: ticks with
// room, runs of them as long as a part, and the parts' runs laid behind each
// other. Where nothing is free that is as quick as where much is.
//
// Starts lie on a grid of the visit's first part's length from the opening on,
// so that appointments of one length pack without gaps. A centre-day without a
// start on its grid offers those beside it, one behind the other: an earlier
// appointment is worth more than a tidy day.
package slots
