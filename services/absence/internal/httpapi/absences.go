package httpapi

import (
	"context"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/absence/internal/app"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
	"github.com/lotse-hamburg/lotse/services/absence/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
)

func typeOf[T any]() reflect.Type { return reflect.TypeFor[T]() }

type formInput struct {
	httpserver.CommandInput
	RawBody []byte
}

type cancelInput struct {
	httpserver.CommandInput
	ID string `path:"absence_id" maxLength:"100"`
}

type listInput struct {
	Paging
	Employee string `query:"employee" doc:"Only this employee's."`
	From     string `query:"from" format:"date" doc:"Only absences that are not over on this day."`
	On       string `query:"on" format:"date" doc:"Only who is off on this day."`
}

type listOutput struct {
	Body struct {
		Absences []read.Off `json:"absences"`
		Next     string     `json:"next_cursor,omitempty"`
	}
}

type csvInput struct {
	Source  string `query:"source" default:"csv" maxLength:"40" doc:"Name of the HR system that the table comes from."`
	RawBody []byte `contentType:"text/csv"`
}

type countsOutput struct {
	httpserver.CommandOutput
	Body app.ImportCounts
}

func (h *api) absences() {
	fields := h.OpenAPI().Components.Schemas.Schema(typeOf[hr.Fields](), true, "Fields")
	huma.Register(h.API, huma.Operation{OperationID: "enter-absence", Method: http.MethodPost, Path: "/v1/absences",
		Summary:     "Enter or correct an absence by form",
		Description: "For desks without an HR system. Without absence_id, employee and first day name the absence. What is entered last counts.",
		Tags:        []string{"absences"}, DefaultStatus: http.StatusAccepted, MaxBodyBytes: hr.MaxBytes + 1, SkipValidateBody: true,
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: fields}}},
		Errors:      []int{400, 422, 503}},
		func(ctx context.Context, in *formInput) (*receiptOutput, error) {
			if err := access.Source(ctx, app.FormSource); err != nil {
				return nil, err
			}
			r, err := h.app.Enter(ctx, in.IdempotencyKey, hr.TypeReported, in.RawBody)
			if err != nil {
				return nil, failed(err)
			}
			return &receiptOutput{httpserver.At(r.Epoch, r.Position), r}, nil
		})
	huma.Register(h.API, huma.Operation{OperationID: "cancel-absence", Method: http.MethodDelete, Path: "/v1/absences/" + app.FormSource + "/{absence_id}",
		Summary: "Take back an absence entered by form", Description: "The employee is on duty after all. Asked again, nothing happens.", Tags: []string{"absences"}, DefaultStatus: http.StatusAccepted, Errors: []int{422, 503}},
		func(ctx context.Context, in *cancelInput) (*receiptOutput, error) {
			if err := access.Source(ctx, app.FormSource); err != nil {
				return nil, err
			}
			r, err := h.app.CancelEntered(ctx, in.IdempotencyKey, in.ID)
			if err != nil {
				return nil, failed(err)
			}
			return &receiptOutput{httpserver.At(r.Epoch, r.Position), r}, nil
		})
	huma.Register(h.API, huma.Operation{OperationID: "list-absences", Method: http.MethodGet, Path: "/v1/absences",
		Summary: "List the absences that stand", Description: "Of all sources, by id, without those that were cancelled. Nobody knows why.", Tags: []string{"absences"}, Errors: []int{422, 503}}, h.listAbsences)
	huma.Register(h.API, huma.Operation{OperationID: "import-absences", Method: http.MethodPost, Path: "/v1/imports/absences",
		Summary: "Import a table of absences",
		Description: "Comma- or semicolon-separated, with a header line: absence_id, employee, from, and any of until, last_day, expected_until, from_time, to_time, " +
			"planned, revision, changed_at, cancelled; or in German, as Excel writes it. Other columns are dropped and counted. Nothing of a table with an error is recorded; errors name line and column. Asking again records nothing twice.",
		Tags: []string{"absences"}, MaxBodyBytes: 8 << 20, Errors: []int{400, 422, 503}},
		func(ctx context.Context, in *csvInput) (*countsOutput, error) {
			if err := access.Source(ctx, in.Source); err != nil {
				return nil, err
			}
			c, err := h.app.ImportAbsences(ctx, in.Source, in.RawBody)
			if err != nil {
				return nil, failed(err)
			}
			return &countsOutput{httpserver.At(c.Epoch, c.Position), c}, nil
		})
}

func (h *api) listAbsences(ctx context.Context, in *listInput) (*listOutput, error) {
	after, err := h.settle(ctx, in.Paging)
	if err != nil {
		return nil, err
	}
	want := func(o read.Off) bool { return in.Employee == "" || o.Employee == id.Employee(in.Employee) }
	if p, bound := access.Bound(ctx, access.HRImporter); bound {
		anybodys := want
		want = func(o read.Off) bool {
			source, _, _ := strings.Cut(string(o.Absence), "/")
			return anybodys(o) && access.Owns(p.Sources, source)
		}
	}
	for _, f := range []struct {
		name, value string
		holds       func(read.Off, day.Day) bool
	}{{"from", in.From, read.Off.LastsBeyond}, {"on", in.On, read.Off.Covers}} {
		if f.value == "" {
			continue
		}
		d, err := day.Parse(f.value)
		if err != nil {
			return nil, table.From(&events.FieldError{Field: f.name, Value: f.value, Reason: "is not a date: write it as 2026-12-01"})
		}
		others := want
		want = func(o read.Off) bool { return others(o) && f.holds(o, d) }
	}
	out := &listOutput{}
	h.node.View(func() {
		page, more := h.off.Page(want, id.Absence(after), in.Limit)
		out.Body.Absences = append([]read.Off{}, page...)
		if more {
			out.Body.Next = cursor(string(page[len(page)-1].Absence))
		}
	})
	return out, nil
}

// settle waits for the position asked for and reads the cursor.
func (h *api) settle(ctx context.Context, p Paging) (after string, err error) {
	at, err := p.Position()
	if err != nil {
		return "", err
	}
	if err := h.node.WaitFor(ctx, at); err != nil {
		return "", failed(err)
	}
	return key(p.Cursor)
}
