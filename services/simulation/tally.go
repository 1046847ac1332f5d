package simulation

import (
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/events/staffing"
)

// gauge is where the promise is measured.
type gauge struct {
	district id.District
	skill    id.Skill
}

// tally counts what came of a run.
type tally struct {
	lead      map[gauge]int
	days      []dayOf
	proposals int
	messages  int
	out       Result
	refusals  map[string]int
}

// dayOf is how it stood on one day at noon.
type dayOf struct {
	On   day.Day
	Lead map[gauge]int
}

// Result of a run.
type Result struct {
	Asked, Booked, Unmet, Moved, Uncovered, Moves int
	SumLead                                       int
	Kept14, Kept10, Measured                      int
	Proposals, Messages                           int
	// Citizens who asked, each once; Asked counts each time.
	Citizens int
	// Logs are a hash of each service's log.
	Logs     map[string]string
	Refusals map[string]int
}

func (t *tally) init(*run) { t.lead, t.refusals = map[gauge]int{}, map[string]int{} }

// beginDay measures at noon where the offices are open.
func (t *tally) beginDay(r *run, on day.Day) {
	if on < r.Scenario.From || on-on.Monday() > 4 {
		return
	}
	for _, h := range r.City.Network.Holidays {
		if !h.School && h.Contains(on) {
			return
		}
	}
	r.agenda.In(12*time.Hour, "noon", func() error {
		for _, days := range t.lead {
			t.out.Measured++
			if days >= 0 && days <= 14 {
				t.out.Kept14++
			}
			if days >= 0 && days <= 10 {
				t.out.Kept10++
			}
		}
		return nil
	})
}

func (t *tally) asked(_ day.Day, q request) {
	t.out.Asked++
	if q.again == 0 {
		t.out.Citizens++
	}
}

func (t *tally) unmet(day.Day, request) { t.out.Unmet++ }
func (t *tally) took(v *visit)          { t.out.Booked++; t.out.SumLead += int(v.day - v.on) }
func (t *tally) moved(*visit)           { t.out.Moved++ }
func (t *tally) uncovered(*visit)       { t.out.Uncovered++ }
func (t *tally) refused(err error)      { t.refusals[known(err)]++ }

func (t *tally) ordered(*run, staffing.DeploymentOrdered)     { t.out.Moves++ }
func (t *tally) cancelled(*run, staffing.DeploymentCancelled) { t.out.Moves-- }

func (t *tally) result(*run) *Result {
	t.out.Proposals, t.out.Messages, t.out.Refusals = t.proposals, t.messages, t.refusals
	return &t.out
}
