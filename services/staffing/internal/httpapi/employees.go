package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/events/staffing"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/app"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/domain/calendar"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/read"
)

type importInput struct {
	httpserver.CommandInput
	Source  string `query:"source" default:"hr" maxLength:"40" doc:"The HR system whose personnel numbers the employees have, named as in its absences; lotse: the list was exported here."`
	RawBody []byte
}

type countsOutput struct {
	httpserver.CommandOutput
	Body app.Counts
}

type exportOutput struct {
	Body app.StaffList
}

func (h *api) imports() {
	body := huma.SchemaFromType(h.OpenAPI().Components.Schemas, reflect.TypeFor[app.StaffList]())
	huma.Register(h.API, huma.Operation{OperationID: "import-staff", Method: http.MethodPost, Path: "/v1/imports/staff",
		Summary: "Import employees and holidays",
		Description: "An upsert: who is not listed stays, and leaves by the date \"until\". The same list again changes nothing. " +
			"Nothing of a list with an error is applied; the answer names every error with row, field, value and cure.",
		Tags: []string{"staff"}, MaxBodyBytes: 32 << 20, SkipValidateBody: true, Errors: []int{400, 422, 503},
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: body}}}},
		func(ctx context.Context, in *importInput) (*countsOutput, error) {
			list, err := app.ReadStaff(in.RawBody)
			if err != nil {
				return nil, failed(err)
			}
			list.Source = in.Source
			counts, rec, err := h.app.ImportStaff(ctx, in.IdempotencyKey, list)
			if err != nil {
				return nil, failed(err)
			}
			return &countsOutput{httpserver.At(rec.Epoch, rec.Position), counts}, nil
		})
	huma.Register(h.API, huma.Operation{OperationID: "export-staff", Method: http.MethodGet, Path: "/v1/exports/staff",
		Summary: "Export employees and holidays in the form of the import", Description: "Imported again it changes nothing.", Tags: []string{"staff"}, Errors: []int{503}},
		func(ctx context.Context, in *httpserver.ReadInput) (*exportOutput, error) {
			if err := h.wait(ctx, *in); err != nil {
				return nil, err
			}
			out := &exportOutput{app.StaffList{Employees: []app.Row{}}}
			h.node.View(func() {
				c := h.Employees.Calendar()
				out.Body.Holidays, out.Body.HorizonDays = append([]calendar.Holiday(nil), c.Holidays...), c.HorizonDays
				all, _ := h.Employees.Page("", 1<<30)
				for _, e := range all {
					out.Body.Employees = append(out.Body.Employees, app.Row{ID: e.ID, Terms: e.Terms})
				}
			})
			return out, nil
		})
}

type employeesOutput struct {
	Body struct {
		Employees []app.Row `json:"employees"`
		Next      string    `json:"next_cursor,omitempty"`
	}
}

type employeeInput struct {
	httpserver.ReadInput
	ID string `path:"id" maxLength:"64"`
}

type employeeOutput struct {
	Body struct {
		app.Row
		Version     int64             `json:"version" doc:"Version of the duties."`
		Horizon     day.Period        `json:"horizon"`
		Duties      []staffing.Duty   `json:"duties"`
		Deployments []read.Deployment `json:"deployments" doc:"The first thousand."`
	}
}

func (h *api) employees() {
	huma.Register(h.API, huma.Operation{OperationID: "list-employees", Method: http.MethodGet, Path: "/v1/employees",
		Summary: "List employees in the form of the import", Description: "By id: pseudonyms, with contract, skills and home centre.", Tags: []string{"staff"}, Errors: []int{422, 503}},
		func(ctx context.Context, in *Paging) (*employeesOutput, error) {
			after, err := h.settle(ctx, *in)
			if err != nil {
				return nil, err
			}
			out := &employeesOutput{}
			out.Body.Employees = []app.Row{}
			h.node.View(func() {
				page, more := h.Employees.Page(id.Employee(after), in.Limit)
				for _, e := range page {
					out.Body.Employees = append(out.Body.Employees, app.Row{ID: e.ID, Terms: e.Terms})
				}
				if more {
					out.Body.Next = cursor(string(page[len(page)-1].ID))
				}
			})
			return out, nil
		})
	huma.Register(h.API, huma.Operation{OperationID: "get-employee", Method: http.MethodGet, Path: "/v1/employees/{id}",
		Summary: "One employee with duties and deployments", Description: "All duties of the horizon, absences already taken out, and what became of deployments.", Tags: []string{"staff"}, Errors: []int{404, 503}},
		func(ctx context.Context, in *employeeInput) (*employeeOutput, error) {
			if err := h.wait(ctx, in.ReadInput); err != nil {
				return nil, err
			}
			out, found := &employeeOutput{}, false
			h.node.View(func() {
				var e read.Employee
				e, found = h.Employees.Find(id.Employee(in.ID))
				out.Body.Row = app.Row{ID: e.ID, Terms: e.Terms}
				out.Body.Version, out.Body.Horizon = e.Duties.Version, e.Duties.Horizon
				out.Body.Duties = append([]staffing.Duty{}, e.Duties.Duties...)
				ds, _ := h.Deployments.Page(e.ID, "", 0, 1000)
				out.Body.Deployments = append([]read.Deployment{}, ds...)
			})
			if !found {
				return nil, failed(fmt.Errorf("employee %q: %w", in.ID, errUnknownEmployee))
			}
			return out, nil
		})
}
