package world

import (
	"regexp"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
)

// longCache is how many folded streams a journal keeps where logs are forgotten:
// what is asked of a centre-day long after its end, say by who was moved away
// from it, finds its state there and not its events.
const longCache = 24_000

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
	for _, m := range w.members {
		m.store.Forget(before, m.node.Applied(), func(stream string) bool { return over(stream, before) })
	}
}

var dated = regexp.MustCompile(`\d{4}-\d\d-\d\d`)

// over tells streams of a day that lies before a moment: a centre's, or that of
// an appointment, whose id names it.
func over(stream string, before time.Time) bool {
	d, err := day.Parse(dated.FindString(stream))
	return err == nil && d < day.Of(before, before.Location())
}
