package capacity

import (
	"fmt"
	"time"
)

// Config is read from the environment, prefix CAPACITY_.
type Config struct {
	Zone       string        `envconfig:"ZONE" default:"Europe/Berlin" desc:"time zone of the city; a plan day is a date in it"`
	RepairTime time.Duration `envconfig:"REPAIR_TIME" default:"120ms" desc:"how long the planner may look for what mends one cause; what it has found by then is proposed"`
}

// DefaultConfig is what an empty environment gives.
func DefaultConfig() Config { return Config{Zone: "Europe/Berlin", RepairTime: 120 * time.Millisecond} }

// Validate names the field that is wrong.
func (c Config) Validate() error {
	if c.RepairTime < time.Millisecond || c.RepairTime > time.Minute {
		return fmt.Errorf("LOTSE_CAPACITY_REPAIR_TIME is %s: give 1ms to 1m", c.RepairTime)
	}
	if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "" {
		return fmt.Errorf("LOTSE_CAPACITY_ZONE is %q: give a time zone such as Europe/Berlin", c.Zone)
	}
	return nil
}
