package node

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"time"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/services/internal/bus"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/snapshot"
)

// Memory is a model that can be written down and read back. A node whose models
// are all of this kind starts from its newest snapshot and folds only what came
// after it.
type Memory interface {
	Model
	// Snapshot is called under the node's lock and puts what the model is made
	// of: a copy of what Apply changes in place, because it is written later.
	Snapshot(w *snapshot.Writer)
	// Restore gets the same, in the same order.
	Restore(r *snapshot.Reader)
}

// Snapshots say how a service is written down.
type Snapshots struct {
	// Schema is raised when a fold means something else by the same fields;
	// other fields are noticed by themselves. 0: the service has no snapshots.
	Schema int
	// Streams names those whose folded states are kept too: long ones that will
	// be decided on again. nil: none.
	Streams func(stream string, now time.Time) bool
}

const (
	// snapshotEvery is after how many events a running node writes itself down
	// anew: what a start after a crash folds in well under a second.
	snapshotEvery = 50_000
	// snapshotWorth is how many events make a snapshot worth while at the end.
	snapshotWorth = 2_000
	// snapshotChunk bounds one write to the log, since commits wait for it.
	snapshotChunk = 1 << 20
	// snapshotEnd bounds the last snapshot of a node that ends.
	snapshotEnd = 10 * time.Second
)

// manifest describes the newest whole snapshot. Its chunks lie in one of two
// slots, so that writing the next one does not harm it.
type manifest struct {
	Slot string `json:"slot"`
	// Last is the id of the event at the snapshot's position: a log that has
	// another one there has another past.
	Last   uuid.UUID `json:"last"`
	Chunks []uint32  `json:"chunks"` // CRC-32 of each
	Bytes  int       `json:"bytes"`
}

func (n *Node) memories() []Memory {
	if n.spec.Snapshots.Schema == 0 {
		return nil
	}
	all := make([]Memory, 0, len(n.spec.Models))
	for _, m := range n.spec.Models {
		k, ok := m.(Memory)
		if !ok {
			return nil
		}
		all = append(all, k)
	}
	return all
}

// SaveSnapshot writes the models down as they are now. Commands and readers wait
// only while the models are copied.
func (n *Node) SaveSnapshot(ctx context.Context) error {
	models := n.memories()
	if models == nil {
		return fmt.Errorf("%s: has no snapshots: set Schema, and give every model Snapshot and Restore", n.spec.Service)
	}
	n.saving.Lock()
	defer n.saving.Unlock()
	stored, before, err := n.manifest(ctx)
	if err != nil && !errors.Is(err, eventlog.ErrNotFound) && !errors.Is(err, errManifest) {
		return err
	}
	w := &snapshot.Writer{}
	begin := time.Now()
	n.mu.RLock()
	position := n.applied
	for _, m := range models {
		m.Snapshot(w)
	}
	n.mu.RUnlock()
	held := time.Since(begin)
	if position == 0 {
		return nil
	}
	if err := n.putStreams(ctx, w); err != nil {
		return err
	}
	head, err := n.deps.Store.Head(ctx)
	if err != nil {
		return err
	}
	next := manifest{Slot: "a"}
	if stored.Slot == "a" && before.Epoch == head.Epoch {
		next.Slot = "b"
	}
	if next.Last, err = n.eventAt(ctx, position); err != nil {
		return err
	}
	save := func(name string, data []byte) error {
		return n.deps.Store.SaveSnapshot(ctx, eventlog.Snapshot{Name: name, Schema: n.spec.Snapshots.Schema, Epoch: head.Epoch, Position: position, Data: data})
	}
	err = w.Write(snapshotChunk, func(chunk []byte) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		next.Chunks = append(next.Chunks, crc32.ChecksumIEEE(chunk))
		next.Bytes += len(chunk)
		return save(chunkName(next.Slot, len(next.Chunks)-1), chunk)
	})
	if err != nil {
		return fmt.Errorf("%s: write a snapshot: %w", n.spec.Service, err)
	}
	data, err := json.Marshal(next)
	if err != nil {
		return err
	}
	if err := save(manifestName, data); err != nil {
		return fmt.Errorf("%s: write a snapshot: %w", n.spec.Service, err)
	}
	n.saved.Store(position)
	n.log.Debug("snapshot written", "position", position, "bytes", next.Bytes, "held", held, "took", time.Since(begin))
	return nil
}

// putStreams adds the folded streams that are worth it. They may be newer than
// the models: each has its own version.
func (n *Node) putStreams(ctx context.Context, w *snapshot.Writer) error {
	var streams []func() journal.Kept
	if named := n.spec.Snapshots.Streams; named != nil {
		now := n.Now()
		var err error
		streams, err = n.journal.Keep(ctx, func(stream string) bool { return named(stream, now) })
		if err != nil {
			return err
		}
	}
	snapshot.Put(w, len(streams))
	for _, s := range streams {
		snapshot.PutLater(w, s)
	}
	return nil
}

// Names of snapshots in a node's own log.
const manifestName = "node"

