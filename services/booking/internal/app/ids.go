package app

import (
	"encoding/hex"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
)

// A hold's, appointment's and ticket's id begins with the centre-day where it
// was made: "altona.2026-12-01.<32 hex digits>". So whoever has the id knows
// the stream that decides, without an index of all appointments ever made; an
// appointment that was moved is found by the pointer that it left there.

func newID(k centreday.Key, u uuid.UUID) string {
	return string(k.Centre) + "." + k.Day.String() + "." + hex.EncodeToString(u[:])
}

// homeOf is the centre-day where an id was made.
func homeOf(s string) (k centreday.Key, ok bool) {
	rest, unique, ok := cutLast(s)
	if !ok || unique == "" {
		return k, false
	}
	centre, date, ok := cutLast(rest)
	if !ok || centre == "" {
		return k, false
	}
	d, err := day.Parse(date)
	return centreday.Key{Centre: id.Centre(centre), Day: d}, err == nil
}

func cutLast(s string) (before, after string, found bool) {
	i := strings.LastIndexByte(s, '.')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}

// keyOf reads an aggregate's id back: "altona/2026-12-01".
func keyOf(aggregate string) (k centreday.Key, ok bool) {
	i := strings.LastIndexByte(aggregate, '/')
	if i < 0 {
		return k, false
	}
	d, err := day.Parse(aggregate[i+1:])
	return centreday.Key{Centre: id.Centre(aggregate[:i]), Day: d}, err == nil
}

// moment is what the city's clock shows. It never goes back: when the clocks are
// put back an hour, it stands still for that hour, so that what has opened at a
// time of day stays open.
func (a *App) moment(t time.Time) centreday.Moment {
	local := t.In(a.zone)
	if since, _ := local.ZoneBounds(); !since.IsZero() && local.Sub(since) < 24*time.Hour {
		last := since.Add(-time.Minute).In(a.zone)
		_, before := last.Zone()
		_, now := local.Zone()
		if local.Sub(since) < time.Duration(before-now)*time.Second {
			local = last
		}
	}
	return centreday.Moment{Day: day.Of(t, a.zone), At: day.Clock(local.Hour(), local.Minute())}
}
