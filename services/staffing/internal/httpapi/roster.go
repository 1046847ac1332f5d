package httpapi

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/read"
)

type rosterInput struct {
	httpserver.ReadInput
	Centre string `query:"centre" doc:"Only this centre."`
	From   string `query:"from" required:"true" format:"date" doc:"First day."`
	Until  string `query:"until" required:"true" format:"date" doc:"First day that is not listed any more."`
}

type rosterOutput struct {
	Body struct {
		Duties []read.OnDuty `json:"duties" doc:"By day, centre and employee."`
	}
}

// maxRosterDays bounds one roster of all centres.
const maxRosterDays = 92

func (h *api) roster() {
	huma.Register(h.API, huma.Operation{OperationID: "get-roster", Method: http.MethodGet, Path: "/v1/roster",
		Summary: "Who is on duty, absences already taken out", Description: "By day and centre, from and to, with deployments from other centres.", Tags: []string{"roster"}, Errors: []int{422, 503}},
		func(ctx context.Context, in *rosterInput) (*rosterOutput, error) {
			p, err := period(in.From, in.Until, maxRosterDays)
			if err != nil {
				return nil, failed(err)
			}
			if err := h.wait(ctx, in.ReadInput); err != nil {
				return nil, err
			}
			out := &rosterOutput{}
			h.node.View(func() { out.Body.Duties = h.Employees.Roster(id.Centre(in.Centre), p) })
			return out, nil
		})
}

// period reads the days of a query, at most so many.
func period(from, until string, most int) (p day.Period, err error) {
	p.From, err = day.Parse(from)
	if err == nil {
		p.Until, err = day.Parse(until)
	}
	if err != nil {
		return p, &events.FieldError{Field: "from and until", Value: from + " and " + until, Reason: "are not two dates: write them as 2026-12-01"}
	}
	if p.Days() < 1 || p.Days() > most {
		return p, &events.FieldError{Field: "until", Value: until, Reason: fmt.Sprintf("and from span %d days: give 1 to %d", int(p.Until-p.From), most)}
	}
	return p, nil
}
