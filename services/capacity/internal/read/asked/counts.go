// Package asked answers how many requests are expected on the next days: as
// bookings have been counted so far, and as the policy says where that tells more.
package asked

import (
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/observed"
)

// Remembered is how many days back bookings count: three years of whole weeks.
const Remembered = 3 * 364

// row of bookings at a centre: of those who wanted a district, or, without one, of
// who named none.
type row struct {
	centre id.Centre
	skill  id.Skill
	wanted id.District
}

// searched are those in vain, at a centre, in a district or anywhere.
type searched struct {
	centre   id.Centre
	district id.District
	skill    id.Skill
}

// Counts are the bookings made, by centre, service group and day, and the searches
// that found nothing. The zero value has counted nothing. It is not bigger than
// Remembered days of each.
type Counts struct {
	days day.Period // from the first day told to the last
	rows map[row][]int
	lost map[searched]map[day.Day]int
	came missing // of appointments, those that nobody came to
	away missing // of minutes on duty, those lost at short notice
	told int     // changes so far
	last *Expected
}

// Note what was booked at a centre on a day; a later count of the same day counts
// instead.
func (c *Counts) Note(e observed.BookingsObserved) {
	switch {
	case c.rows == nil:
		c.rows, c.days = map[row][]int{}, day.Period{From: e.Day, Until: e.Day + 1}
	case e.Day < c.days.Until-Remembered:
		return
	}
	c.told++
	c.came.set(e.Centre, e.Day, e.Missed, e.Kept+e.Missed)
	if e.Day < c.days.From {
		more := make([]int, c.days.From-e.Day)
		for k, counts := range c.rows {
			c.rows[k] = append(append([]int{}, more...), counts...)
		}
		c.days.From = e.Day
	}
	c.days.Until = max(c.days.Until, e.Day+1)
	if over := c.days.Days() - Remembered; over > 0 {
		for k, counts := range c.rows {
			c.rows[k] = counts[min(over, len(counts)):]
		}
		c.days.From += day.Day(over)
	}
	at := int(e.Day - c.days.From)
	for k, counts := range c.rows {
		if k.centre == e.Centre && at < len(counts) {
			counts[at] = 0
		}
	}
	for _, s := range e.Skills {
		sum := 0
		for _, n := range s.Counts {
			sum += n
		}
		for wanted, n := range s.Wanted {
			c.set(row{e.Centre, s.Skill, wanted}, at, n)
			sum -= n
		}
		c.set(row{e.Centre, s.Skill, ""}, at, max(0, sum))
	}
}

func (c *Counts) set(k row, at, n int) {
	for len(c.rows[k]) <= at {
		c.rows[k] = append(c.rows[k], 0)
	}
	c.rows[k][at] = n
}

// Lost notes who found nothing. What is expected is reckoned anew when the next
// bookings are counted, or the next day.
func (c *Counts) Lost(e observed.SearchesObserved) {
	k := searched{e.Centre, e.District, e.Skill}
	if c.lost == nil {
		c.lost = map[searched]map[day.Day]int{}
	}
	if c.lost[k] == nil {
		c.lost[k] = map[day.Day]int{}
	}
	c.lost[k][e.Day] += e.Lost
	for d := range c.lost[k] {
		if d < e.Day-Remembered {
			delete(c.lost[k], d)
		}
	}
}

// Setting is what the city is at present.
type Setting struct {
	Today     day.Day
	Policy    capacity.PolicyChanged
	Catalogue capacity.CatalogueChanged
	Centres   map[id.Centre]capacity.Centre
}

// Expect what comes from today on. It copies what is needed and leaves the
// reckoning to whoever asks first; as long as nothing was counted since and the
// setting is the same, the answer is the same one.
func (c *Counts) Expect(s Setting) *Expected {
	key := key{s.Today, s.Policy.Version, s.Catalogue.Version, c.told, len(s.Centres)}
	if c.last == nil || c.last.key != key {
		c.last = newExpected(c, key, s)
	}
	return c.last
}
