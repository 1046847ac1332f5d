// Package httpserver makes a service's HTTP API: OpenAPI 3.1 and problem+json
// by huma, the same middleware and limits for all.
package httpserver

import (
	"cmp"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"regexp"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/problem"
)

// API is one service's HTTP surface.
type API struct {
	huma.API
	Mux     *http.ServeMux
	Service string
}

// New makes the API of one service; paths begin with /v1. What fails inside
// (status 500) is told to log, not to the client.
func New(log *slog.Logger, service, title, version, description string) *API {
	mux := http.NewServeMux()
	cfg := huma.DefaultConfig(title, version)
	cfg.Info.Description = description
	cfg.DocsPath = "" // its page would load scripts from elsewhere
	cfg.SchemasPath = ""
	cfg.CreateHooks = nil // no $schema links in bodies
	cfg.Formats = formats()
	cfg.Transformers = append(cfg.Transformers, func(ctx huma.Context, status string, body any) (any, error) {
		if err, failed := body.(error); failed && status == "500" {
			log.ErrorContext(ctx.Context(), "request failed", "operation", ctx.Operation().OperationID, "error", cmp.Or(errors.Unwrap(err), err))
		}
		return plain(body), nil
	})
	api := humago.New(mux, cfg)
	registerCalendar(api.OpenAPI().Components.Schemas)
	return &API{API: api, Mux: mux, Service: service}
}

// InvalidRequest is the type of problems that huma's own validation finds.
const InvalidRequest = problem.TypePrefix + "invalid-request"

// plain gives the problems of huma's validation a stable type, and keeps them
// from repeating what was sent, but for dates and numbers: a body, a query or a
// path may hold somebody's name.
func plain(body any) any {
	m, ok := body.(*huma.ErrorModel)
	if !ok || m.Type != "" {
		return body
	}
	kind, en, de := "invalid-request", "the request is not valid: see errors", "Die Anfrage ist so nicht zulässig: siehe errors."
	switch m.Status {
	case http.StatusRequestEntityTooLarge:
		kind, en, de = "body-too-large", "the body is too large: send less", "Der Inhalt der Anfrage ist zu groß: Senden Sie weniger."
	case http.StatusUnsupportedMediaType:
		kind, en, de = "unsupported-media-type", "the service does not understand this format: send application/json", "Dieses Format versteht der Dienst nicht: Senden Sie application/json."
	case http.StatusNotAcceptable:
		kind, en, de = "not-acceptable", "the service cannot answer in this format: ask for application/json", "In diesem Format kann der Dienst nicht antworten: Bitten Sie um application/json."
	case http.StatusRequestTimeout:
		kind, en, de = "request-timeout", "the body came too slowly: send it again", "Der Inhalt der Anfrage kam zu langsam: Senden Sie sie noch einmal."
	case http.StatusInternalServerError:
		kind, en, de = "internal", "something failed inside; the operator finds it in the log", "Es ist ein Fehler aufgetreten; der Betrieb findet ihn im Protokoll."
	}
	for _, d := range m.Errors {
		if v, text := d.Value.(string); strings.HasPrefix(d.Location, "body") || text && !numeric.MatchString(v) {
			d.Value = nil
		}
	}
	if m.Detail == "validation failed" { // huma's words for whatever it is
		m.Detail = en
	}
	return problem.Of(m, kind, de)
}

var numeric = regexp.MustCompile(`^[0-9TZ:.,+-]{1,40}$`)

// Handler serves what access.Table allows whoever asks, with a span per request
// and a bound on bodies.
func (a *API) Handler() http.Handler {
	a.describe()
	gate := access.Gate{Service: a.Service, Operations: a.operations()}.Wrap(a.Mux)
	bounded := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 64<<20)
		harden(w.Header())
		gate.ServeHTTP(w, r)
	})
	return a.spanned(bounded)
}

// CommandInput is part of the input of every command.
type CommandInput struct {
	IdempotencyKey string `header:"Idempotency-Key" maxLength:"200" doc:"Repeats with the same key and body get the first answer."`
}

// CommandOutput is part of the output of every command: the log position, which
// a read may name to see its effect.
type CommandOutput struct {
	Position string `header:"Lotse-Position" doc:"epoch-position of the log after this command"`
}

// At fills the position.
func At(epoch, position int64) CommandOutput {
	return CommandOutput{Position: fmt.Sprintf("%d-%d", epoch, position)}
}

// ReadInput is part of the input of reads that may wait for a position.
type ReadInput struct {
	After string `header:"Lotse-Position" doc:"Wait (at most 500 ms) until this log position is visible."`
}

// Position parses what a client named; 0 when it named none.
func (r ReadInput) Position() (int64, error) {
	if r.After == "" {
		return 0, nil
	}
	var epoch, position int64
	if n, err := fmt.Sscanf(r.After, "%d-%d", &epoch, &position); n != 2 || err != nil || position < 0 {
		return 0, problem.Table{}.From(&events.FieldError{Field: "Lotse-Position", Value: r.After, Reason: "is not epoch-position: send back what a command answered"})
	}
	return position, nil
}
