package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/services/booking/internal/app/altcha"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
)

// Public lists what everybody may ask; all else is for staff. A test holds it
// against the operations that there are.
var Public = []string{
	"GET /openapi.json", "GET /openapi.yaml", "GET /openapi-3.0.json", "GET /openapi-3.0.yaml",
	"GET /v1/captcha",
	"GET /v1/services", "GET /v1/centres", "GET /v1/slots", "GET /v1/events/slots",
	"POST /v1/services/{id}/online", "GET /v1/visits-spared",
	"POST /v1/holds", "DELETE /v1/holds/{id}", "POST /v1/holds/{id}/confirm", "POST /v1/holds/{id}/opt-in",
	"GET /v1/appointments/{id}", "GET /v1/appointments/{id}/calendar",
	"POST /v1/appointments/{id}/move", "POST /v1/appointments/{id}/cancel", "POST /v1/appointments/{id}/accept",
	"GET /v1/links/{id}/{secret}/{what}", "POST /v1/links/{id}/{secret}/{what}",
	"POST /v1/waiting", "GET /v1/waiting/{id}", "POST /v1/waiting/{id}/take", "DELETE /v1/waiting/{id}",
	"GET /v1/tickets/{id}", "GET /v1/waiting-times", "GET /v1/attendance",
}

type captchaOutput struct {
	Cache string `header:"Cache-Control"`
	Body  struct {
		altcha.Challenge
		Wanted bool `json:"wanted" doc:"Whether holds need a solution at present"`
	}
}

func (h *api) captcha(s *httpserver.API) {
	huma.Register(s, op(http.MethodGet, "/v1/captcha", "make-captcha", "A challenge to solve (ALTCHA)",
		"For the ALTCHA widget, as its challengeurl. The solution goes into the header Lotse-Altcha of the next hold, once, within 20 minutes.", 0),
		func(context.Context, *struct{}) (*captchaOutput, error) {
			out := &captchaOutput{Cache: "no-store"}
			var err error
			out.Body.Challenge, out.Body.Wanted, err = h.app.Captcha()
			return out, problems.From(err)
		})
}
