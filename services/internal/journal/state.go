package journal

import (
	"iter"
	"slices"

	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// entry is one stream's folded state within a job.
type entry struct {
	state   any
	version int64 // after the events below
	base    int64 // before them
	events  []eventlog.NewEvent
	said    []decider.Event // the same, under Options.Carry
}

type folded struct {
	state   any
	version int64
	behind  bool // somebody else has written since, or may have
}

// stateCache keeps folded streams in two generations: when the young one is
// full it becomes the old one, and what is not asked for again goes with it.
type stateCache struct {
	limit      int
	young, old map[string]folded
}

func newStateCache(limit int) *stateCache {
	return &stateCache{limit: max(limit/2, 1), young: map[string]folded{}, old: map[string]folded{}}
}

func (c *stateCache) get(stream string) (folded, bool) {
	if f, ok := c.young[stream]; ok {
		return f, true
	}
	f, ok := c.old[stream]
	if ok {
		c.keep(stream, f)
	}
	return f, ok
}

func (c *stateCache) put(stream string, state any, version int64) {
	c.keep(stream, folded{state: state, version: version})
}

func (c *stateCache) keep(stream string, f folded) {
	if len(c.young) >= c.limit {
		c.old, c.young = c.young, make(map[string]folded, c.limit)
	}
	c.young[stream] = f
}

// doubt has a stream's end read before it is believed again.
func (c *stateCache) doubt(stream string) {
	if f, ok := c.get(stream); ok {
		f.behind = true
		c.keep(stream, f)
	}
}

func (c *stateCache) drop(stream string) {
	delete(c.young, stream)
	delete(c.old, stream)
}

// all lists what is kept, each stream once.
func (c *stateCache) all() iter.Seq2[string, folded] {
	return func(yield func(string, folded) bool) {
		for s, f := range c.young {
			if !yield(s, f) {
				return
			}
		}
		for s, f := range c.old {
			if _, newer := c.young[s]; !newer && !yield(s, f) {
				return
			}
		}
	}
}

// overlay is what the jobs of one batch have decided so far.
type overlay struct {
	cache   *stateCache
	pending map[string]folded
	writer  map[string]int // unit of this commit that wrote a stream last
	read    map[string]bool
	results map[string]eventlog.Result
}

func newOverlay(c *stateCache) *overlay {
	return &overlay{cache: c, pending: map[string]folded{}, writer: map[string]int{}, read: map[string]bool{}, results: map[string]eventlog.Result{}}
}

// find returns what is known of a stream; one that is behind is to be caught up.
func (o *overlay) find(stream string) (f folded, ok bool) {
	if f, ok = o.pending[stream]; !ok {
		f, ok = o.cache.get(stream)
	}
	return f, ok
}

// upon are the units of this commit whose effects a job has seen.
func (o *overlay) upon(tx *Tx) (units []int) {
	for _, s := range tx.order {
		if i, wrote := o.writer[s]; wrote && !slices.Contains(units, i) {
			units = append(units, i)
		}
	}
	return units
}

// merge lets later jobs see what the unit of a job will write.
func (o *overlay) merge(tx *Tx, unit int) {
	for s, e := range tx.own {
		o.read[s] = true
		if len(e.events) > 0 {
			o.pending[s] = folded{state: e.state, version: e.version}
			o.writer[s] = unit
		}
	}
	for _, r := range tx.rest.Results {
		o.results[r.Key] = r
	}
}

func (o *overlay) streams() []string {
	all := make([]string, 0, len(o.read))
	for s := range o.read {
		all = append(all, s)
	}
	return all
}

// settle keeps what was committed and doubts streams that a refused unit read
// or wrote: somebody else has written them, or may have. What the cache has of
// them was committed before, and is only caught up with.
func (o *overlay) settle(broken map[string]bool) {
	for s, f := range o.pending {
		if !broken[s] {
			o.cache.put(s, f.state, f.version)
		}
	}
	for s := range broken {
		o.cache.doubt(s)
	}
}
