package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
)

type servicesOutput struct {
	Body struct {
		Services []network.ServiceType `json:"services"`
	}
}

type centresOutput struct {
	Body struct {
		Centres []network.Centre `json:"centres"`
	}
}

func (h *api) catalogue(s *httpserver.API) {
	huma.Register(s, op(http.MethodGet, "/v1/services", "list-services", "What citizens may come for",
		"All services with their minutes; online is the link where no visit is needed.", 0),
		func(ctx context.Context, in *httpserver.ReadInput) (*servicesOutput, error) {
			if err := h.wait(ctx, *in); err != nil {
				return nil, err
			}
			out := &servicesOutput{}
			out.Body.Services = h.app.Services()
			return out, nil
		})
	huma.Register(s, op(http.MethodGet, "/v1/centres", "list-centres", "Where citizens are served", "All centres with their opening hours.", 0),
		func(ctx context.Context, in *httpserver.ReadInput) (*centresOutput, error) {
			if err := h.wait(ctx, *in); err != nil {
				return nil, err
			}
			out := &centresOutput{}
			out.Body.Centres = h.app.Centres()
			return out, nil
		})
}
