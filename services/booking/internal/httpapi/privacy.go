package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
)

type forgetInput struct {
	httpserver.CommandInput
	Body struct {
		app.Whom
		Again []string `json:"again,omitempty" maxItems:"100000" doc:"Ids of keys that were destroyed before the log was put back from a backup; see GET /v1/forgotten"`
	}
}

type forgetOutput struct {
	httpserver.CommandOutput
	Body struct {
		app.Forgotten
		Again int `json:"again" doc:"Keys of the list that lived again and are destroyed now"`
	}
}

type forgottenInput struct {
	httpserver.ReadInput
	Cursor string `query:"cursor" maxLength:"400" doc:"next of the page before"`
	Limit  int    `query:"limit" default:"1000" minimum:"1" maximum:"10000"`
}

type forgottenOutput struct {
	Body struct {
		Keys []string `json:"keys" doc:"Keep them apart from the backups, and send them as again after a restore"`
		Next string   `json:"next,omitempty"`
	}
}

type rotateOutput struct{ Body app.Rotated }

func (h *api) privacy(s *httpserver.API) {
	huma.Register(s, op(http.MethodPost, "/v1/forget", "forget-citizen", "Forget a citizen",
		"Destroys the keys that names, addresses and numbers are encrypted with, and searches everything that booking has written down for what might be left. "+
			"The appointment stays, without a contact. Asking again finds it forgotten.", http.StatusOK),
		func(ctx context.Context, in *forgetInput) (*forgetOutput, error) {
			out := &forgetOutput{}
			n, err := h.app.ForgetAgain(ctx, in.Body.Again)
			if err != nil {
				return nil, problems.From(err)
			}
			out.Body.Again = n
			out.Body.Destroyed, out.Body.Before, out.Body.Searched = []string{}, []string{}, []app.SearchedForOne{}
			if w := in.Body.Whom; len(in.Body.Again) == 0 || len(w.IDs) > 0 || w.Email != "" || w.Phone != "" {
				f, rec, err := h.app.ForgetCitizen(ctx, w)
				if err != nil {
					return nil, problems.From(err)
				}
				out.Body.Forgotten, out.CommandOutput = f, httpserver.At(rec.Epoch, rec.Position)
			}
			return out, nil
		})
	huma.Register(s, op(http.MethodGet, "/v1/forgotten", "list-forgotten", "Keys that were destroyed", "By id. Whose they were cannot be told from them.", 0),
		func(ctx context.Context, in *forgottenInput) (*forgottenOutput, error) {
			if err := h.wait(ctx, in.ReadInput); err != nil {
				return nil, err
			}
			keys, err := h.app.DestroyedKeys(ctx, in.Cursor, in.Limit)
			if err != nil {
				return nil, problems.From(err)
			}
			out := &forgottenOutput{}
			if out.Body.Keys = append([]string{}, keys...); len(keys) == in.Limit {
				out.Body.Next = keys[len(keys)-1]
			}
			return out, nil
		})
	huma.Register(s, op(http.MethodPost, "/v1/keys/rotate", "rotate-keys", "Change the key encryption key",
		"Reads the key file anew and wraps every data key with its newest key; neither the log nor what is encrypted is touched. May be asked again at any time. "+
			"With several replicas ask each once, then one of them again; after that the retired keys can be taken out of the file.", http.StatusOK),
		func(ctx context.Context, _ *struct{ httpserver.CommandInput }) (*rotateOutput, error) {
			r, err := h.app.RotateKeys(ctx)
			if err != nil {
				return nil, problems.From(err)
			}
			return &rotateOutput{r}, nil
		})
}
