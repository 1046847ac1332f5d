package pages

import (
	"fmt"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
)

var (
	weekdays = map[bool][]string{
		true:  {"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"},
		false: {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
	}
	months = map[bool][]string{
		true:  {"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"},
		false: {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	}
)

// Weekday is "Montag", "Monday".
func (s *Speaker) Weekday(w time.Weekday) string { return weekdays[s.German()][w] }

// WeekdayShort is "Mo", "Mon".
func (s *Speaker) WeekdayShort(w time.Weekday) string {
	if s.German() {
		return s.Weekday(w)[:2]
	}
	return s.Weekday(w)[:3]
}

// Month is "November 2026".
func (s *Speaker) Month(d day.Day) string {
	y, m, _ := d.Date()
	return fmt.Sprintf("%s %d", months[s.German()][m-1], y)
}

// Day is "Montag, 23. November 2026", "Monday, 23 November 2026".
func (s *Speaker) Day(d day.Day) string {
	_, _, n := d.Date()
	if s.German() {
		return fmt.Sprintf("%s, %d. %s", s.Weekday(d.Weekday()), n, s.Month(d))
	}
	return fmt.Sprintf("%s, %d %s", s.Weekday(d.Weekday()), n, s.Month(d))
}

// Date is "23.11.2026", "23 Nov 2026": for tables.
func (s *Speaker) Date(d day.Day) string {
	y, m, n := d.Date()
	if s.German() {
		return fmt.Sprintf("%02d.%02d.%d", n, m, y)
	}
	return fmt.Sprintf("%d %.3s %d", n, months[false][m-1], y)
}

// DateShort is "Mo 23.11.", "Mon 23 Nov": for axes and narrow tables.
func (s *Speaker) DateShort(d day.Day) string {
	_, m, n := d.Date()
	if s.German() {
		return fmt.Sprintf("%s %d.%d.", s.WeekdayShort(d.Weekday()), n, m)
	}
	return fmt.Sprintf("%s %d %.3s", s.WeekdayShort(d.Weekday()), n, months[false][m-1])
}

// Span is "23. bis 27. November 2026" of the first day to the last.
func (s *Speaker) Span(first, last day.Day) string {
	if first == last {
		return s.Date(first)
	}
	if s.German() {
		return s.Date(first) + " bis " + s.Date(last)
	}
	return s.Date(first) + " to " + s.Date(last)
}

// Clock is "8:15 Uhr", "08:15".
func (s *Speaker) Clock(t day.TimeOfDay) string {
	if s.German() {
		return fmt.Sprintf("%d:%02d\u00a0Uhr", t/60, t%60)
	}
	return fmt.Sprintf("%02d:%02d", t/60, t%60)
}

// Clocks is "8:15 bis 8:40 Uhr", "08:15 to 08:40".
func (s *Speaker) Clocks(from, until day.TimeOfDay) string {
	if s.German() {
		return strings.TrimSuffix(s.Clock(from), "\u00a0Uhr") + " bis " + s.Clock(until)
	}
	return s.Clock(from) + " to " + s.Clock(until)
}

func (s *Speaker) split(t time.Time) (day.Day, day.TimeOfDay) {
	t = t.In(s.zone)
	return day.Of(t, s.zone), day.Clock(t.Hour(), t.Minute())
}

// Moment is "Montag, 23. November 2026, 8:15 Uhr".
func (s *Speaker) Moment(t time.Time) string {
	d, c := s.split(t)
	return s.Day(d) + ", " + s.Clock(c)
}

// MomentShort is "23.11.2026, 8:15 Uhr": for tables.
func (s *Speaker) MomentShort(t time.Time) string {
	d, c := s.split(t)
	return s.Date(d) + ", " + s.Clock(c)
}

// Today is the date of an instant in the city.
func (s *Speaker) Today(t time.Time) day.Day { return day.Of(t, s.zone) }

// Duration is rounded to minutes, under a minute to seconds, from two days on
// to days: "1 Stunde 25 Minuten".
func (s *Speaker) Duration(d time.Duration) string {
	if d < 0 {
		d = -d
	}
	if d < time.Minute {
		return s.Say("unit.seconds", "n", int(d.Round(time.Second).Seconds()))
	}
	m := int(d.Round(time.Minute).Minutes())
	if m >= 48*60 {
		return s.Say("unit.days", "n", (m+720)/1440)
	}
	var parts []string
	if m >= 60 {
		parts = append(parts, s.Say("unit.hours", "n", m/60))
	}
	if m%60 > 0 {
		parts = append(parts, s.Say("unit.minutes", "n", m%60))
	}
	return strings.Join(parts, " ")
}

// Minutes is a duration in whole minutes.
func (s *Speaker) Minutes(m int) string { return s.Duration(time.Duration(m) * time.Minute) }

// Days is "1 Tag", "12 Tage".
func (s *Speaker) Days(n int) string { return s.Say("unit.days", "n", n) }
