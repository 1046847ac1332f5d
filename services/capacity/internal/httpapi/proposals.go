package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/app"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
)

// MoveView is a move with how far it is.
type MoveView struct {
	capacity.Move
	Step   string             `json:"step" doc:"proposed, dropped, approved, giver-closing, requested, ordered, refused, failed, cancelled or undone"`
	Rule   string             `json:"rule,omitempty"`
	Reason string             `json:"reason,omitempty"`
	Split  map[string]float64 `json:"split,omitempty" doc:"Gain by rule, in points."`
	// Returns is the deployment that the move ends.
	Returns id.Deployment `json:"returns,omitempty"`
	// Added by the planner who approved it.
	Added bool `json:"added,omitempty"`
	// Person is what was known of the employee when it was proposed.
	Person *proposal.Person `json:"person,omitempty"`
}

// ProposalView is a proposal as planners see it.
type ProposalView struct {
	Proposal  id.Proposal       `json:"proposal"`
	State     string            `json:"state"`
	Version   int64             `json:"version"`
	Causes    []string          `json:"causes"`
	Moves     []MoveView        `json:"moves"`
	Effects   []capacity.Effect `json:"effects"`
	Damage    float64           `json:"damage"`
	Gain      float64           `json:"gain"`
	Unsolved  []string          `json:"unsolved,omitempty"`
	Approval  string            `json:"approval"`
	Automatic bool              `json:"automatic,omitempty"`
	Reason    string            `json:"reason,omitempty"`
	By        id.Proposal       `json:"superseded_by,omitempty"`
	ExpiresOn day.Day           `json:"expires_on"`
	// Missing are the duties that its causes took away.
	Missing []proposal.Missing `json:"missing,omitempty"`
	// Curves are what it does, day by day, as it was drafted.
	Curves []proposal.Curve `json:"curves,omitempty"`
	// Found is what it was worth when it was found to be stale.
	Found *proposal.Reappraised `json:"found,omitempty"`
	// Supersedes names the proposals that it replaced.
	Supersedes  []id.Proposal         `json:"supersedes,omitempty"`
	Explanation *proposal.Explanation `json:"explanation,omitempty" doc:"Why, in plain sentences: without it, move by move, what else was thought of, what stays."`
}

func view(s proposal.State) ProposalView {
	v := ProposalView{Proposal: s.ID, State: string(s.Status), Version: s.Version, Causes: s.Draft.Causes, Moves: []MoveView{},
		Effects: s.Draft.Effects, Damage: s.Draft.Damage, Gain: s.Draft.Gain, Unsolved: s.Draft.Unsolved, Approval: s.Draft.Approval,
		Automatic: s.Automatic, Reason: s.Reason, By: s.By, ExpiresOn: s.Draft.ExpiresOn,
		Supersedes: s.Draft.Supersedes, Explanation: s.Details.Explanation, Missing: s.Details.Missing, Curves: s.Details.Curves, Found: s.Found}
	if len(s.Approval.Dropped)+len(s.Approval.Added) > 0 {
		v.Gain, v.Effects = s.Approval.Gain, s.Approval.Effects
	}
	for _, m := range s.Moves {
		w := MoveView{Move: m.Move, Step: string(m.Step), Rule: m.Rule, Reason: m.Reason, Split: s.Details.Split[m.Deployment], Added: m.Added}
		if p, known := s.Details.People[m.Deployment]; known {
			w.Person = &p
		}
		if m.Returns != nil {
			w.Returns = m.Returns.Deployment
		}
		v.Moves = append(v.Moves, w)
	}
	return v
}

type proposalsInput struct {
	httpserver.ReadInput
	State  string `query:"state" enum:"drafted,approved,rejected,superseded,expired,applied,undone" doc:"Only those in this state."`
	Cursor string `query:"cursor" doc:"next_cursor of the page before."`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50"`
}

type proposalsOutput struct {
	Body struct {
		Proposals []ProposalView `json:"proposals"`
		Next      string         `json:"next_cursor,omitempty"`
	}
}

type proposalInput struct {
	httpserver.ReadInput
	ID id.Proposal `path:"id"`
}

type proposalOutput struct {
	ETag string `header:"ETag"`
	Body ProposalView
}

