// Package audit folds booking's log from its first event and proves what
// citizens rely on: at no moment of any day more appointments and holds than the
// counters on duty can serve, those told to be at risk aside; no appointment
// lost or doubled. It shares no code with what decides: it counts by itself, one
// minute and one citizen after the other.
package audit

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// Promise is what somebody was last told of an appointment.
type Promise struct {
	Appointment id.Appointment
	State       string        // booked, kept, missed or cancelled
	Place       booking.Place // where; without a centre it is not looked at
}

// Report says what was found.
type Report struct {
	Position     int64 // of the log, and how many events there were
	Days         int   // centre-days
	Appointments int   // ever made
	Booked       int   // that still stand
	AtRisk       int   // of those, told to be so
	Holds        int   // that are kept now
	Faults       []string
}

// maxFaults bounds what is told; one is enough.
const maxFaults = 100

// Log reads a log from its first event to its present end and audits it.
func Log(ctx context.Context, log eventlog.Reader, codec decider.Codec, promises []Promise) (Report, error) {
	a := New()
	head, err := log.Head(ctx)
	if err != nil {
		return Report{}, err
	}
	for at := int64(0); at < head.Position; {
		page, err := log.After(ctx, at, 2000)
		if err != nil {
			return Report{}, fmt.Errorf("read the log after %d: %w", at, err)
		}
		if len(page) == 0 {
			return Report{}, fmt.Errorf("the log ends at %d and said to end at %d", at, head.Position)
		}
		for _, e := range page {
			d, err := codec.Decode(e.Type, e.Data)
			if err != nil {
				return Report{}, fmt.Errorf("position %d: %w", e.Position, err)
			}
			a.Apply(e, d)
		}
		at = page[len(page)-1].Position
	}
	return a.Report(promises), nil
}

// Audit is a fold of the log. The zero value is unusable; use New.
type Audit struct {
	position, public int64
	days             map[string]*centreDay
	at               map[id.Appointment]string // the day that has it
	faults           []string
}

// New begins with an empty log.
func New() *Audit {
	return &Audit{days: map[string]*centreDay{}, at: map[id.Appointment]string{}}
}

type centreDay struct {
	version   int64
	lines     []centreday.Line
	elapsed   day.TimeOfDay
	tentative bool
	changed   bool // supply or marks have changed since all was looked at
	offering  int  // counts those adopted
	taken     []*taken
}

// taken is a hold or an appointment.
type taken struct {
	who   string
	hold  bool
	state string
	risk  bool
	late  bool // was missed and came after all: no counter is kept for it
	since int  // offering under which it found its counter
	needs []need
	booking.Place
}

// dayCategory begins the names of the centre-days' streams.
const dayCategory = "day-"

func (a *Audit) fault(stored eventlog.Event, format string, args ...any) {
	if len(a.faults) < maxFaults {
		a.faults = append(a.faults, fmt.Sprintf("position %d, %s: ", stored.Position, stored.Stream)+fmt.Sprintf(format, args...))
	}
}

// Apply takes the next event in.
func (a *Audit) Apply(stored eventlog.Event, event decider.Event) {
	if stored.Position != a.position+1 {
		a.fault(stored, "it comes after position %d", a.position)
	}
	a.position = stored.Position
	if stored.PublicPosition > 0 {
		if stored.PublicPosition != a.public+1 {
			a.fault(stored, "public position %d comes after %d", stored.PublicPosition, a.public)
		}
		a.public = stored.PublicPosition
	}
	name, ok := strings.CutPrefix(stored.Stream, dayCategory)
	if !ok {
		return
	}
	d := a.days[name]
	if d == nil {
		d = &centreDay{}
		a.days[name] = d
	}
	if d.version++; stored.Version != d.version {
		a.fault(stored, "version %d follows %d", stored.Version, d.version-1)
		d.version = stored.Version
	}
	a.happen(stored, name, d, event)
}

func (a *Audit) happen(stored eventlog.Event, name string, d *centreDay, event decider.Event) {
	switch e := event.(type) {
	case centreday.OfferingAdopted:
		a.settle(stored, d)
		d.lines, d.elapsed, d.tentative = placesOf(e), e.Elapsed, e.Tentative
		d.offering++
		d.changed = true
	case centreday.HoldPlaced:
		if d.find(string(e.Hold)) != nil || a.at[id.Appointment(e.Hold)] != "" {
			a.fault(stored, "hold %s is placed twice", e.Hold)
		}
		t := &taken{who: string(e.Hold), hold: true, needs: needsOf(string(e.Hold), e.Skill, e.At, e.Minutes, e.Parts),
			Place: booking.Place{Centre: e.Centre, Day: e.Day, At: e.At, Minutes: e.Minutes}}
		a.take(stored, d, t)
	case centreday.HoldEnded:
		if t := d.find(string(e.Hold)); t == nil || !t.hold {
			a.fault(stored, "hold %s ends and was not there", e.Hold)
		} else {
			d.remove(t)
		}
	case booking.AppointmentBooked:
		if at := a.at[e.Appointment]; at != "" {
			a.fault(stored, "appointment %s is booked twice, before at %s", e.Appointment, at)
		}
		if t := d.find(string(e.Appointment)); t != nil && t.hold { // what was kept is promised
			d.remove(t)
		}
		a.come(stored, name, d, e.Appointment, e.Place, e.Skill, e.Parts)
	case centreday.AppointmentDetailed:
		if t := d.find(string(e.Hold)); e.Hold != "" && t != nil && t.hold {
			d.remove(t)
		}
	case booking.AppointmentMoved:
		from := a.at[e.Appointment]
		if from == "" {
			a.fault(stored, "appointment %s is moved and was never booked", e.Appointment)
		} else if t := a.days[from].find(string(e.Appointment)); t != nil {
			if t.state != booked {
				a.fault(stored, "appointment %s is moved and was %s", e.Appointment, t.state)
			}
			a.days[from].remove(t)
		}
		a.come(stored, name, d, e.Appointment, e.To, e.Skill, e.Parts)
	case centreday.AppointmentMovedOut:
		if t := d.find(string(e.Appointment)); t != nil {
			d.remove(t) // it comes elsewhere in the same commit
		}
	case booking.AppointmentCancelled:
		a.end(stored, d, e.AppointmentEnded, "cancelled")
	case booking.AppointmentKept:
		a.end(stored, d, e.AppointmentEnded, "kept")
	case booking.AppointmentMissed:
		a.end(stored, d, e.AppointmentEnded, "missed")
	case centreday.CameLate:
		if t := d.find(string(e.Appointment)); t == nil || t.state != "missed" {
			a.fault(stored, "appointment %s came late and was not missed here", e.Appointment)
		} else {
			t.state, t.late = booked, true
		}
	case booking.AppointmentAtRisk:
		a.mark(stored, d, e.Appointment, true)
	case booking.AppointmentSecured:
		a.mark(stored, d, e.Appointment, false)
	}
}

