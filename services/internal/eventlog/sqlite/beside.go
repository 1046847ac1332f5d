package sqlite

import (
	"context"
	"fmt"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/verdict"
)

// Rewind moves a checkpoint into a newer epoch; see verdict.Rewind.
func (s *Store) Rewind(ctx context.Context, consumer, source string, to eventlog.Checkpoint) error {
	lane := verdict.Lane{Consumer: consumer, Source: source}
	return s.transact(ctx, "rewind a checkpoint", func() (bool, error) {
		var at eventlog.Checkpoint
		known, err := found(s.write.checkpoint.QueryRow(consumer, source), &at.Epoch, &at.Position)
		if err != nil {
			return false, err
		}
		if err := verdict.Rewind(lane, at, known, to); err != nil {
			return false, err
		}
		_, err = s.write.setCheckpoint.Exec(consumer, source, to.Epoch, to.Position)
		return true, err
	})
}

// SaveSnapshot keeps the snapshot unless a newer one of its schema is there.
// Those of the schema just before stay too, for a program put back.
func (s *Store) SaveSnapshot(ctx context.Context, snapshot eventlog.Snapshot) error {
	if err := verdict.CheckSnapshot(snapshot); err != nil {
		return err
	}
	if snapshot.Data == nil {
		snapshot.Data = []byte{}
	}
	return s.transact(ctx, fmt.Sprintf("save snapshot %q", snapshot.Name), func() (bool, error) {
		_, err := s.writer.ExecContext(context.WithoutCancel(ctx), `INSERT INTO snapshots (name, schema, epoch, position, data) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (name, schema) DO UPDATE SET epoch = excluded.epoch, position = excluded.position, data = excluded.data
			WHERE (excluded.epoch, excluded.position) >= (epoch, position)`,
			snapshot.Name, snapshot.Schema, snapshot.Epoch, snapshot.Position, snapshot.Data)
		if err != nil {
			return false, err
		}
		_, err = s.writer.ExecContext(context.WithoutCancel(ctx), `DELETE FROM snapshots WHERE name = ? AND schema < ?`,
			snapshot.Name, snapshot.Schema-1)
		return true, err
	})
}

// RaiseEpoch begins a new epoch at the present end of the log.
func (s *Store) RaiseEpoch(ctx context.Context) (h eventlog.Head, err error) {
	err = s.transact(ctx, "raise the epoch", func() (bool, error) {
		var position, public int64
		if err := s.write.head.QueryRow().Scan(&position, &public); err != nil {
			return false, err
		}
		h = eventlog.Head{Position: position, PublicPosition: public, Fork: public}
		err := s.writer.QueryRowContext(context.WithoutCancel(ctx), `INSERT INTO epochs (epoch, fork, began_at)
			SELECT max(epoch) + 1, ?, ? FROM epochs RETURNING epoch`, public, s.now().UnixMicro()).Scan(&h.Epoch)
		return true, err
	})
	if err != nil {
		return eventlog.Head{}, err
	}
	return h, nil
}
