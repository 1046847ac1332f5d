package staffing

import (
	"fmt"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/pseudonym"
)

// Config of the staffing service.
type Config struct {
	Zone            string `envconfig:"ZONE" default:"Europe/Berlin" desc:"The city's time zone; duties roll forward at its midnight."`
	HorizonDays     int    `envconfig:"HORIZON_DAYS" default:"60" desc:"Days ahead for which duties are worked out, until an import or the policy says otherwise. Longer horizons make each change larger."`
	OpenAbsenceDays int    `envconfig:"OPEN_ABSENCE_DAYS" default:"7" desc:"Days that an absence without any known end is taken to last on; rolled forward every day. More days plan further ahead for somebody who may be back."`
	SmallGroup      int    `envconfig:"SMALL_GROUP" default:"5" desc:"Statistics of groups of fewer persons are not told. More protects better and tells less."`
	Pseudonyms      string `envconfig:"PSEUDONYMS" default:"form=keyed:hr,csv=keyed:hr,calendar=keyed:hr,lotse=given,*=keyed" desc:"Which sources of staff lists send personnel numbers, replaced by pseudonyms (keyed, or keyed:<number space> where sources share their numbers), and which send pseudonyms already (given); * is all others. The same as absence's."`
	PseudonymKey    string `envconfig:"PSEUDONYM_KEY_FILE" desc:"File of the key of pseudonyms, the same as absence's; lotse pseudonym --new-key makes it, and HR keeps a copy."`
}

// DefaultConfig has the defaults of the tags, but takes every id as a pseudonym:
// there is no key. A deployable has to be told.
func DefaultConfig() Config {
	return Config{Zone: "Europe/Berlin", HorizonDays: 60, OpenAbsenceDays: 7, SmallGroup: 5, Pseudonyms: pseudonym.AllGiven}
}

// Validate names the first field that cannot work.
func (c Config) Validate() error {
	if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "" {
		return fmt.Errorf("LOTSE_STAFFING_ZONE is %q: give a time zone such as Europe/Berlin", c.Zone)
	}
	if c.HorizonDays < 1 || c.HorizonDays > 366 {
		return fmt.Errorf("LOTSE_STAFFING_HORIZON_DAYS is %d: give 1 to 366", c.HorizonDays)
	}
	if c.OpenAbsenceDays < 1 || c.OpenAbsenceDays > 366 {
		return fmt.Errorf("LOTSE_STAFFING_OPEN_ABSENCE_DAYS is %d: give 1 to 366", c.OpenAbsenceDays)
	}
	if c.SmallGroup < 1 || c.SmallGroup > 1000 {
		return fmt.Errorf("LOTSE_STAFFING_SMALL_GROUP is %d: give 1 (nothing is hidden) to 1000", c.SmallGroup)
	}
	if _, err := pseudonym.Load(c.Pseudonyms, c.PseudonymKey); err != nil {
		return fmt.Errorf("LOTSE_STAFFING_PSEUDONYMS, LOTSE_STAFFING_PSEUDONYM_KEY_FILE: %w", err)
	}
	return nil
}
