package outlook

import "github.com/lotse-hamburg/lotse/events/day"

// Low and High are the quantiles of the interval's edges: four of five days lie
// within.
const (
	Low  = .1
	High = .9
)

// Kind of a day.
type Kind int

// Kinds of days. What is not named is Ordinary.
const (
	Ordinary Kind = iota
	School        // school holidays
	Public        // a public holiday
	After         // the first working day after one
	kinds
)

// usual is the factor of a kind of day before anything was counted; school holidays
// are an estimate: the bookings of Bielefeld, 2022-2025, hardly fall in them
// (github.com/defgsus/office-schedule-data).
var usual = [kinds]float64{Ordinary: 1, School: .95, Public: .02, After: 1}

// usualWeek are the weekdays' factors before anything was counted, Monday first: hardly
// anything on weekends.
var usualWeek = [7]float64{1, 1, 1, 1, 1, .02, .02}

// Series are the counted requests of one district and service group.
type Series struct {
	// Group of those that have season and level in common, from 0.
	Group int
	// Prior is how many are expected on an ordinary working day; 0: as many as were
	// counted on average.
	Prior float64
	// Counts by day from History.From on; below 0: not counted.
	Counts []float64
}

// History is what was counted, as many days of each series.
type History struct {
	From   day.Day
	Series []Series
	// Kind of a day; nil: all are ordinary.
	Kind func(day.Day) Kind
	// Known is a factor that is known beforehand, such as that of a season that the
	// policy names, by group; nil: none.
	Known func(group int, d day.Day) float64
}

// Day is what to expect: so many on average, and the quantiles Low, .5 and High.
type Day struct{ Mean, Low, Median, High float64 }

// Times the same with every request counting f.
func (d Day) Times(f float64) Day {
	return Day{d.Mean * f, d.Low * f, d.Median * f, d.High * f}
}

// Model is what was learned. It is never changed.
type Model struct {
	days   [][]Day // by series, then day
	spread [classes]spread
	own    []float64 // by series, how wide against others
	rules  []rule
	alike  float64 // how much of v days ahead have in common
}

// Day is what to expect of a series so many days after the last counted one, from
// 1 on.
func (m *Model) Day(series, ahead int) Day { return m.days[series][ahead-1] }

// Days are what to expect of a series on all days ahead, in order.
func (m *Model) Days(series int) []Day { return m.days[series] }

// Learn from a history what to expect on so many days after it.
func Learn(h History, ahead int) *Model {
	m := &Model{days: make([][]Day, len(h.Series)), spread: usualSpread(), alike: usualAlike}
	d := newData(h, ahead)
	m.rules, m.own = make([]rule, d.groups), make([]float64, len(h.Series))
	for i := range m.own {
		m.own[i] = 1
	}
	for g := range m.rules {
		m.rules[g] = usualRule
	}
	if judged := d.judged(); judged > 0 {
		before := d.fit(d.known - judged)
		e := d.exposure(before)
		m.choose(d, e, judged)
		m.spread, m.own = d.measure(e, m.rules, judged)
		m.alike = d.alike(e, m, judged)
	}
	e := d.exposure(d.fit(d.known))
	for g, r := range m.rules {
		f := d.filter(e, g, r, nil)
		for k, i := range d.of[g] {
			m.days[i] = make([]Day, ahead)
			for t := range ahead {
				m.days[i][t] = m.spread[class(t+1)].of(m.own[i]).around(f.mean(d, e, k, t+1), t+1)
			}
		}
	}
	return m
}

// choose how each group is followed; where little can be judged, all alike.
func (m *Model) choose(d *data, e [][]float64, judged int) {
	all := make([]int, d.groups)
	for g := range all {
		all[g] = g
	}
	if judged < fewDays {
		r := d.choose(e, all, judged)
		for g := range m.rules {
			m.rules[g] = r
		}
		return
	}
	for g := range m.rules {
		m.rules[g] = d.choose(e, all[g:g+1], judged)
	}
}
