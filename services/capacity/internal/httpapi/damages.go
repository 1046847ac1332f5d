package httpapi

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/damage"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
)

// DamageView is what one HR event does to the city, as last assessed.
type DamageView struct {
	Cause     string         `json:"cause" doc:"Id of the HR event."`
	Places    []damage.Place `json:"places" doc:"Centre-days that it hurts."`
	Points    float64        `json:"points" doc:"What it costs without a move."`
	Uncovered day.Minutes    `json:"uncovered_minutes" doc:"Booked minutes at these places that nobody can serve without a move."`
	Proposal  id.Proposal    `json:"proposal,omitempty" doc:"What would mend it; none when no move does."`
	Unsolved  []string       `json:"unsolved" doc:"What no move mends and the rule in the way, in English and in German."`
}

type damagesInput struct {
	httpserver.ReadInput
	Cause  string `query:"cause" doc:"Only this HR event."`
	Cursor string `query:"cursor" doc:"next_cursor of the page before."`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
}

type damagesOutput struct {
	Body struct {
		Damages []DamageView `json:"damages"`
		Next    string       `json:"next_cursor,omitempty"`
	}
}

func (h *api) damages() {
	huma.Register(h.API, huma.Operation{OperationID: "list-damages", Method: http.MethodGet, Path: "/v1/damages",
		Summary: "What absences do to the city, and what of it cannot be mended", Description: "Per HR event: where it is felt, and what is left after all moves. Never who is absent.", Tags: []string{"proposals"}, Errors: []int{422, 503}},
		func(ctx context.Context, in *damagesInput) (*damagesOutput, error) {
			if err := h.wait(ctx, in.ReadInput); err != nil {
				return nil, err
			}
			out := &damagesOutput{}
			out.Body.Damages = []DamageView{}
			h.app.Node().View(func() {
				all := h.app.City.Assessed
				causes := make([]string, 0, len(all))
				for cause := range all {
					if cause > in.Cursor && (in.Cause == "" || cause == in.Cause) {
						causes = append(causes, cause)
					}
				}
				slices.Sort(causes)
				for i, cause := range causes[:min(len(causes), in.Limit)] {
					out.Body.Damages = append(out.Body.Damages, damaged(all[cause]))
					if i+1 == in.Limit && i+1 < len(causes) {
						out.Body.Next = cause
					}
				}
			})
			return out, nil
		})
}

func damaged(a damage.Assessed) DamageView {
	return DamageView{a.Cause, append([]damage.Place{}, a.Places...), a.Points, a.Uncovered, a.Proposal, append([]string{}, a.Unsolved...)}
}
