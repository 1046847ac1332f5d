package book

import (
	"slices"
	"testing"

	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
)

// The same wish makes the same page: parts of open pages are compared and morphed.
func TestHiddenFieldsStandInOrder(t *testing.T) {
	w := wish{Items: []app.Item{{Service: "passport", Persons: 2}}, By: byPlace, Day: 20800, Centre: "altona", Near: "22765", Month: 1}
	want := []string{"by", "centre", "day", "month", "visit"}
	for range 20 {
		var names []string
		for _, f := range fields(w) {
			names = append(names, f.Name)
		}
		if !slices.Equal(names, want) {
			t.Fatalf("%v instead of %v", names, want)
		}
	}
}
