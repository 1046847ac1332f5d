package planning

import "fmt"

// Seasonal (extension) shifts the mix of services to a skill for a time, as to
// passports before the summer holidays: factors on prices, by skill and day.
// 1 changes nothing. Fairness between districts stays as it is.
type Seasonal struct {
	// Late [s][t] multiplies weights.breach_slot_day and weights.goal_slot_day
	// for slots of a skill that are late on a day.
	Late [][]float64 `json:"late,omitempty"`
	// Walkin [s][t] multiplies weights.walkin_slot.
	Walkin [][]float64 `json:"walkin,omitempty"`
}

// LateFactor is what the price of lateness is multiplied with.
func (in *Instance) LateFactor(skill, day int) float64 {
	if in.Seasonal == nil || in.Seasonal.Late == nil {
		return 1
	}
	return in.Seasonal.Late[skill][day]
}

// WalkinPrice is the price, in points, of a walk-in slot not held.
func (in *Instance) WalkinPrice(skill, day int) float64 {
	if in.Seasonal == nil || in.Seasonal.Walkin == nil {
		return in.Weights.WalkinSlot
	}
	return in.Weights.WalkinSlot * in.Seasonal.Walkin[skill][day]
}

// Season sets the factors of a skill on the days from..until-1, in lists of
// their own; what was set before stays for other skills and days.
func (in *Instance) Season(skill, from, until int, late, walkin float64) {
	s := &Seasonal{}
	copied := func(old [][]float64) [][]float64 {
		all := make([][]float64, len(in.Skills))
		for i := range all {
			all[i] = make([]float64, in.Horizon)
			for t := range all[i] {
				if all[i][t] = 1; old != nil {
					all[i][t] = old[i][t]
				}
			}
		}
		return all
	}
	if in.Seasonal == nil {
		in.Seasonal = &Seasonal{}
	}
	s.Late, s.Walkin = copied(in.Seasonal.Late), copied(in.Seasonal.Walkin)
	for t := max(0, from); t < min(until, in.Horizon); t++ {
		s.Late[skill][t], s.Walkin[skill][t] = late, walkin
	}
	in.Seasonal = s
}

func (in *Instance) checkSeasonal(c *check) {
	if in.Seasonal == nil {
		return
	}
	for _, m := range []struct {
		name    string
		factors [][]float64
		dearest float64
	}{{"seasonal.late", in.Seasonal.Late, max(in.Weights.BreachSlotDay, in.Weights.GoalSlotDay)},
		{"seasonal.walkin", in.Seasonal.Walkin, in.Weights.WalkinSlot}} {
		if m.factors == nil || !c.length(m.name, len(m.factors), len(in.Skills), "skill") {
			continue
		}
		for s, row := range m.factors {
			if !c.length(fmt.Sprintf("%s[%d]", m.name, s), len(row), in.Horizon, "day") {
				continue
			}
			for t, f := range row {
				if path := fmt.Sprintf("%s[%d][%d]", m.name, s, t); !(f >= 0 && f <= maxFactor) {
					c.bad(path, "is %v: give a factor of 0 to %d, 1 changes nothing", f, maxFactor)
				} else if f*m.dearest > maxPrice {
					c.bad(path, "is %v: times its weight it is more than %v points", f, float64(maxPrice))
				}
			}
		}
	}
}

// maxFactor bounds a seasonal factor.
const maxFactor = 100
