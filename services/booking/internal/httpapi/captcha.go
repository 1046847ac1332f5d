package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/services/booking/internal/app/altcha"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
)

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
