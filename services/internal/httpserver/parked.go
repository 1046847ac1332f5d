package httpserver

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/node"
	"github.com/lotse-hamburg/lotse/services/internal/problem"
)

// ParkedMessage is a message from another service that could not be handled.
type ParkedMessage struct {
	ID       uuid.UUID `json:"id"`
	Source   string    `json:"source" doc:"The service that said it."`
	Position int64     `json:"position" doc:"Where it stands in the source's public log."`
	Key      string    `json:"key" doc:"Later messages with this key wait behind it."`
	Type     string    `json:"type"`
	Message  string    `json:"message_id"`
	Reason   string    `json:"reason"`
	Hash     string    `json:"hash" doc:"SHA-256 of the message's data."`
	ParkedAt time.Time `json:"parked_at"`
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

type replayOutput struct {
	Body struct {
		Replayed int `json:"replayed" doc:"Messages handled: this one and those that waited behind it."`
	}
}

// Parked serves the messages of other services that n could not handle: the
// list, replaying and discarding.
func (a *API) Parked(n *node.Node) {
	var table problem.Table
	huma.Register(a, huma.Operation{OperationID: "list-parked", Method: http.MethodGet, Path: "/v1/parked",
		Summary: "List messages that could not be handled", Description: "Oldest first, with the reason.",
		Tags: []string{"Parked"}, Errors: []int{422, 503}},
		func(ctx context.Context, in *struct {
			Cursor uuid.UUID `query:"cursor" doc:"next_cursor of the page before."`
			Limit  int       `query:"limit" minimum:"1" maximum:"1000" default:"100"`
		}) (*parkedOutput, error) {
			all, err := n.Parked(ctx)
			if err != nil {
				return nil, table.From(err)
			}
			all = all[1+slices.IndexFunc(all, func(p eventlog.Parked) bool { return p.ID == in.Cursor }):]
			out := &parkedOutput{}
			out.Body.Parked = []ParkedMessage{}
			for _, p := range all[:min(in.Limit, len(all))] {
				out.Body.Parked = append(out.Body.Parked, ParkedMessage{ID: p.ID, Source: p.Source, Position: p.Position, Key: p.Key,
					Type: p.Type, Message: p.MessageID, Reason: p.Reason, Hash: p.Hash, ParkedAt: p.ParkedAt})
			}
			if len(all) > in.Limit {
				out.Body.Next = &all[in.Limit-1].ID
			}
			return out, nil
		})
	huma.Register(a, huma.Operation{OperationID: "replay-parked", Method: http.MethodPost, Path: "/v1/parked/{id}/replay",
		Summary:     "Handle a parked message again",
		Description: "And then those that wait behind it, in order. At the first that fails it stops. Asked again, what was handled is not handled twice.",
		Tags:        []string{"Parked"}, Errors: []int{404, 409, 422, 503}},
		func(ctx context.Context, in *parkedInput) (*replayOutput, error) {
			replayed, err := n.Replay(ctx, in.ID)
			if err != nil {
				return nil, table.From(err)
			}
			out := &replayOutput{}
			out.Body.Replayed = replayed
			return out, nil
		})
	a.Discard(n)
}

// Discard serves the giving up of parked messages.
func (a *API) Discard(n *node.Node) {
	huma.Register(a, huma.Operation{OperationID: "discard-parked", Method: http.MethodPost, Path: "/v1/parked/{id}/discard",
		Summary: "Give a parked message up", Description: "Those behind it still wait.", DefaultStatus: http.StatusNoContent,
		Tags: []string{"Parked"}, Errors: []int{404, 422, 503}},
		func(ctx context.Context, in *parkedInput) (*struct{}, error) {
			return nil, problem.Table{}.From(n.Discard(ctx, in.ID))
		})
}
