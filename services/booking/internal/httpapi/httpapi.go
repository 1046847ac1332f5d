// Package httpapi is booking's HTTP API, one file per noun.
//
// Staff operations (keep, miss, hardship, import, at-risk, and whatever names
// the channel telephone or desk) do not ask who calls: a gateway in front of
// the service must let only staff reach them.
package httpapi

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/queue"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/waiting"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/problem"
)

type api struct {
	app      *app.App
	sseWrite time.Duration
}

// New makes the API; sseWrite bounds one write to a listener.
func New(a *app.App, sseWrite time.Duration) http.Handler {
	server := httpserver.New(a.Node().Logger(), "booking", "Lotse booking", "1", "Appointments at a city's citizens' offices: the earliest anywhere, never twice.")
	h := &api{a, sseWrite}
	h.catalogue(server)
	h.slots(server)
	h.online(server)
	h.holds(server)
	h.appointments(server)
	h.links(server)
	h.waiting(server)
	h.staff(server)
	h.tickets(server)
	h.listeners(server)
	server.Parked(a.Node())
	return server.Handler()
}

// problems is the one table of what clients match on.
var problems = problem.Table{
	{Err: centreday.ErrSlotTaken, Status: http.StatusConflict, Type: "slot-taken"},
	{Err: centreday.ErrClosed, Status: http.StatusConflict, Type: "closed"},
	{Err: centreday.ErrNotReleased, Status: http.StatusConflict, Type: "not-released"},
	{Err: centreday.ErrShareSpent, Status: http.StatusConflict, Type: "share-spent"},
	{Err: centreday.ErrHoldExpired, Status: http.StatusGone, Type: "hold-expired"},
	{Err: centreday.ErrOptInNeeded, Status: http.StatusConflict, Type: "opt-in-needed"},
	{Err: app.ErrMailNeeded, Status: http.StatusUnprocessableEntity, Type: "mail-needed"},
	{Err: centreday.ErrNoSuchAppointment, Status: http.StatusNotFound, Type: "no-such-appointment"},
	{Err: centreday.ErrAlreadyOver, Status: http.StatusConflict, Type: "already-over"},
	{Err: centreday.ErrPast, Status: http.StatusUnprocessableEntity, Type: "past"},
	{Err: centreday.ErrTooSoon, Status: http.StatusUnprocessableEntity, Type: "too-soon"},
	{Err: centreday.ErrTooFar, Status: http.StatusUnprocessableEntity, Type: "too-far"},
	{Err: centreday.ErrOffGrid, Status: http.StatusUnprocessableEntity, Type: "off-grid"},
	{Err: app.ErrUnknownService, Status: http.StatusNotFound, Type: "unknown-service"},
	{Err: app.ErrUnknownCentre, Status: http.StatusNotFound, Type: "unknown-centre"},
	{Err: app.ErrUnknownDistrict, Status: http.StatusNotFound, Type: "unknown-district"},
	{Err: waiting.ErrNotWaiting, Status: http.StatusNotFound, Type: "not-waiting"},
	{Err: waiting.ErrNoOffer, Status: http.StatusGone, Type: "no-offer"},
	{Err: app.ErrNotOnline, Status: http.StatusConflict, Type: "not-online"},
	{Err: app.ErrNothingToDo, Status: http.StatusUnprocessableEntity, Type: "no-service"},
	{Err: app.ErrWrongCode, Status: http.StatusForbidden, Type: "wrong-code"},
	{Err: queue.ErrNobodyWaits, Status: http.StatusConflict, Type: "nobody-waits"},
	{Err: queue.ErrNoSuchTicket, Status: http.StatusNotFound, Type: "no-such-ticket"},
	{Err: queue.ErrTicketOver, Status: http.StatusConflict, Type: "ticket-over"},
	{Err: app.ErrNeededForAppointments, Status: http.StatusConflict, Type: "needed-for-appointments"},
	{Err: queue.ErrNotCalled, Status: http.StatusConflict, Type: "not-called"},
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
		Errors: []int{http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity, http.StatusServiceUnavailable}}
}
