// Package httpapi is booking's HTTP API, one file per noun.
//
// What everybody may do and what is for staff stands in access.Table. Who names
// the channel telephone or desk must be of it.
package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

type api struct {
	app      *app.App
	sseWrite time.Duration
	show     Links
}

// New makes the API; sseWrite bounds one write to a listener, and links shows what
// the links in letters are about.
func New(a *app.App, sseWrite time.Duration, links Links) http.Handler {
	server := httpserver.New(a.Node().Logger(), "booking", "Lotse booking", "1", "Appointments at a city's citizens' offices: the earliest anywhere, never twice.")
	h := &api{a, sseWrite, links}
	h.catalogue(server)
	h.slots(server)
	h.online(server)
	h.captcha(server)
	h.holds(server)
	h.appointments(server)
	h.links(server)
	h.waiting(server)
	h.staff(server)
	h.calls(server)
	h.tickets(server)
	h.overbook(server)
	h.listeners(server)
	h.privacy(server)
	server.Parked(a.Node())
	server.Audit(a.Node())
	if m := server.OpenAPI().Components.Schemas.Map()["ErrorModel"]; m != nil {
		m.AdditionalProperties = true // RFC 9457, 3.2: say
	}
	return server.Handler()
}

// done is the answer to a command that has nothing more to say.
type done struct{ httpserver.CommandOutput }

// answered fills the position, or turns the error into a problem.
func answered(rec journal.Receipt, err error) (*done, error) {
	if err != nil {
		return nil, problems.From(err)
	}
	return &done{httpserver.At(rec.Epoch, rec.Position)}, nil
}

// wait for a position that a client has named.
func (h *api) wait(ctx context.Context, in httpserver.ReadInput) error {
	p, err := in.Position()
	if err != nil {
		return err
	}
	return problems.From(h.app.Node().WaitFor(ctx, p))
}

// date reads an optional day of a query.
func date(field, text string) (*day.Day, error) {
	if text == "" {
		return nil, nil
	}
	d, err := day.Parse(text)
	if err != nil {
		return nil, &events.FieldError{Field: field, Value: text, Reason: "is not a date: write it as 2026-12-01"}
	}
	return &d, nil
}

// op describes an operation.
func op(method, path, id, summary, doc string, status int) huma.Operation {
	return huma.Operation{Method: method, Path: path, OperationID: id, Summary: summary, Description: doc, DefaultStatus: status,
		Errors: []int{http.StatusNotFound, http.StatusConflict, http.StatusGone, http.StatusUnprocessableEntity, http.StatusServiceUnavailable}}
}
