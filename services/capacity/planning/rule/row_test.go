package rule

import (
	"math/rand"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
)

func halfYear(n int) func(in *planning.Instance) {
	return func(in *planning.Instance) { in.MaxAwayPerHalfYear = &n; in.MaxMovedPerWeek = 7 }
}

func TestRowBreaks(t *testing.T) {
	one, three := 1, 3
	for _, c := range []struct {
		what string
		edit func(in *planning.Instance)
		e    int
		days []int // at centre 1
		want Name
	}{
		{"never away", halfYear(0), 0, nil, ""},
		{"twice a week", nil, 0, []int{2, 6, 7, 8}, ""},
		{"three times a week", nil, 0, []int{2, 3, 6}, WeeklyCap},
		{"weeks begin on Monday", func(in *planning.Instance) { in.Weekday0 = 4 }, 0, []int{2, 3, 4}, ""},
		{"weeks end on Sunday", func(in *planning.Instance) { in.Weekday0 = 4 }, 0, []int{3, 4, 9}, WeeklyCap},
		{"a cap of one's own", func(in *planning.Instance) { in.Staff[0].MaxMovedPerWeek = &three }, 0, []int{2, 3, 6}, ""},
		{"away before day 0", func(in *planning.Instance) { in.Weekday0 = 3; in.Staff[0].AwayBefore = 1 }, 0, []int{2, 3}, WeeklyCap},
		{"away before day 0, next week", func(in *planning.Instance) { in.Weekday0 = 3; in.Staff[0].AwayBefore = 1 }, 0, []int{4, 5}, ""},
		{"fixed days beyond the cap", func(in *planning.Instance) {
			in.Staff[0].FixedDays = []int{2, 3, 4}
			in.Prev[0][2], in.Prev[0][3], in.Prev[0][4] = 1, 1, 1
		}, 0, nil, ""},
		{"and one of choice", func(in *planning.Instance) {
			in.Staff[0].FixedDays = []int{2, 3, 4}
			in.Prev[0][2], in.Prev[0][3], in.Prev[0][4] = 1, 1, 1
		}, 0, []int{5}, WeeklyCap},

		{"half year, at the limit", halfYear(3), 0, []int{2, 3, 4}, ""},
		{"half year, above", halfYear(3), 0, []int{2, 3, 4, 5}, HalfYear},
		{"half year, none allowed", halfYear(0), 0, []int{9}, HalfYear},
		{"half year, a limit of one's own", func(in *planning.Instance) { halfYear(3)(in); in.Staff[0].MaxAwayPerHalfYear = &one }, 0, []int{2, 3}, HalfYear},
		{"half year, own limit alone", func(in *planning.Instance) { in.Staff[0].MaxAwayPerHalfYear = &one }, 0, []int{2, 8}, HalfYear},
		{"half year, the oldest day still counts", func(in *planning.Instance) { halfYear(1)(in); in.Staff[0].AwayDays = []int{9 - 182} }, 0, []int{9}, HalfYear},
		{"half year, the oldest day has rolled out", func(in *planning.Instance) { halfYear(1)(in); in.Staff[0].AwayDays = []int{9 - 183} }, 0, []int{9}, ""},
		{"half year, days before above the limit already", func(in *planning.Instance) { halfYear(1)(in); in.Staff[0].AwayDays = []int{-20, -30} }, 0, nil, ""},
		{"half year, a fixed day above the limit", func(in *planning.Instance) {
			halfYear(1)(in)
			in.Staff[0].AwayDays = []int{-20}
			in.Prev[0][1] = 1
		}, 0, nil, ""},
		{"half year, another one after it", func(in *planning.Instance) {
			halfYear(1)(in)
			in.Staff[0].AwayDays = []int{-20}
			in.Prev[0][1] = 1
		}, 0, []int{9}, HalfYear},

		{"half year, a mobile team", halfYear(1), 1, []int{2, 3, 9}, ""},
		{"half year, a mobile team with a figure of its own", func(in *planning.Instance) { in.Staff[1].MaxAwayPerHalfYear = &one }, 1, []int{2, 9}, HalfYear},

		{"Saturdays four weeks apart", saturdays, 1, []int{5}, ""},
		{"two Saturdays in four weeks", saturdays, 1, []int{5, 26}, SaturdayCap},
		{"a Saturday before, 27 days", func(in *planning.Instance) { saturdays(in); in.Staff[1].AwayDays = []int{-16} }, 1, []int{5}, SaturdayCap},
		{"a Saturday before, 28 days", func(in *planning.Instance) { saturdays(in); in.Staff[1].AwayDays = []int{-23} }, 1, []int{5}, ""},
		{"a Friday before", func(in *planning.Instance) { saturdays(in); in.Staff[1].AwayDays = []int{-17} }, 1, []int{5}, ""},

		// From 20:30 to 8:00 are 690 minutes: 30 of travel fit beside the rest.
		{"rest with the way back", func(in *planning.Instance) { late(in, 1230); in.Travel[1][0] = 30 }, 0, []int{9}, ""},
		{"a minute more of way back", func(in *planning.Instance) { late(in, 1230); in.Travel[1][0] = 31 }, 0, []int{9}, Rest},
		{"rest with the way there", func(in *planning.Instance) { late(in, 1230); in.Travel[0][1] = 31; in.Travel[1][0] = 0 }, 0, []int{10}, Rest},
		{"both ways on days in a row", func(in *planning.Instance) { late(in, 1230); in.Travel[0][1], in.Travel[1][0] = 15, 16 }, 0, []int{9, 10}, Rest},
		{"both ways, just enough", func(in *planning.Instance) { late(in, 1230); in.Travel[0][1], in.Travel[1][0] = 15, 15 }, 0, []int{9, 10}, ""},
		{"a day off between", func(in *planning.Instance) { late(in, 1230); in.Travel[1][0] = 99; in.Avail[0][10] = 0 }, 0, []int{9}, ""},
		{"too little rest at home is the roster's", func(in *planning.Instance) { late(in, 1300) }, 0, nil, ""},
		{"but nobody is sent into it", func(in *planning.Instance) { late(in, 1260); in.Travel[1][0] = 1 }, 0, []int{9}, Rest},
		{"a fixed day away", func(in *planning.Instance) {
			late(in, 1260)
			in.Staff[0].FixedDays, in.Prev[0][9] = []int{9}, 1
		}, 0, nil, ""},
		{"a stricter rest", func(in *planning.Instance) {
			late(in, 1200)
			in.WorkTime = &planning.WorkTime{Rest: 701}
		}, 0, []int{9}, Rest},
		{"one shift ends early enough", func(in *planning.Instance) { in.Shifts = []planning.Span{{480, 1260}, {480, 1200}} }, 0, []int{9}, ""},
	} {
		in := city(c.edit)
		for e := range in.Staff { // the week's count follows from the days
			s := &in.Staff[e]
			for _, d := range s.AwayDays {
				if d >= -in.Weekday0 {
					s.AwayBefore++
				}
			}
		}
		b := New(valid(t, in))
		row := rowOf(in, c.e, 1, c.days...)
		if points, got := b.Row(c.e, row); got != c.want || points != 0 {
			t.Errorf("%s: %q at %v points, want %q", c.what, got, points, c.want)
		}
	}
}

