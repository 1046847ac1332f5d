package promise

import "math"

// Objective is the share of days on which the promise is to be kept, as a
// service-level objective; Window the days it is looked at over. So three days of
// sixty may be lost.
const (
	Objective = 0.95
	Window    = 60
)

// Budget is what an objective leaves to be lost, and how much of it is gone: an
// error budget as in B. Beyer et al., The Site Reliability Workbook, 2018, with
// days for requests.
type Budget struct {
	// Measured days, and on how many of them the promise was kept.
	Measured, Kept int
	// Allowed days to be lost, and days Lost.
	Allowed float64
	Lost    int
	// Used is the share of Allowed that is gone; above 1 it is overdrawn.
	Used float64
	// Burn says how fast it goes: 1 uses it up exactly by the end of the window.
	// It is that of the last days (Recent of them measured).
	Burn   float64
	Recent int
}

// recently are the days whose burn rate is told.
const recently = 7

// BudgetOf days that were measured, the oldest first; true: kept.
func BudgetOf(days []bool) (b Budget) {
	b.Measured, b.Allowed = len(days), (1-Objective)*float64(len(days))
	for _, kept := range days {
		if kept {
			b.Kept++
		}
	}
	b.Lost = b.Measured - b.Kept
	if b.Measured == 0 {
		return b
	}
	b.Used = float64(b.Lost) / b.Allowed
	lost := 0
	b.Recent = min(recently, len(days))
	for _, kept := range days[len(days)-b.Recent:] {
		if !kept {
			lost++
		}
	}
	b.Burn = math.Round(float64(lost)/float64(b.Recent)/(1-Objective)*10) / 10
	return b
}

// Share of measured days on which the promise was kept; 0 when none was measured.
func (b Budget) Share() float64 {
	if b.Measured == 0 {
		return 0
	}
	return float64(b.Kept) / float64(b.Measured)
}

// Met tells whether the objective holds.
func (b Budget) Met() bool { return float64(b.Lost) <= b.Allowed+1e-9 }

// Small numbers could say something of single persons: counts below Least are not
// told, others only in steps of it.
const Least = 5

// Told is a count as it may be told; ok is false for one that is too small. None
// at all is told.
func Told(n int) (told int, ok bool) {
	switch {
	case n == 0:
		return 0, true
	case n < Least:
		return 0, false
	}
	return (n + Least/2) / Least * Least, true
}
