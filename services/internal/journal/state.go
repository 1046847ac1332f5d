package journal

import (
	"iter"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// entry is one stream's folded state within a job.
type entry struct {
	state   any
	version int64 // after the events below
	base    int64 // before them
	events  []eventlog.NewEvent
}

type folded struct {
	state   any
	version int64
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
		c.put(stream, f.state, f.version)
	}
	return f, ok
}

func (c *stateCache) put(stream string, state any, version int64) {
	if len(c.young) >= c.limit {
		c.old, c.young = c.young, make(map[string]folded, c.limit)
	}
	c.young[stream] = folded{state, version}
}

func (c *stateCache) forget(streams []string) {
	for _, s := range streams {
		delete(c.young, s)
		delete(c.old, s)
	}
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
	read    map[string]bool
	results map[string]eventlog.Result
}

func newOverlay(c *stateCache) *overlay {
	return &overlay{cache: c, pending: map[string]folded{}, read: map[string]bool{}, results: map[string]eventlog.Result{}}
}

func (o *overlay) find(stream string) (state any, version int64, ok bool) {
	f, ok := o.pending[stream]
	if !ok {
		f, ok = o.cache.get(stream)
	}
	return f.state, f.version, ok
}

func (o *overlay) merge(tx *Tx) {
	for s, e := range tx.own {
		o.read[s] = true
		if len(e.events) > 0 {
			o.pending[s] = folded{e.state, e.version}
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

// settle keeps what was committed and forgets streams that a refused unit read
// or wrote: somebody else has written them, or may have.
func (o *overlay) settle(broken map[string]bool) {
	for s, f := range o.pending {
		if !broken[s] {
			o.cache.put(s, f.state, f.version)
		}
	}
	for s := range broken {
		o.cache.forget([]string{s})
	}
}
