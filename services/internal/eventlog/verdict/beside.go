package verdict

import (
	"fmt"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// Rewind says whether a checkpoint may be set to a place in another epoch, or
// nil. Into the epoch it already stands in it must not move: two lanes may be
// running, and the slower one would make the other's effects happen twice. To
// ask for the very same place again is allowed.
func Rewind(lane Lane, at eventlog.Checkpoint, known bool, to eventlog.Checkpoint) error {
	if err := names("rewind", "consumer", lane.Consumer, "source", lane.Source); err != nil {
		return err
	}
	if to.Epoch < 1 || to.Position < 0 {
		return fmt.Errorf("rewind of %s on %s to %+v: epoch must be 1 or more, position 0 or more", lane.Consumer, lane.Source, to)
	}
	if known && to != at && to.Epoch <= at.Epoch {
		return fmt.Errorf("rewind of %s on %s to position %d in epoch %d, while the checkpoint stands at %d in epoch %d: only a newer epoch may move it: %w",
			lane.Consumer, lane.Source, to.Position, to.Epoch, at.Position, at.Epoch, eventlog.ErrOutOfOrder)
	}
	return nil
}

// CheckSnapshot refuses a snapshot that no store could keep or find again.
func CheckSnapshot(s eventlog.Snapshot) error {
	if err := names("snapshot", "name", s.Name); err != nil {
		return err
	}
	if s.Epoch < 1 || s.Position < 0 {
		return fmt.Errorf("snapshot %q at epoch %d, position %d: epoch must be 1 or more, position 0 or more", s.Name, s.Epoch, s.Position)
	}
	return nil
}
