package read

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/waiting"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// Whatever happens to the list, who waits for a day at a centre is found, in
// order, each once; and when all have left nothing of them is kept.
func TestWhoWaitsForADayIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m, position := NewWhoWantsEarlier(), int64(0)
		say := func(e decider.Event) {
			position++
			m.Apply(eventlog.Event{Position: position}, e)
		}
		here := network.Centre{ID: "altona", District: "west", Accessible: rapid.Bool().Draw(t, "accessible")}
		some := func(of ...string) []string {
			return rapid.SliceOfNDistinct(rapid.SampledFrom(of), 0, len(of), rapid.ID).Draw(t, "some")
		}
		n := 0
		one := func() waiting.ID { return waiting.ID(fmt.Sprint("w", rapid.IntRange(0, n).Draw(t, "who"))) }
		for range rapid.IntRange(1, 60).Draw(t, "events") {
			w := one()
			switch rapid.IntRange(0, 8).Draw(t, "what") {
			case 0, 1, 2, 3:
				n++
				from := day.Day(rapid.IntRange(10, 14).Draw(t, "from"))
				e := waiting.WaitingAsked{Waiting: waiting.ID(fmt.Sprint("w", n)), Appointment: id.Appointment(fmt.Sprint("a", n)), Wish: waiting.Wish{
					Accessible: rapid.Bool().Draw(t, "needs access"), From: from, Until: from + day.Day(rapid.IntRange(1, 5).Draw(t, "days"))}}
				for _, c := range some("altona", "wandsbek") {
					e.Wish.Centres = append(e.Wish.Centres, id.Centre(c))
				}
				for _, d := range some("west", "east") {
					e.Wish.Districts = append(e.Wish.Districts, id.District(d))
				}
				say(e)
			case 4:
				say(waiting.WaitingOffered{Waiting: w, Slot: waiting.Slot{Hold: centreday.HoldID("h" + w)}})
			case 5:
				say(waiting.WaitingPassed{Waiting: w, Hold: centreday.HoldID("h" + w)})
			case 6:
				say(waiting.WaitingEnded{Waiting: w})
			case 7:
				e := booking.AppointmentMoved{Appointment: id.Appointment("a" + w[1:])}
				e.To.Day = day.Day(rapid.IntRange(9, 20).Draw(t, "to"))
				say(e)
			case 8:
				e := booking.AppointmentCancelled{}
				e.Appointment = id.Appointment("a" + w[1:])
				say(e)
			}
			d := day.Day(rapid.IntRange(8, 20).Draw(t, "day"))
			var want []Wanting
			for _, w := range m.all {
				wish := w.asked.Wish
				if w.offer != nil || w.over || d < wish.From || d >= wish.Until || w.than != nil && d >= w.than.Day || wish.Accessible && !here.Accessible ||
					len(wish.Centres)+len(wish.Districts) > 0 && !slices.Contains(wish.Centres, here.ID) && !slices.Contains(wish.Districts, here.District) {
					continue
				}
				want = append(want, w.wanting())
			}
			inOrder(want)
			got := m.On(here, d, func(Wanting) bool { return true })
			if !slices.EqualFunc(got, want, func(a, b Wanting) bool { return a.Waiting == b.Waiting }) {
				t.Fatalf("on %v: %+v, want %+v", d, got, want)
			}
			if none := m.On(here, d, func(Wanting) bool { return false }); len(none) > 0 {
				t.Fatalf("none fits: %+v", none)
			}
		}
		for i := range n + 1 {
			say(waiting.WaitingEnded{Waiting: waiting.ID(fmt.Sprint("w", i))})
		}
		if k := m.kinds; len(m.all)+len(m.holds)+len(m.appts)+len(k.all)+len(k.anywhere)+len(k.centres)+len(k.districts) > 0 {
			t.Fatalf("kept: %+v", m)
		}
	})
}
