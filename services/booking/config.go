package booking

import (
	"fmt"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/clock"
)

// Config of the service, read from the environment by envconfig.
type Config struct {
	KeyFile      string        `envconfig:"KEY_FILE" desc:"file of the master key that seals contacts and derives codes; made on first use, back it up"`
	Zone         string        `envconfig:"ZONE" default:"Europe/Berlin" desc:"time zone of the offices"`
	PublishEvery time.Duration `envconfig:"PUBLISH_EVERY" default:"100ms" desc:"shortest time between two publications of a centre-day's slots; longer spares the bus, shorter shows slots sooner"`
	SSEWrite     time.Duration `envconfig:"SSE_WRITE" default:"5s" desc:"a listener to slots who takes longer for one write is dropped, and may resume"`
}

// DefaultConfig has every default; KeyFile must be set.
func DefaultConfig() Config {
	return Config{Zone: clock.City, PublishEvery: 100 * time.Millisecond, SSEWrite: 5 * time.Second}
}

// Validate names the field that is wrong, and the cure.
func (c Config) Validate() error {
	switch {
	case c.KeyFile == "":
		return fmt.Errorf("KEY_FILE is empty: name a file for the key that seals contacts")
	case c.PublishEvery < 0 || c.PublishEvery > time.Minute:
		return fmt.Errorf("PUBLISH_EVERY is %s: it must lie between 0 and 1m", c.PublishEvery)
	case c.SSEWrite <= 0:
		return fmt.Errorf("SSE_WRITE is %s: it must be more than 0", c.SSEWrite)
	}
	_, err := clock.Zone(c.Zone)
	return err
}
