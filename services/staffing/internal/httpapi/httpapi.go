// Package httpapi is staffing's HTTP surface.
package httpapi

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
	"github.com/lotse-hamburg/lotse/services/internal/intake"
	"github.com/lotse-hamburg/lotse/services/internal/node"
	"github.com/lotse-hamburg/lotse/services/internal/problem"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/app"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/read"
)

// Models are the read models that the API shows.
type Models struct {
	Employees   *read.Employees
	Deployments *read.Deployments
	Unknown     *read.UnknownEmployees
	Posts       *read.Posts
	Attendance  *read.Attendance
	// SmallGroup is below how many persons figures of a group are not told.
	SmallGroup int
}

type api struct {
	*httpserver.API
	Models
	node *node.Node
	app  *app.App
}

// New makes the handler.
func New(n *node.Node, a *app.App, m Models) http.Handler {
	h := &api{httpserver.New(n.Logger(), "staffing", "Lotse staffing", "1.0.0",
		"Who is where, when, able to do what. Employees are pseudonyms; why somebody is off is known nowhere."), m, n, a}
	h.imports()
	h.employees()
	h.roster()
	h.deployments()
	h.attendance()
	h.Parked(n)
	h.Audit(n)
	return h.Handler()
}

var errUnknownEmployee = errors.New("was never imported: see GET /v1/employees")

var table = problem.Table{
	{Err: intake.ErrGone, Status: http.StatusGone, Type: "preview-gone", De: "Diese Vorschau gibt es nicht mehr: Laden Sie die Datei noch einmal hoch."},
	{Err: intake.ErrOtherwise, Status: http.StatusConflict, Type: "preview-outdated", De: "Was die Datei bewirken würde, hat sich geändert, seit Sie es angesehen haben: Sehen Sie noch einmal hin."},
	{Err: errUnknownEmployee, Status: http.StatusNotFound, Type: "unknown-employee", De: "Diese Beschäftigten wurden nie importiert: siehe GET /v1/employees."},
}

// failed translates an error; a bad import lists every fault.
func failed(err error) error {
	var bad *app.BadRows
	if !errors.As(err, &bad) {
		return table.From(err)
	}
	status := http.StatusUnprocessableEntity
	if bad.Malformed {
		status = http.StatusBadRequest
	}
	m := &huma.ErrorModel{Title: http.StatusText(status), Status: status, Detail: err.Error()}
	for _, f := range bad.Fields {
		d := &huma.ErrorDetail{Location: f.Field, Message: f.Reason}
		if f.Value != "" {
			d.Value = f.Value
		}
		m.Errors = append(m.Errors, d)
	}
	return problem.Of(m, "invalid-rows", "Zeilen sind so nicht zulässig: siehe errors.")
}

// Paging is part of the input of lists.
type Paging struct {
	httpserver.ReadInput
	Cursor string `query:"cursor" doc:"next_cursor of the page before."`
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"100"`
}

func cursor(key string) string { return base64.RawURLEncoding.EncodeToString([]byte(key)) }

// settle waits for the position asked for and reads the cursor.
func (h *api) settle(ctx context.Context, p Paging) (after string, err error) {
	if err := h.wait(ctx, p.ReadInput); err != nil {
		return "", err
	}
	k, err := base64.RawURLEncoding.DecodeString(p.Cursor)
	if err != nil {
		return "", failed(&events.FieldError{Field: "cursor", Value: p.Cursor, Reason: "is not one of ours: send back next_cursor as it was, or none"})
	}
	return string(k), nil
}

func (h *api) wait(ctx context.Context, r httpserver.ReadInput) error {
	at, err := r.Position()
	if err != nil {
		return err
	}
	return failed(h.node.WaitFor(ctx, at))
}
