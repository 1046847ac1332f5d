// Package problem turns domain errors into RFC 9457 problem documents, by one
// table per service, at the HTTP edge only.
package problem

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// Entry says how one error is answered. Type is stable; clients match on it.
type Entry struct {
	Err    error
	Status int
	Type   string // "below-minimum-staffing"
}

// Table is searched in order, with errors.Is; what it does not know is tried
// against the errors that all services share.
type Table []Entry

// TypePrefix makes an entry's type a URI.
const TypePrefix = "https://lotse.example/problems/"

var shared = Table{
	{journal.ErrReusedKey, http.StatusUnprocessableEntity, "idempotency-key-reused"},
	{node.ErrNotYet, http.StatusServiceUnavailable, "not-yet"},
	{node.ErrNotParked, http.StatusNotFound, "not-parked"},
	{node.ErrNotReplayable, http.StatusConflict, "not-replayable"},
	{node.ErrNotFirst, http.StatusConflict, "not-first"},
	{journal.ErrBusy, http.StatusServiceUnavailable, "busy"},
	{eventlog.ErrUnknown, http.StatusServiceUnavailable, "outcome-unknown"},
	{eventlog.ErrFull, http.StatusServiceUnavailable, "disk-full"},
	{eventlog.ErrUnreachable, http.StatusServiceUnavailable, "log-unreachable"},
	{eventlog.ErrClosed, http.StatusServiceUnavailable, "shutting-down"},
	{eventlog.ErrNotFound, http.StatusNotFound, "not-found"},
	{context.DeadlineExceeded, http.StatusServiceUnavailable, "timeout"},
	{context.Canceled, 499, "client-closed-request"},
}

// From answers an error; nil stays nil.
func (t Table) From(err error) error {
	if err == nil {
		return nil
	}
	var done huma.StatusError
	if errors.As(err, &done) {
		return done
	}
	for _, e := range append(t[:len(t):len(t)], shared...) {
		if errors.Is(err, e.Err) {
			if said := plainly[e.Err]; said != nil {
				return &laterInside{later{model(e.Status, e.Type, said)}, err}
			}
			if e.Status == http.StatusServiceUnavailable {
				return &later{model(e.Status, e.Type, err)}
			}
			return model(e.Status, e.Type, err)
		}
	}
	var field *events.FieldError
	if errors.As(err, &field) {
		m := model(http.StatusUnprocessableEntity, "invalid-field", err)
		m.Errors = []*huma.ErrorDetail{{Message: field.Reason, Location: field.Field, Value: field.Value}}
		return m
	}
	m := model(http.StatusInternalServerError, "internal", errors.New("something failed inside; the operator finds it in the log"))
	return &internal{m, err}
}

// later says when to try again.
type later struct{ *huma.ErrorModel }

// GetHeaders are set on the response.
func (*later) GetHeaders() http.Header { return http.Header{"Retry-After": {"1"}} }

// plainly is what a client is told where the error itself says what only the
// operator needs: where the log lies.
var plainly = map[error]error{
	eventlog.ErrFull:        errors.New("the disk of the log is full and nothing was recorded: free space there, then send this again"),
	eventlog.ErrUnreachable: errors.New("the database of the log cannot be reached and nothing was recorded: send this again when it can"),
}

// laterInside is a later that keeps its cause for the log.
type laterInside struct {
	later
	cause error
}

func (l *laterInside) Unwrap() error { return l.cause }

// internal keeps the cause for the log and hides it from the client.
type internal struct {
	*huma.ErrorModel
	cause error
}

func (i *internal) Unwrap() error { return i.cause }

func model(status int, kind string, err error) *huma.ErrorModel {
	title := http.StatusText(status)
	if title == "" {
		title = "Client Closed Request"
	}
	return &huma.ErrorModel{Type: TypePrefix + kind, Title: title, Status: status, Detail: err.Error()}
}
