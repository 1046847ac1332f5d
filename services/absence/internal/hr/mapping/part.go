package mapping

import (
	"maps"
	"slices"
	"strconv"

	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
)

// noon divides a day into halves; HR systems know halves, not hours.
const noon = "12:00"

// Part is one way in which a system tells of part days.
//
//   - times: Start and End are times of day, or moments of which the time counts
//   - portions: Start and End name the part of the first and the last day that
//     is off, from Morning or Afternoon
//   - flags: Start and End are true where only half of that day is off
//   - half-day: Flag is true and Day is the day of which half is off
//   - amounts: Amount has a number per date, in days or, as Unit says, in hours;
//     at most half a day is half a day
//   - fraction: Flag is the fraction of a single day that is off
//
// Where nothing tells which half of a single day is off, Half says what to
// take: morning, afternoon or whole.
type Part struct {
	By        string   `json:"by"`
	Start     string   `json:"start"`
	End       string   `json:"end"`
	Flag      string   `json:"flag"`
	Day       string   `json:"day"`
	Amount    string   `json:"amount"`
	Unit      string   `json:"unit"`
	Morning   []string `json:"morning"`
	Afternoon []string `json:"afternoon"`
	Half      string   `json:"half"`
	DayHours  float64  `json:"day_hours"`
}

// apply sets the times of day and reports whether there was something to say.
func (p Part) apply(f *hr.Fields, doc any) bool {
	single := f.LastDay != "" && f.LastDay == f.From
	switch p.By {
	case "times":
		from, to := clockOf(text(at(doc, p.Start))), clockOf(text(at(doc, p.End)))
		f.FromTime = from
		if f.LastDay != "" {
			f.ToTime = to
		}
		return from != "" || to != ""
	case "portions":
		return p.portions(f, text(at(doc, p.Start)), text(at(doc, p.End)), single)
	case "flags":
		return p.halves(f, yes(text(at(doc, p.Start))), yes(text(at(doc, p.End))), single)
	case "half-day":
		if !yes(text(at(doc, p.Flag))) {
			return false
		}
		d, ok := date(text(at(doc, p.Day)))
		if single || f.LastDay != "" && !ok {
			p.half(f)
			return true
		}
		return p.halves(f, d == f.From, d == f.LastDay, false)
	case "fraction":
		if n, err := strconv.ParseFloat(text(at(doc, p.Flag)), 64); err == nil && n > 0 && n <= 0.5 && single {
			p.half(f)
			return true
		}
	case "amounts":
		return p.amounts(f, doc, single)
	}
	return false
}

func (p Part) portions(f *hr.Fields, start, end string, single bool) bool {
	late, early := slices.Contains(p.Afternoon, start), slices.Contains(p.Morning, end)
	if single && end == "" {
		early = slices.Contains(p.Morning, start)
	}
	if single && late && early {
		return true // both halves: the whole day
	}
	if late {
		f.FromTime = noon
	}
	if early && f.LastDay != "" {
		f.ToTime = noon
	}
	return late || early
}

// halves: the second half of the first day and the first half of the last.
func (p Part) halves(f *hr.Fields, first, last, single bool) bool {
	if single && first && last {
		return true // both halves: the whole day
	}
	if first {
		f.FromTime = noon
	}
	if last {
		f.ToTime = noon
	}
	return first || last
}

// half of a single day.
func (p Part) half(f *hr.Fields) {
	switch p.Half {
	case "morning":
		f.ToTime = noon
	case "afternoon":
		f.FromTime = noon
	}
}

func (p Part) amounts(f *hr.Fields, doc any, single bool) bool {
	days, ok := at(doc, p.Amount).(map[string]any)
	if !ok || len(days) == 0 {
		return false
	}
	whole := 1.0
	if text(at(doc, p.Unit)) == "hours" {
		whole = p.DayHours
	}
	isHalf := func(d string) bool {
		n, err := strconv.ParseFloat(text(days[d]), 64)
		return err == nil && n > 0 && n <= whole/2
	}
	names := slices.Sorted(maps.Keys(days))
	if single {
		if isHalf(f.From) {
			p.half(f)
			return true
		}
		return false
	}
	return p.halves(f, names[0] == f.From && isHalf(f.From), names[len(names)-1] == f.LastDay && isHalf(f.LastDay), false)
}
