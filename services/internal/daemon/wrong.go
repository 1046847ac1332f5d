package daemon

import (
	"log/slog"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/clock"
)

// clock is the machine's, or for rehearsals one that is wrong by ClockOffset.
func (c Config) clock(zone *time.Location, log *slog.Logger) clock.Func {
	right := clock.System(zone)
	if c.ClockOffset == 0 {
		return right
	}
	log.Warn("LOTSE_CLOCK_OFFSET is set: this process tells the wrong time, for a rehearsal", "offset", c.ClockOffset)
	return func() time.Time { return right().Add(c.ClockOffset) }
}
