package centreday

import (
	"maps"
	"slices"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/occupancy"
)

// Life of an appointment.
type Life uint8

// Lives.
const (
	Booked Life = iota
	Kept
	Missed
	Cancelled
)

// String is the word used over HTTP.
func (l Life) String() string { return [...]string{"booked", "kept", "missed", "cancelled"}[l] }

// Appointment as the state has it; never changed in place.
type Appointment struct {
	ID id.Appointment
	Slot
	Life   Life
	AtRisk bool
	// Late: it was missed, and its citizen came after all. No counter is kept
	// for it any more; it is called when its turn comes.
	Late bool
	// unfit: not placed in the occupancy. Under a firm offering the same as
	// AtRisk; under a tentative one what would become so.
	unfit     bool
	Channel   string
	BookedOn  day.Day
	Seq       int64 // order of arrival in the stream
	CheckedIn time.Time
	Called    time.Time
	// Recalled is the last call, at Counter; of waits the first one counts.
	Recalled time.Time
	Counter  string
	Begun    time.Time
	Detail   Detail
}

// End is when it ends.
func (a *Appointment) End() day.TimeOfDay { return a.At + day.TimeOfDay(a.Minutes) }

type hold struct {
	ID HoldID
	Slot
	Channel string
	Expires time.Time
	For     string // whom it is offered to
	Wanted  id.District
	// optIn: it waits for its link to be opened, with these details.
	optIn *Detail
	// extended: more time was asked for, once.
	extended bool
}

func (h *hold) ended(why string) HoldEnded {
	e := HoldEnded{Hold: h.ID, Why: why}
	if h.optIn != nil {
		e.ContactKey, e.Quota = h.optIn.ContactKey, h.optIn.Quota
	}
	return e
}

// HoldView is a hold as others may see it.
type HoldView struct {
	Slot
	Channel string
	Expires time.Time
	For     string
	// OptIn has the details of a hold that waits for its link; else nil. Not to
	// be changed.
	OptIn *Detail
	// Extended: more time was asked for; there is no more.
	Extended bool
}

// Hold finds a hold.
func (s State) Hold(h HoldID) (HoldView, bool) {
	p := s.hold(h)
	if p == nil {
		return HoldView{}, false
	}
	return HoldView{p.Slot, p.Channel, p.Expires, p.For, p.optIn, p.extended}, true
}

// State of one centre-day. Values are shared between states and never changed.
type State struct {
	Key
	Epoch     int64 // of capacity's log, when it said the offering
	Version   int64 // of the offering; 0: none was adopted yet
	Tentative bool
	Opening   *day.TimeOfDay

	skills []id.Skill        // sorted; index is the occupancy's skill
	supply *occupancy.Supply // with the extra places of overbooking, if any
	real   *occupancy.Supply // without them
	aside  []Line            // set aside for walk-ins and express
	// overbooked is how many of the supply's places are not real at one moment at most.
	overbooked int
	minutes    day.Minutes // of all counters for appointments, less breaks

	holds []*hold
	appts roster
	moved map[id.Appointment]booking.Place
	seq   int64

	slots, load spoken

	// filled is nil where it was not counted yet.
	filled *filled `snapshot:"-"`
	// books is nil where no load was said yet; changed is what has changed since.
	books   *books  `snapshot:"-"`
	changed *change `snapshot:"-"`
}

// spoken is what was published last.
type spoken struct {
	version int64
	hash    uint64
}

// Initial is a centre-day nobody has heard of.
func Initial() State {
	none := occupancy.NewSupply(0, nil)
	return State{supply: none, real: none}
}

// Appointment finds an appointment; it must not be changed.
func (s State) Appointment(a id.Appointment) (*Appointment, bool) {
	if i := s.appts.index(a); i >= 0 {
		return s.appts.at(i), true
	}
	return nil, false
}

// Appointments of the day in the order in which they came, also those that are
// over; they must not be changed.
func (s State) Appointments() []*Appointment {
	list := make([]*Appointment, 0, s.appts.len())
	for _, a := range s.appts.all() {
		list = append(list, a)
	}
	return list
}

// MovedTo says where an appointment that was here takes place now.
func (s State) MovedTo(a id.Appointment) (booking.Place, bool) {
	p, ok := s.moved[a]
	return p, ok
}

