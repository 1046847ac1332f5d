package node

import (
	"encoding/json"
	"errors"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// What may become of a parked message.
const (
	Replayed  = "replayed"  // handled as it was
	Fixed     = "fixed"     // handled with corrected content
	Discarded = "discarded" // given up
)

// ErrHandled: somebody was quicker.
var ErrHandled = errors.New("the parked message was replayed, fixed or discarded before: look at what became of it")

// ParkedHandled says what became of a parked message; it is in every service's
// log. Who did it, when and from where is the event's meta. The message as it
// was parked stays where it is.
type ParkedHandled struct {
	Handling uuid.UUID `json:"handling"` // of this decision
	Parked   uuid.UUID `json:"parked"`
	How      string    `json:"how"`
	Why      string    `json:"why,omitempty"`
	Source   string    `json:"source"`
	Position int64     `json:"position,omitempty"`
	Key      string    `json:"key,omitempty"`
	Type     string    `json:"type,omitempty"`
	Message  string    `json:"message_id,omitempty"`
	// Data is the content with which a fixed message was handled: the fields of
	// its type's schema.
	Data json.RawMessage `json:"data,omitempty"`
}

// EventType is the wire name.
func (ParkedHandled) EventType() string { return "node.parked-handled.v1" }

// handlings are the streams "parked-<id>": at most one event, whoever comes
// second is told so.
var handlings = journal.Aggregate[bool, ParkedHandled]{
	Category: "parked",
	Codec:    decider.NewCodec(ParkedHandled{}),
	Decider: decider.Decider[bool, ParkedHandled]{
		Initial: func() bool { return false },
		Decide: func(handled bool, c ParkedHandled) ([]decider.Event, error) {
			if handled {
				return nil, ErrHandled
			}
			return []decider.Event{c}, nil
		},
		Evolve: func(bool, decider.Event) bool { return true },
	},
}
