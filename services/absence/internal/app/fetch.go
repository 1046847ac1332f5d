package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/absence/internal/domain/absencecase"
	"github.com/lotse-hamburg/lotse/services/absence/internal/domain/fetch"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr/mapping"
	"github.com/lotse-hamburg/lotse/services/absence/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// Connector asks HR systems for the current state of an absence.
type Connector interface {
	// Sources that can be asked, sorted.
	Sources() []string
	// Fetch returns the answer's body; found is false where the absence is gone.
	Fetch(ctx context.Context, source, absence, at string) (body []byte, found bool, err error)
}

// Fetching asks the connector for what owed knows to be owed, and tells how much
// that is.
func (a *App) Fetching(c Connector, owed *read.Owed) error {
	a.connector, a.owed, a.later = c, owed, map[string]map[id.Absence]retry{}
	for _, source := range c.Sources() {
		a.later[source] = map[id.Absence]retry{}
	}
	return a.watchOwed()
}

// watchOwed has the gauges that alarms look at.
func (a *App) watchOwed() error {
	m := otel.Meter("lotse/absence")
	count, err1 := m.Int64ObservableGauge("lotse_absence_fetches_owed", metric.WithDescription("Absences of which it is known that they changed, and not yet how."))
	oldest, err2 := m.Float64ObservableGauge("lotse_absence_fetch_oldest_seconds", metric.WithDescription("How long the oldest of them has been owed; more than a quarter of an hour is worth an alarm."), metric.WithUnit("s"))
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	_, err := m.RegisterCallback(func(_ context.Context, o metric.Observer) error {
		for source := range a.later {
			n, since := a.Owing(source)
			by := metric.WithAttributes(attribute.String("source", source))
			o.ObserveInt64(count, int64(n), by)
			age := 0.0
			if n > 0 {
				age = a.node.Now().Sub(since).Seconds()
			}
			o.ObserveFloat64(oldest, age, by)
		}
		return nil
	}, count, oldest)
	return err
}

// Owing counts what is to be fetched from a source, and since when the oldest is.
func (a *App) Owing(source string) (n int, oldest time.Time) {
	a.node.View(func() { n, oldest = a.owed.Waiting(source) })
	return n, oldest
}

// retry is when a failed fetch is tried again; a restart tries at once.
type retry struct {
	failed int
	count  int // of the fetch that failed
	at     time.Time
}

// backoff is how long to wait after the n-th failure: from a second to five minutes.
func backoff(n int) time.Duration { return min(time.Second<<min(n-1, 10), 5*time.Minute) }

func (a *App) fetches(source string) bool { return a.later[source] != nil }

// owe records that a thin message came, once.
func (a *App) owe(ctx context.Context, system string, w mapping.Word) (Receipt, error) {
	out := Receipt{Status: Recorded, Event: w.ID, Absence: w.Absence}
	ctx = journal.WithCause(ctx, journal.Cause{CorrelationID: w.ID, CausationID: w.ID, Actor: "hr/" + w.Source})
	rec, err := a.node.Do(ctx, func(tx *journal.Tx) error {
		tx.Inbox("hr/"+w.Source, w.ID)
		_, err := journal.Execute(tx, Fetches, string(w.Absence), fetch.Command(fetch.Owe{Absence: w.Absence, Source: w.Source, System: system,
			Name: w.Fields.AbsenceID, At: w.At}))
		return err
	})
	if err != nil {
		return Receipt{}, fmt.Errorf("record that absence %s is to be fetched: %w", w.Absence, err)
	}
	if rec.Duplicate {
		out.Status = Duplicate
	}
	out.Epoch, out.Position = rec.Epoch, rec.Position
	return out, nil
}

// FetchNext fetches one absence that a source owes and that is due. What fails is
// tried again later and later. Each source has a goroutine of its own, so that
// one that does not answer holds up no other.
func (a *App) FetchNext(ctx context.Context, source string) (more bool, err error) {
	later := a.later[source]
	now := a.node.Now()
	var due *fetch.State
	a.node.View(func() {
		for _, s := range a.owed.Open(source) {
			if l := later[s.Owed.Absence]; l.count != s.Count || !l.at.After(now) {
				due = &s
				return
			}
		}
	})
	if due == nil {
		return false, nil
	}
	o := due.Owed
	body, found, err := a.connector.Fetch(ctx, source, o.Name, o.At)
	if err != nil {
		l := later[o.Absence]
		l.failed, l.count = l.failed+1, due.Count
		l.at = a.node.Now().Add(backoff(l.failed))
		later[o.Absence] = l
		a.node.Logger().WarnContext(ctx, "absence not fetched", "source", source, "absence", o.Absence, "failures", l.failed, "err", err)
		return true, nil
	}
	if err := a.fetched(ctx, *due, now, body, found); err != nil {
		return false, err
	}
	delete(later, o.Absence)
	return true, nil
}

// fetched records what the system said as of a moment, and that it is no longer
// owed.
func (a *App) fetched(ctx context.Context, s fetch.State, asOf time.Time, body []byte, found bool) error {
	o := s.Owed
	commands := []absencecase.Command{}
	var bad *mapping.Word
	var refusal error
	if !found {
		commands = append(commands, absencecase.Cancel{Absence: o.Absence, AsOf: asOf.UnixMicro()})
	} else {
		words, stripped, err := mapping.Read(o.System, o.Source, a.zone, body)
		a.count(hr.Message{Source: o.Source, Stripped: stripped})
		if err != nil {
			bad, refusal = &mapping.Word{Message: hr.Message{Source: o.Source, Sender: o.Source, Absence: o.Absence}}, err
		}
		for _, w := range words {
			w.Refusal = w.Named(a.names, w.Refusal)
			switch c := w.Command.(type) {
			case absencecase.Report:
				c.AsOf = asOf.UnixMicro()
				w.Command = c
			case absencecase.Cancel:
				c.AsOf = asOf.UnixMicro()
				w.Command = c
			}
			switch {
			case w.Refusal != nil:
				bad, refusal = &w, w.Refusal
			case w.Fetch || w.Absence != o.Absence:
				r := &hr.Refusal{}
				r.Add("body", "", "of the answer is not the absence that was asked for")
				bad, refusal = &w, r
			default:
				commands = append(commands, w.Command)
			}
		}
	}
	if refusal != nil {
		if _, err := a.park(ctx, bad.Message, refusal); err != nil && !IsRefusal(err) {
			return err
		}
	}
	story := fmt.Sprintf("%s-fetch-%d", o.Source, asOf.UnixMicro())
	ctx = journal.WithCause(ctx, journal.Cause{CorrelationID: story, CausationID: story, Actor: "hr/" + o.Source})
	_, err := a.node.Do(ctx, func(tx *journal.Tx) error {
		if refusal == nil {
			for _, c := range commands {
				if _, err := journal.Execute(tx, Cases, string(named(c)), c); err != nil {
					return err
				}
			}
		}
		_, err := journal.Execute(tx, Fetches, string(o.Absence), fetch.Command(fetch.Settle{Absence: o.Absence, Count: s.Count}))
		return err
	})
	return err
}
