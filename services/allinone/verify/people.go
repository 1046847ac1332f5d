package verify

import (
	"encoding/json"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/events/staffing"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// people finds employees who were in two places at once, at any time of the log:
// by their duties, and by deployments that were ordered and not cancelled.
type people struct {
	*Check
	versions map[id.Employee]int64
	ordered  map[whereabouts]staffing.DeploymentOrdered
}

type whereabouts struct {
	who id.Employee
	on  day.Day
}

func newPeople(c *Check) *people {
	return &people{c, map[id.Employee]int64{}, map[whereabouts]staffing.DeploymentOrdered{}}
}

func (p *people) apply(e eventlog.Event) {
	switch e.Type {
	case staffing.TypeDutiesChanged:
		var d staffing.DutiesChanged
		if p.read(e, &d) {
			p.duties(e.Position, d)
		}
	case staffing.TypeDeploymentOrdered:
		var d staffing.DeploymentOrdered
		if !p.read(e, &d) {
			return
		}
		p.Looked++
		at := whereabouts{d.Employee, d.Day}
		if before, twice := p.ordered[at]; twice && before.Deployment != d.Deployment {
			p.fault("position %d: %s is sent to %s on %s and was sent to %s by %s", e.Position, d.Employee, d.To, d.Day, before.To, before.Deployment)
		}
		p.ordered[at] = d
	case staffing.TypeDeploymentCancelled:
		var d staffing.DeploymentCancelled
		if p.read(e, &d) && p.ordered[whereabouts{d.Employee, d.Day}].Deployment == d.Deployment {
			delete(p.ordered, whereabouts{d.Employee, d.Day})
		}
	}
}

func (p *people) read(e eventlog.Event, into any) bool {
	err := json.Unmarshal(e.Data, into)
	if err != nil {
		p.fault("position %d: %s cannot be read: %v", e.Position, e.Type, err)
	}
	return err == nil
}

// duties of a day may follow each other and never overlap.
func (p *people) duties(position int64, d staffing.DutiesChanged) {
	p.Looked++
	if d.Version <= p.versions[d.Employee] {
		p.fault("position %d: version %d of the duties of %s comes after %d", position, d.Version, d.Employee, p.versions[d.Employee])
	}
	p.versions[d.Employee] = d.Version
	on := map[day.Day][]staffing.Duty{}
	for _, one := range d.Duties {
		for _, other := range on[one.Day] {
			if one.Meet(other.Span).Minutes() > 0 {
				p.fault("position %d: %s is at %s %s and at %s %s on %s", position, d.Employee, other.Centre, other.Span, one.Centre, one.Span, one.Day)
			}
		}
		on[one.Day] = append(on[one.Day], one)
	}
}
