package httpapi

import (
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/app"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
)

type networkInput struct {
	Command
	DryRun  bool   `query:"dry_run" doc:"Only tell what would change."`
	Policy  string `query:"policy" enum:"merge,files" default:"merge" doc:"merge: what was edited of the policy at the desk stays, and what was changed here and there differently is refused with 409. files: what is given counts."`
	RawBody []byte
}

type networkApplied struct {
	httpserver.CommandOutput
	Body app.Applied
}

type networkOutput struct{ Body network.Network }

func (h *api) body(t reflect.Type) *huma.RequestBody {
	s := huma.SchemaFromType(h.OpenAPI().Components.Schemas, t)
	return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/json": {Schema: s}}}
}

func (h *api) network() {
	huma.Register(h.API, huma.Operation{OperationID: "put-network", Method: http.MethodPut, Path: "/v1/network",
		Summary: "Make the network what is given",
		Description: "Everything is checked first; then it is applied in chunks. The same network again changes nothing. " +
			"Centres that are not listed are removed; measures that are not listed stay. A centre below the opening hours 8–18, " +
			"Monday to Friday, is refused unless a measure with a reason and an end covers it. " +
			"Fields of the policy that were edited at the desk stay, as long as they do not change here, too.",
		Tags: []string{"network"}, MaxBodyBytes: 16 << 20, SkipValidateBody: true, Errors: []int{409, 422, 503},
		RequestBody: h.body(reflect.TypeFor[network.Network]())},
		func(ctx context.Context, in *networkInput) (*networkApplied, error) {
			var n network.Network
			if err := events.DecodeStrict(in.RawBody, &n); err != nil {
				return nil, table.From(err)
			}
			out, r, err := h.app.ApplyNetwork(ctx, n, app.Applying{Dry: in.DryRun, Over: in.Policy == "files"})
			if err != nil {
				return nil, table.From(err)
			}
			return &networkApplied{httpserver.At(r.Epoch, r.Position), out}, nil
		})
	huma.Register(h.API, huma.Operation{OperationID: "get-network", Method: http.MethodGet, Path: "/v1/network",
		Summary: "The network as it stands, in the form in which it is applied", Description: "Put back unchanged it changes nothing.", Tags: []string{"network"}, Errors: []int{503}},
		func(ctx context.Context, in *httpserver.ReadInput) (*networkOutput, error) {
			if err := h.wait(ctx, *in); err != nil {
				return nil, err
			}
			return &networkOutput{h.app.Network()}, nil
		})
}

type measureInput struct {
	Command
	RawBody []byte
}

type endInput struct {
	Command
	ID   id.Measure `path:"id"`
	Body struct {
		On day.Day `json:"on" doc:"First day without the measure."`
	}
}

func (h *api) measures() {
	huma.Register(h.API, huma.Operation{OperationID: "post-measure", Method: http.MethodPost, Path: "/v1/measures",
		Summary: "Enter or change a district's temporary measure", Description: "The same id again changes it.",
		Tags: []string{"measures"}, SkipValidateBody: true, Errors: []int{422, 503}, DefaultStatus: http.StatusNoContent,
		RequestBody: h.body(reflect.TypeFor[capacity.Measure]())},
		func(ctx context.Context, in *measureInput) (*done, error) {
			var m capacity.Measure
			if err := events.DecodeStrict(in.RawBody, &m); err != nil {
				return nil, table.From(err)
			}
			return answered(h.app.ReportMeasure(ctx, in.IdempotencyKey, m))
		})
	huma.Register(h.API, huma.Operation{OperationID: "end-measure", Method: http.MethodPost, Path: "/v1/measures/{id}/end",
		Summary: "End a measure before its time", Description: "From a day on the centre is as it was. A measure of days that are over stays as it was.", Tags: []string{"measures"}, Errors: []int{404, 422, 503}, DefaultStatus: http.StatusNoContent},
		func(ctx context.Context, in *endInput) (*done, error) {
			return answered(h.app.EndMeasure(ctx, in.IdempotencyKey, in.ID, in.Body.On))
		})
}
