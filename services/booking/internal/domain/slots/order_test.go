package slots

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/occupancy"
)

// A search answers what somebody would who listed everything, sorted it and cut
// it off.
func TestSearchAgainstASortedList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := calendar{}
		q := Query{Legs: pass, Period: day.Period{From: 3, Until: 8}, Travel: map[id.Centre]int{},
			Limit: rapid.IntRange(1, 40).Draw(t, "limit"), PerCentre: rapid.IntRange(0, 12).Draw(t, "per centre"),
			Nearest: rapid.Bool().Draw(t, "nearest"), NotBefore: day.TimeOfDay(rapid.IntRange(470, 560).Draw(t, "not before"))}
		if rapid.Bool().Draw(t, "only some weekdays") {
			q.Weekdays = 1<<1 | 1<<4 | 1<<6
		}
		for i := range 4 {
			centre := id.Centre(fmt.Sprint("c", i))
			if i < 3 {
				q.Travel[centre] = rapid.IntRange(0, 2).Draw(t, "travel")
			}
			for d := day.Day(2); d < 9; d++ {
				c.put(centre, d, map[id.Skill][]int16{"pass": rapid.SliceOfN(rapid.SampledFrom([]int16{0, 1, 2}), 0, 30).Draw(t, "room")})
			}
		}
		var want []Offer
		for d := q.From; d < q.Until; d++ {
			if q.Weekdays != 0 && q.Weekdays>>weekday(d)&1 == 0 {
				continue
			}
			for _, x := range c[d] {
				travel, counts := q.Travel[x.Centre()]
				can := x.Free().starts(q.Legs)
				for at := range occupancy.Ticks {
					if d == q.From && at*occupancy.Tick < int(q.NotBefore) {
						can.clear(at)
					}
				}
				can = x.Free().tidy(can, 3, 3)
				for at := range occupancy.Ticks {
					if counts && can.has(at) {
						want = append(want, Offer{x.Centre(), d, day.TimeOfDay(at * occupancy.Tick), 15, x.Free().count(q.Legs, at), travel})
					}
				}
			}
		}
		slices.SortFunc(want, func(a, b Offer) int {
			when := cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.At, b.At))
			if q.Nearest {
				return cmp.Or(cmp.Compare(a.Travel, b.Travel), cmp.Compare(a.Centre, b.Centre), when)
			}
			return cmp.Or(when, cmp.Compare(a.Travel, b.Travel), cmp.Compare(a.Centre, b.Centre))
		})
		days := map[day.Day]int{}
		for _, o := range want {
			days[o.Day]++
		}
		if count := Tally(c, q); len(count)+len(days) > 0 && !reflect.DeepEqual(count, days) {
			t.Fatalf("counted %v, want %v", count, days)
		}
		had := map[id.Centre]int{}
		want = slices.DeleteFunc(want, func(o Offer) bool {
			had[o.Centre]++
			return q.PerCentre > 0 && had[o.Centre] > q.PerCentre
		})
		want = want[:min(q.Limit, len(want))]
		got := Search(c, q)
		if len(got) != len(want) || len(want) > 0 && !reflect.DeepEqual(got, want) || len(want) == 0 && got != nil {
			t.Fatalf("found %q,\nwant %q", said(got), said(want))
		}
	})
}