const booked = "booked"

func (d *centreDay) find(who string) *taken {
	for _, t := range d.taken {
		if t.who == who {
			return t
		}
	}
	return nil
}

func (d *centreDay) remove(t *taken) {
	d.taken = slices.DeleteFunc(d.taken, func(o *taken) bool { return o == t })
}

// come: an appointment takes its place on this day.
func (a *Audit) come(stored eventlog.Event, name string, d *centreDay, ap id.Appointment, p booking.Place, skill id.Skill, parts []booking.Part) {
	a.at[ap] = name
	a.take(stored, d, &taken{who: string(ap), state: booked, needs: needsOf(string(ap), skill, p.At, p.Minutes, parts), Place: p})
}

// take looks at the moments of what is taken now.
func (a *Audit) take(stored eventlog.Event, d *centreDay, t *taken) {
	a.settle(stored, d)
	t.since = d.offering
	d.taken = append(d.taken, t)
	if why := unserved(d.needs(), d.lines, day.Span{From: t.At, To: t.At + day.TimeOfDay(t.Minutes)}); why != "" {
		a.fault(stored, "overbooked %s", why)
	}
}

// settle looks at the whole day once the marks of a changed supply are made.
func (a *Audit) settle(stored eventlog.Event, d *centreDay) {
	if !d.changed {
		return
	}
	d.changed = false
	for _, t := range d.taken {
		if t.hold { // it was kept beside those that fit
			t.since = d.offering
		}
	}
	if why := unserved(d.needs(), d.lines, day.Span{From: d.elapsed, To: day.Clock(24, 0)}); why != "" {
		a.fault(stored, "overbooked before this: %s", why)
	}
}

// needs are those that find a counter. Under a tentative offering nobody is told
// to be at risk yet: of what was promised before it only holds are known to fit.
// Who was served needs nothing more.
func (d *centreDay) needs() (all []need) {
	for _, t := range d.taken {
		if t.hold || t.state == booked && !t.risk && !t.late && (!d.tentative || t.since == d.offering) {
			all = append(all, t.needs...)
		}
	}
	return all
}

func (a *Audit) end(stored eventlog.Event, d *centreDay, e booking.AppointmentEnded, state string) {
	t := d.find(string(e.Appointment))
	if t == nil || t.hold || t.state != booked {
		a.fault(stored, "appointment %s is %s and does not stand here", e.Appointment, state)
		return
	}
	t.state, t.risk = state, false
}

func (a *Audit) mark(stored eventlog.Event, d *centreDay, ap id.Appointment, risk bool) {
	t := d.find(string(ap))
	switch {
	case t == nil && !risk: // secured where it goes
	case t == nil || t.hold || t.state != booked:
		a.fault(stored, "appointment %s is marked and does not stand here", ap)
	default:
		t.risk = risk
		d.changed = true
	}
}

// Report looks at every day once more, and at what was promised.
func (a *Audit) Report(promises []Promise) Report {
	r := Report{Position: a.position, Days: len(a.days), Appointments: len(a.at)}
	end := eventlog.Event{Position: a.position}
	where := map[id.Appointment]*taken{}
	for name, d := range a.days {
		end.Stream = dayCategory + name
		a.settle(end, d)
		for _, t := range d.taken {
			switch {
			case t.hold:
				r.Holds++
				continue
			case where[id.Appointment(t.who)] != nil:
				a.fault(end, "appointment %s stands here and elsewhere", t.who)
			case t.state == booked:
				r.Booked++
			}
			if t.risk {
				r.AtRisk++
			}
			where[id.Appointment(t.who)] = t
		}
	}
	for ap, name := range a.at {
		if where[ap] == nil {
			end.Stream = dayCategory + name
			a.fault(end, "appointment %s is lost", ap)
		}
	}
	end.Stream = "promises"
	for _, p := range promises {
		t := where[p.Appointment]
		switch {
		case t == nil:
			a.fault(end, "appointment %s was promised and is not in the log", p.Appointment)
		case t.state != p.State:
			a.fault(end, "appointment %s was said to be %s and is %s", p.Appointment, p.State, t.state)
		case p.Place.Centre != "" && t.Place != p.Place:
			a.fault(end, "appointment %s was promised for %+v and is at %+v", p.Appointment, p.Place, t.Place)
		}
	}
	slices.Sort(a.faults)
	r.Faults = a.faults
	return r
}
