package verify

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/lotse"
	bookings "github.com/lotse-hamburg/lotse/services/booking"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// Replica is one process, or a front before several.
type Replica struct {
	Name, Service string
	URL           string // below which the service's API has its /v1
}

// Options of an audit.
type Options struct {
	Logs     Logs
	Receipts []Receipt
	// Replicas to ask; Token lets read everything.
	Replicas []Replica
	Token    string
	// Bucket reads the frontends' bucket of slots; nil: it is not looked at.
	Bucket func(context.Context) (map[string]Slots, error)
	// Patience is how long what follows the logs may need to catch up; 10 s when 0.
	Patience time.Duration
	// Now is the clock; nil: the machine's, in the city's zone.
	Now func() time.Time
}

type verifier struct {
	opt   Options
	heads map[string]eventlog.Head
	folds map[string]fresh
	slots newest
	heard stories
	today day.Day
}

// Run audits. An error says that it could not be found out; what was found wrong
// stands in the report.
func Run(ctx context.Context, o Options) (Report, error) {
	if o.Patience == 0 {
		o.Patience = 10 * time.Second
	}
	v := &verifier{opt: o, heads: map[string]eventlog.Head{}, slots: newest{}, heard: stories{}}
	var r Report
	for _, step := range []struct {
		name, of, holds string
		do              func(context.Context, *Check) error
	}{
		{"logs", "events", "no hole, nothing twice: in positions, public positions and versions", v.logs},
		{"acknowledged", "receipts", "every command that a client was told is done is in a log", v.receipts},
		{"appointments", "appointments", "none lost or doubled, none beyond the counters; as clients were told", v.appointments},
		{"people", "duties", "nobody in two places at the same time", v.people},
		{"lanes", "lanes", "each service has taken in all of what others have said that it cares for", v.lanes},
		{"replicas", "answers", "every replica and the front answer as a fresh fold of the log", v.replicas},
		{"streams", "days", "every replica's stream of slots ends at the log's", v.streams},
		{"bucket", "days", "frontends' bucket of slots is the log's", v.bucket},
	} {
		c := Check{Name: step.name, Of: step.of, Holds: step.holds}
		if err := step.do(ctx, &c); err != nil {
			return r, fmt.Errorf("%s: %w", step.name, err)
		}
		r.Checks = append(r.Checks, c)
	}
	return r, nil
}

func (v *verifier) logs(ctx context.Context, c *Check) error {
	for _, service := range lotse.Services {
		o := newOrder(c, service)
		each := []func(eventlog.Event){o.apply}
		if service == "absence" {
			each = append(each, v.heard.apply)
		}
		head, err := scan(ctx, v.opt.Logs[service], each...)
		if err != nil {
			return fmt.Errorf("%s: %w", service, err)
		}
		o.end(head)
		v.heads[service] = head
	}
	return nil
}

func (v *verifier) receipts(ctx context.Context, c *Check) error {
	if len(v.opt.Receipts) == 0 {
		c.Left = "no journal of receipts was given"
		return nil
	}
	return acknowledged(ctx, c, v.opt.Receipts, v.opt.Logs, v.heads, v.heard)
}

func (v *verifier) appointments(ctx context.Context, c *Check) error {
	found, err := bookings.Audit(ctx, v.opt.Logs[booking.Service], promises(v.opt.Receipts))
	c.Looked = found.Appointments
	for _, f := range found.Faults {
		c.fault("%s", f)
	}
	return err
}

func (v *verifier) people(ctx context.Context, c *Check) error {
	_, err := scan(ctx, v.opt.Logs["staffing"], newPeople(c).apply)
	return err
}

// ready folds the services anew.
func (v *verifier) ready(ctx context.Context) (err error) {
	if v.folds == nil {
		if v.folds, err = fold(ctx, v.opt.Logs, v.opt.Now); err == nil {
			now := v.folds[booking.Service].Node().Now()
			v.today = day.Of(now, now.Location())
		}
	}
	return err
}

