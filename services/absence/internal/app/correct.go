package app

import (
	"encoding/json"
	"strings"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// Correct takes in a parked message of an HR system with corrected content, like
// one that arrived when it was parked, and returns the fields that may be kept.
// The employee that is kept with a message is a pseudonym already; another one
// is a personnel number and gets its pseudonym.
func (a *App) Correct(tx *journal.Tx, p eventlog.Parked, data json.RawMessage) (json.RawMessage, error) {
	var kept, now struct {
		Employee string `json:"employee"`
	}
	_ = json.Unmarshal(p.Data, &kept) // nothing is kept of what could not be read
	_ = json.Unmarshal(data, &now)    // hr.Parse says what is wrong with it
	id := p.MessageID
	if id == "" {
		id = p.ID.String()
	}
	sender := p.Sender
	if sender == "" {
		sender = p.Source
	}
	e := events.Envelope{ID: id, Source: sender, Type: p.Type, Time: p.ParkedAt, Data: data}
	m, err := hr.Parse(strings.TrimPrefix(p.Source, "hr/"), e.Headers(), data)
	if now.Employee != kept.Employee || kept.Employee == "" {
		err = m.Named(a.names, err)
	}
	if err == nil {
		err = hr.FromTheFuture(m, tx.Now())
	}
	if err != nil {
		return nil, err
	}
	if swept, err := overtaken(tx, m); err != nil {
		return nil, err
	} else if !swept {
		if _, err := journal.Execute(tx, Cases, string(m.Absence), m.Command); err != nil {
			return nil, err
		}
	}
	return json.Marshal(m.Fields)
}
