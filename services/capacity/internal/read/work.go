package read

import (
	"cmp"
	"slices"
	"sync"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// work is what the reactors owe and may take without the node's write lock.
type work struct {
	mu        sync.Mutex
	dirty     map[Place]*Dirty
	taken     map[Place]int // by the offerings reactor, and not said yet
	districts map[id.District]eventlog.Meta
	seq       int64
	pace      pace
}

// Dirty is a place whose offering must be computed again.
type Dirty struct {
	Place
	Since  int64 // order of marking
	Causes []string
	Meta   eventlog.Meta // of the newest reason
}

// touch marks a place within the horizon; cause, if not empty, is an HR event.
func (c *City) touch(p Place, meta eventlog.Meta, cause string) {
	if c.Today == 0 || !c.Horizon().Contains(p.Day) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	d := c.dirty[p]
	if d == nil {
		c.seq++
		d = &Dirty{Place: p, Since: c.seq}
		c.dirty[p] = d
	}
	d.Meta = meta
	if cause != "" && !slices.Contains(d.Causes, cause) {
		d.Causes = append(d.Causes, cause)
	}
}

// Mark asks that a place is computed again; it is called inside node.View.
func (c *City) Mark(p Place, meta eventlog.Meta) { c.touch(p, meta, "") }

func (c *City) touchCentre(k id.Centre, meta eventlog.Meta) {
	h := c.Horizon()
	for d := h.From; d < h.Until; d++ {
		c.touch(Place{Centre: k, Day: d}, meta, "")
	}
	c.touchDistrict(k, meta)
}

func (c *City) touchAll(meta eventlog.Meta) {
	for _, k := range c.CentreIDs() {
		c.touchCentre(k, meta)
	}
}

func (c *City) touchDistrict(k id.Centre, meta eventlog.Meta) {
	centre, ok := c.Centres[k]
	if !ok || c.Today == 0 {
		return
	}
	c.mu.Lock()
	c.districts[centre.District] = meta
	c.mu.Unlock()
}

// Take removes up to n dirty places from the queue. Where few wait, only those
// with the same reason as the oldest are taken together, so that what follows
// carries the right correlation. A place that was said too often of late waits
// for its pace.
func (c *City) Take(n int, now time.Time) []*Dirty {
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make([]*Dirty, 0, len(c.dirty))
	for k, d := range c.dirty {
		if c.pace.due(k, now) == 0 {
			all = append(all, d)
		}
	}
	slices.SortFunc(all, func(a, b *Dirty) int { return cmp.Compare(a.Since, b.Since) })
	if len(all) > 0 && len(all) <= n {
		first := all[0].Meta.CorrelationID
		all = slices.DeleteFunc(all, func(d *Dirty) bool { return d.Meta.CorrelationID != first })
	}
	all = all[:min(n, len(all))]
	for _, d := range all {
		delete(c.dirty, d.Place)
		c.taken[d.Place]++
	}
	return all
}

// Done says that places taken were handled and that the models contain it; said
// are those whose offering was said again.
func (c *City) Done(all []*Dirty, said []Place, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.release(all)
	for _, k := range said {
		c.pace.note(k, now)
	}
}

func (c *City) release(all []*Dirty) {
	for _, d := range all {
		if c.taken[d.Place]--; c.taken[d.Place] <= 0 {
			delete(c.taken, d.Place)
		}
	}
}

// unsaid reports whether a place's offering is about to be computed.
func (c *City) unsaid(p Place) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.dirty[p] != nil || c.taken[p] > 0
}

// Answered reports whether booking has answered the offering of a place as it
// is now.
func (c *City) Answered(p Place) bool {
	return !c.unsaid(p) && c.Loads[p].OfferingVersion >= c.Offerings[p].Version
}

// PutBack returns places that could not be handled.
func (c *City) PutBack(all []*Dirty) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.release(all)
	for _, d := range all {
		if now := c.dirty[d.Place]; now != nil {
			for _, s := range d.Causes {
				if !slices.Contains(now.Causes, s) {
					now.Causes = append(now.Causes, s)
				}
			}
			continue
		}
		c.dirty[d.Place] = d
	}
}

// Waiting counts dirty places.
func (c *City) Waiting() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.dirty)
}

// TakeDistrict removes one district whose lead times must be measured.
func (c *City) TakeDistrict() (r id.District, meta eventlog.Meta, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for d := range c.districts {
		if !ok || d < r {
			r, ok = d, true
		}
	}
	meta = c.districts[r]
	delete(c.districts, r)
	return r, meta, ok
}

// PutBackDistrict returns one that could not be measured.
func (c *City) PutBackDistrict(r id.District, meta eventlog.Meta) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, there := c.districts[r]; !there {
		c.districts[r] = meta
	}
}

// FreeByDay sums a district's free appointments of each skill of the catalogue
// over the horizon; ok is false while booking has not answered for any of its
// centres.
func (c *City) FreeByDay(r id.District) (free map[id.Skill][]int, ok bool) {
	h := c.Horizon()
	free = make(map[id.Skill][]int, len(c.Catalogue.Groups))
	for _, g := range c.Catalogue.Groups {
		free[g.Skill] = make([]int, h.Days())
	}
	for k, centre := range c.Centres {
		if centre.District != r {
			continue
		}
		for d := h.From; d < h.Until; d++ {
			if l, known := c.Loads[Place{Centre: k, Day: d}]; known {
				ok = true
				for s, n := range l.Free {
					if sum, listed := free[s]; listed {
						sum[d-h.From] += n
					}
				}
			}
		}
	}
	return free, ok
}

// OnDuty counts employees at a place who are not being withdrawn.
func (c *City) OnDuty(p Place) int {
	n := len(c.At[p])
	for e := range c.Withdrawn[p] {
		if _, there := c.At[p][e]; there {
			n--
		}
	}
	return n
}

// DutyOn finds where an employee works on a day.
func (c *City) DutyOn(e id.Employee, d day.Day) (Place, bool) {
	for _, x := range c.Duties[e].Duties {
		if x.Day == d {
			return Place{Centre: x.Centre, Day: d}, true
		}
	}
	return Place{}, false
}
