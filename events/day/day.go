// Package day has the city's calendar: days without a clock, times of day
// without a day, and half-open spans of both. A plan day is a date in the
// city's zone, never an instant.
package day

import (
	"fmt"
	"time"
)

// Day is a date of the proleptic Gregorian calendar, counted in days since
// 1970-01-01. The zero value is that day; use a pointer where none is meant.
type Day int32

// Date makes a day from year, month and day of month, normalised like
// time.Date.
func Date(year int, month time.Month, dayOfMonth int) Day {
	return Day(time.Date(year, month, dayOfMonth, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// Of returns the date of an instant in a zone.
func Of(t time.Time, zone *time.Location) Day {
	y, m, d := t.In(zone).Date()
	return Date(y, m, d)
}

// Parse reads "2026-12-01".
func Parse(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil || t.Year() < 1970 || t.Year() > 9999 {
		return 0, fmt.Errorf("%q is not a date: write it as 2026-12-01", s)
	}
	return Day(t.Unix() / 86400), nil
}

func (d Day) utc() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// String is "2026-12-01".
func (d Day) String() string { return d.utc().Format(time.DateOnly) }

// Weekday is the day of the week.
func (d Day) Weekday() time.Weekday { return d.utc().Weekday() }

// Monday returns the Monday of the day's ISO week.
func (d Day) Monday() Day { return d - Day((int(d.Weekday())+6)%7) }

// Date splits the day.
func (d Day) Date() (year int, month time.Month, dayOfMonth int) { return d.utc().Date() }

// At returns the instant of a time of day in a zone. A time that the zone
// skips (the missing hour in spring) is moved forward as time.Date does it.
func (d Day) At(t TimeOfDay, zone *time.Location) time.Time {
	y, m, dd := d.Date()
	return time.Date(y, m, dd, int(t)/60, int(t)%60, 0, 0, zone)
}

// Last is the last day that can be written down.
const Last Day = 2932896 // 9999-12-31

// MarshalText writes "2026-12-01"; a day that Parse would not read back is an
// error, so that nothing is written that cannot be read again.
func (d Day) MarshalText() ([]byte, error) { return d.AppendText(nil) }

// AppendText appends what MarshalText writes.
func (d Day) AppendText(to []byte) ([]byte, error) {
	if d < 0 || d > Last {
		return nil, fmt.Errorf("day %s lies outside 1970-01-01 to %s", d, Last)
	}
	return d.utc().AppendFormat(to, time.DateOnly), nil
}

// UnmarshalText reads "2026-12-01".
func (d *Day) UnmarshalText(b []byte) error {
	p, err := Parse(string(b))
	if err != nil {
		return err
	}
	*d = p
	return nil
}

// TimeOfDay counts minutes since midnight on the city's wall clock, 0 to 1440;
// 1440 ("24:00") is only an end.
type TimeOfDay int16

// Clock makes a time of day from hours and minutes.
func Clock(hours, minutes int) TimeOfDay { return TimeOfDay(hours*60 + minutes) }

// ParseTime reads "08:30".
func ParseTime(s string) (TimeOfDay, error) {
	if len(s) == 5 && s[2] == ':' && digit(s[0]) && digit(s[1]) && digit(s[3]) && digit(s[4]) {
		h, m := int(s[0]-'0')*10+int(s[1]-'0'), int(s[3]-'0')*10+int(s[4]-'0')
		if m < 60 && (h < 24 || h == 24 && m == 0) {
			return Clock(h, m), nil
		}
	}
	return 0, fmt.Errorf("%q is not a time of day: write it as 08:30", s)
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// String is "08:30".
func (t TimeOfDay) String() string { return fmt.Sprintf("%02d:%02d", int(t)/60, int(t)%60) }

// MarshalText writes "08:30"; a time that ParseTime would not read back is an
// error.
func (t TimeOfDay) MarshalText() ([]byte, error) { return t.AppendText(make([]byte, 0, 5)) }

// AppendText appends what MarshalText writes.
func (t TimeOfDay) AppendText(to []byte) ([]byte, error) {
	if t < 0 || t > 24*60 {
		return nil, fmt.Errorf("time of day of %d minutes lies outside 00:00 to 24:00", int(t))
	}
	return append(to, byte('0'+t/600), byte('0'+t/60%10), ':', byte('0'+t%60/10), byte('0'+t%10)), nil
}

// UnmarshalText reads "08:30".
func (t *TimeOfDay) UnmarshalText(b []byte) error {
	p, err := ParseTime(string(b))
	if err != nil {
		return err
	}
	*t = p
	return nil
}

// Minutes is a length of time.
type Minutes int

// Span is a half-open span of a day, [From, To).
type Span struct {
	From TimeOfDay `json:"from"`
	To   TimeOfDay `json:"to"`
}

// Minutes is the span's length, never negative.
func (s Span) Minutes() Minutes { return Minutes(max(0, s.To-s.From)) }

// Meet is what two spans share; it may be empty (Minutes 0).
func (s Span) Meet(o Span) Span { return Span{max(s.From, o.From), min(s.To, o.To)} }

// Contains reports whether o lies in s.
func (s Span) Contains(o Span) bool { return s.From <= o.From && o.To <= s.To }

func (s Span) String() string { return s.From.String() + "–" + s.To.String() }

// Period is a half-open period of days, [From, Until).
type Period struct {
	From  Day `json:"from"`
	Until Day `json:"until"`
}

// Days is the number of days, never negative.
func (p Period) Days() int { return max(0, int(p.Until-p.From)) }

// Contains reports whether d lies in p.
func (p Period) Contains(d Day) bool { return p.From <= d && d < p.Until }

// Meet is what two periods share; it may be empty (Days 0).
func (p Period) Meet(o Period) Period { return Period{max(p.From, o.From), min(p.Until, o.Until)} }

func (p Period) String() string { return "[" + p.From.String() + ", " + p.Until.String() + ")" }
