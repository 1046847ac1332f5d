// Package httpapi is absence's HTTP surface.
package httpapi

import (
	"encoding/base64"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/absence/internal/app"
	"github.com/lotse-hamburg/lotse/services/absence/internal/domain/sweep"
	"github.com/lotse-hamburg/lotse/services/absence/internal/domain/vacancy"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr/mapping"
	"github.com/lotse-hamburg/lotse/services/absence/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
	"github.com/lotse-hamburg/lotse/services/internal/intake"
	"github.com/lotse-hamburg/lotse/services/internal/node"
	"github.com/lotse-hamburg/lotse/services/internal/problem"
)

var table = problem.Table{
	{Err: vacancy.ErrUnknownPost, Status: http.StatusNotFound, Type: "unknown-post", De: "Diese Stelle ist nicht als frei bekannt: Melden Sie zuerst die Vakanz."},
	{Err: vacancy.ErrFilled, Status: http.StatusConflict, Type: "post-filled", De: "Die Stelle ist mit jemand anderem besetzt: Melden Sie zuerst wieder die Vakanz."},
	{Err: mapping.ErrForged, Status: http.StatusUnauthorized, Type: "not-authenticated", De: "Die Unterschrift der Nachricht stimmt nicht."},
	{Err: sweep.ErrOlder, Status: http.StatusConflict, Type: "older-sweep", De: "Eine neuere Liste dieser Quelle ist schon da: Senden Sie die Liste, wie sie jetzt ist."},
	{Err: app.ErrDoubtful, Status: http.StatusConflict, Type: "doubtful-sweep", De: "In der Liste fehlen die meisten bekannten Abwesenheiten, als wäre sie abgebrochen: Prüfen Sie es mit dry_run, dann senden Sie sie mit confirmed."},
	{Err: intake.ErrGone, Status: http.StatusGone, Type: "preview-gone", De: "Diese Vorschau gibt es nicht mehr: Laden Sie die Datei noch einmal hoch."},
	{Err: intake.ErrOtherwise, Status: http.StatusConflict, Type: "preview-outdated", De: "Was die Datei bewirken würde, hat sich geändert, seit Sie es angesehen haben: Sehen Sie noch einmal hin."},
	{Err: vacancy.ErrTooEarly, Status: http.StatusUnprocessableEntity, Type: "not-vacant-yet", De: "An diesem Tag war die Stelle noch nicht frei: Nennen Sie einen späteren."},
}

type api struct {
	*httpserver.API
	node      *node.Node
	app       *app.App
	off       *read.WhoIsOff
	vacancies *read.Vacancies
	swept     *read.Sweeps
}

// New makes the handler.
func New(n *node.Node, a *app.App, off *read.WhoIsOff, vacancies *read.Vacancies, swept *read.Sweeps) http.Handler {
	h := &api{httpserver.New(n.Logger(), "absence", "Lotse absence", "1.0.0",
		"Who is off and which posts are vacant, never why. Fields that tell why, and any that the schema does not name, are dropped and counted."),
		n, a, off, vacancies, swept}
	h.hr()
	h.webhooks()
	h.sweeps()
	h.calendars()
	h.absences()
	h.posts()
	h.Parked(n)
	h.Audit(n)
	return h.Handler()
}

// failed translates an error into a problem that lists every field at fault.
func failed(err error) error {
	if err == nil {
		return nil
	}
	var fields []*events.FieldError
	status := http.StatusUnprocessableEntity
	var refusal *hr.Refusal
	if several, ok := err.(interface{ Unwrap() []error }); ok && errors.As(err, &refusal) && err != error(refusal) {
		for _, e := range several.Unwrap() {
			var one *hr.Refusal
			if errors.As(e, &one) {
				fields = append(fields, one.Fields...)
			}
		}
	} else if errors.As(err, &refusal) {
		fields = refusal.Fields
		if refusal.Malformed {
			status = http.StatusBadRequest
		}
	} else if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			var f *events.FieldError
			if errors.As(e, &f) {
				fields = append(fields, f)
			}
		}
	}
	if len(fields) == 0 {
		return table.From(err)
	}
	m := &huma.ErrorModel{Title: http.StatusText(status), Status: status, Detail: err.Error()}
	for _, f := range fields {
		d := &huma.ErrorDetail{Location: f.Field, Message: f.Reason}
		if f.Value != "" {
			d.Value = f.Value
		}
		m.Errors = append(m.Errors, d)
	}
	return problem.Of(m, "invalid-field", "Angaben sind so nicht zulässig: siehe errors.")
}

// Reply is the answer to an HR message over NATS.
type Reply struct {
	app.Receipt
	Problem error `json:"problem,omitempty"`
}

// Answer makes the reply: a receipt, a refusal with its problem, or status
// "failed" with a problem that says to try again.
func Answer(r app.Receipt, err error) Reply {
	if err != nil && !app.IsRefusal(err) {
		r.Status = "failed"
	}
	return Reply{r, failed(err)}
}

func cursor(key string) string { return base64.RawURLEncoding.EncodeToString([]byte(key)) }

func key(cursor string) (string, error) {
	k, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return "", table.From(&events.FieldError{Field: "cursor", Value: cursor, Reason: "is not one of ours: send back next_cursor as it was, or none"})
	}
	return string(k), nil
}

// Paging is part of the input of lists.
type Paging struct {
	httpserver.ReadInput
	Cursor string `query:"cursor" doc:"next_cursor of the page before."`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}
