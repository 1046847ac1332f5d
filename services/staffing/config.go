package staffing

import (
	"fmt"
	"time"
)

// Config of the staffing service.
type Config struct {
	Zone            string `envconfig:"ZONE" default:"Europe/Berlin" desc:"The city's time zone; duties roll forward at its midnight."`
	HorizonDays     int    `envconfig:"HORIZON_DAYS" default:"60" desc:"Days ahead for which duties are worked out, until an import or the policy says otherwise. Longer horizons make each change larger."`
	OpenAbsenceDays int    `envconfig:"OPEN_ABSENCE_DAYS" default:"7" desc:"Days that an absence without any known end is taken to last on; rolled forward every day. More days plan further ahead for somebody who may be back."`
}

// DefaultConfig has the defaults of the tags.
func DefaultConfig() Config {
	return Config{Zone: "Europe/Berlin", HorizonDays: 60, OpenAbsenceDays: 7}
}

// Validate names the first field that cannot work.
func (c Config) Validate() error {
	if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "" {
		return fmt.Errorf("ZONE is %q: give a time zone such as Europe/Berlin", c.Zone)
	}
	if c.HorizonDays < 1 || c.HorizonDays > 366 {
		return fmt.Errorf("HORIZON_DAYS is %d: give 1 to 366", c.HorizonDays)
	}
	if c.OpenAbsenceDays < 1 || c.OpenAbsenceDays > 366 {
		return fmt.Errorf("OPEN_ABSENCE_DAYS is %d: give 1 to 366", c.OpenAbsenceDays)
	}
	return nil
}
