package slots

import (
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/occupancy"
)

// calendar is a hand-made city.
type calendar map[day.Day][]CentreDay

func (c calendar) On(d day.Day) []CentreDay { return c[d] }

type plain struct {
	centre id.Centre
	free   *Day
}

func (p plain) Centre() id.Centre { return p.centre }
func (p plain) Free() *Day        { return p.free }

// put gives a centre-day counts per tick of 5 minutes from 8:00 on, opening at 8:00.
func (c calendar) put(centre id.Centre, d day.Day, rooms map[id.Skill][]int16) {
	var skills []id.Skill
	for k := range rooms {
		skills = append(skills, k)
	}
	slices.Sort(skills)
	var all [][]int16
	for _, k := range skills {
		all = append(all, rooms[k])
	}
	c[d] = append(c[d], plain{centre, NewDay(96, 96, skills, all)})
}

func repeat(n int, of ...int16) (all []int16) {
	for range n {
		all = append(all, of...)
	}
	return all
}

var pass = []Leg{{"pass", 15}}

func all(c ...id.Centre) map[id.Centre]int {
	m := map[id.Centre]int{}
	for _, x := range c {
		m[x] = 0
	}
	return m
}

func said(offers []Offer) (s []string) {
	for _, o := range offers {
		s = append(s, fmt.Sprintf("%s %d %s ×%d", o.Centre, o.Day, o.At, o.Free))
	}
	return s
}

func check(t *testing.T, got []Offer, want ...string) {
	t.Helper()
	if s := said(got); !reflect.DeepEqual(s, want) {
		t.Fatalf("found %q, want %q", s, want)
	}
}

func TestEarliestFirst(t *testing.T) {
	c := calendar{}
	c.put("altona", 1, map[id.Skill][]int16{"pass": {0, 0, 0}})
	c.put("altona", 2, map[id.Skill][]int16{"pass": {0, 0, 0, 0, 0, 0, 2, 2, 3, 1, 1, 1}})
	c.put("wandsbek", 2, map[id.Skill][]int16{"pass": {0, 0, 0, 1, 1, 1}})
	c.put("mitte", 3, map[id.Skill][]int16{"pass": repeat(3, 5)})
	q := Query{Legs: pass, Period: day.Period{From: 1, Until: 10}, Travel: all("altona", "wandsbek", "mitte"), Limit: 3}
	check(t, Search(c, q), "wandsbek 2 08:15 ×1", "altona 2 08:30 ×2", "altona 2 08:45 ×1")
	q.PerCentre = 1
	check(t, Search(c, q), "wandsbek 2 08:15 ×1", "altona 2 08:30 ×2", "mitte 3 08:00 ×5")
	q.PerCentre = 0
	q.Travel = all("altona", "mitte")
	check(t, Search(c, q), "altona 2 08:30 ×2", "altona 2 08:45 ×1", "mitte 3 08:00 ×5")
	q.Travel = map[id.Centre]int{"altona": 30, "wandsbek": 20, "mitte": 10}
	q.Nearest = true
	q.Limit = 2
	if got := Search(c, q); got[0].Centre != "mitte" || got[0].Travel != 10 || got[1].Centre != "wandsbek" {
		t.Fatalf("nearest first: %+v", got)
	}
	q.Nearest, q.Limit = false, 9
	q.Period, q.NotBefore = day.Period{From: 2, Until: 3}, day.Clock(8, 20)
	check(t, Search(c, q), "altona 2 08:30 ×2", "altona 2 08:45 ×1")
	q.Open = func(d day.Day, x *Day) bool { return false }
	if got := Search(c, q); len(got) != 0 {
		t.Fatalf("closed to who asks, but %+v", got)
	}
}

func TestTimesAndWeekdays(t *testing.T) {
	c := calendar{}
	saturday := day.Date(2026, 12, 5)
	for d := saturday - 5; d < saturday+2; d++ {
		c.put("altona", d, map[id.Skill][]int16{"pass": repeat(24, 1)}) // 8 to 10
	}
	q := Query{Legs: pass, Period: day.Period{From: saturday - 5, Until: saturday + 2}, Travel: all("altona"), Limit: 99,
		Weekdays: 1 << 6, Times: []day.Span{{From: day.Clock(8, 10), To: day.Clock(8, 35)}, {From: day.Clock(9, 45), To: day.Clock(12, 0)}}}
	check(t, Search(c, q), fmt.Sprintf("altona %d 08:15 ×1", saturday), fmt.Sprintf("altona %d 09:45 ×1", saturday))
	q.Times = []day.Span{{From: day.Clock(8, 20), To: day.Clock(8, 30)}}
	if got := Search(c, q); len(got) != 0 {
		t.Fatalf("15 minutes in 10: %+v", got)
	}
}

