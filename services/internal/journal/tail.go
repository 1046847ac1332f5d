package journal

import (
	"context"
	"sync"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// tailEvents is how many of the newest events are kept in memory for followers
// and the relay; whoever is further behind reads the store.
const tailEvents = 8192

// lookEvery is how often the tail looks at most whether somebody else has
// written.
const lookEvery = 10 * time.Millisecond

// tail is the log's reader with its end in memory. While it looks for others'
// events, a follower that has read all of this journal's is not sent to the
// store after each commit, to be told that there is nothing more.
type tail struct {
	eventlog.Store
	mu      sync.RWMutex
	epoch   int64
	events  []eventlog.Event // contiguous by position
	public  []eventlog.Event // contiguous by public position
	watch   map[chan struct{}]struct{}
	looking bool
	said    map[int64]decider.Event // by position, not asked for yet
	others  int64                   // how often others' events were seen beyond the end
	asked   int64                   // others when the store last had nothing beyond the end
}

func newTail(store eventlog.Store) *tail {
	return &tail{Store: store, watch: map[chan struct{}]struct{}{}}
}

// add takes the outcomes of a commit and returns the log's epoch.
func (t *tail) add(outcomes []eventlog.Outcome) (epoch int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.epoch == 0 {
		if h, err := t.Store.Head(context.Background()); err == nil {
			t.epoch = h.Epoch
		}
	}
	for _, o := range outcomes {
		if o.Duplicate {
			continue
		}
		for _, e := range o.Events {
			if n := len(t.events); n > 0 && t.events[n-1].Position != e.Position-1 {
				// Another replica wrote in between, perhaps public events too: what
				// ends here would look like the end of all.
				t.events, t.public = t.events[:0:0], t.public[:0:0]
			}
			t.events = append(t.events, e)
			if e.PublicPosition > 0 {
				t.public = append(t.public, e)
			}
		}
	}
	t.events, t.public = trim(t.events), trim(t.public)
	t.wake()
	return t.epoch
}

// carry notes what was decided of what was written.
func (t *tail) carry(decided []*request, outcomes []eventlog.Outcome) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.said == nil || len(t.said) > tailEvents { // nobody asks
		t.said = map[int64]decider.Event{}
	}
	for i, o := range outcomes {
		if o.Err != nil || o.Duplicate || decided[i].err != nil {
			continue
		}
		n := 0
		for _, s := range decided[i].tx.order {
			for _, e := range decided[i].tx.own[s].said {
				t.said[o.Events[n].Position] = e
				n++
			}
		}
	}
}

// Said is the event at a position as it was decided, once; not known is what came
// from elsewhere, or was asked for before. It must not be changed.
func (j *Journal) Said(position int64) (e decider.Event, known bool) {
	if !j.opt.Carry {
		return nil, false
	}
	t := j.tail
	t.mu.Lock()
	defer t.mu.Unlock()
	if e, known = t.said[position]; known {
		delete(t.said, position)
	}
	return e, known
}

func trim(s []eventlog.Event) []eventlog.Event {
	if len(s) < 2*tailEvents {
		return s
	}
	// With room for as many again: they come one by one.
	return append(make([]eventlog.Event, 0, 2*tailEvents), s[len(s)-tailEvents:]...)
}

func (t *tail) wake() {
	for c := range t.watch {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// look wakes followers when the store has events beyond the end that is known
// here.
func (t *tail) look() (stop func()) {
	woken, unwatch := t.Store.Watch()
	ctx, cancel := context.WithCancel(context.Background())
	t.mu.Lock()
	t.looking = true
	t.mu.Unlock()
	var looking sync.WaitGroup
	looking.Go(func() {
		pause := time.NewTimer(0)
		defer pause.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-pause.C:
			}
			select {
			case <-ctx.Done():
				return
			case <-woken:
			}
			h, err := t.Store.Head(ctx)
			t.mu.Lock()
			if n := len(t.events); err != nil || n == 0 || h.Position > t.events[n-1].Position {
				t.others++
				t.wake()
			}
			t.mu.Unlock()
			pause.Reset(lookEvery)
		}
	})
	return func() {
		unwatch()
		cancel()
		looking.Wait()
		t.mu.Lock()
		t.looking = false
		t.mu.Unlock()
	}
}

// After serves the newest events from memory.
func (t *tail) After(ctx context.Context, after int64, limit int) ([]eventlog.Event, error) {
	t.mu.RLock()
	part, known := t.beyond(t.events, after, limit, position)
	others := t.others
	t.mu.RUnlock()
	if known {
		return part, nil
	}
	page, err := t.Store.After(ctx, after, limit)
	if err == nil && len(page) == 0 {
		t.mu.Lock()
		if n := len(t.events); n > 0 && t.events[n-1].Position == after {
			t.asked = max(t.asked, others)
		}
		t.mu.Unlock()
	}
	return page, err
}

// PublicAfter serves the newest public events from memory.
func (t *tail) PublicAfter(ctx context.Context, after int64, limit int) ([]eventlog.Event, error) {
	t.mu.RLock()
	part, known := t.beyond(t.public, after, limit, publicPosition)
	t.mu.RUnlock()
	if known {
		return part, nil
	}
	return t.Store.PublicAfter(ctx, after, limit)
}

func position(e eventlog.Event) int64       { return e.Position }
func publicPosition(e eventlog.Event) int64 { return e.PublicPosition }

// beyond is the part of all that follows a position; known is false where only
// the store can say.
func (t *tail) beyond(all []eventlog.Event, after int64, limit int, at func(eventlog.Event) int64) (part []eventlog.Event, known bool) {
	if len(all) == 0 || at(all[0]) > after+1 {
		return nil, false
	}
	switch end := at(all[len(all)-1]); {
	case after < end:
		part = all[after+1-at(all[0]):]
		n := min(limit, len(part))
		return part[:n:n], true
	case after == end:
		return nil, t.looking && t.asked == t.others
	default:
		return nil, false
	}
}

// Watch wakes after each commit of this journal, and of others where the store
// says so.
func (t *tail) Watch() (<-chan struct{}, func()) {
	c := make(chan struct{}, 1)
	t.mu.Lock()
	t.watch[c] = struct{}{}
	t.mu.Unlock()
	return c, func() {
		t.mu.Lock()
		delete(t.watch, c)
		t.mu.Unlock()
	}
}

// suspect has the store asked again: somebody knows that others have written.
func (t *tail) suspect() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.others++
}
