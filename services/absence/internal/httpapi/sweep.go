package httpapi

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/absence/internal/app"
	"github.com/lotse-hamburg/lotse/services/absence/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
)

type sweepInput struct {
	Source    string    `path:"source" maxLength:"40" doc:"Name of the HR system: letters, digits, _ and -."`
	AsOf      time.Time `query:"as_of" required:"true" doc:"When the list was read."`
	From      string    `query:"from" required:"true" format:"date" doc:"First day of the window: the list has every absence that touches it."`
	Until     string    `query:"until" format:"date" doc:"First day after the window; without it the list has all that is to come."`
	DryRun    bool      `query:"dry_run" doc:"Only tell what it would do."`
	Confirmed bool      `query:"confirmed" doc:"Take it in although it cancels most of what is known."`
	System    string    `query:"system" doc:"The body is the list of this system as it answers it, or an array of its pages or absences, in JSON; without it a table."`
	RawBody   []byte    `contentType:"text/csv"`
}

type sweepOutput struct {
	httpserver.CommandOutput
	Body app.Reconciled
}

func (h *api) sweeps() {
	huma.Register(h.API, huma.Operation{OperationID: "sweep-absences", Method: http.MethodPost, Path: "/v1/hr/{source}/sweeps",
		Summary: "Reconcile with the full list of a source",
		Description: "A table as for import-absences, or with system that system's own list, with every absence of the source that touches the window. What is not known is added, what differs is changed, " +
			"and what is known of the source in the window and not listed is cancelled. The list wins over all that was said before as_of, also over words that come in later; " +
			"what was said after it is kept. The report tells the differences. Sending the same list again changes nothing.",
		Tags: []string{"HR"}, MaxBodyBytes: 8 << 20, Errors: []int{400, 409, 422, 503},
		RequestBody: &huma.RequestBody{Content: map[string]*huma.MediaType{"text/csv": {Schema: &huma.Schema{Type: "string"}}, "application/json": {Schema: &huma.Schema{}}}}, SkipValidateBody: true},
		func(ctx context.Context, in *sweepInput) (*sweepOutput, error) {
			if err := access.Source(ctx, in.Source); err != nil {
				return nil, err
			}
			s := app.Sweep{Source: in.Source, AsOf: in.AsOf, Table: in.RawBody, System: in.System, DryRun: in.DryRun, Confirmed: in.Confirmed}
			var err error
			if s.From, err = day.Parse(in.From); err != nil {
				return nil, table.From(&events.FieldError{Field: "from", Value: in.From, Reason: "is not a date: write it as 2026-12-01"})
			}
			if in.Until != "" {
				until, err := day.Parse(in.Until)
				if err != nil {
					return nil, table.From(&events.FieldError{Field: "until", Value: in.Until, Reason: "is not a date: write it as 2026-12-01"})
				}
				s.Until = &until
			}
			r, err := h.app.Reconcile(ctx, s)
			if err != nil {
				return nil, failed(err)
			}
			return &sweepOutput{httpserver.At(r.Epoch, r.Position), r}, nil
		})
	huma.Register(h.API, huma.Operation{OperationID: "list-sweeps", Method: http.MethodGet, Path: "/v1/sweeps",
		Summary: "What the newest sweeps came to", Description: "The newest hundred of each source, the newest first. What was added, changed or cancelled is what the source had not said by itself.",
		Tags: []string{"HR"}, Errors: []int{503}},
		func(ctx context.Context, in *sweepsInput) (*sweepsOutput, error) {
			if _, err := h.settle(ctx, Paging{ReadInput: in.ReadInput}); err != nil {
				return nil, err
			}
			out := &sweepsOutput{}
			h.node.View(func() { out.Body.Sweeps = h.swept.Of(in.Source) })
			out.Body.Sweeps = slices.DeleteFunc(out.Body.Sweeps, func(s read.SweepTaken) bool { return access.Source(ctx, s.Source) != nil })
			return out, nil
		})
}

type sweepsInput struct {
	httpserver.ReadInput
	Source string `query:"source" doc:"Only this one's."`
}

type sweepsOutput struct {
	Body struct {
		Sweeps []read.SweepTaken `json:"sweeps"`
	}
}
