package planner

// ownFirst is what a broken promise is multiplied with where a district's own people
// would keep it, and what its missed goal costs there against a broken promise elsewhere:
// who helps others is to wait beyond the goal only where four times as much is won. The
// days between goal and promise are what it has left when many come at once.
const ownFirst = 4

// ownPeopleFirst makes goal and promise dearer in districts whose own people would keep
// the promise, were nobody sent anywhere. Where all of a city has too few people, it
// would cost the same whoever waits, and those who help would come to wait like all
// others.
func (p *problem) ownPeopleFirst() {
	p.OwnLate, p.OwnGoal = make([]float64, len(p.Districts)), make([]float64, len(p.Districts))
	own := grid(len(p.Districts), p.Horizon) // minutes of own people, less what is held and booked
	for e, s := range p.Staff {
		for t, m := range p.Avail[e] {
			own[p.Centres[s.Home].District][t] += m
		}
	}
	for c := range p.Centres {
		for s := range p.Skills {
			for t := range p.Horizon {
				own[p.Centres[c].District][t] -= p.Booked[c][s][t] + p.Walkin[c][s][t]
			}
		}
	}
	for r := range p.OwnLate {
		if p.OwnLate[r], p.OwnGoal[r] = 1, 1; p.suffices(r, own[r]) {
			p.OwnLate[r], p.OwnGoal[r] = ownFirst, ownFirst*p.Weights.BreachSlotDay/p.Weights.GoalSlotDay
		}
	}
}

// suffices tells whether minutes of each day, of any skill, serve what a district's own
// citizens ask for by the day on which the promise is due: first come, first served. What is late
// in the first half of the days does not count: a district that has helped until many
// came at once would else be taken for one that needs help, and wait for longer still.
func (p *problem) suffices(r int, minutes []int) bool {
	asked := make([]int, p.Horizon+1) // before a day
	for t := range p.Horizon {
		asked[t+1] = asked[t]
		for s := range p.Skills {
			asked[t+1] += p.DemandOwn[r][s][t]
		}
	}
	until := func(t int) int { return asked[max(0, t+1)] }
	served := 0
	for t, m := range minutes {
		served += min(max(0, m), max(0, until(t-p.MinLeadDays)-served))
		if t >= p.Horizon/2 && served < until(t-p.PromiseDays) {
			return false
		}
	}
	return asked[p.Horizon] > 0
}
