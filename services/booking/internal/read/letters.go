package read

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/outbox"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/relocation"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/waiting"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// LettersOwed answers: who must be written to, now? What is owed follows from
// an appointment's events, what became of it from its outbox; so a restart
// forgets no letter and repeats none.
type LettersOwed struct {
	zone      *time.Location
	reminders []int // hours before
	boxes     map[id.Appointment]*mailbox
	owing     map[id.Appointment]bool             // boxes with letters in the queue
	days      map[day.Day]map[id.Appointment]bool // boxes with mail, by day
	today     day.Day
}

// mailbox of one appointment. Letters that are not sent in time are of no use
// any more and are left.
type mailbox struct {
	place    booking.Place
	mail     bool
	news     outbox.Kind // what the details to come are about
	booked   time.Time
	number   int // of letters so far
	queue    []owed
	reminded map[string]bool
	warned   bool // told of being at risk
	over     bool // no reminder any more
}

type owed struct {
	name     string
	kind     outbox.Kind
	since    time.Time
	position int64     // of the event that owes it
	not      time.Time // before
	tries    int
	gaveUp   string
	meta     eventlog.Meta
}

// keepTrying is how long a letter is worth sending.
const keepTrying = 48 * time.Hour

// NewLettersOwed knows nobody yet; zone is the city's.
func NewLettersOwed(zone *time.Location) *LettersOwed {
	return &LettersOwed{zone: zone, reminders: network.DefaultPolicy.ReminderHours, boxes: map[id.Appointment]*mailbox{},
		owing: map[id.Appointment]bool{}, days: map[day.Day]map[id.Appointment]bool{}}
}

// Apply takes in an event.
func (m *LettersOwed) Apply(stored eventlog.Event, event decider.Event) {
	m.forget(stored.Meta.Time)
	switch e := event.(type) {
	case network.PolicyObserved:
		if m.reminders = e.ReminderHours; m.reminders == nil { // written before there were any
			m.reminders = network.DefaultPolicy.ReminderHours
		}
	case centreday.OptInAsked:
		if b := m.box(id.Appointment(e.Hold)); e.Mail {
			b.mail = true
			m.owe(stored, id.Appointment(e.Hold), outbox.OptIn)
		}
	case centreday.HoldEnded:
		m.drop(id.Appointment(e.Hold))
	case booking.AppointmentBooked:
		b := m.box(e.Appointment)
		b.place, b.news, b.booked = e.Place, outbox.Confirmation, stored.Meta.Time
		b.unowe(outbox.OptIn)
	case booking.AppointmentMoved:
		m.moved(stored, e)
	case centreday.AppointmentDetailed:
		b := m.box(e.Appointment)
		if b.mail = e.Mail; !b.mail {
			m.drop(e.Appointment)
			return
		}
		news := b.news
		b.news = ""
		if m.day(e.Appointment, b); news == outbox.Confirmation {
			m.owe(stored, e.Appointment, news)
		}
	case booking.AppointmentCancelled:
		b := m.box(e.Appointment)
		b.place, b.over, b.queue = e.Place, true, nil
		m.owe(stored, e.Appointment, outbox.Cancelled)
	case booking.AppointmentKept:
		m.drop(e.Appointment)
	case booking.AppointmentMissed:
		m.drop(e.Appointment)
	case relocation.SlotsOffered: // follows appointment-at-risk, with what could be found
		m.owe(stored, e.Appointment, outbox.AtRisk)
	case booking.AppointmentSecured:
		m.secured(stored, e.Appointment)
	case waiting.WaitingAsked:
		m.box(id.Appointment(e.Waiting)).mail = e.Mail
	case waiting.WaitingOffered:
		m.owe(stored, id.Appointment(e.Waiting), outbox.Earlier)
	case waiting.WaitingEnded:
		m.drop(id.Appointment(e.Waiting))
	case outbox.LetterClaimed:
		m.change(e.Appointment, e.Letter, func(o *owed) { o.not = e.Until })
	case outbox.LetterFailed:
		m.change(e.Appointment, e.Letter, func(o *owed) {
			if o.tries = e.Tries; e.Retry == nil {
				o.gaveUp = e.Reason
				return
			}
			o.not = *e.Retry
		})
	case outbox.LetterSent:
		m.sent(e.Appointment, e.Letter)
	}
}

