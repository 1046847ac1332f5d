package centreday

import (
	"errors"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

// ErrExtended: a hold was given more time already.
var ErrExtended = errors.New("the hold was given more time before: confirm it, or search again when it has run out")

type (
	// Extend keeps a hold until Expires instead, once: who needs more time to
	// write their name down shall have it, and nobody a slot for ever. A repeat
	// names the same instant.
	Extend struct {
		Hold    HoldID
		Expires time.Time
		At      time.Time
	}
	// HoldExtended: the citizen asked for more time.
	HoldExtended struct {
		Hold    HoldID    `json:"hold"`
		Expires time.Time `json:"expires"`
	}
)

func (Extend) command() {}

// EventType is the name in the log.
func (HoldExtended) EventType() string { return "booking.hold-extended.v1" }

func (s State) extend(c Extend) ([]decider.Event, error) {
	h := s.hold(c.Hold)
	switch {
	case h == nil:
		return nil, ErrHoldExpired
	case !c.Expires.After(h.Expires):
		return nil, nil // it lasts that long
	case h.extended || h.optIn != nil || h.For != "":
		return nil, ErrExtended
	}
	return []decider.Event{HoldExtended{c.Hold, c.Expires}}, nil
}

func (s State) extendedHold(e HoldExtended) State {
	return s.withHold(e.Hold, func(h *hold) { h.Expires, h.extended = e.Expires, true })
}
