package outlook

import "github.com/lotse-hamburg/lotse/events/day"

// data is a history laid out by day.
type data struct {
	History
	known, all int     // days counted, and with those ahead
	groups     int     // how many
	of         [][]int // series of each group
	base       []float64
	weekday    []int // of each day
	week       []int // ISO week, from 0
	kind       []Kind
	factor     [][]float64 // Known, by group and day
}

func newData(h History, ahead int) *data {
	d := &data{History: h}
	for i, s := range h.Series {
		d.known = max(d.known, len(s.Counts))
		for s.Group >= d.groups {
			d.groups, d.of = d.groups+1, append(d.of, nil)
		}
		d.of[s.Group] = append(d.of[s.Group], i)
	}
	d.all = d.known + ahead
	for t := range d.all {
		x := h.From + day.Day(t)
		d.weekday = append(d.weekday, int(x-x.Monday()))
		d.week = append(d.week, isoWeek(x)-1)
		kind := Ordinary
		if h.Kind != nil {
			kind = h.Kind(x)
		}
		d.kind = append(d.kind, kind)
	}
	d.factor = make([][]float64, d.groups)
	for g := range d.factor {
		d.factor[g] = make([]float64, d.all)
		for t := range d.factor[g] {
			d.factor[g][t] = 1
			if h.Known != nil {
				d.factor[g][t] = h.Known(g, h.From+day.Day(t))
			}
		}
	}
	for i, s := range h.Series {
		d.base = append(d.base, s.Prior)
		if s.Prior <= 0 {
			d.base[i] = d.mean(i)
		}
	}
	return d
}

// mean of what was counted on a working day, never 0.
func (d *data) mean(i int) float64 {
	sum, expected := 0.0, 0.0
	for t, y := range d.Series[i].Counts {
		if y >= 0 {
			sum, expected = sum+y, expected+usualWeek[d.weekday[t]]*usual[d.kind[t]]
		}
	}
	if expected < 1 {
		expected = 1
	}
	return max(.05, sum/expected)
}

// count of a series on a day; below 0: there is none.
func (d *data) count(i, t int) float64 {
	if c := d.Series[i].Counts; t < len(c) {
		return c[t]
	}
	return -1
}

// isoWeek is the week of the year by ISO 8601: that of its Thursday.
func isoWeek(x day.Day) int {
	thursday := x.Monday() + 3
	year, _, _ := thursday.Date()
	return int(thursday-day.Date(year, 1, 1))/7 + 1
}
