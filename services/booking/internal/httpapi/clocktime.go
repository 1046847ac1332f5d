package httpapi

import (
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events/day"
)

// ClockTime is a time of day on the city's clock. Some clients write an offset
// behind it: that must be the city's then.
type ClockTime struct {
	day.TimeOfDay
	offset *time.Duration
}

// UnmarshalText reads 08:30, 08:30Z or 08:30+01:00.
func (c *ClockTime) UnmarshalText(text []byte) error {
	*c = ClockTime{}
	clock, offset := text, ""
	if len(text) > 5 {
		clock, offset = text[:5], string(text[5:])
		zone, err := time.Parse("Z07:00", offset)
		if err != nil {
			return err
		}
		_, seconds := zone.Zone()
		by := time.Duration(seconds) * time.Second
		c.offset = &by
	}
	return c.TimeOfDay.UnmarshalText(clock)
}

// Schema for validation and clients.
func (ClockTime) Schema(huma.Registry) *huma.Schema {
	s := &huma.Schema{Type: huma.TypeString, Pattern: `^([01]\d|2[0-3]):[0-5]\d(Z|[+-][01]\d:[0-5]\d)?$`,
		PatternDescription: "a time of day on the city's clock, such as 08:30", Examples: []any{"08:30"},
		Description: "08:30 on the city's clock. With an offset, 08:30+01:00, it is refused unless that is the city's on the day"}
	s.PrecomputeMessages()
	return s
}

// on a day: the time, unless its offset is another's.
func (h *api) on(d day.Day, c ClockTime) (day.TimeOfDay, error) {
	return c.TimeOfDay, h.app.OnClock(d, c.TimeOfDay, c.offset)
}
