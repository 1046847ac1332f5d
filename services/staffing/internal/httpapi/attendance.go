package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/read"
)

type attendanceInput struct {
	httpserver.ReadInput
	From  string `query:"from" required:"true" format:"date" doc:"A day of the first week."`
	Until string `query:"until" required:"true" format:"date" doc:"The day after the last week, or one in it."`
	By    string `query:"by" default:"city" enum:"city,district,centre" doc:"How employees are grouped, by their home centre."`
}

type attendanceOutput struct {
	Body struct {
		SmallGroup int            `json:"small_group" doc:"Below how many persons figures are not told."`
		Weeks      []read.WeekOff `json:"weeks" doc:"By week, district and centre."`
	}
}

// maxAttendanceDays bounds one answer; what is asked for at a time is worked out anew.
const maxAttendanceDays = 186

func (h *api) attendance() {
	huma.Register(h.API, huma.Operation{OperationID: "get-attendance", Method: http.MethodGet, Path: "/v1/attendance",
		Summary: "How much of the scheduled work was off, planned and unplanned, by week",
		Description: "By what is known of each absence now: a word about the past corrects the weeks that it is about. " +
			"Of weeks ahead only what is known so far counts. Figures of small groups are not told, nor those by which they could be worked out.",
		Tags: []string{"roster"}, Errors: []int{422, 503}},
		func(ctx context.Context, in *attendanceInput) (*attendanceOutput, error) {
			p, err := period(in.From, in.Until, maxAttendanceDays)
			if err != nil {
				return nil, failed(err)
			}
			if err := h.wait(ctx, in.ReadInput); err != nil {
				return nil, err
			}
			out := &attendanceOutput{}
			out.Body.SmallGroup = h.SmallGroup
			h.node.View(func() { out.Body.Weeks = h.Attendance.Weeks(p, h.app.Today(), in.By, h.SmallGroup) })
			return out, nil
		})
}
