package booking

import (
	"fmt"
	"testing"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
)

// manyWait puts places on the list for which nothing is free: at any centre or
// at one, at any time or before and after the hours, for 30 last days.
func manyWait(w *world, many int) {
	for i := range many {
		until := today + 2 + day.Day(i%30)
		e := app.Earlier{Search: app.Search{Service: []id.Service{"wedding", "pass15", "car10", "pass20"}[i%4], Channel: "telephone", Until: &until}}
		if i%3 > 0 {
			e.Centres = []id.Centre{id.Centre(fmt.Sprint("c", i%20))}
		}
		if i%8 >= 4 || i%4 > 0 {
			from := day.Clock(6+i%8/4*12, 0)
			e.Times = []day.Span{{From: from, To: from + 120}}
		}
		_, _, err := w.service.app.WaitForEarlier(w.ctx, "", e)
		w.ok(err)
	}
	w.ok(w.service.Node().Fold(w.ctx))
}

// BenchmarkHoldBehindTheList holds slots and gives them back while many wait for
// others.
func BenchmarkHoldBehindTheList(b *testing.B) {
	for _, many := range []int{0, 1000, 10000} {
		b.Run(fmt.Sprint(many, " wait"), func(b *testing.B) {
			w := newWorld(b, nil)
			bigCity(w, 20, 6, 60)
			manyWait(w, many)
			n := 0
			for b.Loop() {
				wish := Wish{Service: "pass15", Centre: id.Centre(fmt.Sprint("c", n%20)), Day: today + 1 + day.Day(n/20%40), At: day.Clock(9, 0)}
				n++
				h, err := w.service.Hold(w.ctx, "", wish)
				w.ok(err)
				_, err = w.service.app.Release(w.ctx, "", h.Hold)
				w.ok(err)
			}
		})
	}
}

// BenchmarkLookThroughTheList is the reactor's turn after something was freed,
// on one of two cores.
func BenchmarkLookThroughTheList(b *testing.B) {
	for _, many := range []int{1000, 10000} {
		b.Run(fmt.Sprint(many, " wait"), func(b *testing.B) {
			w := newWorld(b, nil)
			bigCity(w, 20, 6, 60)
			manyWait(w, many)
			before := must(w.store.Head(w.ctx)).Position
			for b.Loop() {
				w.clock.Advance(61e9)
				w.step()
			}
			if must(w.store.Head(w.ctx)).Position != before {
				b.Fatal("somebody was offered a slot")
			}
		})
	}
}
