package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// FormSource is the source of what is typed into the form.
const FormSource = "form"

// Enter records what somebody typed into a form; kind is an hr type name. An
// idempotency key makes a repeat get the first answer.
func (a *App) Enter(ctx context.Context, key, kind string, data []byte) (Receipt, error) {
	m, err := hr.Form(FormSource, a.node.Now(), kind, data)
	a.count(m)
	// Who corrects what stands in a list has the pseudonym, not the number.
	if !pseudonymForm.MatchString(m.Fields.Employee) {
		err = m.Named(a.names, err)
	}
	if err != nil {
		return Receipt{}, err
	}
	ctx = journal.WithCause(ctx, journal.Cause{Actor: FormSource}) // the story begins with the event itself
	out, rec, err := node.Command(ctx, a.node, key, m.Fields, func(tx *journal.Tx) (Receipt, error) {
		evs, err := journal.Execute(tx, Cases, string(m.Absence), m.Command)
		return Receipt{Status: status(evs), Absence: m.Absence}, err
	})
	if err != nil {
		return Receipt{}, fmt.Errorf("record absence %s: %w", m.Absence, err)
	}
	out.Epoch, out.Position = rec.Epoch, rec.Position
	return out, nil
}

// CancelEntered takes back an absence that was entered by form. Where numbers
// are replaced it may be named by the personnel number and the first day, too.
func (a *App) CancelEntered(ctx context.Context, key, absenceID string) (Receipt, error) {
	if p := composedForm.FindStringSubmatch(absenceID); p != nil && a.names != nil && !pseudonymForm.MatchString(p[1]) {
		absenceID = a.names.Of(FormSource, p[1]) + p[2]
	}
	data, err := json.Marshal(hr.Fields{AbsenceID: absenceID})
	if err != nil {
		return Receipt{}, err
	}
	return a.Enter(ctx, key, hr.TypeCancelled, data)
}

var (
	composedForm  = regexp.MustCompile(`^(.+)(-\d{4}-\d{2}-\d{2})$`)
	pseudonymForm = regexp.MustCompile(`^p-[0-9a-z]{16}$`)
)

// ImportCounts says what an import did.
type ImportCounts struct {
	Rows      int   `json:"rows"`
	Recorded  int   `json:"recorded"`
	Unchanged int   `json:"unchanged"`
	Stripped  int   `json:"stripped_columns"`
	Epoch     int64 `json:"-"`
	Position  int64 `json:"-"`
}

const chunk = 50 // decided in one unit

// ImportAbsences records the rows of a table; see hr.Table. Nothing of a table
// with a bad row is recorded; asking again records nothing twice.
func (a *App) ImportAbsences(ctx context.Context, source string, csv []byte) (ImportCounts, error) {
	l, err := a.readTable(source, csv)
	if err != nil {
		return ImportCounts{}, err
	}
	return a.takeIn(ctx, l)
}

func (a *App) readTable(source string, csv []byte) (list, error) {
	t, err := a.table(source, a.node.Now().In(a.zone), csv)
	if err != nil {
		return list{}, err
	}
	l := list{source: source, stripped: t.Stripped, hash: t.Hash}
	for _, m := range t.Rows {
		l.entries = append(l.entries, Entry{Words: []Word{wordOf(m)}})
	}
	a.count(hr.Message{Source: source, Stripped: t.Stripped})
	return l, nil
}

// table reads a table, with pseudonyms in the place of personnel numbers.
func (a *App) table(source string, now time.Time, csv []byte) (hr.Table, error) {
	t, err := hr.ReadTable(source, now, csv)
	if err != nil {
		return t, err
	}
	if a.names != nil {
		t.Hash = a.names.Mark(source, t.Hash)
	}
	return t, a.name(t.Rows)
}

// name puts pseudonyms in the place of personnel numbers.
func (a *App) name(words []hr.Message) error {
	var bad []*events.FieldError
	for i := range words {
		var r *hr.Refusal
		if errors.As(words[i].Named(a.names, nil), &r) {
			bad = append(bad, r.Fields...)
		}
	}
	if len(bad) > 0 {
		return &hr.Refusal{Fields: bad[:min(len(bad), hr.MaxTableErrors)]}
	}
	return nil
}
