package shift

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func at(h, m int) int { return h*60 + m }

var (
	hours = []Span{{at(8, 0), at(18, 0)}}
	early = Shift{Span: Span{at(8, 0), at(16, 20)}}
	late  = Shift{Span: Span{at(9, 40), at(18, 0)}}
	both  = []Shift{early, late}
)

func people(n int, shifts ...Shift) [][]Shift {
	all := make([][]Shift, n)
	for i := range all {
		all[i] = shifts
	}
	return all
}

func TestEarlyAndLate(t *testing.T) {
	lunch := Shift{Span{at(8, 0), at(18, 0)}, []Span{{at(12, 0), at(12, 30)}}}
	siesta := Shift{Span{at(8, 0), at(18, 0)}, []Span{{at(12, 30), at(13, 0)}}}
	for _, c := range []struct {
		name       string
		day        Day
		people     [][]Shift
		worst, sum int
		early      int // people on the first shift
	}{
		{"four are enough for two at every half hour", Least(hours, 2), people(4, both...), 0, 0, 2},
		// 16:00 to 18:00 or 8:00 to 10:00 has one: four half hours lack one.
		{"three lack one at four half hours", Least(hours, 2), people(3, both...), 1, 4, 2},
		{"nobody", Least(hours, 2), nil, 2, 40, 0},
		{"seven spread over both shifts", Least(hours, 2), people(7, both...), 0, 0, 4},
		{"an express counter from ten to sixteen", Day{hours, []Need{{hours[0], 2, 0}, {Span{at(10, 0), at(16, 0)}, 3, 0}}}, people(4, both...), 0, 0, 2},
		{"an express counter all day wants six", Day{hours, []Need{{hours[0], 2, 0}, {hours[0], 3, 0}}}, people(5, both...), 1, 4, 3},
		{"breaks at different times", Least(hours, 1), append(people(1, lunch), people(1, lunch, siesta)...), 0, 0, 1},
		{"breaks at the same time", Least(hours, 1), people(2, lunch), 1, 1, 2},
		{"Saturday morning", Least([]Span{{at(9, 0), at(13, 0)}}, 2), people(2, Shift{Span: Span{at(9, 0), at(13, 0)}}), 0, 0, 2},
		{"opening off the half hour", Least([]Span{{at(8, 15), at(12, 10)}}, 1), people(1, Shift{Span: Span{at(8, 15), at(12, 10)}}), 0, 0, 1},
		{"closed over noon", Least([]Span{{at(8, 0), at(12, 0)}, {at(14, 0), at(18, 0)}}, 1),
			people(1, Shift{Span{at(8, 0), at(18, 0)}, []Span{{at(12, 0), at(14, 0)}}}), 0, 0, 1},
		{"closed: nobody is missing", Day{Needs: []Need{{hours[0], 2, 0}}}, people(1, both...), 0, 0, 1},
	} {
		a, err := Assign(c.day, c.people)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		n := 0
		for _, j := range a.Shift {
			if j == 0 {
				n++
			}
		}
		if a.Worst != c.worst || a.Sum != c.sum || n != c.early {
			t.Errorf("%s: worst %d, sum %d, %d on the first shift; want %d, %d, %d", c.name, a.Worst, a.Sum, n, c.worst, c.sum, c.early)
		}
	}
}

func TestLacksNameTheHalfHours(t *testing.T) {
	a, err := Assign(Least(hours, 2), people(2, early))
	if err != nil {
		t.Fatal(err)
	}
	want := []Lack{{Span{at(16, 0), at(16, 30)}, 0, 2, 0}, {Span{at(16, 30), at(17, 0)}, 0, 2, 0},
		{Span{at(17, 0), at(17, 30)}, 0, 2, 0}, {Span{at(17, 30), at(18, 0)}, 0, 2, 0}}
	if !slices.Equal(a.Lacks, want) || a.Worst != 2 || a.Sum != 8 {
		t.Errorf("%+v, want lacks %+v", a, want)
	}
}

