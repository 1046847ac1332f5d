package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/absence/internal/domain/vacancy"
	"github.com/lotse-hamburg/lotse/services/absence/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
)

type openPost struct {
	Post   id.Post   `json:"post"`
	Centre id.Centre `json:"centre"`
	From   day.Day   `json:"from" doc:"First day without anybody."`
}

type openInput struct {
	httpserver.CommandInput
	Body openPost
}

type fillInput struct {
	httpserver.CommandInput
	Post string `path:"post" maxLength:"64"`
	Body struct {
		Employee id.Employee `json:"employee"`
		From     day.Day     `json:"from" doc:"First day of service."`
	}
}

type importInput struct {
	httpserver.CommandInput
	Body struct {
		Vacancies []openPost `json:"vacancies" maxItems:"10000"`
	}
}

type postsInput struct {
	Paging
	All bool `query:"all" doc:"Also posts that are filled by now."`
}

type postsOutput struct {
	Body struct {
		Vacancies []read.Post `json:"vacancies"`
		Next      string      `json:"next_cursor,omitempty"`
	}
}

func (h *api) posts() {
	huma.Register(h.API, huma.Operation{OperationID: "open-vacancy", Method: http.MethodPost, Path: "/v1/vacancies",
		Summary: "Say that a post is vacant", Description: "From a day on nobody serves on it. Said again, nothing happens.", Tags: []string{"vacancies"}, DefaultStatus: http.StatusNoContent, Errors: []int{422, 503}},
		func(ctx context.Context, in *openInput) (*httpserver.CommandOutput, error) {
			r, err := h.app.OpenVacancy(ctx, in.IdempotencyKey, vacancy.Open(in.Body))
			if err != nil {
				return nil, failed(err)
			}
			out := httpserver.At(r.Epoch, r.Position)
			return &out, nil
		})
	huma.Register(h.API, huma.Operation{OperationID: "fill-vacancy", Method: http.MethodPost, Path: "/v1/vacancies/{post}/fill",
		Summary: "Say who fills a vacant post", Description: "The employee is able to serve from a day on, which lies after the post fell vacant.", Tags: []string{"vacancies"}, DefaultStatus: http.StatusNoContent, Errors: []int{404, 409, 422, 503}},
		func(ctx context.Context, in *fillInput) (*httpserver.CommandOutput, error) {
			r, err := h.app.FillVacancy(ctx, in.IdempotencyKey, vacancy.Fill{Post: id.Post(in.Post), Employee: in.Body.Employee, From: in.Body.From})
			if err != nil {
				return nil, failed(err)
			}
			out := httpserver.At(r.Epoch, r.Position)
			return &out, nil
		})
	huma.Register(h.API, huma.Operation{OperationID: "import-vacancies", Method: http.MethodPost, Path: "/v1/imports/vacancies",
		Summary:     "Import a list of vacant posts",
		Description: "Opens what is not known yet; a post that was filled since the same vacancy stays filled. Nothing of a list with an error is applied.",
		Tags:        []string{"vacancies"}, MaxBodyBytes: 8 << 20, Errors: []int{422, 503}},
		func(ctx context.Context, in *importInput) (*countsOutput, error) {
			list := make([]vacancy.Open, len(in.Body.Vacancies))
			for i, v := range in.Body.Vacancies {
				list[i] = vacancy.Open(v)
			}
			c, err := h.app.ImportVacancies(ctx, in.IdempotencyKey, list)
			if err != nil {
				return nil, failed(err)
			}
			return &countsOutput{httpserver.At(c.Epoch, c.Position), c}, nil
		})
	huma.Register(h.API, huma.Operation{OperationID: "list-vacancies", Method: http.MethodGet, Path: "/v1/vacancies",
		Summary: "List vacant posts", Description: "By post, with the first day without anybody.", Tags: []string{"vacancies"}, Errors: []int{422, 503}}, h.listPosts)
}

func (h *api) listPosts(ctx context.Context, in *postsInput) (*postsOutput, error) {
	after, err := h.settle(ctx, in.Paging)
	if err != nil {
		return nil, err
	}
	out := &postsOutput{}
	h.node.View(func() {
		page, more := h.vacancies.Page(in.All, id.Post(after), in.Limit)
		out.Body.Vacancies = append([]read.Post{}, page...)
		if more {
			out.Body.Next = cursor(string(page[len(page)-1].Post))
		}
	})
	return out, nil
}
