package app

import (
	"context"
	"fmt"
	"time"

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
	// Serves reports whether a source can be asked.
	Serves(source string) bool
	// Fetch returns the answer's body; found is false where the absence is gone.
	Fetch(ctx context.Context, source, absence, at string) (body []byte, found bool, err error)
}

// Fetching asks the connector for what owed knows to be owed.
func (a *App) Fetching(c Connector, owed *read.Owed) {
	a.connector, a.owed, a.later = c, owed, map[id.Absence]retry{}
}

// retry is when a failed fetch is tried again; a restart tries at once.
type retry struct {
	failed int
	count  int // of the fetch that failed
	at     time.Time
}

// backoff is how long to wait after the n-th failure: from a second to five minutes.
func backoff(n int) time.Duration { return min(time.Second<<min(n-1, 10), 5*time.Minute) }

func (a *App) fetches(source string) bool { return a.connector != nil && a.connector.Serves(source) }

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

// FetchNext fetches one absence that is owed and due. What fails is tried again
// later and later.
func (a *App) FetchNext(ctx context.Context) (more bool, err error) {
	if a.connector == nil {
		return false, nil
	}
	now := a.node.Now()
	var due *fetch.State
	a.node.View(func() {
		for _, s := range a.owed.Open() {
			if l := a.later[s.Owed.Absence]; a.connector.Serves(s.Owed.Source) && (l.count != s.Count || !l.at.After(now)) {
				due = &s
				return
			}
		}
	})
	if due == nil {
		return false, nil
	}
	o := due.Owed
	body, found, err := a.connector.Fetch(ctx, o.Source, o.Name, o.At)
	if err != nil {
		l := a.later[o.Absence]
		l.failed, l.count = l.failed+1, due.Count
		l.at = a.node.Now().Add(backoff(l.failed))
		a.later[o.Absence] = l
		a.node.Logger().WarnContext(ctx, "absence not fetched", "source", o.Source, "absence", o.Absence, "failures", l.failed, "err", err)
		return true, nil
	}
	if err := a.fetched(ctx, *due, now, body, found); err != nil {
		return false, err
	}
	delete(a.later, o.Absence)
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
