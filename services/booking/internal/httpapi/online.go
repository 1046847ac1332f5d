package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
)

type onlineInput struct {
	httpserver.CommandInput
	ID   string `path:"id"`
	Body struct {
		Channel string `json:"channel,omitempty" enum:"online,telephone,desk" default:"online" doc:"Where it was offered"`
	}
}

type onlineOutput struct {
	httpserver.CommandOutput
	Body struct {
		Link string `json:"link"`
	}
}

type sparedOutput struct {
	Body struct {
		Services []read.Spared `json:"services"`
	}
}

func (h *api) online(s *httpserver.API) {
	huma.Register(s, op(http.MethodPost, "/v1/services/{id}/online", "take-online", "Take the way that needs no visit",
		"Counts it and answers the link. Who books a visit all the same is counted by the booking.", http.StatusOK),
		func(ctx context.Context, in *onlineInput) (*onlineOutput, error) {
			link, rec, err := h.app.TakeOnline(ctx, in.IdempotencyKey, id.Service(in.ID), in.Body.Channel)
			if err != nil {
				return nil, problems.From(err)
			}
			out := &onlineOutput{CommandOutput: httpserver.At(rec.Epoch, rec.Position)}
			out.Body.Link = link
			return out, nil
		})
	huma.Register(s, op(http.MethodGet, "/v1/visits-spared", "count-visits-spared", "How many visits were spared", "Taken and declined alternatives per service.", 0),
		func(ctx context.Context, in *periodInput) (*sparedOutput, error) {
			if err := h.wait(ctx, in.ReadInput); err != nil {
				return nil, err
			}
			p, err := h.period(*in)
			if err != nil {
				return nil, problems.From(err)
			}
			out := &sparedOutput{}
			out.Body.Services = h.app.Spared(p)
			return out, nil
		})
}
