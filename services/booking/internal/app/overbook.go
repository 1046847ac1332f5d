package app

import (
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/overbook"
)

// overbookDays is how many days the no-show rate is taken from.
const overbookDays = 90

// Overbooking is what the policy allows, and what it comes to.
type Overbooking struct {
	MaxRisk float64 `json:"max_risk" doc:"The policy: greatest probability that in a group of like counters more come at one moment than it has; 0: nothing is overbooked"`
	Kept    int     `json:"kept" doc:"Appointments of the last 90 days to which somebody came"`
	Missed  int     `json:"missed"`
	NoShow  float64 `json:"no_show" doc:"Share that does not come, the lower end with 95 % confidence; 0 with fewer than 200 appointments"`
	Extra   []Extra `json:"extra"`
}

// Extra places of a group of like counters, and their exact risk.
type Extra struct {
	Counters int     `json:"counters"`
	Extra    int     `json:"extra"`
	Risk     float64 `json:"risk"`
}

// noShow counts the last days; today does not count, since it is not over.
func (a *App) noShow(today day.Day) (kept, missed int) {
	for _, c := range a.Attendance(day.Period{From: today - overbookDays, Until: today}) {
		kept, missed = kept+c.Kept, missed+c.Missed
	}
	return kept, missed
}

// overbook is how far an offering that is said now may be booked.
func (a *App) overbook(p network.Policy, today day.Day) *centreday.Overbook {
	if p.OverbookRisk <= 0 {
		return nil
	}
	kept, missed := a.noShow(today)
	rate := overbook.Rate(missed, kept+missed)
	if rate <= 0 {
		return nil
	}
	return &centreday.Overbook{NoShow: rate, Risk: p.OverbookRisk}
}

// Overbooking tells planners what the policy comes to at present.
func (a *App) Overbooking() Overbooking {
	o := Overbooking{MaxRisk: a.policy().OverbookRisk}
	o.Kept, o.Missed = a.noShow(a.now().Day)
	o.NoShow = overbook.Rate(o.Missed, o.Kept+o.Missed)
	for n := 1; n <= 12; n++ {
		x := overbook.Extra(n, o.NoShow, o.MaxRisk)
		o.Extra = append(o.Extra, Extra{n, x, overbook.Risk(n, n+x, o.NoShow)})
	}
	return o
}