// box returns a mailbox to be changed: a new one in the place of the old one,
// which a snapshot may be written from.
func (m *LettersOwed) box(a id.Appointment) *mailbox {
	c := &mailbox{}
	if b := m.boxes[a]; b != nil {
		*c = *b
	}
	m.boxes[a] = c
	return c
}

// day files the box under the day of its appointment.
func (m *LettersOwed) day(a id.Appointment, b *mailbox) {
	if !b.mail {
		return
	}
	if m.days[b.place.Day] == nil {
		m.days[b.place.Day] = map[id.Appointment]bool{}
	}
	m.days[b.place.Day][a] = true
}

func (m *LettersOwed) drop(a id.Appointment) {
	if b := m.boxes[a]; b != nil {
		delete(m.days[b.place.Day], a)
		delete(m.boxes, a)
		delete(m.owing, a)
	}
}

// owe puts a letter into the queue, behind those of the appointment that are
// still to be sent. Who left no address has no box, and gets none.
func (m *LettersOwed) owe(stored eventlog.Event, a id.Appointment, k outbox.Kind) {
	if old := m.boxes[a]; old == nil || !old.mail {
		return
	}
	b := m.box(a)
	b.number++
	b.queue = append(b.queue, owed{name: fmt.Sprint(k, "-", b.number), kind: k, since: stored.Meta.Time, position: stored.Position, meta: stored.Meta})
	m.owing[a] = true
}

func (b *mailbox) waits(k outbox.Kind) bool {
	return slices.ContainsFunc(b.queue, func(o owed) bool { return o.kind == k && o.not.IsZero() && o.gaveUp == "" })
}

func (b *mailbox) unowe(k outbox.Kind) {
	b.queue = slices.DeleteFunc(slices.Clone(b.queue), func(o owed) bool { return o.kind == k && o.not.IsZero() })
}

func (m *LettersOwed) moved(stored eventlog.Event, e booking.AppointmentMoved) {
	b := m.box(e.Appointment)
	delete(m.days[b.place.Day], e.Appointment)
	b.place = e.To
	m.day(e.Appointment, b)
	b.unowe(outbox.AtRisk)
	b.unowe(outbox.Secured)
	b.warned = false
	if !b.waits(outbox.Confirmation) && !b.waits(outbox.Moved) { // else that one tells the new place
		m.owe(stored, e.Appointment, outbox.Moved)
	}
}

// secured is good news only to who has heard the bad ones, and not to who has
// just been moved.
func (m *LettersOwed) secured(stored eventlog.Event, a id.Appointment) {
	if m.boxes[a] == nil {
		return
	}
	b := m.box(a)
	b.unowe(outbox.AtRisk)
	if warned := b.warned; warned && !b.waits(outbox.Moved) {
		b.warned = false
		m.owe(stored, a, outbox.Secured)
	}
}

func (m *LettersOwed) change(a id.Appointment, name string, f func(*owed)) {
	if m.boxes[a] == nil {
		return
	}
	b := m.box(a)
	i := slices.IndexFunc(b.queue, func(o owed) bool { return o.name == name })
	if i < 0 { // a reminder stands in the queue from its claim on
		o := owed{name: name, kind: outbox.Reminder}
		b.queue = append(b.queue, o)
		i = len(b.queue) - 1
		b.remind(name)
		m.owing[a] = true
	}
	o := b.queue[i]
	f(&o)
	b.queue = slices.Clone(b.queue)
	b.queue[i] = o
}

func (b *mailbox) remind(name string) {
	b.reminded = maps.Clone(b.reminded)
	if b.reminded == nil {
		b.reminded = map[string]bool{}
	}
	b.reminded[name] = true
}

func (m *LettersOwed) sent(a id.Appointment, name string) {
	if m.boxes[a] == nil {
		return
	}
	b := m.box(a)
	b.queue = slices.DeleteFunc(slices.Clone(b.queue), func(o owed) bool {
		if o.name != name {
			return false
		}
		b.warned = b.warned || o.kind == outbox.AtRisk
		return true
	})
	if len(b.queue) == 0 {
		delete(m.owing, a)
		if b.over {
			m.drop(a)
		}
	}
}

