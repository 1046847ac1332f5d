package httpapi

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// parkedMessage is what is kept of a message that was refused.
type parkedMessage struct {
	ID       string         `json:"id"`
	Source   string         `json:"source"`
	Sender   string         `json:"sender,omitempty"`
	Type     string         `json:"type,omitempty"`
	Message  string         `json:"message_id,omitempty"`
	Reason   string         `json:"reason" doc:"Why it was refused: field and cure."`
	Hash     string         `json:"hash" doc:"SHA-256 of the message as received."`
	Fields   map[string]any `json:"fields,omitempty" doc:"Well-formed fields of the schema."`
	ParkedAt time.Time      `json:"parked_at"`
}

type parkedOutput struct {
	Body struct {
		Parked []parkedMessage `json:"parked"`
		Next   string          `json:"next_cursor,omitempty"`
	}
}

func (h *api) parked() {
	huma.Register(h.API, huma.Operation{OperationID: "list-parked", Method: http.MethodGet, Path: "/v1/parked",
		Summary: "List messages that were refused", Description: "Oldest first; without anything that no schema names.",
		Tags: []string{"HR"}, Errors: []int{422, 503}}, h.listParked)
}

func (h *api) listParked(ctx context.Context, in *Paging) (*parkedOutput, error) {
	after, err := h.settle(ctx, *in)
	if err != nil {
		return nil, err
	}
	all, err := h.node.Parked(ctx)
	if err != nil {
		return nil, failed(err)
	}
	if after != "" {
		for i, p := range all {
			if p.ID.String() == after {
				all = all[i+1:]
				break
			}
		}
	}
	out := &parkedOutput{}
	out.Body.Parked = []parkedMessage{}
	for _, p := range all {
		if len(out.Body.Parked) == in.Limit {
			out.Body.Next = cursor(out.Body.Parked[in.Limit-1].ID)
			break
		}
		m := parkedMessage{ID: p.ID.String(), Source: p.Source, Sender: p.Sender, Type: p.Type, Message: p.MessageID,
			Reason: p.Reason, Hash: p.Hash, ParkedAt: p.ParkedAt}
		if len(p.Data) > 0 {
			if err := json.Unmarshal(p.Data, &m.Fields); err != nil {
				return nil, failed(err)
			}
		}
		out.Body.Parked = append(out.Body.Parked, m)
	}
	return out, nil
}
