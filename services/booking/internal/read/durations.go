package read

import (
	"strings"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/snapshot"
)

// HowLong answers: how long does a service take at a centre? It learns from what
// the counters measure and begins with the catalogue's minutes.
type HowLong struct{ at map[serviceAt]*measured }

type serviceAt struct {
	centre  id.Centre
	service id.Service
}

type measured struct {
	n       int
	seconds int64
}

// A centre's own mean counts n / (n + credence) of the estimate, the catalogue the
// rest: credibility as in Bühlmann, Experience Rating and Credibility, ASTIN
// Bulletin 4 (1967), with the ratio of the variances within and between centres
// set to 20 observations. At memory observations the older half is forgotten, so
// that the estimate follows a change of practice.
const (
	credence = 20
	memory   = 400
)

// Times at a counter outside of these are mistakes of who pressed the buttons.
const (
	leastServed = 30          // seconds
	mostServed  = 2 * 60 * 60 // seconds
)

// NewHowLong has measured nothing yet.
func NewHowLong() *HowLong { return &HowLong{map[serviceAt]*measured{}} }

// Apply takes in an event. Of a visit of several services or persons nobody can
// tell how long each took: it is not counted.
func (m *HowLong) Apply(_ eventlog.Event, event decider.Event) {
	switch e := event.(type) {
	case booking.AppointmentKept:
		if len(e.Parts) == 0 {
			m.count(e.Centre, e.Service, e.ServedSeconds)
		}
	case booking.TicketServed:
		m.count(e.Centre, e.Service, e.ServedSeconds)
	}
}

func (m *HowLong) count(c id.Centre, s id.Service, seconds int) {
	if seconds < leastServed || seconds > mostServed {
		return
	}
	k := serviceAt{c, s}
	if m.at[k] == nil {
		m.at[k] = &measured{}
	}
	o := m.at[k]
	if o.n >= memory {
		o.n, o.seconds = o.n/2, o.seconds/2
	}
	o.n++
	o.seconds += int64(seconds)
}

// Minutes that a service is estimated to take at a centre, at least one.
func (m *HowLong) Minutes(c id.Centre, s id.Service, catalogue day.Minutes) day.Minutes {
	o := m.at[serviceAt{c, s}]
	if o == nil {
		return catalogue
	}
	of := 60 * int64(credence+o.n)
	return max(1, day.Minutes((credence*60*int64(catalogue)+o.seconds+of/2)/of))
}

// Snapshot of what was measured.
func (m *HowLong) Snapshot(w *snapshot.Writer) { snapshot.Put(w, apart(m.at)) }

// Restore what Snapshot put.
func (m *HowLong) Restore(r *snapshot.Reader) { snapshot.Get(r, &m.at) }

// cameLate takes a no-show back that was none.
func (m *WhoCame) cameLate(stored eventlog.Event, e centreday.CameLate) {
	_, date, _ := strings.Cut(stored.Stream, "/")
	if on, err := day.Parse(date); err == nil {
		if c := m.counts[spared{on, e.Service}]; c != nil && c.missed > 0 {
			c.missed--
		}
	}
}
