package flow

import (
	"github.com/lotse-hamburg/lotse/services/capacity/planning/mincostflow"
)

// Lend puts minutes of one skill at a centre on a day on top of the staffing, or
// takes them away again (negative minutes), and re-optimises. A centre that is
// closed takes none. More than is asked for there is a
// *mincostflow.InfeasibleError, and nothing is lent.
func (w *Network) Lend(c, s, t, minutes int) error {
	v := w.need[(c*w.S+s)*w.T+t]
	if v == none || minutes == 0 {
		return nil
	}
	return w.g.MoveSupplies(mincostflow.Shift{From: w.outside, To: int(v), Amount: int64(minutes)})
}

// SkillWorth is what one more minute of one skill is worth at a centre on a day,
// in points; 0 where the centre is closed.
func (w *Network) SkillWorth(c, s, t int) float64 {
	v := w.need[(c*w.S+s)*w.T+t]
	if v == none {
		return 0
	}
	return float64(w.g.Potential(int(v))-w.g.Potential(w.outside)) / Unit
}

// Serves tells whether people like an employee can serve at a centre on a day:
// it is open, and somebody of that kind may work there.
func (w *Network) Serves(e, c, t int) bool { return w.place(e, c, t) != w.outside }

// Waits counts what the present flow leaves undone, without prices: places for
// people without an appointment that are not held, and slot-days beyond the
// promise, also of those who accept any centre. What no flow changes is left out.
func (w *Network) Waits() (places, days float64) {
	for _, l := range w.lost {
		if !l.booked {
			places += float64(w.g.Flow(int(l.arc))) / w.In.SlotMinutes[l.s]
		}
	}
	for _, l := range w.late {
		if l.promise > 0 {
			days += float64(l.promise) * float64(w.g.Flow(int(l.arc))) / w.In.SlotMinutes[l.skill]
		}
	}
	return places, days
}
