package node

import (
	"context"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// Old events move in small steps, so that nobody waits for them: a commit takes
// the log for milliseconds, and one step touches other rows.
const (
	archiveBatch = 1000
	archivePause = 200 * time.Millisecond // between steps: at most 5,000 events a second
	archiveEvery = time.Minute            // between looks
)

// archiveLoop moves what is old enough, while this replica leads.
func (n *Node) archiveLoop(ctx context.Context, a eventlog.Archive) {
	for ctx.Err() == nil {
		moved, err := a.Archive(ctx, n.Now().Add(-n.deps.ArchiveAfter), archiveBatch)
		wait := archiveEvery
		switch {
		case err != nil && ctx.Err() == nil:
			n.log.Error("old events cannot be moved to the archive, trying again", "error", err, "wait", wait)
		case moved > 0:
			wait = archivePause
		}
		pause(ctx, wait)
	}
}
