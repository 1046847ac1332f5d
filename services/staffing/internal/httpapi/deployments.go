package httpapi

import (
	"context"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/read"
)

type deploymentsInput struct {
	Paging
	Employee string `query:"employee" doc:"Only this employee's."`
	Proposal string `query:"proposal" doc:"Only those of this proposal."`
}

type deploymentsOutput struct {
	Body struct {
		Deployments []read.Deployment `json:"deployments"`
		Next        string            `json:"next_cursor,omitempty"`
	}
}

type unknownOutput struct {
	Body struct {
		Employees []read.Unknown `json:"employees"`
		Next      string         `json:"next_cursor,omitempty"`
	}
}

type postsOutput struct {
	Body struct {
		Posts []read.Post `json:"posts"`
		Next  string      `json:"next_cursor,omitempty"`
	}
}

func (h *api) deployments() {
	huma.Register(h.API, huma.Operation{OperationID: "list-deployments", Method: http.MethodGet, Path: "/v1/deployments",
		Summary: "What became of the deployments asked for", Description: "Ordered, refused with the rule that is in the way, or cancelled; in the order in which they were asked for.", Tags: []string{"roster"}, Errors: []int{422, 503}}, h.listDeployments)
	huma.Register(h.API, huma.Operation{OperationID: "list-unknown-employees", Method: http.MethodGet, Path: "/v1/unknown-employees",
		Summary: "Employees with an absence who were never imported", Description: "HR named them, and no staff list does: they are on no roster.", Tags: []string{"staff"}, Errors: []int{422, 503}},
		func(ctx context.Context, in *Paging) (*unknownOutput, error) {
			after, err := h.settle(ctx, *in)
			if err != nil {
				return nil, err
			}
			out := &unknownOutput{}
			h.node.View(func() {
				page, more := h.Unknown.Page(id.Employee(after), in.Limit)
				out.Body.Employees = append([]read.Unknown{}, page...)
				if more {
					out.Body.Next = cursor(string(page[len(page)-1].Employee))
				}
			})
			return out, nil
		})
	huma.Register(h.API, huma.Operation{OperationID: "list-posts", Method: http.MethodGet, Path: "/v1/posts",
		Summary: "Posts that are or were vacant", Description: "By post, with who fills it.", Tags: []string{"staff"}, Errors: []int{422, 503}},
		func(ctx context.Context, in *Paging) (*postsOutput, error) {
			after, err := h.settle(ctx, *in)
			if err != nil {
				return nil, err
			}
			out := &postsOutput{}
			h.node.View(func() {
				page, more := h.Posts.Page(id.Post(after), in.Limit)
				out.Body.Posts = append([]read.Post{}, page...)
				if more {
					out.Body.Next = cursor(string(page[len(page)-1].Post))
				}
			})
			return out, nil
		})
}

func (h *api) listDeployments(ctx context.Context, in *deploymentsInput) (*deploymentsOutput, error) {
	key, err := h.settle(ctx, in.Paging)
	if err != nil {
		return nil, err
	}
	after := int64(0)
	if key != "" {
		if after, err = strconv.ParseInt(key, 10, 64); err != nil {
			return nil, failed(&events.FieldError{Field: "cursor", Value: in.Cursor, Reason: "is not one of ours: send back next_cursor as it was, or none"})
		}
	}
	out := &deploymentsOutput{}
	h.node.View(func() {
		page, more := h.Deployments.Page(id.Employee(in.Employee), id.Proposal(in.Proposal), after, in.Limit)
		out.Body.Deployments = append([]read.Deployment{}, page...)
		if more {
			out.Body.Next = cursor(strconv.FormatInt(page[len(page)-1].Position, 10))
		}
	})
	return out, nil
}
