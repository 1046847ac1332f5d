package read

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/snapshot"
)

// aheadDays is how many days back bookings are counted: an import may bring some
// of earlier days.
const aheadDays = 62

// HowFarAhead answers: how far ahead was booked, by centre and day of booking, how
// many of the appointments of that day were kept and missed, and which days have not
// been told yet?
type HowFarAhead struct {
	days map[bookedOn]map[id.Skill][]int // counts by days ahead
	// wanted are those of them who named a district, by it.
	wanted map[bookedOn]map[id.Skill]map[id.District]int
	came   map[bookedOn]came
	owed   map[bookedOn]bool
	until  day.Day // the greatest day of booking seen
}

type bookedOn struct {
	Centre id.Centre
	On     day.Day
}

// came are appointments of a day, kept and missed.
type came struct{ Kept, Missed int }

// NewHowFarAhead has counted nothing yet.
func NewHowFarAhead() *HowFarAhead {
	return &HowFarAhead{days: map[bookedOn]map[id.Skill][]int{}, wanted: map[bookedOn]map[id.Skill]map[id.District]int{}, came: map[bookedOn]came{}, owed: map[bookedOn]bool{}}
}

// Apply takes in an event.
func (m *HowFarAhead) Apply(stored eventlog.Event, event decider.Event) {
	switch e := event.(type) {
	case booking.AppointmentBooked:
		m.count(e)
	case booking.BookingsCounted:
		// An import may have come in between; then it is told again.
		if k := (bookedOn{e.Centre, e.Day}); total(e) == m.total(k) && (came{e.Kept, e.Missed}) == m.came[k] {
			delete(m.owed, k)
		}
	case booking.AppointmentKept:
		m.attend(bookedOn{e.Centre, e.Day}, 1, 0)
	case booking.AppointmentMissed:
		m.attend(bookedOn{e.Centre, e.Day}, 0, 1)
	case centreday.CameLate:
		if k, ok := centreOf(stored.Stream); ok {
			m.attend(k, 0, -1)
		}
	}
}

// centreOf is the centre and day of a centre-day's stream.
func centreOf(stream string) (k bookedOn, ok bool) {
	name, ok := strings.CutPrefix(stream, DayCategory+"-")
	centre, date, two := strings.Cut(name, "/")
	on, err := day.Parse(date)
	return bookedOn{id.Centre(centre), on}, ok && two && err == nil
}

func (m *HowFarAhead) attend(k bookedOn, kept, missed int) {
	if k.On <= m.until-aheadDays {
		return
	}
	n := m.came[k]
	m.came[k] = came{n.Kept + kept, max(0, n.Missed+missed)}
	m.owed[k] = true
}

func total(e booking.BookingsCounted) (n int) {
	for _, s := range e.Skills {
		for _, c := range s.Counts {
			n += c
		}
	}
	return n
}

func (m *HowFarAhead) total(k bookedOn) (n int) {
	for _, counts := range m.days[k] {
		for _, c := range counts {
			n += c
		}
	}
	return n
}

func (m *HowFarAhead) count(e booking.AppointmentBooked) {
	if e.BookedOn > m.until {
		m.until = e.BookedOn
		old := func(k bookedOn) bool { return k.On <= m.until-aheadDays }
		maps.DeleteFunc(m.days, func(k bookedOn, _ map[id.Skill][]int) bool { return old(k) })
		maps.DeleteFunc(m.wanted, func(k bookedOn, _ map[id.Skill]map[id.District]int) bool { return old(k) })
		maps.DeleteFunc(m.came, func(k bookedOn, _ came) bool { return old(k) })
		maps.DeleteFunc(m.owed, func(k bookedOn, _ bool) bool { return old(k) })
	}
	ahead := int(e.Day - e.BookedOn)
	if ahead < 0 || ahead > 366 || e.BookedOn <= m.until-aheadDays {
		return
	}
	k := bookedOn{e.Centre, e.BookedOn}
	if m.days[k] == nil {
		m.days[k] = map[id.Skill][]int{}
	}
	counts := m.days[k][e.Skill]
	if missing := ahead + 1 - len(counts); missing > 0 {
		counts = append(counts, make([]int, missing)...)
	}
	counts[ahead]++
	m.days[k][e.Skill] = counts
	m.owed[k] = true
	if e.Wanted == "" {
		return
	}
	if m.wanted[k] == nil {
		m.wanted[k] = map[id.Skill]map[id.District]int{}
	}
	if m.wanted[k][e.Skill] == nil {
		m.wanted[k][e.Skill] = map[id.District]int{}
	}
	m.wanted[k][e.Skill][e.Wanted]++
}

// Untold are up to n counts of days before today that have not been told, or
// not as they are now, in order.
func (m *HowFarAhead) Untold(today day.Day, n int) []booking.BookingsCounted {
	var due []bookedOn
	for k := range m.owed {
		if k.On < today {
			due = append(due, k)
		}
	}
	slices.SortFunc(due, func(a, b bookedOn) int { return cmp.Or(cmp.Compare(a.On, b.On), cmp.Compare(a.Centre, b.Centre)) })
	all := make([]booking.BookingsCounted, 0, min(n, len(due)))
	for _, k := range due[:min(n, len(due))] {
		c := booking.BookingsCounted{Centre: k.Centre, Day: k.On, Skills: []booking.BookedAhead{}, Kept: m.came[k].Kept, Missed: m.came[k].Missed}
		for _, s := range slices.Sorted(maps.Keys(m.days[k])) {
			b := booking.BookedAhead{Skill: s, Wanted: maps.Clone(m.wanted[k][s])}
			for ahead, count := range m.days[k][s] {
				if count > 0 {
					b.Days, b.Counts = append(b.Days, ahead), append(b.Counts, count)
				}
			}
			c.Skills = append(c.Skills, b)
		}
		all = append(all, c)
	}
	return all
}

// Snapshot of what was counted; what is changed in place is copied.
func (m *HowFarAhead) Snapshot(w *snapshot.Writer) {
	all := make(map[bookedOn]map[id.Skill][]int, len(m.days))
	for k, skills := range m.days {
		all[k] = make(map[id.Skill][]int, len(skills))
		for s, counts := range skills {
			all[k][s] = slices.Clone(counts)
		}
	}
	snapshot.Put(w, all)
	wanted := make(map[bookedOn]map[id.Skill]map[id.District]int, len(m.wanted))
	for k, skills := range m.wanted {
		wanted[k] = make(map[id.Skill]map[id.District]int, len(skills))
		for s, of := range skills {
			wanted[k][s] = maps.Clone(of)
		}
	}
	snapshot.Put(w, wanted)
	snapshot.Put(w, maps.Clone(m.came))
	snapshot.Put(w, maps.Clone(m.owed))
	snapshot.Put(w, m.until)
}

// Restore what Snapshot put.
func (m *HowFarAhead) Restore(r *snapshot.Reader) {
	snapshot.Get(r, &m.days)
	snapshot.Get(r, &m.wanted)
	snapshot.Get(r, &m.came)
	snapshot.Get(r, &m.owed)
	snapshot.Get(r, &m.until)
}