// An express counter wants one who can do certificates at every half hour, on top
// of the two there must be.
func TestExpressCounterWantsItsSkill(t *testing.T) {
	day := Day{hours, []Need{{hours[0], 3, 0}, {hours[0], 1, 0b10}}}
	// People 0 and 4 can do certificates: one of them works early, one late.
	a, err := AssignSkilled(day, people(6, both...), []uint64{0b10, 1, 1, 1, 0b11, 1})
	if err != nil || a.Worst != 0 || a.Sum != 0 || a.Shift[0] == a.Shift[4] {
		t.Errorf("%+v, %v: want nobody missing and 0 and 4 on different shifts", a, err)
	}
	a, err = AssignSkilled(day, people(6, both...), []uint64{0b10, 1, 1, 1, 1, 1})
	if err != nil || a.Worst != 1 || a.Sum != 4 || len(a.Lacks) != 4 || a.Lacks[0].Skills != 0b10 {
		t.Errorf("%+v, %v: want one missing with the skill at four half hours", a, err)
	}
}

func TestRefusalsNameTheField(t *testing.T) {
	for _, c := range []struct {
		day     Day
		choices [][]Shift
		want    string
	}{
		{Day{Open: []Span{{60, 60}}}, nil, "open[0] is 60 to 60"},
		{Day{Needs: []Need{{Span{0, 1441}, 2, 0}}}, nil, "needs[0] is 0 to 1441"},
		{Day{Needs: []Need{{Span{0, 60}, -1, 0}}}, nil, "needs[0].heads is -1"},
		{Day{}, [][]Shift{{}}, "choices[0] is empty"},
		{Day{}, [][]Shift{{early}, {{Span: Span{-1, 5}}}}, "choices[1][0] is -1 to 5"},
		{Day{}, [][]Shift{{{Span{0, 90}, []Span{{40, 30}}}}}, "choices[0][0].breaks[0] is 40 to 30"},
	} {
		if _, err := New(c.day, c.choices); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want one with %q", err, c.want)
		}
	}
}

// price counts a split minute by minute, for everybody and for people with one
// of the skills 1 and 2.
func price(day Day, people [][]Shift, skills []uint64, chosen []int) (worst, sum int) {
	for i := range 2 * 1440 / 30 {
		h, of := i/2*30, uint64(i%2*3)
		first, last, need := -1, -1, 0
		for m := h; m < h+30; m++ {
			for _, o := range day.Open {
				if m < o.From || m >= o.To {
					continue
				}
				if last = m; first < 0 {
					first = m
				}
				for _, n := range day.Needs {
					if n.Skills == of && n.From <= m && m < n.To {
						need = max(need, n.Heads)
					}
				}
			}
		}
		there := 0
		for e, j := range chosen {
			present := first >= 0 && (of == 0 || skills[e]&of != 0)
			for m := first; m <= last && present; m++ {
				s := people[e][j]
				present = s.From <= m && m < s.To
				for _, b := range s.Breaks {
					present = present && (m < b.From || m >= b.To)
				}
			}
			if present {
				there++
			}
		}
		worst, sum = max(worst, need-there), sum+max(0, need-there)
	}
	return worst, sum
}

func drawSpan(t *rapid.T, step int, name string) Span {
	from := rapid.IntRange(8*60/step, 16*60/step).Draw(t, name+" from")
	to := rapid.IntRange(from+1, min(18*60/step, from+5*60/step)).Draw(t, name+" to")
	return Span{from * step, to * step}
}

func drawDay(t *rapid.T) (Day, [][]Shift, []uint64) {
	step := rapid.SampledFrom([]int{10, 30}).Draw(t, "step")
	var d Day
	for i := range rapid.IntRange(1, 2).Draw(t, "open") {
		d.Open = append(d.Open, drawSpan(t, step, fmt.Sprint("open", i)))
	}
	for i := range rapid.IntRange(1, 3).Draw(t, "needs") {
		d.Needs = append(d.Needs, Need{drawSpan(t, step, fmt.Sprint("need", i)), rapid.IntRange(0, 3).Draw(t, "heads"),
			rapid.SampledFrom([]uint64{0, 0, 3}).Draw(t, "skills needed")})
	}
	kinds := make([][]Shift, rapid.IntRange(1, 3).Draw(t, "kinds"))
	for i := range kinds {
		for range rapid.IntRange(1, 3).Draw(t, "shifts") {
			s := Shift{Span: drawSpan(t, step, "shift")}
			if rapid.Bool().Draw(t, "break") {
				s.Breaks = []Span{drawSpan(t, step, "break")}
			}
			kinds[i] = append(kinds[i], s)
		}
	}
	all := make([][]Shift, rapid.IntRange(0, 6).Draw(t, "people"))
	skills := make([]uint64, len(all))
	for i := range all {
		all[i] = rapid.SampledFrom(kinds).Draw(t, "kind")
		skills[i] = rapid.Uint64Range(0, 7).Draw(t, "skills")
	}
	return d, all, skills
}

