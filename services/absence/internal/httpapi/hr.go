package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/absence/internal/app"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
)

type hrInput struct {
	Source  string `path:"source" maxLength:"40" doc:"Name of the HR system: letters, digits, _ and -."`
	RawBody []byte
	header  map[string][]string
}

// Resolve keeps the ce-* headers.
func (in *hrInput) Resolve(ctx huma.Context) []error {
	in.header = headers(ctx)
	return nil
}

func headers(ctx huma.Context) map[string][]string {
	out := map[string][]string{}
	ctx.EachHeader(func(name, value string) { out[name] = append(out[name], value) })
	return out
}

type receiptOutput struct {
	httpserver.CommandOutput
	Body app.Receipt
}

func (h *api) hr() {
	defer h.parksEmpty("/v1/hr/{source}/events")
	fields := h.OpenAPI().Components.Schemas.Schema(typeOf[hr.Fields](), true, "Fields")
	huma.Register(h.API, huma.Operation{OperationID: "receive-hr-event", Method: http.MethodPost, Path: "/v1/hr/{source}/events",
		Summary: "Take in one HR event",
		Description: "One CloudEvent 1.0, in binary mode (ce-* headers) or structured mode (" + events.StructuredContentType + "), of type " +
			hr.TypeReported + ", " + hr.TypeChanged + " or " + hr.TypeCancelled + ". The answer comes after the record is durable; the same ce-id again is answered as duplicate. " +
			"A bad event is answered with its fields at fault and parked without its content.",
		Tags: []string{"HR"}, DefaultStatus: http.StatusAccepted, MaxBodyBytes: readBytes, SkipValidateBody: true,
		RequestBody: &huma.RequestBody{Content: map[string]*huma.MediaType{
			"application/json": {Schema: fields}, events.StructuredContentType: {Schema: &huma.Schema{Type: "object"}}}},
		Errors: []int{400, 413, 422, 503}},
		func(ctx context.Context, in *hrInput) (*receiptOutput, error) {
			if err := access.Source(ctx, in.Source); err != nil {
				return nil, err
			}
			r, err := h.app.Receive(ctx, in.Source, in.header, in.RawBody)
			if err != nil {
				return nil, failed(err)
			}
			return &receiptOutput{httpserver.At(r.Epoch, r.Position), r}, nil
		})
}

// readBytes is how much of a message is read, as much as NATS takes: what is
// longer than hr.MaxBytes is refused and parked as any other bad message, not
// only turned away.
const readBytes = 1 << 20

// parksEmpty lets empty bodies through to where bad messages are parked.
func (h *api) parksEmpty(path string) { h.OpenAPI().Paths[path].Post.RequestBody.Required = false }
