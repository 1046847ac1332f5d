package planning

import "slices"

// step is one employee on one day, from one centre to another.
type step struct{ e, t, from, to int }

// Rule is a hard rule of moving people. Name is stable; De and En are what a
// planner is told when it stands in the way.
type Rule struct {
	Name, De, En string
	allows       func(b *board, m step) bool
}

// Rules lists the hard rules in the order in which they are asked, the
// cheapest first. All must allow a move.
var Rules = []Rule{
	{"deployable", "Die Person kann nicht an einem anderen Standort eingesetzt werden.", "The person cannot be sent to another centre.", deployable},
	{"open", "Der Standort ist an dem Tag geschlossen.", "The centre is closed on that day.", receiverOpen},
	{"notice", "Die Ankündigungsfrist ist unterschritten; darunter nur mobile Teams und Freiwillige.", "The notice is too short; below it only mobile teams and volunteers are moved.", noticeGiven},
	{"fixed", "Für diesen Tag ist über die Person schon entschieden.", "It is decided already where the person works on that day.", notFixed},
	{"reach", "Der Standort liegt außerhalb der zumutbaren Wege.", "The centre is beyond the travel that can be asked for.", withinReach},
	{"skills", "Die Person kann nichts von dem bedienen, was dort gebraucht wird.", "The person can serve nothing of what is needed there.", canServe},
	{"weekly-cap", "In dieser Woche ist die Person schon so oft unterwegs, wie erlaubt.", "The person is away as often as allowed in this week already.", underWeeklyCap},
	{"counters", "Am Standort ist kein Schalter mehr frei.", "No counter is left at the centre.", counterFree},
	{"giver-minimum", "Der abgebende Standort fiele unter seine Mindestbesetzung.", "The giving centre would fall below its minimum staff.", giverKeepsMinimum},
	{"would-uncover", "Am abgebenden Standort wären gebuchte Termine nicht mehr gedeckt.", "Booked appointments at the giving centre would be uncovered.", giverStaysCovered},
}

// RuleByName finds a rule.
func RuleByName(name string) (Rule, bool) {
	for _, r := range Rules {
		if r.Name == name {
			return r, true
		}
	}
	return Rule{}, false
}

// forbids answers the first rule that a move breaks, or "".
func (b *board) forbids(m step) string {
	for i := range Rules {
		if !Rules[i].allows(b, m) {
			return Rules[i].Name
		}
	}
	return ""
}

func (s *Employee) deployable() bool { return s.Deployable == nil || *s.Deployable }

// notice is how many days ahead this person must know.
func (in *Instance) notice(e int) int {
	s := &in.Staff[e]
	switch {
	case s.NoticeDays != nil:
		return *s.NoticeDays
	case s.Mobile || s.Volunteer:
		return 0
	}
	return in.NoticeDays
}

func (in *Instance) weeklyCap(e int) int {
	if m := in.Staff[e].MaxMovedPerWeek; m != nil {
		return *m
	}
	return in.MaxMovedPerWeek
}

func deployable(b *board, m step) bool {
	return b.in.Staff[m.e].deployable() || m.to == b.in.Staff[m.e].Home
}

func receiverOpen(b *board, m step) bool { return b.in.OpenOn(m.to, m.t) }

func noticeGiven(b *board, m step) bool { return m.t >= b.in.Today+b.in.notice(m.e) }

func notFixed(b *board, m step) bool { return !slices.Contains(b.in.Staff[m.e].FixedDays, m.t) }

func withinReach(b *board, m step) bool {
	s := &b.in.Staff[m.e]
	if m.to == s.Home || m.to == b.in.Prev[m.e][m.t] {
		return true
	}
	for _, c := range s.Reach {
		if c == m.to {
			return true
		}
	}
	return false
}

// canServe: the receiver has booked, walk-in or new requests of a skill that
// the person has, or lacks heads.
func canServe(b *board, m step) bool {
	if b.cells[m.to*b.T+m.t].heads > 0 {
		return true
	}
	r := b.in.Centres[m.to].District
	for _, s := range b.in.Staff[m.e].Skills {
		if b.in.Booked[m.to][s][m.t] > 0 || b.in.Walkin[m.to][s][m.t] > 0 || b.worth[(m.t*b.chains.R+r)*b.S+s] > 0 {
			return true
		}
	}
	return false
}

func underWeeklyCap(b *board, m step) bool {
	home := b.in.Staff[m.e].Home
	if m.to == home || m.from != home {
		return true
	}
	return b.away[m.e][b.week(m.t)] < b.in.weeklyCap(m.e)
}

func counterFree(b *board, m step) bool {
	return b.heads[m.to*b.T+m.t] < b.in.Centres[m.to].Counters
}

func giverKeepsMinimum(b *board, m step) bool {
	return !b.in.OpenOn(m.from, m.t) || b.heads[m.from*b.T+m.t] > b.in.Centres[m.from].MinStaff
}

// giverStaysCovered prices the giver without the person, and asks whether it
// stays covered at every moment of the day.
func giverStaysCovered(b *board, m step) bool {
	if b.without(m).missing > b.cells[m.from*b.T+m.t].missing {
		return false
	}
	return b.in.MayLeave == nil || b.in.MayLeave(m.from, m.t, b.goneWith(m))
}

// goneWith lists who has left the giver for good once the move is made.
func (b *board) goneWith(m step) []int {
	gone := b.gone[m.from*b.T+m.t]
	if b.in.before(m.e, m.t) == m.from {
		gone = with(gone, m.e)
	}
	return gone
}

// without is the giver's cell after the move; its rank is left in b.f1.
func (b *board) without(m step) cell {
	i, p, a := m.from*b.T+m.t, b.profile[m.e], int32(b.in.Avail[m.e][m.t])
	b.minutes[i][p] -= a
	out := b.serve(m.from, m.t, b.minutes[i], b.heads[i]-1, b.f1)
	b.minutes[i][p] += a
	come := b.come[i]
	if len(come) > 0 && b.in.before(m.e, m.t) != m.from {
		come = without(come, m.e)
	}
	return b.atRisk(m.from, m.t, come, out)
}

// with is the receiver's cell after the move; its rank is left in b.f2.
func (b *board) with(m step) cell {
	i, p, a := m.to*b.T+m.t, b.profile[m.e], int32(b.in.Avail[m.e][m.t])
	b.minutes[i][p] += a
	out := b.serve(m.to, m.t, b.minutes[i], b.heads[i]+1, b.f2)
	b.minutes[i][p] -= a
	come := b.come[i]
	if _, known := b.risks[i]; known && b.in.before(m.e, m.t) != m.to {
		come = with(come, m.e)
	}
	return b.atRisk(m.to, m.t, come, out)
}

// Violations checks a plan against the hard rules as far as it differs from the
// previous plan, by counting anew; it shares nothing with the search.
func Violations(in *Instance, p Plan) []string {
	if err := in.checkPlan(p); err != nil {
		return []string{err.Error()}
	}
	return violations(in, p)
}
