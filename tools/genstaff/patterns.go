package main

import "fmt"

// shift is presence and, in it, breaks: rests and back-office time. What is
// left is counter time: 300 minutes in full time.
type shift struct{ name, at, breaks string }

// shifts come in variants whose breaks are staggered, so that the counters of
// a centre are never all empty.
var shifts = []shift{
	{"early-1", "07:00-15:30", "09:00-10:30, 12:00-12:30, 14:00-15:30"},
	{"early-2", "07:00-15:30", "07:00-08:30, 10:30-12:30"},
	{"early-3", "07:00-15:30", "10:30-12:30, 14:00-15:30"},
	{"late-1", "10:30-19:00", "10:30-12:00, 13:30-14:00, 15:30-17:00"},
	{"late-2", "10:30-19:00", "13:30-15:30, 17:30-19:00"},
	{"late-3", "10:30-19:00", "10:30-12:00, 13:30-15:30"},
	{"morning-1", "07:30-12:30", "10:00-11:00"},
	{"morning-2", "08:00-13:00", "10:30-11:30"},
	{"afternoon-1", "13:00-18:00", "15:00-16:00"},
	{"afternoon-2", "14:00-19:00", "16:00-17:00"},
	{"saturday-1", "09:00-14:00", "11:00-11:30"},
	{"saturday-2", "09:00-14:00", "11:30-12:00"},
	{"single-early", "07:00-12:00", ""},
	{"single-late-1", "12:00-19:00", "14:30-16:30"},
	{"single-late-2", "12:00-19:00", "15:00-17:00"},
	{"single-friday-1", "08:00-14:00", "10:30-11:30"},
	{"single-friday-2", "08:00-14:00", "11:30-12:30"},
	{"single-early-half", "08:00-12:00", ""},
	{"single-late-half", "14:00-18:00", ""},
}

type pattern struct {
	name  string
	weeks []string // each the inside of a { }
}

var days = []string{"mon", "tue", "wed", "thu", "fri"}

// patterns of rosters. The letter a or b says which of two alternating weeks
// begins; a number says the variant of the breaks or the day off.
func patterns() []pattern {
	var ps []pattern
	both := func(name, early, late string) {
		ps = append(ps, pattern{name + "-a", []string{early, late}}, pattern{name + "-b", []string{late, early}})
	}
	for v := 1; v <= 3; v++ {
		both(fmt.Sprintf("full-%d", v), fmt.Sprintf("mon-fri: early-%d", v), fmt.Sprintf("mon-fri: late-%d", v))
	}
	for v, off := range days { // four days: one weekday off
		k := v%3 + 1
		both("four-days-"+off, without(off, fmt.Sprintf("early-%d", k)), without(off, fmt.Sprintf("late-%d", k)))
	}
	both("three-days-1", "mon-wed: early-1", "mon-wed: late-1")
	both("three-days-2", "wed-fri: early-2", "wed-fri: late-2")
	for v := 1; v <= 2; v++ {
		ps = append(ps,
			pattern{fmt.Sprintf("mornings-%d", v), []string{fmt.Sprintf("mon-fri: morning-%d", v)}},
			pattern{fmt.Sprintf("afternoons-%d", v), []string{fmt.Sprintf("mon-fri: afternoon-%d", v)}})
	}
	for v := 1; v <= 2; v++ { // a Saturday every second week, and a weekday off in that week
		off := days[v] // Tuesday or Wednesday
		sat := fmt.Sprintf(", sat: saturday-%d", v)
		ps = append(ps,
			pattern{fmt.Sprintf("saturday-%d-a", v), []string{without(off, fmt.Sprintf("early-%d", v)) + sat, fmt.Sprintf("mon-fri: late-%d", v)}},
			pattern{fmt.Sprintf("saturday-%d-b", v), []string{fmt.Sprintf("mon-fri: late-%d", v), without(off, fmt.Sprintf("early-%d", v)) + sat}})
	}
	for v := 1; v <= 2; v++ {
		ps = append(ps, pattern{fmt.Sprintf("single-%d", v), []string{fmt.Sprintf(
			"mon: single-early, tue: single-late-%d, wed: single-early, thu: single-late-%d, fri: single-friday-%d", v, v, v)}})
	}
	ps = append(ps,
		pattern{"single-half", []string{"mon: single-early-half, tue: single-late-half, wed: single-early-half, thu: single-late-half, fri: single-friday-1"}},
		pattern{"single-three-days", []string{"mon: single-early, tue: single-late-1, wed: single-early"}})
	return ps
}

// without is a week of one shift with a weekday off.
func without(off, shift string) string {
	var out string
	for _, d := range days {
		if d == off {
			continue
		}
		if out != "" {
			out += ", "
		}
		out += d + ": " + shift
	}
	return out
}
