package capacity

import "fmt"

// Config is read from the environment, prefix CAPACITY_.
type Config struct {
	Zone      string `envconfig:"ZONE" default:"Europe/Berlin" desc:"time zone of the city; a plan day is a date in it"`
	PlanTries int    `envconfig:"PLAN_TRIES" default:"400" desc:"changes priced exactly in one planning run after an event; fewer answer sooner and mend less"`
}

// DefaultConfig is what an empty environment gives.
func DefaultConfig() Config { return Config{Zone: "Europe/Berlin", PlanTries: 400} }

// Validate names the field that is wrong.
func (c Config) Validate() error {
	if c.PlanTries < 1 || c.PlanTries > 1_000_000 {
		return fmt.Errorf("CAPACITY_PLAN_TRIES is %d: give 1 to 1000000", c.PlanTries)
	}
	if c.Zone == "" {
		return fmt.Errorf("CAPACITY_ZONE is empty: name a zone such as Europe/Berlin")
	}
	return nil
}
