package faults

import (
	"context"
	"errors"
	"fmt"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// errCrashed ends whatever a process was doing.
var errCrashed = errors.New("the process has crashed")

// disk is the log as one process sees it: the memory behind it outlives the
// process, and commits go wrong as they are told to.
type disk struct {
	eventlog.Store
	dead bool
	next []act // what happens to the next commits that write something
	away int   // commits that do not reach the log
	went int   // faults that took place
	left int   // commits that one turn may still make
}

// turnful is how many commits a turn makes at most; services that answer
// themselves for ever are a finding.
const turnful = 2000

// Commit writes, or does what was ordered instead.
func (d *disk) Commit(ctx context.Context, units []eventlog.Unit) ([]eventlog.Outcome, error) {
	if d.dead {
		return nil, errCrashed
	}
	writes := false
	for _, u := range units {
		writes = writes || !u.Empty()
	}
	if !writes {
		return d.Store.Commit(ctx, units)
	}
	if d.left--; d.left < 0 {
		return nil, wrong("a turn does not end: it has written %d times", turnful)
	}
	if d.away > 0 {
		d.away--
		d.went++
		return nil, fmt.Errorf("%w (a fault)", eventlog.ErrUnreachable)
	}
	if len(d.next) == 0 {
		return d.Store.Commit(ctx, units)
	}
	what := d.next[0]
	d.next = d.next[1:]
	d.went++
	switch what {
	case crashBefore:
		d.dead = true
		return nil, errCrashed
	case unknownNot:
		return nil, eventlog.ErrUnknown
	case conflict:
		return refused(units), nil
	}
	outcomes, err := d.Store.Commit(ctx, units)
	switch {
	case err != nil:
		return outcomes, err
	case what == crashAfter:
		d.dead = true
		return nil, errCrashed
	case what == unknownDone:
		return nil, eventlog.ErrUnknown
	}
	return outcomes, nil
}

// refused is what a commit hears whose streams somebody else has just written.
func refused(units []eventlog.Unit) []eventlog.Outcome {
	outcomes := make([]eventlog.Outcome, len(units))
	for i, u := range units {
		outcomes[i].Err = fmt.Errorf("%w (a fault)", eventlog.ErrConflict)
		if u.Advance != nil && len(u.Appends) == 0 { // nothing of it can conflict
			outcomes[i].Err = fmt.Errorf("%w (a fault)", eventlog.ErrOutOfOrder)
		}
	}
	return outcomes
}
