package sqlite

import (
	"context"
	"errors"
	"fmt"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/verdict"
)

// Commit writes the units in one transaction with one sync (and one more where
// personal-data keys are written or destroyed). The context is looked at
// before anything is written; the work itself is short and not interrupted, so
// that its outcome is known.
func (s *Store) Commit(ctx context.Context, units []eventlog.Unit) ([]eventlog.Outcome, error) {
	malformed := make([]error, len(units))
	for i, u := range units {
		malformed[i] = verdict.Check(u)
	}
	questions := verdict.Ask(units, malformed)
	outcomes, err := s.commit(ctx, units, malformed, questions.Likely(), false)
	if errors.Is(err, errRefused) || taken(err) {
		return s.commit(ctx, units, malformed, questions, true)
	}
	return outcomes, err
}

// errRefused: without all facts, it is not known why a unit is refused.
var errRefused = errors.New("a unit is refused")

// commit judges by the answers to the questions; unless all are asked, every
// unit must be written.
func (s *Store) commit(ctx context.Context, units []eventlog.Unit, malformed []error, questions verdict.Questions, all bool) ([]eventlog.Outcome, error) {
	var outcomes []eventlog.Outcome
	var writes *verdict.Writes
	err := s.transact(ctx, fmt.Sprintf("commit %d units", len(units)), func() (bool, error) {
		facts, err := s.load(questions)
		if err != nil {
			return false, err
		}
		outcomes, writes = verdict.Judge(facts, units, malformed, s.now())
		if !all && verdict.Refused(outcomes, malformed) {
			return false, errRefused
		}
		if writes.Empty() {
			return false, nil
		}
		return true, s.store(writes)
	})
	if err != nil {
		return nil, err
	}
	if !writes.Empty() {
		s.bell.Ring()
	}
	return outcomes, nil
}

// transact runs fn as the one writer; fn says whether there is something to
// commit. Keys that were written beside a transaction that failed are cut off.
func (s *Store) transact(ctx context.Context, doing string, fn func() (bool, error)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed.Load() {
		return fmt.Errorf("%s: %w", doing, eventlog.ErrClosed)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	if _, err := s.write.begin.Exec(); err != nil {
		return s.explain(doing, err)
	}
	keysEnd, waiting := s.keys.end, len(s.shred)
	wanted, err := fn()
	if err == nil {
		err = ctx.Err()
	}
	if err == nil && wanted {
		if err = s.strikeOff(); err == nil {
			_, err = s.write.commit.Exec()
		}
		if err == nil {
			s.erased = nil
			s.erase()
			return nil
		}
	}
	if _, rollbackErr := s.write.rollback.Exec(); rollbackErr != nil && err == nil {
		err = rollbackErr // a failed write may have rolled back by itself: then this one says nothing new
	}
	s.shred = s.shred[:waiting]
	if inDoubt(err) {
		return fmt.Errorf("%w: %w", eventlog.ErrUnknown, s.explain(doing, err))
	}
	if s.keys.end != keysEnd || err != nil {
		s.keys.end = keysEnd
		if cutErr := s.keys.cut(); cutErr != nil {
			err = errors.Join(err, fmt.Errorf("cut off unused keys: %w", cutErr))
		}
	}
	return s.explain(doing, err)
}

func (s *Store) store(w *verdict.Writes) error {
	at := w.At.UnixMicro()
	for i := range w.Events {
		e := &w.Events[i]
		meta, err := verdict.EncodeMeta(e.Meta)
		if err != nil {
			return err
		}
		var public any
		if e.PublicPosition > 0 {
			public = e.PublicPosition
		}
		if _, err := s.write.addEvent.Exec(e.Position, public, e.Stream, e.Version, e.ID[:], e.Type, e.Data, meta, at); err != nil {
			return err
		}
	}
	for _, r := range w.Inbox {
		if _, err := s.write.addInbox.Exec(r.Consumer, r.MessageID, r.Position); err != nil {
			return err
		}
	}
	for lane, to := range w.Checkpoints {
		if _, err := s.write.setCheckpoint.Exec(lane.Consumer, lane.Source, to.Epoch, to.Position); err != nil {
			return err
		}
	}
	for _, p := range w.Parked {
		if _, err := s.write.park.Exec(p.ID[:], p.Consumer, p.Source, p.Position, p.Key, p.Type, p.MessageID, p.Sender,
			p.Reason, p.Hash, p.Data, p.ParkedAt.UnixMicro()); err != nil {
			return err
		}
	}
	for _, t := range w.Settled {
		if _, err := s.write.settle.Exec(at, t.Position, t.ID[:]); err != nil {
			return err
		}
	}
	for _, r := range w.Results {
		if _, err := s.write.addResult.Exec(r.Key, r.BodyHash, r.Position, r.Data, r.At.UnixMicro()); err != nil {
			return err
		}
	}
	return s.storeKeys(w)
}