// lanes are at the end of what they read, or get there.
func (v *verifier) lanes(ctx context.Context, c *Check) error {
	if err := v.ready(ctx); err != nil {
		return err
	}
	until := time.Now().Add(v.opt.Patience)
	for _, service := range lotse.Services {
		for _, in := range v.folds[service].Node().Inbounds() {
			c.Looked++
			for {
				at, head, lags, err := v.lag(ctx, service, in)
				if err != nil {
					return err
				}
				if !lags {
					break
				}
				if time.Now().After(until) {
					c.fault("%s has taken in %s up to %d-%d, which ends at %d-%d", service, in.Source(), at.Epoch, at.Position, head.Epoch, head.PublicPosition)
					break
				}
				if err := pause(ctx, 100*time.Millisecond); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// lag tells how far a service is in what another has said, and whether it lacks
// something there that it cares for: beyond the rest its checkpoint need not go.
func (v *verifier) lag(ctx context.Context, service string, in *node.Inbound) (at eventlog.Checkpoint, head eventlog.Head, lags bool, err error) {
	source := v.opt.Logs[in.Source()]
	// The end first: whoever reads may be ahead of what was the end.
	if head, err = source.Head(ctx); err != nil {
		return at, head, false, err
	}
	if at, err = v.opt.Logs[service].Checkpoint(ctx, service, in.Source()); err != nil {
		return at, head, false, err
	}
	if at != (eventlog.Checkpoint{}) && at.Epoch != head.Epoch || at.Position > head.PublicPosition {
		return at, head, true, nil
	}
	for from := at.Position; from < head.PublicPosition; {
		page, err := source.PublicAfter(ctx, from, 1000)
		if err != nil || len(page) == 0 {
			return at, head, true, err
		}
		for _, e := range page {
			if e.PublicPosition <= head.PublicPosition && in.Cares(e.Type) {
				return at, head, true, nil
			}
		}
		from = page[len(page)-1].PublicPosition
	}
	return at, head, false, nil
}

var client = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 4, ResponseHeaderTimeout: 30 * time.Second}}

func (v *verifier) replicas(ctx context.Context, c *Check) error {
	if len(v.opt.Replicas) == 0 {
		c.Left = "no replicas were named"
		return nil
	}
	for _, r := range v.opt.Replicas {
		if err := v.compare(ctx, c, r.Name, r.Service, overHTTP(client, r.URL, v.opt.Token)); err != nil {
			return fmt.Errorf("%s: %w", r.Name, err)
		}
	}
	return nil
}

// latest are the slots of the log now.
func (v *verifier) latest(ctx context.Context) error {
	_, err := scan(ctx, v.opt.Logs[booking.Service], v.slots.apply)
	return err
}

func (v *verifier) streams(ctx context.Context, c *Check) error {
	if len(v.opt.Replicas) == 0 {
		c.Left = "no replicas were named"
		return nil
	}
	if err := v.latest(ctx); err != nil {
		return err
	}
	for _, r := range v.opt.Replicas {
		if r.Service != booking.Service {
			continue
		}
		told, err := listen(ctx, client, r.URL, v.opt.Token, v.slots, v.opt.Patience)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			c.fault("%s: %v", r.Name, err)
			continue
		}
		v.slots.judge(c, r.Name, told, v.today)
	}
	return nil
}

func (v *verifier) bucket(ctx context.Context, c *Check) error {
	if v.opt.Bucket == nil {
		c.Left = "no bus was named"
		return nil
	}
	if err := v.latest(ctx); err != nil {
		return err
	}
	until := time.Now().Add(v.opt.Patience)
	for {
		told, err := v.opt.Bucket(ctx)
		if err != nil {
			return err
		}
		found := Check{}
		v.slots.judge(&found, "bucket", told, v.today)
		if found.Faults == 0 || time.Now().After(until) {
			c.Looked, c.Faults, c.First = found.Looked, found.Faults, found.First
			return nil
		}
		if err := pause(ctx, 100*time.Millisecond); err != nil {
			return err
		}
	}
}