// late lets everybody work from 8:00 to a minute on every day.
func late(in *planning.Instance, to int) { duties(in, to-500, to); startAt(in, 480) }

// startAt lets day 10 and later begin at a minute.
func startAt(in *planning.Instance, from int) {
	for e := range in.Duties {
		in.Duties[e][10] = planning.Span{from, from + 400}
		in.Duties[e][11] = planning.Span{from, from + 400}
	}
}

func TestPersonalPriceRises(t *testing.T) {
	for _, c := range []struct {
		what string
		edit func(in *planning.Instance)
		e    int
		days []int
		want float64
	}{
		{"the first day", nil, 0, []int{3}, 0},
		{"the second day", nil, 0, []int{3, 4}, 2},
		{"the third day", nil, 0, []int{3, 4, 20}, 2 + 4},
		{"the fourth day", nil, 0, []int{3, 4, 20, 21}, 2 + 4 + 6},
		{"days before count", func(in *planning.Instance) { in.Staff[0].AwayDays = []int{-10, -20} }, 0, []int{3}, 4},
		{"the window rolls", func(in *planning.Instance) { in.Staff[0].AwayDays = []int{3 - 183, 4 - 183} }, 0, []int{3, 4}, 2 + 2},
		{"a mobile team's work", nil, 1, []int{3, 4, 20}, 0},
		{"a volunteer's too", nil, 2, []int{3, 4}, 2},
	} {
		in := city(c.edit)
		in.Weights.Personal = 2
		b := New(valid(t, in))
		if points, broken := b.Row(c.e, rowOf(in, c.e, 1, c.days...)); points != c.want || broken != "" {
			t.Errorf("%s: %v points and %q, want %v", c.what, points, broken, c.want)
		}
	}
}

