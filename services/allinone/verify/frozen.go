package verify

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/lotse-hamburg/lotse/services/absence"
	"github.com/lotse-hamburg/lotse/services/booking"
	"github.com/lotse-hamburg/lotse/services/capacity"
	"github.com/lotse-hamburg/lotse/services/internal/clock"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/node"
	"github.com/lotse-hamburg/lotse/services/staffing"
)

// frozen is a log that nobody writes to, without snapshots: what is folded of it
// is folded from its first event.
type frozen struct{ eventlog.Store }

var errFrozen = errors.New("verify: the auditor writes nothing")

func (frozen) Commit(context.Context, []eventlog.Unit) ([]eventlog.Outcome, error) {
	return nil, errFrozen
}
func (frozen) Rewind(context.Context, string, string, eventlog.Checkpoint) error { return errFrozen }
func (frozen) SaveSnapshot(context.Context, eventlog.Snapshot) error             { return errFrozen }
func (frozen) Rewrap(context.Context, []eventlog.Key) (int, error)               { return 0, errFrozen }
func (frozen) RaiseEpoch(context.Context) (eventlog.Head, error)                 { return eventlog.Head{}, errFrozen }
func (frozen) ReleaseLease(context.Context, string, string) error                { return errFrozen }
func (frozen) LoadSnapshot(context.Context, string, int) (eventlog.Snapshot, error) {
	return eventlog.Snapshot{}, eventlog.ErrNotFound
}
func (frozen) TakeLease(context.Context, string, string, time.Duration, time.Duration) (eventlog.Lease, error) {
	return eventlog.Lease{}, errFrozen
}

// fresh is a service folded from its first event, by this program.
type fresh interface {
	Node() *node.Node
	Handler() http.Handler
}

// fold makes the four anew of their logs.
func fold(ctx context.Context, logs Logs, now func() time.Time) (map[string]fresh, error) {
	if now == nil {
		zone, err := clock.Zone(clock.City)
		if err != nil {
			return nil, err
		}
		now = clock.System(zone)
	}
	deps := func(service string) node.Deps { return node.Deps{Store: frozen{logs[service]}, Now: now} }
	a, err := absence.New(absence.Deps{Node: deps("absence"), Config: absence.DefaultConfig()})
	if err != nil {
		return nil, err
	}
	s, err := staffing.New(staffing.Deps{Node: deps("staffing"), Config: staffing.DefaultConfig()})
	if err != nil {
		return nil, err
	}
	k, err := capacity.New(capacity.Deps{Node: deps("capacity"), Config: capacity.DefaultConfig()})
	if err != nil {
		return nil, err
	}
	// No contact is read, so no key is needed.
	b, err := booking.New(booking.Deps{Node: deps("booking"), Config: booking.DefaultConfig(), Master: make([]byte, 32)})
	if err != nil {
		return nil, err
	}
	all := map[string]fresh{"absence": a, "staffing": s, "capacity": k, "booking": b}
	for name, one := range all {
		if err := one.Node().Start(ctx); err != nil {
			return nil, fmt.Errorf("fold %s: %w", name, err)
		}
	}
	return all, nil
}
