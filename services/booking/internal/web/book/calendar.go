package book

import (
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// month is a calendar with the free starts of its days.
type month struct {
	Name     string
	Weekdays []weekday
	Weeks    [][]cell // of seven; those outside the month are empty
	Earlier  string   // address of the month before; "" for none
	Later    string
	None     bool // nothing is free in it
}

type weekday struct{ Short, Long string }

// cell is a day: Count starts are free. Href is "" where none is.
type cell struct {
	Number int
	Date   string // the whole of it, to be read out
	Count  int
	Few    bool
	Href   string
	ID     string
	Chosen bool
	Past   bool // or beyond what can be booked
}

// few is the count up to which a day is said to have few.
const few = 5

// calendar is the month that a wish shows, of what can be booked; at is the address
// of a wish.
func calendar(x *pages.Context, w wish, bookable day.Period, free map[day.Day]int, at func(wish) string) month {
	first := firstOf(bookable.From, w.Month)
	last := firstOf(first, 1)
	m := month{Name: x.Month(first), None: true}
	for i := range 7 {
		wd := time.Weekday((i + 1) % 7)
		m.Weekdays = append(m.Weekdays, weekday{x.WeekdayShort(wd), x.Weekday(wd)})
	}
	if first > bookable.From {
		m.Earlier = at(w.in(w.Month - 1))
	}
	if last < bookable.Until {
		m.Later = at(w.in(w.Month + 1))
	}
	week := make([]cell, (int(first.Weekday())+6)%7, 7)
	for d := first; d < last; d++ {
		_, _, n := d.Date()
		c := cell{Number: n, Date: x.Day(d), Count: free[d], Past: d < bookable.From || d >= bookable.Until}
		if c.Count > 0 {
			c.Few, c.Href, c.ID, c.Chosen = c.Count <= few, at(w.on(d)), "day-"+d.String(), d == w.Day
			m.None = false
		}
		if week = append(week, c); len(week) == 7 {
			if d >= bookable.From { // no rows of days that have passed
				m.Weeks = append(m.Weeks, week)
			}
			week = make([]cell, 0, 7)
		}
	}
	if len(week) > 0 {
		m.Weeks = append(m.Weeks, append(week, make([]cell, 7-len(week))...))
	}
	return m
}

// firstOf is the first of the month that comes so many after a day's.
func firstOf(d day.Day, months int) day.Day {
	y, m, _ := d.Date()
	return day.Of(time.Date(y, m+time.Month(months), 1, 12, 0, 0, 0, time.UTC), time.UTC)
}

// monthOf counts how many months a day lies after another.
func monthOf(d, since day.Day) int {
	y, m, _ := d.Date()
	y0, m0, _ := since.Date()
	return (y-y0)*12 + int(m) - int(m0)
}
