package rule_test

import (
	"slices"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/planningtest"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/rule"
)

// Of a published instance the places are those of the network, in its order, and
// nothing but the weekly cap looks at several days.
func TestPublishedPlaces(t *testing.T) {
	for _, name := range planningtest.Published(t) {
		in := planningtest.Load(t, name)
		net, err := flow.New(in)
		if err != nil {
			t.Fatal(err)
		}
		b := rule.New(in)
		for e := range in.Staff {
			if b.Personal(e) {
				t.Fatalf("%s: employee %d has rules of several days", name, e)
			}
			for day := range in.Horizon {
				if in.Avail[e][day] <= 0 {
					continue
				}
				var want, got []int
				net.Reachable(e, day, func(c int) { want = append(want, c) })
				b.PlacesOf(e, day, func(c int) { got = append(got, c) })
				if !slices.Equal(got, want) {
					t.Fatalf("%s: employee %d day %d: %v, network %v", name, e, day, got, want)
				}
				for c := range in.Centres {
					if (b.Place(e, day, c) == "") != slices.Contains(want, c) {
						t.Fatalf("%s: employee %d day %d centre %d: %q", name, e, day, c, b.Place(e, day, c))
					}
				}
			}
		}
		for c := range in.Centres {
			for day := range in.Horizon {
				if b.Staffed(c, day) {
					t.Fatalf("%s: centre %d has a minimum by half hours", name, c)
				}
			}
		}
	}
}
