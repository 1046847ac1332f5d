package network

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lotse-hamburg/lotse/events/day"
)

// weekdays by their key in the files; weekday n has index n-1.
var weekdays = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// parseWeekdays reads "mon" or "mon-fri" into weekday numbers, 1 to 7.
func parseWeekdays(s string) ([]int, error) {
	from, to, isRange := strings.Cut(s, "-")
	if !isRange {
		to = from
	}
	a, b := slices.Index(weekdays, from), slices.Index(weekdays, to)
	if a < 0 || b < a {
		return nil, fmt.Errorf("%q is not a weekday", s)
	}
	var days []int
	for d := a + 1; d <= b+1; d++ {
		days = append(days, d)
	}
	return days, nil
}

// parseSpan reads "08:00-18:00".
func parseSpan(s string) (day.Span, error) {
	a, b, ok := strings.Cut(s, "-")
	from, err1 := day.ParseTime(a)
	to, err2 := day.ParseTime(b)
	if !ok || err1 != nil || err2 != nil {
		return day.Span{}, fmt.Errorf("%q is not a span of a day", s)
	}
	return day.Span{From: from, To: to}, nil
}

// covers reports whether spans, in any order, leave no minute of want open.
func covers(spans []day.Span, want day.Span) bool {
	at := want.From
	for _, s := range slices.SortedFunc(slices.Values(spans), func(a, b day.Span) int { return int(a.From) - int(b.From) }) {
		if s.From <= at {
			at = max(at, s.To)
		}
	}
	return at >= want.To
}
