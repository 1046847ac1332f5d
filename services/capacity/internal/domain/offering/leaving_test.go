package offering

import (
	"fmt"
	"slices"
	"testing"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/observed"
	"pgregory.net/rapid"
)

// Leaving says what the lines before and after say.
func TestLeavingIsByTheLines(t *testing.T) {
	skills := []id.Skill{"pass", "car", "move"}
	yes, no := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		clock := func(name string) day.TimeOfDay { return day.TimeOfDay(5 * rapid.IntRange(84, 228).Draw(t, name)) } // 7 to 19
		span := func(name string) day.Span {
			a, b := clock(name), clock(name)
			return day.Span{From: min(a, b), To: max(a, b) + 5}
		}
		opening := []day.Span{{From: day.Clock(8, 0), To: day.Clock(12, 0)}, {From: day.Clock(13, 0), To: day.Clock(18, 0)}}
		opening = opening[:rapid.IntRange(1, 2).Draw(t, "opening")]
		rules := Rules{WalkInShare: rapid.SampledFrom([]float64{0, .2, .5}).Draw(t, "walk-ins"), ExpressCounters: rapid.IntRange(0, 2).Draw(t, "express"), ExpressSkills: skills[:1]}
		var present []Presence
		for i := range rapid.IntRange(0, 9).Draw(t, "people") {
			p := Presence{Employee: id.Employee(fmt.Sprint("e", i)), Span: span("duty"), Skills: rapid.SliceOfDistinct(rapid.SampledFrom(skills), rapid.ID).Draw(t, "skills")}
			for range rapid.IntRange(0, 2).Draw(t, "breaks") {
				p.Breaks = append(p.Breaks, span("break"))
			}
			present = append(present, p)
		}
		present = rapid.Permutation(present).Draw(t, "order")
		use := observed.InUse{From: day.Clock(8, 0), Step: 30, Counters: make([]int, 12), Skills: map[id.Skill][]int{}}
		for _, s := range skills[:rapid.IntRange(0, 3).Draw(t, "used")] {
			use.Skills[s] = rapid.SliceOfN(rapid.IntRange(0, 2), 0, 12).Draw(t, "use")
			for i, n := range use.Skills[s] {
				use.Counters[i] = max(use.Counters[i], n)
			}
		}
		l := NewLeaving(present, opening, rules, use)
		for range 4 {
			var gone []int
			var left []Presence
			for i, p := range present {
				if rapid.IntRange(0, 3).Draw(t, "goes") == 0 {
					gone = append(gone, i)
				} else {
					left = append(left, p)
				}
			}
			want := keepsCovered(Lines(present, opening, rules), Lines(left, opening, rules), use)
			if got := l.Keeps(gone); got != want {
				t.Fatalf("without %v: %v, by the lines %v", gone, got, want)
			}
			if want {
				yes++
			} else {
				no++
			}
		}
	})
	if yes == 0 || no == 0 {
		t.Errorf("%d times yes, %d times no", yes, no)
	}
}

func BenchmarkLeaving(b *testing.B) {
	var present []Presence
	use := observed.InUse{From: day.Clock(8, 0), Step: 30, Counters: slices.Repeat([]int{8}, 20), Skills: map[id.Skill][]int{}}
	var skills []id.Skill
	for _, s := range []id.Skill{"pass", "car", "move", "id", "other"} {
		skills = append(skills, s)
		use.Skills[s] = slices.Repeat([]int{2}, 20)
	}
	for i := range 16 {
		from := day.Clock(7+i%3, 30)
		present = append(present, Presence{Employee: id.Employee(fmt.Sprint(i)), Span: day.Span{From: from, To: from + 510}, Skills: skills,
			Breaks: []day.Span{{From: from + 240, To: from + 270}}})
	}
	l := NewLeaving(present, []day.Span{{From: day.Clock(8, 0), To: day.Clock(18, 0)}}, Rules{WalkInShare: .2, ExpressCounters: 1, ExpressSkills: skills[:1]}, use)
	for b.Loop() {
		l.Keeps([]int{3})
	}
}
