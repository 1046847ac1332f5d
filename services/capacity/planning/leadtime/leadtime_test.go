package leadtime

import (
	"testing"

	"pgregory.net/rapid"
)

const days = 120

func fill(from, until, n int, onto ...int) []int {
	if onto == nil {
		onto = make([]int, days)
	}
	for t := from; t < until; t++ {
		onto[t] = n
	}
	return onto
}

func weekdays(n int, skip int) []int {
	b := make([]int, days)
	for t := range b {
		if t%7 < 5 {
			if skip > 0 {
				skip--
				continue
			}
			b[t] = n
		}
	}
	return b
}

// The vectors V1 to V9: integer booking and the cumulative formula computed
// independently of this code.
func TestVectors(t *testing.T) {
	hundred := func() []int { return fill(0, days, 100) }
	booked9 := fill(0, 9, 0, hundred()...)
	// Requests end after day 79; V8 and V9 come out with no other end.
	peak := func(n, until int) []int { return fill(20, until, n, fill(0, 80, 90)...) }
	for _, c := range []struct {
		name                                   string
		capacity, demand                       []int
		promise, breach, longest, late, maxDue int
		lead                                   [4]int // of days 0, 10, 20, 40
	}{
		{"V1", booked9, fill(0, 60, 110), 14, 50, 15, 550, 100, [4]int{9, 10, 11, 13}},
		{"V2", booked9, fill(0, 60, 100), 14, -1, 9, 0, 0, [4]int{9, 9, 9, 9}},
		{"V3", fill(10, 30, 60, hundred()...), fill(0, 80, 90), 14, -1, 8, 0, 0, [4]int{1, 1, 6, 5}},
		{"V4", hundred(), peak(150, 40), 14, -1, 11, 0, 0, [4]int{1, 1, 1, 11}},
		{"V5", weekdays(140, 10), fill(0, 100, 100), 14, -1, 14, 0, 0, [4]int{14, 13, 12, 12}},
		{"V6", fill(25, 65, 112, hundred()...), peak(150, 40), 14, -1, 9, 0, 0, [4]int{1, 1, 1, 8}},
		{"V7", fill(10, 40, 50, hundred()...), fill(0, 80, 95), 14, 23, 16, 1475, 115, [4]int{1, 1, 10, 14}},
		{"V8", hundred(), peak(200, 38), 14, 33, 19, 13470, 500, [4]int{1, 1, 1, 18}},
		{"V9", hundred(), peak(200, 38), 10, 29, 19, 34190, 900, [4]int{1, 1, 1, 18}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := Book{Capacity: c.capacity, Demand: c.demand, MinLead: 1, Promise: c.promise}
			o := FIFO(b)
			lead := [4]int{o.Lead[0], o.Lead[10], o.Lead[20], o.Lead[40]}
			if o.FirstBreach != c.breach || o.Longest != c.longest || o.SlotDaysLate != c.late || o.MaxOverdue != c.maxDue || lead != c.lead {
				t.Errorf("breach %d longest %d late %d overdue %d lead %v, want %d %d %d %d %v",
					o.FirstBreach, o.Longest, o.SlotDaysLate, o.MaxOverdue, lead, c.breach, c.longest, c.late, c.maxDue, c.lead)
			}
			if got := Cumulative(b); got != c.late {
				t.Errorf("cumulative formula %d, want %d", got, c.late)
			}
		})
	}
}

func TestBookingAndFormulaAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 40).Draw(t, "days")
		b := Book{
			Capacity: rapid.SliceOfN(rapid.IntRange(0, 9), n, n).Draw(t, "capacity"),
			Demand:   rapid.SliceOfN(rapid.IntRange(0, 9), n, n).Draw(t, "demand"),
			MinLead:  rapid.IntRange(0, 2).Draw(t, "lead"),
			Promise:  rapid.IntRange(2, 9).Draw(t, "promise"),
		}
		if got, want := FIFO(b).SlotDaysLate, Cumulative(b); got != want {
			t.Fatalf("booking %d, formula %d", got, want)
		}
	})
}

func TestThirdNext(t *testing.T) {
	for _, c := range []struct {
		free       []int
		lead, want int
	}{
		{[]int{9, 1, 1, 1, 5}, 1, 3}, {[]int{9, 1, 1, 1}, 0, 0}, {[]int{0, 2}, 0, -1}, {nil, 1, -1},
		{[]int{0, -4, 3}, 0, 2},
	} {
		if got := ThirdNext(c.free, c.lead); got != c.want {
			t.Errorf("ThirdNext(%v, %d) = %d, want %d", c.free, c.lead, got, c.want)
		}
	}
}