func chunkName(slot string, i int) string { return fmt.Sprintf("%s/%s/%06d", manifestName, slot, i) }

// manifest reads the newest snapshot's description.
func (n *Node) manifest(ctx context.Context) (m manifest, s eventlog.Snapshot, err error) {
	if s, err = n.deps.Store.LoadSnapshot(ctx, manifestName, n.spec.Snapshots.Schema); err != nil {
		return m, s, err
	}
	if err := json.Unmarshal(s.Data, &m); err != nil {
		return manifest{}, s, fmt.Errorf("%w: %w", errManifest, err)
	}
	return m, s, nil
}

var errManifest = errors.New("its description cannot be read")

func (n *Node) eventAt(ctx context.Context, position int64) (uuid.UUID, error) {
	page, err := n.deps.Store.After(ctx, position-1, 1)
	if err != nil {
		return uuid.Nil, err
	}
	if len(page) == 0 || page[0].Position != position {
		return uuid.Nil, fmt.Errorf("the log has no event at position %d", position)
	}
	return page[0].ID, nil
}

// restore takes the newest snapshot over, if there is one that belongs to this
// log and this program; else the log is folded from its beginning.
func (n *Node) restore(ctx context.Context) {
	models := n.memories()
	if models == nil {
		return
	}
	position, err := n.readSnapshot(ctx, models)
	switch {
	case errors.Is(err, eventlog.ErrNotFound):
	case err != nil:
		n.log.Warn("the snapshot is of no use, folding the whole log", "reason", err)
	default:
		n.applied = position
		n.saved.Store(position)
	}
}

func (n *Node) readSnapshot(ctx context.Context, models []Memory) (position int64, err error) {
	m, s, err := n.manifest(ctx)
	if err != nil {
		return 0, err
	}
	head, err := n.deps.Store.Head(ctx)
	if err != nil {
		return 0, err
	}
	if s.Epoch != head.Epoch || s.Position > head.Position {
		return 0, fmt.Errorf("it was taken at position %d of epoch %d, and the log stands at %d of epoch %d", s.Position, s.Epoch, head.Position, head.Epoch)
	}
	if last, err := n.eventAt(ctx, s.Position); err != nil || last != m.Last {
		return 0, errors.Join(fmt.Errorf("it belongs to a log that has another event at position %d", s.Position), err)
	}
	i := 0
	r := snapshot.NewReader(func() ([]byte, error) {
		if i == len(m.Chunks) {
			return nil, io.EOF
		}
		c, err := n.deps.Store.LoadSnapshot(ctx, chunkName(m.Slot, i), n.spec.Snapshots.Schema)
		if err != nil {
			return nil, fmt.Errorf("chunk %d: %w", i, unexpected(err))
		}
		if crc32.ChecksumIEEE(c.Data) != m.Chunks[i] || c.Position != s.Position {
			return nil, fmt.Errorf("chunk %d is another snapshot's", i)
		}
		i++
		return c.Data, nil
	})
	for _, model := range models {
		model.Restore(r)
	}
	var kept []journal.Kept
	for range snapshot.Next[int](r) {
		if kept = append(kept, snapshot.Next[journal.Kept](r)); r.Err() != nil {
			break
		}
	}
	r.Then(func() { n.journal.Recall(kept) })
	n.mu.Lock()
	defer n.mu.Unlock()
	return s.Position, r.Adopt()
}

// unexpected keeps a lost chunk from looking like a log without a snapshot.
func unexpected(err error) error {
	if errors.Is(err, eventlog.ErrNotFound) {
		return errors.New("it is missing")
	}
	return err
}

// snapshotLoop writes the node down every so many events, and at its end.
func (n *Node) snapshotLoop(ctx context.Context) {
	every := n.deps.SnapshotEvery
	if every == 0 {
		every = snapshotEvery
	}
	for ctx.Err() == nil {
		n.mu.RLock()
		applied, changed := n.applied, n.changed
		n.mu.RUnlock()
		if applied-n.saved.Load() >= every {
			n.snapshotOnce(ctx, every)
			continue
		}
		select {
		case <-ctx.Done():
		case <-changed:
		}
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), snapshotEnd)
	defer cancel()
	if err := n.Fold(last); err == nil && n.Applied()-n.saved.Load() >= min(every, snapshotWorth) {
		n.snapshotOnce(last, 1)
	}
}

// snapshotOnce writes the node down unless another replica has done so within
// the last events.
func (n *Node) snapshotOnce(ctx context.Context, within int64) {
	if _, s, err := n.manifest(ctx); err == nil && s.Position > n.saved.Load() && n.Applied()-s.Position < within {
		n.saved.Store(s.Position)
		return
	}
	if err := bus.NoPanic(func() error { return n.SaveSnapshot(ctx) }); err != nil {
		if ctx.Err() != nil {
			return // the last one is still to come
		}
		n.log.Error("no snapshot was written, the next start takes longer", "error", err)
		n.saved.Store(n.Applied()) // not again at once
	}
}
