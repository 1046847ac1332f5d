package capacity

import (
	"fmt"
	"time"
)

// Config is read from the environment, prefix CAPACITY_.
type Config struct {
	Zone         string        `envconfig:"ZONE" default:"Europe/Berlin" desc:"time zone of the city; a plan day is a date in it"`
	RepairTime   time.Duration `envconfig:"REPAIR_TIME" default:"120ms" desc:"how long the planner may look for what mends one cause; what it has found by then is proposed"`
	OfferingPace time.Duration `envconfig:"OFFERING_PACE" default:"100ms" desc:"after three changes in a row the offering of a centre-day is said at most this often; a single change is said at once; 0: each"`
}

// DefaultConfig is what an empty environment gives.
func DefaultConfig() Config {
	return Config{Zone: "Europe/Berlin", RepairTime: 120 * time.Millisecond, OfferingPace: 100 * time.Millisecond}
}

// Validate names the field that is wrong.
func (c Config) Validate() error {
	if c.RepairTime < time.Millisecond || c.RepairTime > time.Minute {
		return fmt.Errorf("LOTSE_CAPACITY_REPAIR_TIME is %s: give 1ms to 1m", c.RepairTime)
	}
	if c.OfferingPace < 0 || c.OfferingPace > 10*time.Second {
		return fmt.Errorf("LOTSE_CAPACITY_OFFERING_PACE is %s: give 0 to 10s", c.OfferingPace)
	}
	if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "" {
		return fmt.Errorf("LOTSE_CAPACITY_ZONE is %q: give a time zone such as Europe/Berlin", c.Zone)
	}
	return nil
}
