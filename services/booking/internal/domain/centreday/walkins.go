package centreday

import (
	"slices"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/occupancy"
)

// WalkInChannel is the channel of holds of unused appointment capacity.
const WalkInChannel = "walk-in"

// ForExpress is the use of a line for express services alone.
const ForExpress = "express"

// Aside are the lines that are set aside for walk-ins and express.
func (s State) Aside() []Line { return s.aside }

// WalkIn is somebody in the queue, or at a counter with Minutes still to go.
type WalkIn struct {
	Skill     id.Skill
	Minutes   day.Minutes
	Express   bool
	AtCounter bool
}

// Waits estimates in how many minutes each of a queue is served, in its order;
// -1: not today. Each takes the counter that is free first, of those set aside
// that have the skill (express ones for express services only), or what the
// appointments leave unused, if that is sooner.
func (s State) Waits(queue []WalkIn, now day.TimeOfDay) []int {
	free := make([]int, len(s.aside)) // from when on each counter is free, in minutes of the day
	for i, l := range s.aside {
		free[i] = max(int(now), int(l.From))
	}
	slack := s.real.Slack()
	for _, n := range s.needs("") {
		slack.Take(n)
	}
	waits := make([]int, len(queue))
	for i, w := range queue {
		best, line := -1, -1
		for k, l := range s.aside {
			if l.Use == ForExpress && !w.Express || !slices.Contains(l.Skills, w.Skill) {
				continue
			}
			if at := afterBreaks(l, free[k], int(w.Minutes)); at >= 0 && (best < 0 || at < best) {
				best, line = at, k
			}
		}
		if w.AtCounter { // it sits somewhere already
			if line >= 0 {
				free[line] = int(now) + int(w.Minutes)
			}
			continue
		}
		if at, n := s.unused(slack, w, int(now)); at >= 0 && (best < 0 || at < best) {
			slack.Take(n)
			best, line = at, -1
		}
		if line >= 0 {
			free[line] = best + int(w.Minutes)
		}
		if waits[i] = -1; best >= 0 {
			waits[i] = best - int(now)
		}
	}
	return waits
}

// afterBreaks is when a line can begin something that lasts some minutes, not
// before from; -1: not any more.
func afterBreaks(l Line, from, minutes int) int {
	breaks := slices.Clone(l.Breaks)
	slices.SortFunc(breaks, func(a, b day.Span) int { return int(a.From - b.From) })
	for _, b := range breaks {
		if from < int(b.To) && int(b.From) < from+minutes {
			from = int(b.To)
		}
	}
	if from+minutes > int(l.To) {
		return -1
	}
	return from
}

// unused is the first start at which the appointments leave a counter unused
// for so long.
func (s State) unused(slack *occupancy.Slack, w WalkIn, now int) (at int, n occupancy.Need) {
	k := s.skill(w.Skill)
	length := (int(w.Minutes) + occupancy.Tick - 1) / occupancy.Tick
	for t := max(s.real.From(), now/occupancy.Tick); k >= 0 && t+length <= s.real.To(); t++ {
		if n = (occupancy.Need{Skill: k, From: t, To: t + length}); slack.Fits(n) {
			return max(now, t*occupancy.Tick), n
		}
	}
	return -1, n
}
