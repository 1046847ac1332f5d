package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/slots"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
)

type searchInput struct {
	httpserver.ReadInput
	Service  string `query:"service" required:"true" doc:"What the citizen comes for"`
	Centre   string `query:"centre" doc:"Only this centre"`
	District string `query:"district" doc:"Only centres of this district"`
	From     string `query:"from" doc:"First day, 2026-12-01; default: the first that can be booked"`
	Until    string `query:"until" doc:"First day that does not count; default: the end of the horizon"`
	Channel  string `query:"channel" default:"online" enum:"online,telephone,desk"`
	Limit    int    `query:"limit" default:"10" minimum:"1" maximum:"500"`
}

type searchOutput struct {
	Body struct {
		Service id.Service  `json:"service"`
		Minutes day.Minutes `json:"minutes"`
		// Online comes first where no visit is needed.
		Online    string        `json:"online,omitempty" doc:"Link, where no visit is needed"`
		Offers    []slots.Offer `json:"offers" doc:"Earliest first"`
		Elsewhere []slots.Offer `json:"elsewhere,omitempty" doc:"Where nothing is free: the earliest in the same days at all centres"`
		Later     []slots.Offer `json:"later,omitempty" doc:"Where nothing is free: the earliest after the days asked for"`
		Unmet     bool          `json:"unmet" doc:"Nothing is free within the promise"`
	}
}

func (h *api) slots(s *httpserver.API) {
	huma.Register(s, op(http.MethodGet, "/v1/slots", "search-slots", "The earliest slots, anywhere or at a place",
		"Without centre and district all centres count. Where nothing is free the answer has alternatives.", 0),
		func(ctx context.Context, in *searchInput) (*searchOutput, error) {
			if err := h.wait(ctx, in.ReadInput); err != nil {
				return nil, err
			}
			q := app.Search{Service: id.Service(in.Service), Centre: id.Centre(in.Centre), District: id.District(in.District), Channel: in.Channel, Limit: in.Limit}
			var err error
			if q.From, err = date("from", in.From); err != nil {
				return nil, problems.From(err)
			}
			if q.Until, err = date("until", in.Until); err != nil {
				return nil, problems.From(err)
			}
			f, err := h.app.Search(ctx, q)
			if err != nil {
				return nil, problems.From(err)
			}
			out := &searchOutput{}
			b := &out.Body
			b.Service, b.Minutes, b.Online, b.Elsewhere, b.Later, b.Unmet = f.Service, f.Minutes, f.Online, f.Elsewhere, f.Later, f.Unmet
			if b.Offers = f.Offers; b.Offers == nil {
				b.Offers = []slots.Offer{}
			}
			return out, nil
		})
}
