package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
)

type overbookOutput struct{ Body app.Overbooking }

func (h *api) overbook(s *httpserver.API) {
	huma.Register(s, op(http.MethodGet, "/v1/overbooking", "show-overbooking", "How far appointments are overbooked, and at what risk",
		"From the no-show rate of the last 90 days and the policy's overbook_risk, by the binomial tail.", 0),
		func(ctx context.Context, in *httpserver.ReadInput) (*overbookOutput, error) {
			if err := h.wait(ctx, *in); err != nil {
				return nil, err
			}
			return &overbookOutput{h.app.Overbooking()}, nil
		})
}
