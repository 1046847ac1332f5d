package lane

import (
	"context"
	"errors"
	"fmt"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/bus"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/relay"
)

const backfillPage = 500

// errAgain: the checkpoint was moved by someone else; look again.
var errAgain = errors.New("lane: the checkpoint has moved meanwhile")

// Step reacts to one event: skips, delivers or parks it, after filling a gap
// before it. nil means that the event is settled; an error is transient and the
// same event must be given again before any later one. Step is not bound to bus
// or router.
func (l *Lane) Step(ctx context.Context, e events.Envelope) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.step(ctx, e)
}

// Begin is where to begin reading a stream of this epoch whose oldest message is
// first: after the checkpoint. What the stream no longer has is taken in from the
// source before, so that a lane that was away for long does not wait for the next
// event to notice. Like Step it is not bound to the bus.
func (l *Lane) Begin(ctx context.Context, epoch, first int64) (from int64, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.known = false
	for range 3 {
		at, err := l.checkpoint(ctx)
		if err != nil {
			return 0, err
		}
		switch {
		case at.Epoch > 0 && epoch > at.Epoch:
			err = l.newEpoch(ctx, epoch)
		case (at.Epoch == 0 || epoch == at.Epoch) && first > at.Position+1:
			l.gaps.Add(1)
			err = l.fill(ctx, first-1)
		default:
			return at.Position + 1, nil
		}
		if err != nil && !errors.Is(err, errAgain) {
			return 0, err
		}
	}
	return 0, errAgain
}

// step is react plus parking. The caller holds mu.
func (l *Lane) step(ctx context.Context, e events.Envelope) error {
	for {
		err := l.react(ctx, e)
		if err == nil || !IsPermanent(err) {
			var p *bus.PanicError
			if errors.As(err, &p) {
				continue // bounded by panicTries
			}
			return err
		}
		return l.park(ctx, e, err)
	}
}

// react is the reaction without parking: nil, a transient or a permanent error.
func (l *Lane) react(ctx context.Context, e events.Envelope) error {
	for range 5 { // new epoch, gap, another lane's commit, and then the event itself
		err := l.judge(ctx, e)
		if err == nil || !errors.Is(err, errAgain) {
			return err
		}
	}
	return errAgain
}

func (l *Lane) judge(ctx context.Context, e events.Envelope) error {
	at, err := l.checkpoint(ctx)
	if err != nil {
		return err
	}
	fresh := at == (eventlog.Checkpoint{}) // nothing taken in yet: any epoch will do
	switch {
	case e.Epoch > at.Epoch && !fresh:
		return l.newEpoch(ctx, e.Epoch)
	case e.Epoch < at.Epoch:
		l.stale.Add(1)
		return nil
	case e.Position <= at.Position:
		l.repeats.Add(1)
		return nil
	case e.Position > at.Position+1:
		l.gaps.Add(1)
		return l.fill(ctx, e.Position-1)
	}
	return l.deliver(ctx, e)
}

// checkpoint is the stored one, read once and after every doubt.
func (l *Lane) checkpoint(ctx context.Context) (eventlog.Checkpoint, error) {
	if l.known {
		return l.at, nil
	}
	at, err := l.o.Handler.Checkpoint(ctx)
	if err != nil {
		return at, fmt.Errorf("checkpoint of %s in %s: %w", l.o.Consumer, l.o.Source, err)
	}
	if at != l.at {
		l.panics = 0
	}
	l.at, l.known = at, true
	l.position.Store(at.Position)
	return at, nil
}

func (l *Lane) deliver(ctx context.Context, e events.Envelope) error {
	err := bus.NoPanic(func() error { return l.o.Handler.Deliver(ctx, e) })
	if err == nil {
		l.delivered.Add(1)
		l.moved(e)
		return nil
	}
	l.known = false // the commit may have taken place although it failed
	if errors.Is(err, eventlog.ErrOutOfOrder) {
		return errors.Join(errAgain, err)
	}
	var p *bus.PanicError
	if errors.As(err, &p) {
		if l.panics++; l.panics >= panicTries {
			l.o.Logger.Error("lane: handler panics on an event, which is parked", "position", e.Position, "type", e.Type, "panic", p.Value, "stack", string(p.Stack))
			return Permanent(err)
		}
	}
	return err
}

