package app

import (
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/booking/internal/read"
)

// snapshotSchema is raised when a read model or a centre-day folds the same
// fields to something else; fields that come or go are noticed by themselves.
const snapshotSchema = 3

// openDay names the streams whose folded states a snapshot keeps: centre-days
// that are not over. They are long, and every one of them will be decided on.
func openDay(stream string, now time.Time) bool {
	name, ok := strings.CutPrefix(stream, read.DayCategory+"-")
	if !ok {
		return false
	}
	k, ok := keyOf(name)
	return ok && k.Day >= day.Of(now, time.UTC)-1
}
