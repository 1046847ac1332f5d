package verify

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/events/lotse"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/postgres"
)

// Logs are the services' logs, by name. Nothing is written to them.
type Logs map[string]eventlog.Store

// Open opens logs in Postgres, named by their URLs; other replicas may be at work.
func Open(ctx context.Context, urls map[string]string) (Logs, error) {
	logs := Logs{}
	for _, service := range lotse.Services {
		url, ok := urls[service]
		if !ok {
			return nil, errors.Join(fmt.Errorf("no database is named for %s", service), logs.Close())
		}
		o := postgres.Options{URL: url, Schema: "lotse_" + service, MaxConns: 3}
		have, want, err := postgres.Probe(ctx, o)
		if err == nil && have != want { // Open would bring them up to date
			err = fmt.Errorf("its tables have version %d and this program reads %d: use the lotse of the same release", have, want)
		}
		var store eventlog.Store
		if err == nil {
			store, err = postgres.Open(ctx, o)
		}
		if err != nil {
			return nil, errors.Join(fmt.Errorf("log of %s: %w", service, err), logs.Close())
		}
		logs[service] = store
	}
	return logs, nil
}

// Close closes what was opened.
func (l Logs) Close() error {
	var errs []error
	for _, s := range l {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}

// scan reads a log from its first event to its present end.
func scan(ctx context.Context, log eventlog.Reader, each ...func(eventlog.Event)) (eventlog.Head, error) {
	head, err := log.Head(ctx)
	if err != nil {
		return head, err
	}
	for at := int64(0); at < head.Position; {
		page, err := log.After(ctx, at, 2000)
		if err != nil {
			return head, fmt.Errorf("read the log after %d: %w", at, err)
		}
		if len(page) == 0 {
			return head, fmt.Errorf("the log ends at %d and says that it ends at %d", at, head.Position)
		}
		for _, e := range page {
			if e.Position > head.Position {
				return head, nil
			}
			for _, f := range each {
				f(e)
			}
		}
		at = page[len(page)-1].Position
	}
	return head, nil
}

// order finds holes: in positions, in public positions, in the versions of each
// stream; and events that stand there twice.
type order struct {
	*Check
	service          string
	position, public int64
	versions         map[string]int64
	seen             map[uuid.UUID]int64
}

func newOrder(c *Check, service string) *order {
	return &order{c, service, 0, 0, map[string]int64{}, map[uuid.UUID]int64{}}
}

func (o *order) apply(e eventlog.Event) {
	o.Looked++
	if e.Position != o.position+1 {
		o.fault("%s: position %d comes after %d", o.service, e.Position, o.position)
	}
	o.position = e.Position
	if e.PublicPosition != 0 {
		if e.PublicPosition != o.public+1 {
			o.fault("%s, position %d: public position %d comes after %d", o.service, e.Position, e.PublicPosition, o.public)
		}
		o.public = e.PublicPosition
	}
	if before := o.versions[e.Stream]; e.Version != before+1 {
		o.fault("%s, position %d: version %d of %s comes after %d", o.service, e.Position, e.Version, e.Stream, before)
	}
	o.versions[e.Stream] = e.Version
	if at, twice := o.seen[e.ID]; twice {
		o.fault("%s, position %d: the event of position %d once more", o.service, e.Position, at)
	}
	o.seen[e.ID] = e.Position
}

// end: the log is as long as it says.
func (o *order) end(h eventlog.Head) {
	if o.position != h.Position || o.public != h.PublicPosition {
		o.fault("%s: it says that it ends at %d and %d, and does at %d and %d", o.service, h.Position, h.PublicPosition, o.position, o.public)
	}
}