// Place of an appointment on this day.
func (s State) Place(a *Appointment) booking.Place {
	return booking.Place{Centre: s.Centre, Day: s.Day, At: a.At, Minutes: a.Minutes}
}

func (s State) hold(h HoldID) *hold {
	for _, p := range s.holds {
		if p.ID == h {
			return p
		}
	}
	return nil
}

func (s State) skill(k id.Skill) int { return slices.Index(s.skills, k) }

// addNeeds appends what a visit needs, part by part.
func (s State) addNeeds(all []occupancy.Need, sl Slot) []occupancy.Need {
	sl.each(func(skill id.Skill, at day.TimeOfDay, minutes day.Minutes) {
		all = append(all, occupancy.Need{Skill: s.skill(skill), From: int(at) / occupancy.Tick,
			To: (int(at) + int(minutes)) / occupancy.Tick})
	})
	return all
}

// take counts a visit, whether it fits or not.
func (s State) take(k *occupancy.Slack, sl Slot) {
	var few [4]occupancy.Need
	for _, n := range s.addNeeds(few[:0], sl) {
		k.Take(n)
	}
}

// tryTake takes a visit if every part of it finds a counter. The parts follow
// each other, so none takes what another needs.
func (s State) tryTake(k *occupancy.Slack, sl Slot) bool {
	var few [4]occupancy.Need
	all := s.addNeeds(few[:0], sl)
	for _, n := range all {
		if !k.Fits(n) {
			return false
		}
	}
	for _, n := range all {
		k.Take(n)
	}
	return true
}

// needs lists what takes up counters: appointments placed and holds, but not
// the appointment except.
func (s State) needs(except id.Appointment) []occupancy.Need {
	all := make([]occupancy.Need, 0, s.appts.len()+len(s.holds))
	for _, a := range s.appts.all() {
		if a.occupies() && a.ID != except {
			all = s.addNeeds(all, a.Slot)
		}
	}
	for _, h := range s.holds {
		all = s.addNeeds(all, h.Slot)
	}
	return all
}

func (a *Appointment) occupies() bool {
	return (a.Life == Booked || a.Life == Kept) && !a.unfit && !a.Late
}

func (h *hold) live(at time.Time) bool { return at.Before(h.Expires) }

func (s State) slack() *occupancy.Slack { return s.counted().fill.Slack() }

// adopt replaces the offering.
func (s State) adopt(e OfferingAdopted) State {
	s.Key = Key{e.Centre, e.Day}
	s.Epoch, s.Version, s.Tentative, s.Opening = e.Epoch, e.Version, e.Tentative, e.Opening
	s.skills = skillsOf(e.Lines)
	lines := make([]occupancy.Line, 0, len(e.Lines))
	s.aside = nil
	for _, l := range e.Lines {
		if l.Use != ForAppointments {
			s.aside = append(s.aside, l)
			continue
		}
		o := occupancy.Line{Span: occupancy.Span{From: int(l.From), To: int(l.To)}}
		for _, b := range l.Breaks {
			o.Breaks = append(o.Breaks, occupancy.Span{From: int(b.From), To: int(b.To)})
		}
		for _, k := range l.Skills {
			if i := s.skill(k); i >= 0 {
				o.Skills |= 1 << i
			}
		}
		lines = append(lines, o)
	}
	s.real = occupancy.NewSupply(len(s.skills), lines)
	s.supply, s.overbooked = s.real, 0
	if extra := e.Overbook.extra(lines); len(extra) > 0 {
		s.overbooked = mostAtOnce(extra)
		s.supply = occupancy.NewSupply(len(s.skills), append(lines, extra...))
	}
	s.minutes = day.Minutes(s.supply.Staffed() * occupancy.Tick)
	return s.place(e.Elapsed)
}

