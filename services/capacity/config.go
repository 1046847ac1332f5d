package capacity

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/services/capacity/internal/web/promise"
)

// Config is read from the environment, prefix CAPACITY_.
type Config struct {
	Planning     bool          `envconfig:"PLANNING" default:"true" desc:"false: the city is only watched, nothing is proposed"`
	Zone         string        `envconfig:"ZONE" default:"Europe/Berlin" desc:"time zone of the city; a plan day is a date in it"`
	RepairTime   time.Duration `envconfig:"REPAIR_TIME" default:"120ms" desc:"how long the planner may look for what mends one cause; what it has found by then is proposed"`
	NightDraws   int           `envconfig:"NIGHT_DRAWS" default:"0" desc:"how many steps an overhaul may draw, for a machine that has little time at night; a bounded one plans the published days alone and does not look for what else would help; 0: the whole horizon, as many as its rounds take"`
	AnswerDraws  int           `envconfig:"ANSWER_DRAWS" default:"0" desc:"how many steps the planner may draw for what mends one cause, whatever the time; 0: only REPAIR_TIME bounds it"`
	Terse        bool          `envconfig:"TERSE" default:"false" desc:"true: proposals say what is moved and what it gains, but not why; for load tests, where nobody reads them"`
	Licence      string        `envconfig:"OPEN_DATA_LICENCE" default:"dl-de/by-2-0" desc:"licence of the open data about the promise: dl-de/by-2-0, dl-de/zero-2-0 or cc-by/4.0"`
	Publisher    string        `envconfig:"OPEN_DATA_PUBLISHER" default:"Lotse" desc:"who answers for the open data, as its description names them, such as the city"`
	PublicURL    string        `envconfig:"PUBLIC_URL" desc:"address under which the public pages are reached, https://termine.example, for links in the open data and in reports; empty: they have none of their own"`
	OfferingPace time.Duration `envconfig:"OFFERING_PACE" default:"100ms" desc:"after three changes in a row the offering of a centre-day is said at most this often; a single change is said at once; 0: each"`
}

// DefaultConfig is what an empty environment gives.
func DefaultConfig() Config {
	return Config{Planning: true, Zone: "Europe/Berlin", Licence: "dl-de/by-2-0", Publisher: "Lotse", RepairTime: 120 * time.Millisecond, OfferingPace: 100 * time.Millisecond}
}

// Validate names the field that is wrong.
func (c Config) Validate() error {
	if c.RepairTime < time.Millisecond || c.RepairTime > time.Minute {
		return fmt.Errorf("LOTSE_CAPACITY_REPAIR_TIME is %s: give 1ms to 1m", c.RepairTime)
	}
	if c.NightDraws < 0 {
		return fmt.Errorf("LOTSE_CAPACITY_NIGHT_DRAWS is %d: give 0 or more", c.NightDraws)
	}
	if c.AnswerDraws < 0 {
		return fmt.Errorf("LOTSE_CAPACITY_ANSWER_DRAWS is %d: give 0 or more", c.AnswerDraws)
	}
	if c.OfferingPace < 0 || c.OfferingPace > 10*time.Second {
		return fmt.Errorf("LOTSE_CAPACITY_OFFERING_PACE is %s: give 0 to 10s", c.OfferingPace)
	}
	if promise.Licences[c.Licence] == "" {
		return fmt.Errorf("LOTSE_CAPACITY_OPEN_DATA_LICENCE is %q: give one of %s", c.Licence, strings.Join(slices.Sorted(maps.Keys(promise.Licences)), ", "))
	}
	if u, err := url.Parse(c.PublicURL); err != nil || c.PublicURL != "" && (u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
		return fmt.Errorf("LOTSE_CAPACITY_PUBLIC_URL is %q: give an address such as https://termine.example", c.PublicURL)
	}
	if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "" {
		return fmt.Errorf("LOTSE_CAPACITY_ZONE is %q: give a time zone such as Europe/Berlin", c.Zone)
	}
	return nil
}
