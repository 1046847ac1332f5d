package wishes

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
)

var (
	written  = regexp.MustCompile(`^(\d{1,2})\.\s*(\d{1,2})\.?\s*(\d{4}|\d{2})?$`)
	weekdays = map[string]time.Weekday{"so": 0, "mo": 1, "di": 2, "mi": 3, "do": 4, "fr": 5, "sa": 6,
		"sun": 0, "mon": 1, "tue": 2, "wed": 3, "thu": 4, "fri": 5, "sat": 6}
	names = map[string]time.Weekday{"sonntag": 0, "montag": 1, "dienstag": 2, "mittwoch": 3, "donnerstag": 4, "freitag": 5, "samstag": 6, "sonnabend": 6,
		"sunday": 0, "monday": 1, "tuesday": 2, "wednesday": 3, "thursday": 4, "friday": 5, "saturday": 6}
	ahead = map[string]day.Day{"heute": 0, "today": 0, "morgen": 1, "tomorrow": 1, "ubermorgen": 2}
)

// Days are what is said about a day, from today on: 24.11., 24.11.2026, 2026-11-24,
// a weekday (the next one, not today), today, tomorrow, "woche" for the next calendar
// week; in German and English. Until is the first day that does not count.
func Days(text string, today day.Day) (from, until day.Day, ok bool) {
	s := strings.Trim(Plain(text), " ,;")
	if n, found := ahead[s]; found {
		return today + n, today + n + 1, true
	}
	monday := today + 7 - day.Day((int(today.Weekday())+6)%7)
	switch s {
	case "nachste woche", "naechste woche", "woche", "next week", "week":
		return monday, monday + 7, true
	}
	w, found := weekdays[strings.Trim(s, ".")]
	if !found {
		w, found = names[s]
	}
	if found {
		d := today + 1
		for d.Weekday() != w {
			d++
		}
		return d, d + 1, true
	}
	if d, err := day.Parse(s); err == nil {
		return d, d + 1, true
	}
	m := written.FindStringSubmatch(s)
	if m == nil {
		return 0, 0, false
	}
	date, month := number(m[1]), number(m[2])
	year := number(today.String()[:4])
	if m[3] != "" {
		if year = number(m[3]); year < 100 {
			year += 2000
		}
	}
	d, ok := calendar(year, month, date)
	if ok && m[3] == "" && d < today { // of the next year
		d, ok = calendar(year+1, month, date)
	}
	return d, d + 1, ok
}

func number(s string) int { n, _ := strconv.Atoi(s); return n }

func calendar(year, month, date int) (day.Day, bool) {
	d := day.Date(year, time.Month(month), date)
	_, m, n := d.Date()
	return d, int(m) == month && n == date
}

var hours = regexp.MustCompile(`^(ab|nach|after|from|bis|vor|before|until|um|at)?\s*(\d{1,2})(?:[:.](\d{2}))?\s*(?:uhr|h)?\s*(?:(?:-|–|bis|to)\s*(\d{1,2})(?:[:.](\d{2}))?\s*(?:uhr|h)?)?$`)

// Times of day as they are said: 9-12, ab 14, vor 10:30, morgens, afternoon; of one
// hour where only that is named.
func Times(text string) (s day.Span, ok bool) {
	t := strings.TrimSpace(Plain(text))
	switch t {
	case "fruh", "morgens", "vormittag", "vormittags", "morning":
		return day.Span{From: 0, To: day.Clock(12, 0)}, true
	case "mittag", "mittags", "noon":
		return day.Span{From: day.Clock(11, 0), To: day.Clock(14, 0)}, true
	case "nachmittag", "nachmittags", "afternoon":
		return day.Span{From: day.Clock(12, 0), To: day.Clock(24, 0)}, true
	case "abend", "abends", "evening", "spat":
		return day.Span{From: day.Clock(16, 0), To: day.Clock(24, 0)}, true
	}
	m := hours.FindStringSubmatch(t)
	if m == nil || number(m[2]) > 24 || number(m[3]) > 59 || number(m[4]) > 24 || number(m[5]) > 59 {
		return s, false
	}
	a := day.Clock(number(m[2]), number(m[3]))
	switch m[1] {
	case "ab", "nach", "after", "from":
		s = day.Span{From: a, To: day.Clock(24, 0)}
	case "bis", "vor", "before", "until":
		s = day.Span{From: 0, To: a}
	default:
		s = day.Span{From: a, To: min(a+60, day.Clock(24, 0))}
	}
	if m[4] != "" {
		s = day.Span{From: a, To: day.Clock(number(m[4]), number(m[5]))}
	}
	return s, s.From < s.To && s.To <= day.Clock(24, 0)
}
