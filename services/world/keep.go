package world

import (
	"math"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
)

// allStreams is how many folded streams a journal keeps where logs are forgotten:
// as many as there are, since there would be no events to fold one anew. Those of
// days that are over are packed: what is asked of a centre-day long after its end,
// say by who was moved away from it, finds its state.
const allStreams = math.MaxInt

// tidy lets the logs forget, once a day and while everybody has heard everything.
func (w *World) tidy() {
	today := day.Of(w.Now(), w.Now().Location())
	if w.keep == 0 || today == w.tidied {
		return
	}
	for _, r := range w.roads {
		if r.held {
			return
		}
	}
	w.tidied = today
	before := w.Now().Add(-w.keep)
	ended := func(stream string) bool { return over(stream, before) }
	for _, m := range w.members {
		m.node.Stow(ended)
		m.store.Forget(before, m.node.Applied(), ended)
	}
}

// over tells streams of a day that lies before a moment: a centre's, or that of
// an appointment, whose id names it.
func over(stream string, before time.Time) bool {
	d, named := dated(stream)
	return named && d < day.Of(before, before.Location())
}

// dated is the first day that a stream's name names.
func dated(stream string) (day.Day, bool) {
	const form = "2006-01-02"
	for i := 0; i+len(form) <= len(stream); i++ {
		if s := stream[i:][:len(form)]; s[4] == '-' && s[7] == '-' {
			if d, err := day.Parse(s); err == nil {
				return d, true
			}
		}
	}
	return 0, false
}