func TestSecondmentStarts(t *testing.T) {
	one := 1
	for _, c := range []struct {
		what string
		edit func(in *planning.Instance)
		b, c []int // days at centres 1 and 2
		want float64
	}{
		{"none", nil, nil, nil, 0},
		{"one day", nil, []int{3}, nil, 1},
		{"two days in a row", nil, []int{3, 4}, nil, 1},
		{"two days apart", nil, []int{3, 8}, nil, 2},
		{"to another centre in between", nil, []int{3}, []int{4}, 2},
		{"there and back", nil, []int{3, 15}, []int{14}, 3},
		{"over days off", func(in *planning.Instance) { in.Avail[0][4], in.Avail[0][5] = 0, 0 }, []int{3, 6}, nil, 1},
		{"gone on with from before", func(in *planning.Instance) { in.Staff[0].LastAt = &one }, []int{0, 1}, nil, 0},
		{"not the same centre", func(in *planning.Instance) { in.Staff[0].LastAt = &one }, nil, []int{0, 1}, 1},
		{"home in between", func(in *planning.Instance) { in.Staff[0].LastAt = &one }, []int{1}, nil, 1},
	} {
		in := city(c.edit)
		in.Weights.SecondmentStart = 5
		b := New(valid(t, in))
		row := rowOf(in, 0, 1, c.b...)
		for _, t := range c.c {
			row[t] = 2
		}
		if points, broken := b.Row(0, row); points != 5*c.want || broken != "" {
			t.Errorf("%s: %v points and %q, want %v", c.what, points, broken, 5*c.want)
		}
	}
}

// Whatever the rules, a row that spends only unchangeable days away breaks none;
// and Row agrees with counting anew, day by day.
func TestRowAgainstCounting(t *testing.T) {
	dice := rand.New(rand.NewSource(7))
	broken := map[Name]int{}
	for i := range 1500 {
		most, sat := 2+dice.Intn(12), dice.Intn(3)
		in := city(func(in *planning.Instance) {
			if i%10 == 0 { // longer than half a year
				lasting(in, 230)
				most += 20
			}
			in.MaxMovedPerWeek = 1 + dice.Intn(5)
			in.MaxAwayPerHalfYear, in.Saturdays = &most, &planning.Saturdays{InFourWeeks: sat, Anyone: true}
			in.Weights.Personal, in.Weights.SecondmentStart = 1, 100
			duties(in, 480, 1080+dice.Intn(100))
			for d := -200; d < -7; d++ {
				if dice.Intn(60) == 0 {
					in.Staff[0].AwayDays = append(in.Staff[0].AwayDays, d)
				}
			}
			for t := range in.Horizon {
				switch dice.Intn(12) {
				case 0:
					in.Avail[0][t] = 0
				case 1:
					in.Prev[0][t] = 1 + dice.Intn(2)
					in.Staff[0].FixedDays = append(in.Staff[0].FixedDays, t)
				case 2:
					in.Duties[0][t] = planning.Span{360, 900}
				}
			}
		})
		b := New(valid(t, in))
		row := in.Previous().X[0]
		if _, rule := b.Row(0, row); rule != "" {
			t.Fatalf("an unchangeable row breaks %q", rule)
		}
		for day := range row {
			if row[day] == 0 && dice.Intn(in.Horizon/3) == 0 {
				row[day] = 1 + dice.Intn(2)
			}
		}
		points, rule := b.Row(0, row)
		wantPoints, wantRules := counted(b, row)
		if points != wantPoints || rule == "" && len(wantRules) > 0 || rule != "" && !wantRules[rule] {
			t.Fatalf("%v points and %q broken, counted %v and %v", points, rule, wantPoints, wantRules)
		}
		broken[rule]++
	}
	for _, r := range []Name{"", WeeklyCap, HalfYear, SaturdayCap, Rest} {
		if broken[r] < 20 {
			t.Errorf("only %d rows with %q", broken[r], r)
		}
	}
}

