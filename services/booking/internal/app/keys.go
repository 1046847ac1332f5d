package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/lotse-hamburg/lotse/services/booking/internal/app/contact"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// Rotated says what became of the data keys.
type Rotated struct {
	Newest    string `json:"newest" doc:"Name of the key encryption key that wraps all data keys now"`
	Keys      int    `json:"keys" doc:"Data keys that live"`
	Rewrapped int    `json:"rewrapped" doc:"Of them those that were wrapped by another key before"`
	// Unreadable keys were wrapped by none that is known: they stay as they are.
	Unreadable int      `json:"unreadable"`
	Retired    []string `json:"retired" doc:"Key encryption keys that wrap nothing any more: take them out of the key file"`
}

// ErrNoKeyFile: there is none, in a simulation.
var ErrNoKeyFile = errors.New("there is no key file whose keys could be changed")

// RotateKeys reads the key file anew and wraps every data key with its newest
// key. Neither the log nor what is sealed is touched. It may break off anywhere
// and be asked again: old keys unwrap what is left.
func (a *App) RotateKeys(ctx context.Context) (out Rotated, err error) {
	if a.ring == nil {
		return out, ErrNoKeyFile
	}
	ring, err := a.ring(ctx)
	if err != nil {
		return out, err
	}
	a.vault.Change(ring)
	var batch []eventlog.Key
	flush := func() error {
		done, err := a.node.Store().Rewrap(ctx, batch)
		out.Rewrapped += done
		batch = batch[:0]
		return err
	}
	err = a.eachKey(ctx, "", func(k eventlog.Key) (string, error) {
		out.Keys++
		anew, fresh, err := a.vault.Rewrap(k)
		if err != nil {
			out.Unreadable++
			a.node.Logger().ErrorContext(ctx, "a data key cannot be unwrapped", "key", k.ID, "error", err)
			return "", nil
		}
		if fresh {
			batch = append(batch, anew)
		}
		if len(batch) == 500 {
			err = flush()
		}
		return "", err
	})
	if err == nil && len(batch) > 0 {
		err = flush()
	}
	if err != nil {
		return out, fmt.Errorf("wrap data keys anew: %w", err)
	}
	a.months.mu.Lock()
	a.months.keys = nil // known as the old keys wrapped them
	a.months.mu.Unlock()
	out.Newest, out.Retired = ring.Newest(), []string{}
	if names := ring.Names(); out.Unreadable == 0 {
		out.Retired = append(out.Retired, names[:len(names)-1]...)
	}
	return out, nil
}

// KeyFile says how the key file is read; a function, since keys come and go.
type KeyFile func(ctx context.Context) (*contact.Ring, error)
