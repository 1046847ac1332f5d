package httpserver

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/node"
	"github.com/lotse-hamburg/lotse/services/internal/problem"
)

// ParkedMessage is a message that could not be handled.
type ParkedMessage struct {
	ID       uuid.UUID       `json:"id"`
	Source   string          `json:"source" doc:"The service that said it, or hr/<source>."`
	Sender   string          `json:"sender,omitempty" doc:"What the sender calls itself."`
	Position int64           `json:"position,omitempty" doc:"Where it stands in the source's public log; none for a message from outside."`
	Key      string          `json:"key,omitempty" doc:"Later messages of a service with this key wait behind it."`
	Type     string          `json:"type,omitempty"`
	Message  string          `json:"message_id,omitempty"`
	Reason   string          `json:"reason" doc:"Why it could not be handled."`
	Hash     string          `json:"hash" doc:"SHA-256 of the message's data."`
	Fields   json.RawMessage `json:"fields,omitempty" doc:"What is kept of its content: fields of the schema, without free text."`
	ParkedAt time.Time       `json:"parked_at"`
	Became   *Became         `json:"became,omitempty" doc:"What became of it; none while it waits."`
}

// Became is what somebody decided about a parked message.
type Became struct {
	How  string          `json:"how" enum:"replayed,fixed,discarded"`
	Why  string          `json:"why,omitempty"`
	By   string          `json:"by,omitempty" doc:"Role and pseudonym."`
	From string          `json:"from,omitempty" doc:"How they were recognised, and their network."`
	At   time.Time       `json:"at"`
	Data json.RawMessage `json:"data,omitempty" doc:"The content with which it was handled, if it was fixed."`
}

type parkedOutput struct {
	Body struct {
		Parked []ParkedMessage `json:"parked"`
		Next   *uuid.UUID      `json:"next_cursor,omitempty"`
	}
}

type parkedInput struct {
	ID uuid.UUID `path:"id" doc:"Of the parked message."`
}

// DecisionInput is part of the input of what is decided about a parked message.
type DecisionInput struct {
	CommandInput
	ID uuid.UUID `path:"id" doc:"Of the parked message."`
}

type handledOutput struct {
	CommandOutput
	Body struct {
		Replayed int        `json:"replayed" doc:"Messages handled: this one and those that waited behind it. Asked again with the same key, those of this time."`
		Stopped  *uuid.UUID `json:"stopped_at,omitempty" doc:"The one behind it that cannot be handled; it and what follows still wait."`
		Reason   string     `json:"reason,omitempty" doc:"Why that one cannot."`
	}
}

func handled(h node.Handled, err error) (*handledOutput, error) {
	if err != nil {
		return nil, problem.Table{}.From(err)
	}
	out := &handledOutput{CommandOutput: At(h.Receipt.Epoch, h.Receipt.Position)}
	out.Body.Replayed, out.Body.Stopped = h.Replayed, h.Stopped
	if h.Reason != nil {
		out.Body.Reason = h.Reason.Error()
	}
	return out, nil
}

