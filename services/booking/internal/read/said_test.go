package read

import (
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

func TestAFollowerIsToldWhatItHasNotSeen(t *testing.T) {
	m := NewSaidSlots()
	d := day.Date(2026, 12, 1)
	public := int64(0)
	say := func(e decider.Event) {
		public++
		stored := eventlog.Event{Position: 2 * public, PublicPosition: public}
		stored.Meta.Time = time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC)
		m.Apply(stored, e)
	}
	for _, c := range []id.Centre{"altona", "mitte", "altona"} {
		say(booking.SlotsChanged{Centre: c, Day: d})
		say(booking.LoadChanged{Centre: c, Day: d})
	}
	for after, want := range map[int64][]int64{
		0:    {3, 5}, // the newest of each centre-day
		1:    {3, 5}, // what came after
		3:    {5},    //
		4:    {5},    // a position between two frames
		5:    nil,    // all was seen
		6:    nil,    // the newest public event is no frame
		7:    {3, 5}, // never said: the log was restored from a backup
		9999: {3, 5}, //
	} {
		frames, more := m.After(after)
		var got []int64
		for _, f := range frames {
			got = append(got, f.Position)
		}
		if len(got) != len(want) || len(want) > 0 && (got[0] != want[0] || got[len(got)-1] != want[len(want)-1]) {
			t.Errorf("after %d: frames %v, want %v", after, got, want)
		}
		select {
		case <-more:
			t.Errorf("after %d: more, but nothing was said", after)
		default:
		}
	}
	_, more := m.After(6)
	say(booking.SlotsChanged{Centre: "mitte", Day: d})
	select {
	case <-more:
	default:
		t.Error("a change was not told")
	}
}
