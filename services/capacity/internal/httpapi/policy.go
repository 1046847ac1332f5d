package httpapi

import (
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/app"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
)

// PolicyView is the policy in force, and how it came about.
type PolicyView struct {
	Version int64           `json:"version"`
	Policy  capacity.Policy `json:"policy"`
	// Versions are the changes that are remembered, the newest first.
	Versions []read.PolicyVersion `json:"versions"`
}

type policyOutput struct {
	ETag string `header:"ETag"`
	Body PolicyView
}

// PolicyBody is the whole policy as it shall be, and why.
type PolicyBody struct {
	Policy capacity.Policy `json:"policy"`
	// Reason of the change, in a sentence.
	Reason string `json:"reason"`
}

type editPolicyInput struct {
	Command
	IfMatch string `header:"If-Match" doc:"The ETag of the policy that the planner has seen."`
	RawBody []byte
}

type tryInput struct {
	Body capacity.Guardrails
}

type tryOutput struct{ Body app.Trial }

func (h *api) policy() {
	huma.Register(h.API, huma.Operation{OperationID: "get-policy", Method: http.MethodGet, Path: "/v1/policy",
		Summary: "The policy, and who changed it when and why", Description: "The ETag is what an edit names in If-Match.", Tags: []string{"network"}, Errors: []int{503}},
		func(ctx context.Context, in *httpserver.ReadInput) (*policyOutput, error) {
			if err := h.wait(ctx, *in); err != nil {
				return nil, err
			}
			p, versions := h.app.Policy()
			return &policyOutput{etag(p.Version), PolicyView{p.Version, p.Policy, versions}}, nil
		})
	huma.Register(h.API, huma.Operation{OperationID: "edit-policy", Method: http.MethodPut, Path: "/v1/policy",
		Summary: "Change the policy at the desk", Description: "The whole policy as it shall be, with a reason. Fields that were changed here stay when the network is applied again, as long as they do not change there, too.",
		Tags: []string{"network"}, SkipValidateBody: true, Errors: []int{409, 412, 422, 503}, DefaultStatus: http.StatusNoContent,
		RequestBody: h.body(reflect.TypeFor[PolicyBody]())},
		func(ctx context.Context, in *editPolicyInput) (*done, error) {
			seen, err := version("policy", in.IfMatch)
			if err != nil {
				return nil, err
			}
			var b PolicyBody
			if err := events.DecodeStrict(in.RawBody, &b); err != nil {
				return nil, table.From(err)
			}
			return answered(h.app.EditPolicy(ctx, in.IdempotencyKey, network.EditPolicy{Policy: b.Policy, Seen: seen, Reason: b.Reason}))
		})
	huma.Register(h.API, huma.Operation{OperationID: "try-guardrails", Method: http.MethodPost, Path: "/v1/policy/dry-run",
		Summary: "What other guardrails would have approved by themselves", Description: "Over the proposals of the last 31 days, with what became of them. Nothing is written.",
		Tags: []string{"network"}, Errors: []int{422, 503}},
		func(_ context.Context, in *tryInput) (*tryOutput, error) {
			return &tryOutput{h.app.Try(in.Body)}, nil
		})
}