func TestExact(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, all, skills := drawDay(t)
		a, err := AssignSkilled(d, all, skills)
		if err != nil {
			t.Fatal(err)
		}
		worst, sum := price(d, all, skills, a.Shift)
		lacks := 0
		for _, l := range a.Lacks {
			lacks += l.Need - l.Present
		}
		if worst != a.Worst || sum != a.Sum || lacks != sum {
			t.Fatalf("says worst %d, sum %d, lacks %d; the split has %d, %d", a.Worst, a.Sum, lacks, worst, sum)
		}
		chosen := make([]int, len(all))
		var try func(e int)
		try = func(e int) {
			if e == len(all) {
				if w, s := price(d, all, skills, chosen); w < worst || w == worst && s < sum {
					t.Fatalf("%v has worst %d, sum %d; the split %v has %d, %d", chosen, w, s, a.Shift, worst, sum)
				}
				return
			}
			for j := range all[e] {
				chosen[e] = j
				try(e + 1)
			}
		}
		try(0)
		var count []int
		var choices [][]Shift
		var sets []uint64
		for e, shifts := range all {
			i := 0
			for i < len(choices) && !(sets[i] == skills[e] && reflect.DeepEqual(choices[i], shifts)) {
				i++
			}
			if i == len(choices) {
				choices, sets, count = append(choices, shifts), append(sets, skills[e]), append(count, 0)
			}
			count[i]++
		}
		s, err := NewSkilled(d, choices, sets)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Short(count); got != worst {
			t.Fatalf("Short is %d, the worst half hour lacks %d", got, worst)
		}
	})
}

// The memory of a long walk changes nothing: many kinds of people, each with
// three shifts, against the same people without it.
func TestMemoryOfLongWalks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		choices := make([][]Shift, rapid.IntRange(3, 5).Draw(t, "kinds"))
		count := make([]int, len(choices))
		for i := range choices {
			for range 3 {
				choices[i] = append(choices[i], Shift{Span: drawSpan(t, 30, "shift")})
			}
			count[i] = rapid.IntRange(0, 3).Draw(t, "count")
		}
		s, err := New(Least(hours, rapid.IntRange(1, 4).Draw(t, "heads")), choices)
		if err != nil {
			t.Fatal(err)
		}
		with, without := walk{both: true}, walk{both: true}
		for i, w := range []*walk{&with, &without} {
			w.start(s, count)
			w.seen = nil
			if i == 0 {
				w.seen = map[string]bool{}
			}
			w.run()
		}
		if with.worst != without.worst || with.sum != without.sum {
			t.Fatalf("with memory %d, %d; without %d, %d", with.worst, with.sum, without.worst, without.sum)
		}
	})
}

func TestShortAllocatesNothing(t *testing.T) {
	s, err := New(Least(hours, 2), [][]Shift{both, {early}})
	if err != nil {
		t.Fatal(err)
	}
	count := []int{9, 3}
	if n := testing.AllocsPerRun(100, func() { s.Short(count) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkShort(b *testing.B) {
	part := Shift{Span: Span{at(8, 0), at(12, 0)}}
	noon := Shift{Span: Span{at(11, 0), at(15, 0)}}
	end := Shift{Span: Span{at(14, 0), at(18, 0)}}
	for _, c := range []struct {
		name    string
		heads   int
		choices [][]Shift
		count   []int
	}{
		{"15 people, two shifts", 2, [][]Shift{both}, []int{15}},
		{"3 people, two shifts", 2, [][]Shift{both}, []int{3}},
		{"40 people, three shifts", 3, [][]Shift{{early, late, noon}}, []int{40}},
		{"14 people of five kinds", 2, [][]Shift{both, {early}, {late}, {part, end}, {part, noon, end}}, []int{6, 1, 2, 3, 2}},
		{"6 people of four kinds, too few", 3, [][]Shift{both, {early}, {part, end}, {part, noon, end}}, []int{2, 1, 2, 1}},
	} {
		s, err := New(Least(hours, c.heads), c.choices)
		if err != nil {
			b.Fatal(err)
		}
		b.Run("short/"+c.name, func(b *testing.B) {
			for b.Loop() {
				s.Short(c.count)
			}
		})
		b.Run("solve/"+c.name, func(b *testing.B) {
			for b.Loop() {
				s.Solve(c.count)
			}
		})
	}
}