// Parts follow each other, each with its own skill.
func TestVisitOfParts(t *testing.T) {
	c := calendar{}
	c.put("altona", 1, map[id.Skill][]int16{"pass": {1, 1, 1, 1, 1, 1, 1, 1, 1}, "car": {0, 0, 0, 0, 0, 0, 2, 2, 0}})
	q := Query{Legs: []Leg{{"pass", 15}, {"car", 10}}, Period: day.Period{From: 1, Until: 2}, Travel: all("altona"), Limit: 9}
	check(t, Search(c, q), "altona 1 08:15 ×1")
	q.Legs = []Leg{{"pass", 30}, {"car", 10}}
	check(t, Search(c, q), "altona 1 08:00 ×1")
	q.Legs = []Leg{{"pass", 15}, {"dog", 5}}
	if got := Search(c, q); len(got) != 0 {
		t.Fatalf("nobody can, but %+v", got)
	}
}

// Off the grid is offered only where nothing is free on it.
func TestOffTheGrid(t *testing.T) {
	c := calendar{}
	c.put("altona", 1, map[id.Skill][]int16{"pass": {0, 1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0}})
	c.put("altona", 2, map[id.Skill][]int16{"pass": {0, 1, 1, 1, 1, 1, 1}})
	q := Query{Legs: pass, Period: day.Period{From: 1, Until: 3}, Travel: all("altona"), Limit: 9}
	check(t, Search(c, q), "altona 1 08:45 ×1", "altona 1 09:00 ×1", "altona 2 08:15 ×1")
	c = calendar{}
	c.put("altona", 1, map[id.Skill][]int16{"pass": {0, 1, 1, 1, 1, 0, 0, 1, 1, 1, 0}})
	check(t, Search(c, q), "altona 1 08:05 ×1", "altona 1 08:35 ×1")
}

// What is offered is what a walk through the ticks finds, and the count is the
// least room on the way.
func TestStartsAgainstAWalk(t *testing.T) {
	skills := []id.Skill{"car", "pass"}
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.IntRange(0, 200).Draw(t, "from")
		n := rapid.IntRange(1, occupancy.Ticks-from).Draw(t, "n")
		rooms := make([][]int16, len(skills))
		for k := range rooms {
			rooms[k] = rapid.SliceOfN(rapid.SampledFrom([]int16{0, 1, 1, 2, 3}), n, n).Draw(t, "room")
		}
		d := NewDay(from, from, skills, rooms)
		legs := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Leg {
			return Leg{rapid.SampledFrom(skills).Draw(t, "skill"), day.Minutes(5 * rapid.IntRange(1, 20).Draw(t, "ticks"))}
		}), 1, 3).Draw(t, "legs")
		can := d.starts(legs)
		for start := range occupancy.Ticks {
			least, at, ends := 1<<15, start, true
			for _, l := range legs {
				for range int(l.Minutes) / occupancy.Tick {
					if at < from || at >= from+n {
						ends = false
					} else {
						least = min(least, int(rooms[slices.Index(skills, l.Skill)][at-from]))
					}
					at++
				}
			}
			want := ends && least > 0
			if can.has(start) != want {
				t.Fatalf("start at tick %d: %v, a walk says %v", start, can.has(start), want)
			}
			if want && d.count(legs, start) != least {
				t.Fatalf("start at tick %d: %d, a walk says %d", start, d.count(legs, start), least)
			}
		}
	})
}

func TestTravel(t *testing.T) {
	altona, wandsbek := Point{53.5503, 9.9353}, Point{53.5721, 10.0661}
	if m := TravelMinutes(altona, altona); m != 10 {
		t.Fatalf("to where one is: %d minutes", m)
	}
	if m := TravelMinutes(altona, wandsbek); m < 36 || m > 42 { // 9.0 km
		t.Fatalf("%d minutes", m)
	}
}

func BenchmarkSearch(b *testing.B) {
	c := calendar{}
	centres := map[id.Centre]int{}
	for i := range 20 {
		centres[id.Centre(fmt.Sprint("c", i))] = 0
		for d := range day.Day(60) {
			rooms := map[id.Skill][]int16{"pass": repeat(120, 2)}
			if d < 30 {
				rooms = map[id.Skill][]int16{"pass": repeat(40, 1, 1, 0)}
			}
			c.put(id.Centre(fmt.Sprint("c", i)), d, rooms)
		}
	}
	for _, x := range []struct {
		name        string
		from, until day.Day
		limit       int
	}{{"one day", 30, 31, 500}, {"14 days", 30, 44, 500}, {"nothing in 30 days", 0, 30, 3}} {
		b.Run(x.name, func(b *testing.B) {
			for b.Loop() {
				Search(c, Query{Legs: pass, Period: day.Period{From: x.from, Until: x.until}, Travel: centres, Limit: x.limit})
			}
		})
	}
}
