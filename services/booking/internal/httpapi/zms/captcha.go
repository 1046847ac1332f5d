package zms

import (
	"context"
	"net/http"

	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
)

// ZMS asks its captcha for a token, and hands the token in with the
// reservation. Lotse's token is the solution itself, which is signed, runs out
// and is used once: nothing has to be remembered for it.

func (h *handler) captchaWanted() bool {
	_, wanted, err := h.app.Captcha()
	return err == nil && wanted
}

func (h *handler) captchaDetails(*http.Request) (any, error) {
	return map[string]any{"siteKey": "", "captchaChallenge": Prefix + "/captcha-challenge/", "captchaVerify": Prefix + "/captcha-verify/",
		"captchaEnabled": h.captchaWanted()}, nil
}

func (h *handler) captchaChallenge(*http.Request) (any, error) {
	c, _, err := h.app.Captcha()
	return c, err
}

func (h *handler) captchaVerify(r *http.Request) (any, error) {
	var in struct {
		Payload loose `json:"payload"`
	}
	if err := decode(r, &in); err != nil {
		return nil, err
	}
	if in.Payload.one() == "" {
		return nil, errCaptchaMissing
	}
	if err := h.app.Solved(in.Payload.one()); err != nil {
		return nil, err
	}
	return map[string]any{"meta": map[string]any{"success": true}, "data": map[string]any{"valid": true}, "token": in.Payload.one()}, nil
}

// solvedBy hands a token on as the caller's solution.
func solvedBy(ctx context.Context, token string) context.Context {
	who, found := app.CallerOf(ctx)
	if !found || token == "" {
		return ctx
	}
	who.Solution = token
	return app.WithCaller(ctx, who)
}
