package httpapi

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
)

// SuggestionView is something that a planner might do beside moving people.
type SuggestionView struct {
	capacity.Suggestion
	On       day.Day    `json:"on" doc:"Day of the planning run."`
	Accepted bool       `json:"accepted"`
	Note     string     `json:"note,omitempty"`
	Measure  id.Measure `json:"measure,omitempty" doc:"The measure entered for it."`
}

type suggestionsOutput struct {
	Body struct {
		Suggestions []SuggestionView `json:"suggestions"`
	}
}

type acceptInput struct {
	Command
	ID   string `path:"id"`
	Body struct {
		Note    string `json:"note,omitempty" maxLength:"500" doc:"What is done, in a sentence; never about a person. With a measure it is its reason."`
		Measure bool   `json:"measure,omitempty" doc:"Enter the measure that carries it out: for other hours and closures."`
	}
}

func (h *api) suggestions() {
	huma.Register(h.API, huma.Operation{OperationID: "list-suggestions", Method: http.MethodGet, Path: "/v1/suggestions",
		Summary: "What else would help, with its price, the greatest gain first", Description: "Found when the whole city is planned anew. Lotse never does any of it by itself.",
		Tags: []string{"suggestions"}, Errors: []int{503}},
		func(ctx context.Context, in *httpserver.ReadInput) (*suggestionsOutput, error) {
			if err := h.wait(ctx, *in); err != nil {
				return nil, err
			}
			out := &suggestionsOutput{}
			out.Body.Suggestions = []SuggestionView{}
			h.app.Node().View(func() {
				for _, s := range h.app.City.Suggestions {
					if s.Over(h.app.City.Today) {
						continue
					}
					v := SuggestionView{Suggestion: s.Made.Suggestion, On: s.Made.On}
					if s.Accepted != nil {
						v.Accepted, v.Note, v.Measure = true, s.Accepted.Note, s.Accepted.Measure
					}
					out.Body.Suggestions = append(out.Body.Suggestions, v)
				}
			})
			slices.SortFunc(out.Body.Suggestions, func(a, b SuggestionView) int {
				switch {
				case a.Gain > b.Gain || a.Gain == b.Gain && a.ID < b.ID:
					return -1
				case a.ID == b.ID:
					return 0
				}
				return 1
			})
			return out, nil
		})
	huma.Register(h.API, huma.Operation{OperationID: "accept-suggestion", Method: http.MethodPost, Path: "/v1/suggestions/{id}/accept",
		Summary: "Take a suggestion up, with a note or as a measure", Description: "It is taken off the list, and carried out only where a measure can do it.", Tags: []string{"suggestions"}, Errors: []int{404, 409, 422, 503},
		DefaultStatus: http.StatusNoContent},
		func(ctx context.Context, in *acceptInput) (*done, error) {
			var of id.District
			h.app.Node().View(func() { of = h.app.City.Suggestions[in.ID].Made.District })
			if of != "" { // else there is none: the suggestion itself says so
				if err := access.District(ctx, of); err != nil {
					return nil, err
				}
			}
			return answered(h.app.AcceptSuggestion(ctx, in.IdempotencyKey, in.ID, in.Body.Note, in.Body.Measure))
		})
}
