package day_test

import (
	"testing"

	"github.com/lotse-hamburg/lotse/events/day"
)

// What is read as a date or a time is written as it was read.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"2026-12-01", "2024-02-29", "9999-12-31", "08:30", "24:00", "8:30", "1969-12-31", "2026-12-01T00:00"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, err := day.Parse(s); err == nil && d.String() != s {
			t.Errorf("%q is read as the day %s", s, d)
		}
		if c, err := day.ParseTime(s); err == nil && (c.String() != s || c < 0 || c > day.Clock(24, 0)) {
			t.Errorf("%q is read as the time %s", s, c)
		}
	})
}
