package occupancy

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// What is kept from need to need is what a slack counts from the start.
func TestAFillIsASlack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		skills, lines := drawDay(t)
		supply := NewSupply(skills, lines)
		draw := rapid.Custom(func(t *rapid.T) Need {
			from := rapid.IntRange(90, 130).Draw(t, "from")
			return Need{rapid.IntRange(-1, skills).Draw(t, "skill"), from, from + rapid.IntRange(0, 12).Draw(t, "ticks")}
		})
		needs := rapid.SliceOfN(draw, 0, 20).Draw(t, "needs")
		fill := supply.Fill(needs[:len(needs)/2])
		first := slices.Clone(fill.counted().room)
		begun := fill
		for _, n := range needs[len(needs)/2:] {
			fill = fill.With(nil, []Need{n})
		}
		if len(needs) > 1 { // one gives way to another
			other := draw.Draw(t, "other")
			fill = fill.With(needs[:1], []Need{other})
			needs[0] = other
		}
		slack := supply.Slack()
		for _, n := range needs {
			slack.Take(n)
		}
		for k := -1; k <= skills; k++ {
			if a, b := fill.Room(k), slack.Room(k); !slices.Equal(a, b) {
				t.Fatalf("skill %d has the room %v, counted anew %v", k, a, b)
			}
		}
		if !slices.Equal(fill.Slack().left, slack.left) {
			t.Fatalf("slack %v, counted anew %v", fill.Slack().left, slack.left)
		}
		for range 10 {
			if n := draw.Draw(t, "more"); fill.Fits(n) != slack.Fits(n) {
				t.Fatalf("%+v fits: %v, in a slack %v", n, fill.Fits(n), slack.Fits(n))
			}
		}
		if !slices.Equal(begun.counted().room, first) {
			t.Fatal("With changed the fill it was called on")
		}
	})
}