// counted is Row for person 0 by plain counting over days before and after day 0.
func counted(b *Book, row []int) (points float64, broken map[Name]bool) {
	in, broken := b.in, map[Name]bool{}
	away := func(t int) bool {
		if t >= 0 {
			return t < len(row) && row[t] > 0
		}
		for _, d := range in.Staff[0].AwayDays {
			if d == t {
				return true
			}
		}
		return false
	}
	chosen := func(t int) bool { return t >= 0 && away(t) && !b.forced[t] }
	window := func(end, length int, of func(t int) bool) (n int, free bool) {
		for t := end - length + 1; t <= end; t++ {
			if of(t) && away(t) {
				n++
				free = free || chosen(t)
			}
		}
		return n, free
	}
	every := func(int) bool { return true }
	last := in.Staff[0].Home
	for t := range row {
		if n, free := window(t, 183, every); n > *in.MaxAwayPerHalfYear && free {
			broken[HalfYear] = true
		}
		if n, free := window(t, 28, func(t int) bool { return ((t%7)+7)%7 == 5 }); n > in.Saturdays.InFourWeeks && free {
			broken[SaturdayCap] = true
		}
		if t%7 == 6 {
			if n, free := window(t, 7, every); n > in.MaxMovedPerWeek && free {
				broken[WeeklyCap] = true
			}
		}
		if away(t) {
			n, _ := window(t, 183, every)
			points += float64(n - 1)
			if row[t] != last {
				points += 100
			}
		}
		if row[t] >= 0 {
			last = row[t]
		}
		if t+1 < len(row) && row[t] >= 0 && row[t+1] >= 0 && (chosen(t) || chosen(t+1)) {
			end := in.Duties[0][t][1] + in.Travel[row[t]][0]
			if 1440+in.Duties[0][t+1][0]-in.Travel[0][row[t+1]]-end < 660 {
				broken[Rest] = true
			}
		}
	}
	return points, broken
}

func BenchmarkRow(b *testing.B) {
	in := city(func(in *planning.Instance) {
		lasting(in, 60)
		most := 30
		in.MaxAwayPerHalfYear, in.Saturdays = &most, &planning.Saturdays{InFourWeeks: 2, Anyone: true}
		in.Weights.Personal, in.Weights.SecondmentStart = 1, 3
		for d := -180; d < -10; d += 9 {
			in.Staff[0].AwayDays = append(in.Staff[0].AwayDays, d)
		}
		duties(in, 480, 1000)
		in.Duties[0][55] = planning.Span{690, 1250} // tight before the next morning
	})
	book := New(valid(b, in))
	row := rowOf(in, 0, 1, 3, 4, 11, 12, 20, 30, 31, 40, 50)
	if _, broken := book.Row(0, row); broken != "" || !book.people[0].tight {
		b.Fatal(broken)
	}
	for b.Loop() {
		book.Row(0, row)
	}
}