func (l *Lane) moved(e events.Envelope) {
	l.at, l.known, l.panics = eventlog.Checkpoint{Epoch: e.Epoch, Position: e.Position}, true, 0
	l.position.Store(e.Position)
}

// park records the event and its reason. The caller holds mu.
func (l *Lane) park(ctx context.Context, e events.Envelope, reason error) error {
	err := bus.NoPanic(func() error { return l.o.Handler.Park(ctx, e, reason) })
	if err != nil {
		l.known = false
		if errors.Is(err, eventlog.ErrOutOfOrder) { // parked or handled by another lane
			if at, cerr := l.checkpoint(ctx); cerr == nil && at.Epoch == e.Epoch && at.Position >= e.Position {
				l.repeats.Add(1)
				return nil
			}
		}
		return fmt.Errorf("park %s at %d: %w", e.Type, e.Position, err)
	}
	l.parked.Add(1)
	l.moved(e)
	l.o.Logger.Warn("lane: event parked", "position", e.Position, "type", e.Type, "id", e.ID, "reason", reason)
	return nil
}

// fill takes in what the bus lacks, up to a position, from the source itself,
// and asks for another look at the event that showed the gap.
func (l *Lane) fill(ctx context.Context, upTo int64) error {
	for l.at.Position < upTo {
		page, err := l.page(ctx, l.at.Position, int(min(upTo-l.at.Position, backfillPage)))
		if err != nil {
			return err
		}
		if page.Epoch > l.at.Epoch && l.at != (eventlog.Checkpoint{}) {
			return l.newEpoch(ctx, page.Epoch)
		}
		if len(page.Events) == 0 {
			return fmt.Errorf("backfill from %s: events %d to %d are missing, its log ends at %d", l.o.Source, l.at.Position+1, upTo, page.Head)
		}
		for _, e := range page.Events {
			if e.Position != l.at.Position+1 {
				return fmt.Errorf("backfill from %s: the answer has position %d where %d is due", l.o.Source, e.Position, l.at.Position+1)
			}
			if err := l.step(ctx, e); err != nil {
				return err
			}
			if !l.known || l.at.Position != e.Position {
				return errAgain
			}
			l.backfilled.Add(1)
		}
	}
	return errAgain
}

func (l *Lane) page(ctx context.Context, after int64, limit int) (relay.Page, error) {
	if l.o.Backfill == nil {
		return relay.Page{}, fmt.Errorf("events of %s after %d are missing and Options.Backfill is not set", l.o.Source, after)
	}
	return l.o.Backfill(ctx, after, limit)
}

// newEpoch moves the checkpoint to where the new epoch forked off the old one.
func (l *Lane) newEpoch(ctx context.Context, epoch int64) error {
	head, err := l.page(ctx, 0, 0)
	if err != nil {
		return err
	}
	if head.Epoch < epoch {
		return fmt.Errorf("%s speaks in epoch %d, but its log says %d", l.o.Source, epoch, head.Epoch)
	}
	to := eventlog.Checkpoint{Epoch: head.Epoch}
	if head.Epoch == l.at.Epoch+1 {
		to.Position = min(l.at.Position, head.Fork)
	} // over several epochs the common past is not known: begin anew
	l.o.Logger.Warn("lane: the source was restored from a backup, rewinding", "from_epoch", l.at.Epoch, "from", l.at.Position, "epoch", to.Epoch, "position", to.Position)
	l.known = false
	if err := l.o.OnEpoch(ctx, to); err != nil {
		return fmt.Errorf("rewind %s to epoch %d, position %d: %w", l.o.Source, to.Epoch, to.Position, err)
	}
	if at, err := l.checkpoint(ctx); err != nil {
		return err
	} else if at.Epoch < to.Epoch {
		return fmt.Errorf("Options.OnEpoch left the checkpoint in epoch %d: it must move it to %d", at.Epoch, to.Epoch)
	}
	return errAgain
}
