package occupancy

import (
	"testing"

	"pgregory.net/rapid"
)

// servable matches needs to lines at one tick by augmenting paths (Kuhn), the
// slow and certain way.
func servable(lines []Line, needs []Need, tick int) bool {
	onDuty := func(l Line) bool {
		begin, end := tick*Tick, (tick+1)*Tick
		if l.From > begin || l.To < end {
			return false
		}
		for _, b := range l.Breaks {
			if b.To > b.From && b.From < end && begin < b.To {
				return false
			}
		}
		return true
	}
	owner := make([]int, len(lines))
	for i := range owner {
		owner[i] = -1
	}
	var try func(n int, seen []bool) bool
	try = func(n int, seen []bool) bool {
		for i, l := range lines {
			if seen[i] || !onDuty(l) || needs[n].Skill < 0 || l.Skills>>needs[n].Skill&1 == 0 {
				continue
			}
			seen[i] = true
			if owner[i] < 0 || try(owner[i], seen) {
				owner[i] = n
				return true
			}
		}
		return false
	}
	for n, need := range needs {
		if need.From <= tick && tick < need.To && !try(n, make([]bool, len(lines))) {
			return false
		}
	}
	return true
}

func servableAll(lines []Line, needs []Need) bool {
	for t := range Ticks {
		if !servable(lines, needs, t) {
			return false
		}
	}
	return true
}

func drawDay(t *rapid.T) (skills int, lines []Line) {
	skills = rapid.IntRange(1, 5).Draw(t, "skills")
	for range rapid.IntRange(0, 6).Draw(t, "lines") {
		from := rapid.IntRange(470, 520).Draw(t, "from")
		l := Line{Span: Span{from, from + rapid.IntRange(0, 90).Draw(t, "length")},
			Skills: Mask(rapid.IntRange(0, 1<<skills-1).Draw(t, "mask"))}
		if rapid.Bool().Draw(t, "break") {
			b := rapid.IntRange(470, 600).Draw(t, "breakFrom")
			l.Breaks = []Span{{b, b + rapid.IntRange(0, 25).Draw(t, "breakLength")}}
		}
		lines = append(lines, l)
	}
	return skills, lines
}

func drawNeed(t *rapid.T, skills int) Need {
	from := rapid.IntRange(94, 122).Draw(t, "needFrom")
	return Need{rapid.IntRange(0, skills-1).Draw(t, "skill"), from, from + rapid.IntRange(1, 5).Draw(t, "needTicks")}
}

func TestHallEqualsMatching(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		skills, lines := drawDay(t)
		supply := NewSupply(skills, lines)
		slack := supply.Slack()
		var taken []Need
		for range rapid.IntRange(0, 12).Draw(t, "needs") {
			n := drawNeed(t, skills)
			want := servableAll(lines, append(taken[:len(taken):len(taken)], n))
			if got := slack.Fits(n); got != want {
				t.Fatalf("Slack.Fits(%+v) beside %+v on %+v = %v, a matching says %v", n, taken, lines, got, want)
			}
			if got := supply.Fits(n, taken); got != want {
				t.Fatalf("Supply.Fits(%+v) beside %+v on %+v = %v, a matching says %v", n, taken, lines, got, want)
			}
			if want {
				slack.Take(n)
				taken = append(taken, n)
			}
		}
	})
}

func TestStartsCountWhatCouldBegin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		skills, lines := drawDay(t)
		supply := NewSupply(skills, lines)
		slack := supply.Slack()
		for range rapid.IntRange(0, 6).Draw(t, "needs") {
			slack.TryTake(drawNeed(t, skills))
		}
		skill, length := rapid.IntRange(0, skills-1).Draw(t, "asked"), rapid.IntRange(1, 5).Draw(t, "askedTicks")
		for i, count := range Starts(slack.Room(skill), 0, 1, length) {
			n := Need{skill, supply.From() + i, supply.From() + i + length}
			for range count {
				if !slack.TryTake(n) {
					t.Fatalf("count %d at %+v, but fewer fit", count, n)
				}
			}
			if slack.Fits(n) {
				t.Fatalf("count %d at %+v, but one more fits", count, n)
			}
			for range count {
				slack.Give(n)
			}
		}
	})
}

// best packs by trying everything.
func best(room []int16, length int) int {
	if len(room) < length {
		return 0
	}
	most := best(room[1:], length)
	if least(room[:length]) > 0 {
		next := append([]int16(nil), room...)
		for i := range length {
			next[i]--
		}
		most = max(most, 1+best(next, length))
	}
	return most
}

func TestPackIsBest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		room := rapid.SliceOfN(rapid.Int16Range(0, 2), 0, 10).Draw(t, "room")
		length := rapid.IntRange(1, 4).Draw(t, "length")
		if got, want := Pack(room, 0, length), best(room, length); got != want {
			t.Fatalf("Pack(%v, %d) = %d, best is %d", room, length, got, want)
		}
	})
}

func TestSpansAreCutInwards(t *testing.T) {
	s := NewSupply(1, []Line{{Span: Span{482, 538}, Breaks: []Span{{502, 503}}, Skills: 1}})
	if s.From() != 97 || s.To() != 107 {
		t.Fatalf("on duty in ticks [%d, %d), want [97, 107)", s.From(), s.To())
	}
	if r := s.Slack().Room(0); r[2] != 1 || r[3] != 0 || r[4] != 1 {
		t.Fatalf("room around the break is %v", r)
	}
}

// benchDay is a Hamburg centre-day: 6 counters, 5 skills, 70 % booked.
func benchDay() (*Supply, []Need) {
	lines := []Line{}
	for i := range 6 {
		from := 420 + i%2*120
		lines = append(lines, Line{Span{from, from + 510}, []Span{{from + 240, from + 270}}, []Mask{31, 7, 3, 15, 1, 5}[i]})
	}
	s := NewSupply(5, lines)
	slack := s.Slack()
	var needs []Need
	for i := range 90 {
		n := Need{i % 5, 84 + i*7%120, 84 + i*7%120 + 2 + i%4}
		if slack.TryTake(n) {
			needs = append(needs, n)
		}
	}
	return s, needs
}

func BenchmarkFreeStartsOfADay(b *testing.B) {
	s, needs := benchDay()
	b.ReportAllocs()
	for b.Loop() {
		slack := s.Slack()
		for _, n := range needs {
			slack.Take(n)
		}
		for skill := range 5 {
			room := slack.Room(skill)
			for _, length := range []int{2, 3, 4, 6} {
				Starts(room, 0, length, length)
			}
			Pack(room, 0, 3)
		}
	}
}

func BenchmarkFits(b *testing.B) {
	s, needs := benchDay()
	b.ReportAllocs()
	for b.Loop() {
		s.Fits(Need{2, 110, 114}, needs)
	}
}
