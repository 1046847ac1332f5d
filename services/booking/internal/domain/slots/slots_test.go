package slots

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
)

func put(x *Index, c id.Centre, d day.Day, from day.TimeOfDay, counts ...int) {
	x.Put(booking.SlotsChanged{Centre: c, Day: d, Free: []booking.FreeStarts{{Skill: "pass", Minutes: 15, From: from, Step: 15, Counts: counts}}})
}

func TestEarliestFirst(t *testing.T) {
	x := &Index{}
	put(x, "wandsbek", 2, 480, 0, 1)
	put(x, "altona", 2, 480, 0, 0, 2, 1)
	put(x, "altona", 1, 480, 0, 0)
	put(x, "mitte", 3, 480, 5)
	q := Query{Skill: "pass", Minutes: 15, Period: day.Period{From: 1, Until: 10}, Limit: 3}
	want := []Offer{{"wandsbek", 2, 495, 15, 1}, {"altona", 2, 510, 15, 2}, {"altona", 2, 525, 15, 1}}
	if got := x.Search(q); !reflect.DeepEqual(got, want) {
		t.Fatalf("%v", got)
	}
	q.At = func(c id.Centre) bool { return c != "wandsbek" }
	if got := x.Search(q); len(got) != 3 || got[0].Centre != "altona" || got[2].Centre != "mitte" {
		t.Fatalf("%v", got)
	}
	q = Query{Skill: "pass", Minutes: 15, Period: day.Period{From: 2, Until: 3}, NotBefore: 500, Limit: 9}
	if got := x.Search(q); len(got) != 2 || got[0].At != 510 {
		t.Fatalf("%v", got)
	}
	q.Minutes = 30
	if got := x.Search(q); len(got) != 0 {
		t.Fatalf("no such length, but %v", got)
	}
	put(x, "wandsbek", 2, 480)
	x.Forget(3)
	if got := x.Search(Query{Skill: "pass", Minutes: 15, Period: day.Period{From: 1, Until: 10}, Limit: 9}); len(got) != 1 {
		t.Fatalf("after forgetting %v", got)
	}
}

func BenchmarkSearch(b *testing.B) {
	x := &Index{}
	full := make([]int, 40)
	for d := range day.Day(60) {
		for c := range 20 {
			put(x, id.Centre(fmt.Sprint("c", c)), d, 480, full...)
		}
	}
	for c := range 20 {
		put(x, id.Centre(fmt.Sprint("c", c)), 13, 480, append(full[:30:30], 1, 1, 1)...)
	}
	for _, c := range []struct {
		name string
		days day.Day
	}{{"14 days", 14}, {"nothing in 13 days", 13}} {
		b.Run(c.name, func(b *testing.B) {
			for b.Loop() {
				x.Search(Query{Skill: "pass", Minutes: 15, Period: day.Period{From: 0, Until: c.days}, Limit: 3})
			}
		})
	}
}
