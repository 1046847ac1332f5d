package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/services/absence/internal/hr/ical"
	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
)

type calendarInput struct {
	Source   string `query:"source" default:"calendar" maxLength:"40" doc:"Name of the system that the calendar comes from."`
	Employee string `query:"employee" maxLength:"64" doc:"Pseudonym of whose calendar it is, for events without X-LOTSE-EMPLOYEE."`
	RawBody  []byte `contentType:"text/calendar"`
}

func (h *api) calendars() {
	huma.Register(h.API, huma.Operation{OperationID: "import-calendar", Method: http.MethodPost, Path: "/v1/imports/calendar",
		Summary: "Import a calendar of absences",
		Description: "iCalendar (RFC 5545): UID and RECURRENCE-ID name an absence, SEQUENCE and then DTSTAMP tell which state is the newest, METHOD:CANCEL and STATUS:CANCELLED take back; " +
			"series are followed a year ahead; events that are tentative or do not block are passed over. Titles, descriptions, places and people are dropped and counted. " +
			"Nothing of a calendar with an error is recorded.",
		Tags: []string{"absences"}, MaxBodyBytes: ical.MaxBytes + 1, Errors: []int{400, 413, 422, 503}},
		func(ctx context.Context, in *calendarInput) (*countsOutput, error) {
			if err := access.Source(ctx, in.Source); err != nil {
				return nil, err
			}
			c, err := h.app.ImportCalendar(ctx, in.Source, in.Employee, in.RawBody)
			if err != nil {
				return nil, failed(err)
			}
			return &countsOutput{httpserver.At(c.Epoch, c.Position), c}, nil
		})
}
