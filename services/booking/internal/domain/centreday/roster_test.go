package centreday

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/lotse-hamburg/lotse/events/id"
)

// A roster lists what a plain list does, whatever comes and goes, and those that were
// shared stay as they were.
func TestARosterIsAList(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r roster
		var list []*Appointment
		same := func(r roster, list []*Appointment) {
			if r.len() != len(list) {
				t.Fatalf("%d are listed, there are %d", r.len(), len(list))
			}
			unfit := 0
			for i, a := range list {
				if r.at(i) != a || r.index(a.ID) != i {
					t.Fatalf("number %d is %s, found at %d", i, r.at(i).ID, r.index(a.ID))
				}
				unfit += count(a.unfit)
			}
			if r.unfit != unfit || r.index("nobody") >= 0 {
				t.Fatalf("%d are unfit, counted were %d", unfit, r.unfit)
			}
		}
		first := rapid.IntRange(0, 3*sheetSize).Draw(t, "at first")
		for n := range first + rapid.IntRange(0, 40).Draw(t, "steps") {
			before, listed := r, slices.Clone(list)
			a := &Appointment{ID: id.Appointment(fmt.Sprint("a", n)), unfit: rapid.IntRange(0, 3).Draw(t, "unfit") == 0}
			what := 0
			if n >= first && len(list) > 0 {
				what = rapid.IntRange(0, 2).Draw(t, "what")
			}
			switch i := rapid.IntRange(0, max(0, len(list)-1)).Draw(t, "which"); what {
			case 0:
				r, list = r.and(a), append(list, a)
			case 1:
				a.ID = list[i].ID
				list = slices.Clone(list)
				r, list[i] = r.with(i, a), a
			case 2:
				r, list = r.without(i), slices.Delete(slices.Clone(list), i, i+1)
			}
			same(before, listed)
			same(r, list)
		}
	})
}
