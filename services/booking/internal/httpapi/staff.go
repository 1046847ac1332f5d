package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

type hardshipInput struct {
	httpserver.CommandInput
	ID   string `path:"id"`
	Body struct {
		Hardship bool `json:"hardship"`
	}
}

type riskInput struct {
	httpserver.ReadInput
	Cursor string `query:"cursor" doc:"next of the page before"`
	Limit  int    `query:"limit" default:"100" minimum:"1" maximum:"1000"`
}

type riskOutput struct {
	Body struct {
		AtRisk []read.AtRisk `json:"at_risk"`
		Next   string        `json:"next,omitempty" doc:"Cursor of the next page"`
	}
}

type importInput struct {
	httpserver.CommandInput
	Body struct {
		Appointments []app.ImportAppointment `json:"appointments" maxItems:"20000"`
	}
}

type importOutput struct {
	httpserver.CommandOutput
	Body app.ImportReport
}

func (h *api) staff(s *httpserver.API) {
	for _, step := range []struct {
		word, summary string
		do            func(context.Context, string, id.Appointment) (journal.Receipt, error)
	}{
		{"check-in", "The citizen is there", h.app.CheckIn},
		{"begin", "The citizen is at a counter", h.app.Begin},
		{"keep", "The citizen was served", h.app.Keep},
		{"miss", "The citizen did not come", h.app.Miss},
	} {
		huma.Register(s, op(http.MethodPost, "/v1/appointments/{id}/"+step.word, step.word+"-appointment", step.summary, "For the front desk.", http.StatusNoContent),
			func(ctx context.Context, in *idInput) (*done, error) {
				return answered(step.do(ctx, in.IdempotencyKey, id.Appointment(in.ID)))
			})
	}
	huma.Register(s, op(http.MethodPost, "/v1/appointments/{id}/hardship", "set-hardship", "Spare an appointment when capacity goes, or not",
		"Those with a hardship become at risk last.", http.StatusNoContent),
		func(ctx context.Context, in *hardshipInput) (*done, error) {
			return answered(h.app.SetHardship(ctx, in.IdempotencyKey, id.Appointment(in.ID), in.Body.Hardship))
		})
	huma.Register(s, op(http.MethodGet, "/v1/at-risk", "list-at-risk", "Appointments that the staff on duty cannot serve", "By day, time and id.", 0),
		func(ctx context.Context, in *riskInput) (*riskOutput, error) {
			if err := h.wait(ctx, in.ReadInput); err != nil {
				return nil, err
			}
			out := &riskOutput{}
			if out.Body.AtRisk, out.Body.Next = h.app.AtRisk(ctx, in.Cursor, in.Limit); out.Body.AtRisk == nil {
				out.Body.AtRisk = []read.AtRisk{}
			}
			return out, nil
		})
	bulk := op(http.MethodPost, "/v1/imports/appointments", "import-appointments", "Take over another system's appointments",
		"Books what fits and says of the rest why not. Safe to repeat: an external id is booked once per centre and day.", http.StatusOK)
	bulk.MaxBodyBytes = 16 << 20
	huma.Register(s, bulk, func(ctx context.Context, in *importInput) (*importOutput, error) {
		report, rec, err := h.app.Import(ctx, in.Body.Appointments)
		if err != nil {
			return nil, problems.From(err)
		}
		for i, r := range report.Refused {
			report.Refused[i].Type, report.Refused[i].Say = problems.Kind(r.Err)
		}
		return &importOutput{httpserver.At(rec.Epoch, rec.Position), report}, nil
	})
}
