package centreday

import (
	"fmt"
	"time"

	published "github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/occupancy"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// Decider of a centre-day.
var Decider = decider.Decider[State, Command]{Initial: Initial, Decide: Decide, Evolve: Evolve}

// Decide answers a command. What has run out by its instant is ended first, in
// the same unit: so a slot is never given away twice, even if the clocks of two
// replicas differ.
func Decide(s State, c Command) ([]decider.Event, error) {
	ended := s.expire(instant(c))
	if _, only := c.(ExpireHolds); only {
		return ended, nil
	}
	say, err := fold(s, ended).decide(c)
	if err != nil || len(say) == 0 || len(ended) == 0 {
		return say, err
	}
	return append(ended, say...), nil
}

func fold(s State, events []decider.Event) State {
	for _, e := range events {
		s = Evolve(s, e)
	}
	return s
}

// instant of a command; zero where it carries none.
func instant(c Command) time.Time {
	switch c := c.(type) {
	case AdoptOffering:
		return c.At
	case Publish:
		return c.At
	case Hold:
		return c.At
	case Release:
		return c.At
	case ExpireHolds:
		return c.At
	case AskOptIn:
		return c.At
	case Extend:
		return c.At
	case Confirm:
		return c.At
	case Book:
		return c.At
	case Import:
		return c.At
	case Cancel:
		return c.At
	case Reschedule:
		return c.At
	case MoveIn:
		return c.At
	case MoveOut:
		return c.At
	case Miss:
		return c.At
	case MissUnattended:
		return c.At
	case SetHardship:
		return c.At
	}
	return time.Time{}
}

func (s State) decide(c Command) ([]decider.Event, error) {
	switch c := c.(type) {
	case AdoptOffering:
		return s.adoptOffering(c)
	case Publish:
		return s.publish(c.Lengths, c.Shares, c.Now), nil
	case Hold:
		return s.placeHold(c)
	case Release:
		return s.endHold(c.Hold, HoldReleased), nil
	case AskOptIn:
		return s.askOptIn(c)
	case Extend:
		return s.extend(c)
	case Confirm:
		return s.confirm(c)
	case Book:
		return s.book(c)
	case Import:
		return s.importAll(c)
	case Cancel:
		return s.end(c.Appointment, Cancelled)
	case Keep:
		return s.keep(c)
	case Miss:
		return s.end(c.Appointment, Missed)
	case CheckIn:
		return s.checkIn(c)
	case Call:
		return s.call(c)
	case Begin:
		return s.begin(c)
	case MissUnattended:
		return s.missUnattended(c), nil
	case Reschedule:
		return s.reschedule(c)
	case MoveIn:
		return s.moveIn(c)
	case MoveOut:
		return s.moveOut(c)
	case SetHardship:
		return s.setHardship(c)
	}
	return nil, fmt.Errorf("centreday: unknown command %T", c)
}

// fits refuses a slot that does not find a counter at each of its moments.
func (s State) fits(sl Slot, except id.Appointment) error { return s.fitsIn(s.supply, sl, except) }

func (s State) fitsIn(supply *occupancy.Supply, sl Slot, except id.Appointment) error {
	if err := sl.onGrid(); err != nil {
		return err
	}
	var few [4]occupancy.Need
	var fill *occupancy.Fill
	if supply == s.supply && except == "" {
		fill = s.counted().fill.Counted()
	} else {
		fill = supply.Fill(s.needs(except))
	}
	var why error
	for _, n := range s.addNeeds(few[:0], sl) {
		switch {
		case fill.Fits(n):
		case !supply.Fits(n, nil):
			return ErrClosed
		default:
			why = ErrSlotTaken
		}
	}
	return why
}

// onGrid refuses starts and lengths that the occupancy cannot count.
func (sl Slot) onGrid() (err error) {
	sl.each(func(_ id.Skill, at day.TimeOfDay, minutes day.Minutes) {
		if _, wrong := occupancy.NeedAt(0, int(at), int(minutes)); wrong != nil && err == nil {
			err = fmt.Errorf("at %s for %d minutes: %w", at, minutes, ErrOffGrid)
		}
	})
	return err
}

func (s State) adoptOffering(c AdoptOffering) ([]decider.Event, error) {
	if !published.Newer(c.Epoch, c.Version, s.Epoch, s.Version) {
		return nil, nil
	}
	skills := map[id.Skill]bool{}
	for _, l := range c.Lines {
		for _, k := range l.Skills {
			if l.Use == ForAppointments {
				skills[k] = true
			}
		}
	}
	if len(skills) > occupancy.MaxSkills {
		return nil, fmt.Errorf("%d skills at %s: %w", len(skills), c.Key.ID(), ErrTooManySkills)
	}
	adopted := OfferingAdopted{Centre: c.Centre, Day: c.Day, Epoch: c.Epoch, Version: c.Version, Lines: c.Lines, Tentative: c.Tentative,
		Causes: c.Causes, Opening: c.Opening, Elapsed: c.Now.elapsed(c.Day), Overbook: c.Overbook}
	say := []decider.Event{adopted}
	next := Evolve(s, adopted)
	say = append(say, next.withdraw()...)
	if !c.Tentative {
		say = append(say, next.marks()...)
	}
	return append(say, fold(next, say[1:]).publish(c.Lengths, c.Shares, c.Now)...), nil
}

// withdraw ends holds that no longer find a counter beside the appointments;
// they come last, since nobody was promised anything yet.
func (s State) withdraw() (say []decider.Event) {
	slack := s.supply.Slack()
	for _, a := range s.appts.all() {
		if a.occupies() {
			s.take(slack, a.Slot)
		}
	}
	for _, h := range s.holds {
		if !s.tryTake(slack, h.Slot) {
			say = append(say, h.ended(HoldWithdrawn))
		}
	}
	return say
}

// marks says who has become at risk by a placing, and who is secured by it.
func (s State) marks() (say []decider.Event) {
	for _, a := range s.appts.all() {
		switch {
		case a.Life != Booked || a.unfit == a.AtRisk:
		case a.unfit:
			say = append(say, booking.AppointmentAtRisk{AppointmentEnded: s.about(a)})
		default:
			say = append(say, booking.AppointmentSecured{AppointmentEnded: s.about(a)})
		}
	}
	return say
}

// regain gives what the events free to those who wait for a counter. Under a
// tentative offering nobody is told (see refit): the next firm one says it.
func (s State) regain(say []decider.Event) []decider.Event {
	if s.Tentative || s.appts.unfit == 0 { // and an end makes nobody unfit
		return say
	}
	next := fold(s, say)
	for _, i := range next.regained() {
		say = append(say, booking.AppointmentSecured{AppointmentEnded: next.about(next.appts.at(i))})
	}
	return say
}

func (s State) about(a *Appointment) booking.AppointmentEnded {
	return booking.AppointmentEnded{Appointment: a.ID, Place: s.Place(a), Service: a.Service, Skill: a.Skill, Parts: a.Parts}
}

func (s State) placeHold(c Hold) ([]decider.Event, error) {
	if s.hold(c.Hold) != nil || s.knows(id.Appointment(c.Hold)) {
		return nil, nil
	}
	if err := c.Limits.check(c.Day, c.Slot.At); err != nil {
		return nil, err
	}
	supply := s.supply
	if c.Channel == WalkInChannel { // who is here needs a counter that is there
		supply = s.real
	}
	if err := s.fitsIn(supply, c.Slot, ""); err != nil {
		return nil, err
	}
	if err := s.share(c.Limits, c.Slot); err != nil {
		return nil, err
	}
	return []decider.Event{HoldPlaced{Hold: c.Hold, Centre: c.Centre, Day: c.Day, Service: c.Service, Skill: c.Skill,
		Minutes: c.Minutes, At: c.Slot.At, Parts: c.Parts, Channel: c.Channel, For: c.For, Wanted: c.Wanted, Expires: c.Expires}}, nil
}

func (s State) knows(a id.Appointment) bool {
	_, here := s.Appointment(a)
	_, moved := s.MovedTo(a)
	return here || moved
}

func (s State) endHold(h HoldID, why string) []decider.Event {
	p := s.hold(h)
	if p == nil {
		return nil
	}
	return s.regain([]decider.Event{p.ended(why)})
}

func (s State) expire(at time.Time) (say []decider.Event) {
	for _, h := range s.holds {
		if !h.live(at) {
			say = append(say, h.ended(HoldExpired))
		}
	}
	if len(say) == 0 {
		return nil
	}
	return s.regain(say)
}

// into ends an offer that an appointment moves into; without an offer nothing
// is ended. What it frees is not given to anybody else.
func (s State) into(h HoldID, a id.Appointment) (ended []decider.Event, next State, err error) {
	if h == "" {
		return nil, s, nil
	}
	p := s.hold(h)
	if p == nil || p.For != string(a) {
		return nil, s, ErrHoldExpired
	}
	ended = []decider.Event{p.ended(HoldTaken)}
	return ended, fold(s, ended), nil
}

func (s State) askOptIn(c AskOptIn) ([]decider.Event, error) {
	h := s.hold(c.Hold)
	switch {
	case s.knows(id.Appointment(c.Hold)) || h != nil && h.optIn != nil:
		return nil, nil
	case h == nil:
		return nil, ErrHoldExpired
	}
	return []decider.Event{OptInAsked{c.Hold, c.Expires, c.Detail}}, nil
}

func (s State) confirm(c Confirm) ([]decider.Event, error) {
	if s.knows(id.Appointment(c.Hold)) {
		return nil, nil
	}
	h := s.hold(c.Hold)
	if h == nil || h.For != c.For {
		return nil, ErrHoldExpired
	}
	detail := c.Detail
	if h.optIn != nil {
		if !c.OptedIn {
			return nil, ErrOptInNeeded
		}
		detail = *h.optIn
	}
	a := id.Appointment(c.Hold)
	return []decider.Event{s.booked(a, h.Slot, h.Channel, h.Wanted, c.BookedOn),
		AppointmentDetailed{Appointment: a, Hold: h.ID, BookedOn: c.BookedOn, Detail: detail}}, nil
}

func (s State) booked(a id.Appointment, sl Slot, channel string, wanted id.District, on day.Day) booking.AppointmentBooked {
	return booking.AppointmentBooked{Appointment: a, Place: booking.Place{Centre: s.Centre, Day: s.Day, At: sl.At, Minutes: sl.Minutes},
		Service: sl.Service, Skill: sl.Skill, Parts: sl.Parts, Channel: channel, BookedOn: on, Wanted: wanted}
}

func (s State) book(c Book) ([]decider.Event, error) {
	if s.knows(c.Appointment) {
		return nil, nil
	}
	if err := c.Limits.check(c.Day, c.Slot.At); err != nil {
		return nil, err
	}
	if err := s.fits(c.Slot, ""); err != nil {
		return nil, err
	}
	if err := s.share(c.Limits, c.Slot); err != nil {
		return nil, err
	}
	return []decider.Event{s.booked(c.Appointment, c.Slot, c.Channel, c.Wanted, c.BookedOn),
		AppointmentDetailed{Appointment: c.Appointment, BookedOn: c.BookedOn, Detail: c.Detail}}, nil
}

func (d Detail) tellsMore() bool {
	return d.Hardship || d.CodeHash != "" || len(d.Contact) > 0 || d.Mail
}

func (s State) importAll(c Import) (say []decider.Event, err error) {
	slack := s.slack()
	taken := map[id.Appointment]bool{}
	for _, it := range c.Items {
		if taken[it.Appointment] || s.knows(it.Appointment) {
			continue
		}
		if it.onGrid() != nil || !s.tryTake(slack, it.Slot) {
			continue
		}
		taken[it.Appointment] = true
		say = append(say, s.booked(it.Appointment, it.Slot, it.Channel, "", it.BookedOn))
		if it.Detail.tellsMore() {
			say = append(say, AppointmentDetailed{Appointment: it.Appointment, BookedOn: it.BookedOn, Detail: it.Detail})
		}
	}
	return say, nil
}