// Parked serves the messages that n could not handle: the list, one of them, and
// what can be done with it.
func (a *API) Parked(n *node.Node) {
	var table problem.Table
	huma.Register(a, huma.Operation{OperationID: "list-parked", Method: http.MethodGet, Path: "/v1/parked",
		Summary: "List messages that could not be handled", Description: "Oldest first, with the reason.",
		Tags: []string{"Parked"}, Errors: []int{422, 503}},
		func(ctx context.Context, in *struct {
			Cursor uuid.UUID `query:"cursor" doc:"next_cursor of the page before."`
			Limit  int       `query:"limit" minimum:"1" maximum:"1000" default:"100"`
			Source string    `query:"source" maxLength:"100" doc:"Only those of this source."`
		}) (*parkedOutput, error) {
			all, err := n.Parked(ctx)
			if err != nil {
				return nil, table.From(err)
			}
			all = all[1+slices.IndexFunc(all, func(p eventlog.Parked) bool { return p.ID == in.Cursor }):]
			out := &parkedOutput{}
			out.Body.Parked = []ParkedMessage{}
			for _, p := range all {
				if in.Source != "" && p.Source != in.Source {
					continue
				}
				if len(out.Body.Parked) == in.Limit {
					out.Body.Next = &out.Body.Parked[in.Limit-1].ID
					break
				}
				out.Body.Parked = append(out.Body.Parked, shown(n, p))
			}
			return out, nil
		})
	huma.Register(a, huma.Operation{OperationID: "show-parked", Method: http.MethodGet, Path: "/v1/parked/{id}",
		Summary: "Show a message that could not be handled", Description: "Whether it waits, or what became of it, by whom and why.",
		Tags: []string{"Parked"}, Errors: []int{404, 422, 503}},
		func(ctx context.Context, in *parkedInput) (*struct{ Body ParkedMessage }, error) {
			p, err := n.ParkedMessage(ctx, in.ID)
			if err != nil {
				return nil, table.From(err)
			}
			out := shown(n, p)
			h, at, err := n.Became(ctx, in.ID)
			if err != nil {
				return nil, table.From(err)
			}
			if h != nil {
				out.Became = &Became{How: h.How, Why: h.Why, By: at.Meta.Actor, From: at.Meta.From, At: at.Meta.Time, Data: h.Data}
			}
			return &struct{ Body ParkedMessage }{out}, nil
		})
	huma.Register(a, huma.Operation{OperationID: "replay-parked", Method: http.MethodPost, Path: "/v1/parked/{id}/replay",
		Summary:     "Handle a parked message again",
		Description: "And then those that wait behind it, in order. At the first that fails it stops. What was handled is not handled twice.",
		Tags:        []string{"Parked"}, Errors: []int{404, 409, 422, 503}},
		func(ctx context.Context, in *DecisionInput) (*handledOutput, error) {
			return handled(n.Replay(ctx, in.ID, node.Decision{Key: in.IdempotencyKey}))
		})
	huma.Register(a, huma.Operation{OperationID: "fix-parked", Method: http.MethodPost, Path: "/v1/parked/{id}/fix",
		Summary: "Correct a parked message and handle it",
		Description: "With data, the whole content, or patch, a JSON merge patch (RFC 7396) on what is kept. It is checked against the message's type " +
			"and recorded with who corrected it and why; the message as it was stays. Then those behind it are handled, in order.",
		Tags: []string{"Parked"}, Errors: []int{404, 409, 422, 503}},
		func(ctx context.Context, in *struct {
			DecisionInput
			Body struct {
				Why   string          `json:"why" minLength:"1" maxLength:"500" doc:"Why it is corrected. No names, no reasons of absences."`
				Data  json.RawMessage `json:"data,omitempty" doc:"The whole corrected content."`
				Patch json.RawMessage `json:"patch,omitempty" doc:"What is to change of the content that is kept."`
				Type  string          `json:"type,omitempty" maxLength:"200" doc:"The corrected type of a message from outside."`
			}
		}) (*handledOutput, error) {
			return handled(n.Fix(ctx, in.ID, node.Decision{Key: in.IdempotencyKey, Why: in.Body.Why, Data: in.Body.Data, Patch: in.Body.Patch, Type: in.Body.Type}))
		})
	huma.Register(a, huma.Operation{OperationID: "discard-parked", Method: http.MethodPost, Path: "/v1/parked/{id}/discard",
		Summary: "Give a parked message up", Description: "Those behind it still wait. Who gave it up and why is recorded.", DefaultStatus: http.StatusNoContent,
		Tags: []string{"Parked"}, Errors: []int{404, 409, 422, 503}},
		func(ctx context.Context, in *struct {
			DecisionInput
			Body struct {
				Why string `json:"why" minLength:"1" maxLength:"500" doc:"Why it is given up. No names, no reasons of absences."`
			}
		}) (*CommandOutput, error) {
			h, err := n.Discard(ctx, in.ID, node.Decision{Key: in.IdempotencyKey, Why: in.Body.Why})
			if err != nil {
				return nil, table.From(err)
			}
			out := At(h.Receipt.Epoch, h.Receipt.Position)
			return &out, nil
		})
}

func shown(n *node.Node, p eventlog.Parked) ParkedMessage {
	return ParkedMessage{ID: p.ID, Source: p.Source, Sender: p.Sender, Position: p.Position, Key: p.Key, Type: p.Type,
		Message: p.MessageID, Reason: p.Reason, Hash: p.Hash, ParkedAt: p.ParkedAt, Fields: kept(n, p)}
}

// kept is what may be shown of a message's content.
func kept(n *node.Node, p eventlog.Parked) json.RawMessage {
	data := p.Data
	if p.Position > 0 {
		e, _ := events.ParseStructured(p.Data) // what can be read of it
		data = e.Data
	}
	return n.Told(p.Type, data)
}
