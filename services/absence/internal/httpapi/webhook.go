package httpapi

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/services/absence/internal/app"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr/mapping"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
)

type webhookInput struct {
	Source  string `path:"source" maxLength:"40" doc:"Name of the HR system: letters, digits, _ and -."`
	System  string `path:"system" maxLength:"40" doc:"In which system's form it is sent."`
	RawBody []byte
	header  map[string][]string
}

// Resolve keeps the headers, the signature among them.
func (in *webhookInput) Resolve(ctx huma.Context) []error {
	in.header = headers(ctx)
	return nil
}

type deliveryOutput struct {
	httpserver.CommandOutput
	Body app.Delivery
}

func (h *api) webhooks() {
	defer h.parksEmpty("/v1/hr/{source}/webhooks/{system}")
	huma.Register(h.API, huma.Operation{OperationID: "receive-hr-webhook", Method: http.MethodPost, Path: "/v1/hr/{source}/webhooks/{system}",
		Summary: "Take in what an HR system posts",
		Description: "A message in the form of " + strings.Join(append(mapping.Systems(), mapping.CloudEvents), ", ") + ", signed with the source's secret as that system signs; " +
			"a message that is signed with a time must be at most " + mapping.Window.String() + " old. Only the fields of the schema are taken; all else, reasons above all, is dropped and counted. " +
			"The answer comes after the record is durable, with a receipt per absence; none where nothing is decided. A repeat is answered as duplicate.",
		Tags: []string{"HR"}, DefaultStatus: http.StatusAccepted, MaxBodyBytes: readBytes, SkipValidateBody: true,
		RequestBody: &huma.RequestBody{Content: map[string]*huma.MediaType{"application/json": {Schema: &huma.Schema{}}}},
		Errors:      []int{400, 401, 413, 422, 503}},
		func(ctx context.Context, in *webhookInput) (*deliveryOutput, error) {
			d, err := h.app.Webhook(ctx, in.Source, in.System, in.header, in.RawBody)
			if err != nil {
				return nil, failed(err)
			}
			out := &deliveryOutput{Body: d}
			for _, r := range d.Receipts {
				out.CommandOutput = httpserver.At(r.Epoch, r.Position)
			}
			return out, nil
		})
}
