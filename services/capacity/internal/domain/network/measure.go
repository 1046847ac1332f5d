package network

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
)

func wire(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return b
}

// ErrUnknownMeasure: a measure that was never entered cannot be ended.
var ErrUnknownMeasure = errors.New("there is no such measure")

// MeasureCommand is SetMeasure or EndMeasure.
type MeasureCommand interface{ measureCommand() }

type (
	// SetMeasure enters or changes a measure.
	SetMeasure struct{ Measure capacity.Measure }
	// EndMeasure ends it on a day, before its time; a measure that has not
	// begun by then never does.
	EndMeasure struct{ On day.Day }
)

func (SetMeasure) measureCommand() {}
func (EndMeasure) measureCommand() {}

// Measure decides one measure.
var Measure = decider.Decider[capacity.MeasureChanged, MeasureCommand]{
	Initial: func() capacity.MeasureChanged { return capacity.MeasureChanged{} },
	Decide: func(s capacity.MeasureChanged, c MeasureCommand) ([]decider.Event, error) {
		switch c := c.(type) {
		case SetMeasure:
			if err := CheckMeasure("measure", c.Measure); err != nil {
				return nil, err
			}
			if s.Version > 0 && !s.Ended && same(s.Measure, c.Measure) {
				return nil, nil
			}
			return []decider.Event{capacity.MeasureChanged{Version: s.Version + 1, Measure: c.Measure}}, nil
		case EndMeasure:
			switch {
			case s.Version == 0:
				return nil, fmt.Errorf("%w: look it up in GET /v1/network", ErrUnknownMeasure)
			case s.Ended || s.Until <= c.On:
				return nil, nil
			}
			m := s.Measure
			m.Until = max(c.On, m.From)
			return []decider.Event{capacity.MeasureChanged{Version: s.Version + 1, Measure: m, Ended: true}}, nil
		}
		return nil, nil
	},
	Evolve: func(s capacity.MeasureChanged, e decider.Event) capacity.MeasureChanged {
		if e, ok := e.(capacity.MeasureChanged); ok {
			return e
		}
		return s
	},
}