// Letter is one that is owed now.
type Letter struct {
	Appointment id.Appointment
	Name        string
	Kind        outbox.Kind
	Tries       int
	Cause       eventlog.Meta
	position    int64
}

// Due lists up to limit letters that are to be sent, the longest owed first.
func (m *LettersOwed) Due(now time.Time, limit int) []Letter {
	var due []Letter
	for a := range m.owing {
		for _, o := range m.boxes[a].queue {
			if o.gaveUp != "" || now.Before(o.not) || now.Sub(o.since) > keepTrying && !o.since.IsZero() {
				continue
			}
			due = append(due, Letter{a, o.name, o.kind, o.tries, o.meta, o.position})
			break // one after the other
		}
	}
	due = append(due, m.remindersDue(now)...)
	slices.SortFunc(due, func(x, y Letter) int {
		return cmp.Or(cmp.Compare(x.position, y.position), cmp.Compare(x.Appointment, y.Appointment), cmp.Compare(x.Name, y.Name))
	})
	return due[:min(limit, len(due))]
}

// remindersDue: of several hours that have passed only the last reminds, and
// none whose time had passed already when the appointment was booked.
func (m *LettersOwed) remindersDue(now time.Time) (due []Letter) {
	if len(m.reminders) == 0 {
		return nil
	}
	today := day.Of(now, m.zone)
	for d := today; d <= today+day.Day(slices.Max(m.reminders)/24+1); d++ {
		for a := range m.days[d] {
			b := m.boxes[a]
			begin := b.place.Day.At(b.place.At, m.zone)
			if b.over || len(b.queue) > 0 || !now.Before(begin) {
				continue
			}
			best := 0
			for _, h := range m.reminders {
				at := begin.Add(-time.Duration(h) * time.Hour)
				if !now.Before(at) && b.booked.Before(at) && (best == 0 || h < best) {
					best = h
				}
			}
			if best == 0 {
				continue
			}
			if name := fmt.Sprintf("%s-%dh-%sT%s", outbox.Reminder, best, b.place.Day, b.place.At); !b.reminded[name] {
				due = append(due, Letter{Appointment: a, Name: name, Kind: outbox.Reminder})
			}
		}
	}
	return due
}

// Undelivered is a letter that was given up.
type Undelivered struct {
	Appointment id.Appointment `json:"appointment"`
	Kind        outbox.Kind    `json:"kind"`
	Since       time.Time      `json:"since"`
	Tries       int            `json:"tries"`
	Reason      string         `json:"reason"`
}

// Undelivered lists letters that were given up or came too late, of appointments
// at centres of mine, by appointment.
func (m *LettersOwed) Undelivered(now time.Time, mine func(id.Centre) bool, after id.Appointment, limit int) (page []Undelivered, next id.Appointment) {
	var who []id.Appointment
	for a := range m.owing {
		if a > after && mine(m.boxes[a].place.Centre) {
			who = append(who, a)
		}
	}
	slices.Sort(who)
	for _, a := range who {
		for _, o := range m.boxes[a].queue {
			switch {
			case o.gaveUp != "":
				page = append(page, Undelivered{a, o.kind, o.since, o.tries, o.gaveUp})
			case !o.since.IsZero() && now.Sub(o.since) > keepTrying:
				page = append(page, Undelivered{a, o.kind, o.since, o.tries, "the mail server could not be reached in time"})
			}
		}
		if len(page) >= limit {
			return page, a
		}
	}
	return page, ""
}

// forget drops appointments that are long over, once a day.
func (m *LettersOwed) forget(now time.Time) {
	today := day.Of(now, m.zone)
	if today <= m.today {
		return
	}
	m.today = today
	for a, b := range m.boxes {
		if b.place.Day != 0 && b.place.Day < today-7 {
			m.drop(a)
		}
	}
	for d := range m.days {
		if d < today-7 {
			delete(m.days, d)
		}
	}
}

// Reaches reports whether letters get through to an appointment's citizen, as
// far as anybody knows.
func (m *LettersOwed) Reaches(a id.Appointment, now time.Time) bool {
	b := m.boxes[a]
	return b != nil && b.mail && !slices.ContainsFunc(b.queue, func(o owed) bool {
		return o.gaveUp != "" || !o.since.IsZero() && now.Sub(o.since) > keepTrying
	})
}
