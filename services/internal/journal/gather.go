package journal

import (
	"context"
	"runtime"
	"time"
)

// gatherer collects batches. A commit costs more than a decision, and who is
// answered by one often asks again at once; so where many ask, a batch waits a
// moment until nearly all of those lately seen are there. Who asks alone, or
// beside one other, never waits.
type gatherer struct {
	journal *Journal
	last    int // requests in the batch before
	timer   *time.Timer
}

func newGatherer(j *Journal) *gatherer {
	g := &gatherer{journal: j, timer: time.NewTimer(time.Hour)}
	g.timer.Stop()
	return g
}

// next waits for a request and returns a batch that begins with it; it is empty
// when ctx has ended.
func (g *gatherer) next(ctx context.Context, batch []*request) []*request {
	j := g.journal
	wanted := min((g.last+len(j.queue))*7/8, j.opt.MaxBatch)
	select {
	case <-ctx.Done():
		return nil
	case r := <-j.queue:
		batch = append(batch, r)
	}
	for n := 0; n < len(batch); { // until nobody came any more
		n = len(batch)
		runtime.Gosched() // whoever can run may ask first
		batch = j.collect(batch)
	}
	if len(batch) < wanted {
		batch = g.wait(ctx, batch, wanted)
	}
	g.last = len(batch)
	return batch
}

// wait collects until as many are there as wanted, Options.Gather has passed, or
// ctx ends: what was taken is then still decided.
func (g *gatherer) wait(ctx context.Context, batch []*request, wanted int) []*request {
	g.timer.Reset(g.journal.opt.Gather)
	defer g.timer.Stop()
	for len(batch) < wanted {
		select {
		case r := <-g.journal.queue:
			batch = g.journal.collect(append(batch, r))
		case <-g.timer.C:
			return batch
		case <-ctx.Done():
			return batch
		}
	}
	return batch
}
