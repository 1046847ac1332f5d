package httpapi

import (
	"context"
	"fmt"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/app"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
)

// AmendmentBody is what a planner changes of a proposal.
type AmendmentBody struct {
	Drop []id.Deployment `json:"drop,omitempty" doc:"Deployments that shall not be carried out."`
	Add  []app.Addition  `json:"add,omitempty" maxItems:"50" doc:"Moves that shall be carried out, too."`
}

func (b *AmendmentBody) amendment() app.Amendment {
	if b == nil {
		return app.Amendment{}
	}
	return app.Amendment{Drop: b.Drop, Add: b.Add}
}

// AmendedMoveView is one move with what it brings on top of those before it.
type AmendedMoveView struct {
	capacity.Move
	Added bool `json:"added,omitempty"`
	// Rule that forbids it, "" where it may be made, and its words.
	Rule   string             `json:"rule,omitempty"`
	Words  map[string]string  `json:"words,omitempty"`
	Split  map[string]float64 `json:"split,omitempty" doc:"Gain by rule, in points."`
	Person proposal.Person    `json:"person"`
}

// StillOpenView is what stays uncovered at a place, and what stands in the way.
type StillOpenView struct {
	Centre  id.Centre         `json:"centre"`
	Day     day.Day           `json:"day"`
	Minutes int               `json:"minutes" doc:"Booked and uncovered."`
	Heads   int               `json:"heads" doc:"Below the minimum."`
	Rule    string            `json:"rule" doc:"In the way most often; heads, price or nobody where no rule is."`
	Words   map[string]string `json:"words"`
}

// PreviewView is a proposal as a planner would have it, on the city as it stands.
type PreviewView struct {
	Version int64             `json:"version"`
	Moves   []AmendedMoveView `json:"moves"`
	Gain    float64           `json:"gain"`
	Effects []capacity.Effect `json:"effects"`
	Curves  []proposal.Curve  `json:"curves"`
	Open    []StillOpenView   `json:"open"`
	// Stale says what has changed since it was drafted, so that it cannot be
	// approved; missing: it holds.
	Stale map[string]string     `json:"stale,omitempty"`
	Found *proposal.Reappraised `json:"found,omitempty"`
}

type previewInput struct {
	ID   id.Proposal    `path:"id"`
	Body *AmendmentBody `required:"false"`
}

type previewOutput struct {
	ETag string `header:"ETag"`
	Body PreviewView
}

type candidatesInput struct {
	ID   id.Proposal `path:"id"`
	Body struct {
		AmendmentBody
		To  id.Centre `json:"to"`
		Day day.Day   `json:"day"`
	}
}

// CandidateView is somebody who may be sent to a place, and what it would bring.
type CandidateView struct {
	capacity.Move
	Person proposal.Person `json:"person"`
}

type candidatesOutput struct {
	Body struct {
		Candidates []CandidateView `json:"candidates" doc:"Who may come, the best first, at most ten."`
		More       int             `json:"more" doc:"Others who may come and are expected to bring less."`
		Forbidden  map[string]int  `json:"forbidden" doc:"How many may not come, by the rule in the way."`
	}
}

func (h *api) amendments() {
	huma.Register(h.API, huma.Operation{OperationID: "preview-proposal", Method: http.MethodPost, Path: "/v1/proposals/{id}/preview",
		Summary: "What a proposal would do with moves dropped and added", Description: "Evaluated on the city as it stands; nothing is written. The ETag is what an approval names in If-Match.",
		Tags: []string{"proposals"}, Errors: []int{404, 409, 422, 503}},
		func(ctx context.Context, in *previewInput) (*previewOutput, error) {
			m := in.Body.amendment()
			if err := h.app.Decides(ctx, in.ID, m); err != nil {
				return nil, err
			}
			out, s, err := h.app.Preview(in.ID, m)
			if err != nil {
				return nil, table.From(err)
			}
			return &previewOutput{etag(s.Version), previewOf(s, out)}, nil
		})
	huma.Register(h.API, huma.Operation{OperationID: "list-candidates", Method: http.MethodPost, Path: "/v1/proposals/{id}/candidates",
		Summary: "Who may be sent to a place besides", Description: "On top of the proposal as a planner would have it, by the same rules and prices. Nothing is written.",
		Tags: []string{"proposals"}, Errors: []int{404, 409, 422, 503}},
		func(ctx context.Context, in *candidatesInput) (*candidatesOutput, error) {
			m := in.Body.amendment()
			if err := h.app.Decides(ctx, in.ID, m); err != nil {
				return nil, err
			}
			found, err := h.app.Candidates(in.ID, m, read.Place{Centre: in.Body.To, Day: in.Body.Day})
			if err != nil {
				return nil, table.From(err)
			}
			out := &candidatesOutput{}
			out.Body.Candidates, out.Body.More, out.Body.Forbidden = []CandidateView{}, found.More, found.Forbidden
			for _, c := range found.All {
				out.Body.Candidates = append(out.Body.Candidates, CandidateView{c.Move, c.Person})
			}
			return out, nil
		})
}

func previewOf(s proposal.State, a app.Amended) PreviewView {
	v := PreviewView{Version: s.Version, Moves: []AmendedMoveView{}, Gain: a.Gain, Effects: a.Effects, Curves: a.Curves, Open: []StillOpenView{}, Stale: a.Stale, Found: a.Found}
	for _, m := range a.Moves {
		v.Moves = append(v.Moves, AmendedMoveView{m.Move, m.Added, m.Rule, m.Words, m.Split, m.Person})
	}
	for _, o := range a.Open {
		v.Open = append(v.Open, StillOpenView{o.Place.Centre, o.Place.Day, o.Minutes, o.Heads, o.Rule, o.Words})
	}
	return v
}

// version reads an If-Match; 0 is any.
func version(of, match string) (seen int64, err error) {
	if match == "" || match == "*" {
		return 0, nil
	}
	if n, err := fmt.Sscanf(match, `"%d"`, &seen); n != 1 || err != nil {
		return 0, table.From(&events.FieldError{Field: "If-Match", Value: match, Reason: "is not an ETag of a " + of + ": send back the one that was read"})
	}
	return seen, nil
}