func (h *api) proposals() {
	huma.Register(h.API, huma.Operation{OperationID: "list-proposals", Method: http.MethodGet, Path: "/v1/proposals",
		Summary: "Proposals, the newest first", Description: "Of one state or of all, with their moves and how far each is.", Tags: []string{"proposals"}, Errors: []int{422, 503}},
		func(ctx context.Context, in *proposalsInput) (*proposalsOutput, error) {
			if err := h.wait(ctx, in.ReadInput); err != nil {
				return nil, err
			}
			from, err := page(in.Cursor)
			if err != nil {
				return nil, err
			}
			out := &proposalsOutput{}
			out.Body.Proposals = []ProposalView{}
			h.app.Node().View(func() {
				order := h.app.City.Order
				if in.Cursor == "" {
					from = len(order)
				}
				for i := min(from, len(order)) - 1; i >= 0; i-- {
					s := h.app.City.Proposals[order[i]]
					if in.State != "" && string(s.Status) != in.State || !app.Concerns(ctx, s) {
						continue
					}
					if len(out.Body.Proposals) == in.Limit {
						out.Body.Next = strconv.Itoa(i + 1)
						return
					}
					out.Body.Proposals = append(out.Body.Proposals, view(s))
				}
			})
			return out, nil
		})
	huma.Register(h.API, huma.Operation{OperationID: "get-proposal", Method: http.MethodGet, Path: "/v1/proposals/{id}",
		Summary: "One proposal: why, moves, effects, and how far it is", Description: "The ETag is what an approval names in If-Match, so that nobody approves what they have not seen.", Tags: []string{"proposals"}, Errors: []int{404, 503}},
		func(ctx context.Context, in *proposalInput) (*proposalOutput, error) {
			if err := h.wait(ctx, in.ReadInput); err != nil {
				return nil, err
			}
			var s proposal.State
			h.app.Node().View(func() { s = h.app.City.Proposals[in.ID] })
			if s.Status == "" {
				return nil, table.From(fmt.Errorf("%w: %q", proposal.ErrUnknown, in.ID))
			}
			if !app.Concerns(ctx, s) {
				return nil, access.NotYours("no move of proposal %q begins or ends in your districts", in.ID)
			}
			return &proposalOutput{etag(s.Version), view(s)}, nil
		})
}

func etag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// page reads a cursor; "" is the beginning.
func page(cursor string) (int, error) {
	if cursor == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(cursor)
	if err != nil || n < 0 {
		return 0, table.From(&events.FieldError{Field: "cursor", Value: cursor, Reason: "is not one of ours: send back next_cursor"})
	}
	return n, nil
}

type approveInput struct {
	Command
	ID      id.Proposal    `path:"id"`
	IfMatch string         `header:"If-Match" doc:"The ETag of the proposal that the planner has seen."`
	Body    *AmendmentBody `required:"false"`
}

type reasonInput struct {
	Command
	ID   id.Proposal `path:"id"`
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"Why, in a sentence; never about a person."`
	}
}

func (h *api) decisions() {
	op := func(what, summary, description string) huma.Operation {
		return huma.Operation{OperationID: what + "-proposal", Method: http.MethodPost, Path: "/v1/proposals/{id}/" + what, Summary: summary,
			Description: description, Tags: []string{"proposals"}, Errors: []int{404, 409, 412, 422, 503}, DefaultStatus: http.StatusNoContent}
	}
	huma.Register(h.API, op("approve", "Approve a proposal",
		"Without the moves dropped and with those added, which are held to the same rules and go the same way: one by one, giver first. "+
			"409 says that the proposal is stale, and what has changed, or who has decided already."),
		func(ctx context.Context, in *approveInput) (*done, error) {
			seen, err := version("proposal", in.IfMatch)
			if err != nil {
				return nil, err
			}
			m := in.Body.amendment()
			if err := h.app.Decides(ctx, in.ID, m); err != nil {
				return nil, err
			}
			return answered(h.app.Approve(ctx, in.IdempotencyKey, in.ID, m, seen))
		})
	huma.Register(h.API, op("reject", "Reject a proposal", "With a reason. Its moves are not carried out; the city is planned again when something else happens."), func(ctx context.Context, in *reasonInput) (*done, error) {
		if err := h.app.Decides(ctx, in.ID, app.Amendment{}); err != nil {
			return nil, err
		}
		return answered(h.app.Reject(ctx, in.IdempotencyKey, in.ID, in.Body.Reason))
	})
	huma.Register(h.API, op("undo", "Take an approved proposal back", "Deployments ordered are withdrawn; appointments that citizens accepted stay."),
		func(ctx context.Context, in *reasonInput) (*done, error) {
			if err := h.app.Decides(ctx, in.ID, app.Amendment{}); err != nil {
				return nil, err
			}
			return answered(h.app.Undo(ctx, in.IdempotencyKey, in.ID, in.Body.Reason))
		})
	huma.Register(h.API, huma.Operation{OperationID: "list-decisions", Method: http.MethodGet, Path: "/v1/decisions",
		Summary: "Decisions on proposals, the newest first", Description: "Who decided what, when and why.", Tags: []string{"proposals"}, Errors: []int{422, 503}},
		func(ctx context.Context, in *auditInput) (*auditOutput, error) {
			if err := h.wait(ctx, in.ReadInput); err != nil {
				return nil, err
			}
			from, err := page(in.Cursor)
			if err != nil {
				return nil, err
			}
			out := &auditOutput{}
			out.Body.Decisions = []read.Decision{}
			h.app.Node().View(func() {
				all := h.app.City.Audit
				if in.Cursor == "" {
					from = len(all)
				}
				low := max(0, min(from, len(all))-in.Limit)
				for i := min(from, len(all)) - 1; i >= low; i-- {
					out.Body.Decisions = append(out.Body.Decisions, all[i])
				}
				if low > 0 {
					out.Body.Next = strconv.Itoa(low)
				}
			})
			return out, nil
		})
}

type auditInput struct {
	httpserver.ReadInput
	Cursor string `query:"cursor" doc:"next_cursor of the page before."`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
}

type auditOutput struct {
	Body struct {
		Decisions []read.Decision `json:"decisions"`
		Next      string          `json:"next_cursor,omitempty"`
	}
}