// skillsOf is the day's skill table: what lines for appointments name.
func skillsOf(lines []Line) []id.Skill {
	var all []id.Skill
	for _, l := range lines {
		if l.Use == ForAppointments {
			all = append(all, l.Skills...)
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	return all[:min(len(all), occupancy.MaxSkills)]
}

// place decides anew which appointments find a counter: in order of hardship,
// day of booking, arrival. Those that ended before elapsed stay as they are.
func (s State) place(elapsed day.TimeOfDay) State {
	slack := s.supply.Slack()
	order := s.inOrder(func(a *Appointment) bool { return (a.Life == Booked || a.Life == Kept) && !a.Late })
	for _, i := range order {
		a := s.appts.at(i)
		unfit := a.AtRisk
		if a.End() > elapsed {
			unfit = !s.tryTake(slack, a.Slot) && a.Life == Booked
		}
		if unfit != a.unfit {
			c := *a
			c.unfit = unfit
			s.appts = s.appts.with(i, &c)
			s = s.noted(a, &c)
		}
	}
	return s.recounted()
}

// inOrder lists appointments in the order in which counters are given to them.
func (s State) inOrder(which func(*Appointment) bool) []int {
	var order []int
	for i, a := range s.appts.all() {
		if which(a) {
			order = append(order, i)
		}
	}
	slices.SortFunc(order, func(i, k int) int {
		a, b := s.appts.at(i), s.appts.at(k)
		if r := rank(a) - rank(b); r != 0 {
			return r
		}
		if a.BookedOn != b.BookedOn {
			return int(a.BookedOn - b.BookedOn)
		}
		return int(a.Seq - b.Seq)
	})
	return order
}

func rank(a *Appointment) int {
	switch {
	case a.Life == Kept:
		return 0
	case a.Detail.Hardship:
		return 1
	}
	return 2
}

// regained lists unplaced appointments that find a counter as things stand.
func (s State) regained() []int {
	if s.appts.unfit == 0 {
		return nil
	}
	order := s.inOrder(func(a *Appointment) bool { return a.Life == Booked && a.unfit })
	if len(order) == 0 {
		return nil
	}
	slack := s.slack()
	var back []int
	for _, i := range order {
		if s.tryTake(slack, s.appts.at(i).Slot) {
			back = append(back, i)
		}
	}
	return back
}

// refit gives what has become free under a tentative offering to those who would
// find no counter there, before anybody else may book it. Nobody was told, so
// nobody is; under a firm one it is said, see regain.
func (s State) refit() State {
	if !s.Tentative {
		return s
	}
	back := s.regained()
	if len(back) == 0 {
		return s
	}
	for _, i := range back {
		a := s.appts.at(i)
		c := *a
		c.unfit = false
		s.appts = s.appts.with(i, &c)
		s = s.noted(a, &c)
	}
	return s.recounted()
}

// with replaces one appointment by a changed copy.
func (s State) with(a id.Appointment, change func(*Appointment)) State {
	i := s.appts.index(a)
	if i < 0 {
		return s
	}
	before := s.appts.at(i)
	after := *before
	change(&after)
	s.appts = s.appts.with(i, &after)
	return s.noted(before, &after).shifted(before.use(), after.use())
}

// waiting replaces a hold by one that waits for its link.
func (s State) waiting(e OptInAsked) State {
	return s.withHold(e.Hold, func(h *hold) { h.Expires, h.optIn = e.Expires, &e.Detail })
}

// withHold changes a copy of a hold.
func (s State) withHold(id HoldID, change func(*hold)) State {
	s.holds = slices.Clone(s.holds)
	for i, h := range s.holds {
		if h.ID == id {
			c := *h
			change(&c)
			s.holds[i] = &c
		}
	}
	return s
}

func (s State) withoutHold(h HoldID) State {
	i := slices.IndexFunc(s.holds, func(p *hold) bool { return p.ID == h })
	if i < 0 {
		return s
	}
	p := s.holds[i]
	s.holds = slices.Delete(slices.Clone(s.holds), i, i+1)
	return s.shifted(&use{p.Slot, p.Channel}, nil)
}

func (s State) pointed(a id.Appointment, to *booking.Place) State {
	s.moved = maps.Clone(s.moved)
	if to == nil {
		delete(s.moved, a)
		return s
	}
	if s.moved == nil {
		s.moved = map[id.Appointment]booking.Place{}
	}
	s.moved[a] = *to
	return s
}

// WhyNot explains why a slot could not be taken as things stand.
func (s State) WhyNot(sl Slot) error {
	if err := s.fits(sl, ""); err != nil {
		return err
	}
	return ErrSlotTaken // by another of the same batch
}
