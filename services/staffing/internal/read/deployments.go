package read

import (
	"slices"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/events/staffing"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// Deployment that was asked for, and what became of it.
type Deployment struct {
	Position   int64         `json:"position" doc:"When it was first answered, as a position of staffing's log."`
	Deployment id.Deployment `json:"deployment"`
	Proposal   id.Proposal   `json:"proposal"`
	Employee   id.Employee   `json:"employee"`
	Day        day.Day       `json:"day"`
	From       id.Centre     `json:"from"`
	To         id.Centre     `json:"to"`
	Status     string        `json:"status" enum:"ordered,refused,cancelled"`
	Rule       string        `json:"rule,omitempty" doc:"The rule in the way of a refused one."`
	Reason     string        `json:"reason,omitempty" doc:"The same in words, or why it was cancelled."`
}

// Deployments knows all that were asked for.
type Deployments struct {
	list []Deployment // by position
	at   map[id.Deployment]int
}

// NewDeployments is empty.
func NewDeployments() *Deployments { return &Deployments{at: map[id.Deployment]int{}} }

// Apply takes in one event.
func (m *Deployments) Apply(stored eventlog.Event, event decider.Event) {
	switch e := event.(type) {
	case staffing.DeploymentOrdered:
		m.put(Deployment{stored.Position, e.Deployment, e.Proposal, e.Employee, e.Day, e.From, e.To, "ordered", "", ""})
	case staffing.DeploymentRefused:
		m.put(Deployment{stored.Position, e.Deployment, e.Proposal, e.Employee, e.Day, e.From, e.To, "refused", e.Rule, e.Reason})
	case staffing.DeploymentCancelled:
		m.put(Deployment{stored.Position, e.Deployment, e.Proposal, e.Employee, e.Day, e.From, e.To, "cancelled", "", e.Cause})
	}
}

func (m *Deployments) put(d Deployment) {
	if i, known := m.at[d.Deployment]; known {
		d.Position = m.list[i].Position
		m.list[i] = d
		return
	}
	m.at[d.Deployment] = len(m.list)
	m.list = append(m.list, d)
}

// Newest lists up to limit deployments that were first answered before a position
// (0: any), the newest first: of one status or employee where one is named.
func (m *Deployments) Newest(status string, who id.Employee, before int64, limit int) (page []Deployment, more bool) {
	for _, d := range slices.Backward(m.list) {
		if before > 0 && d.Position >= before || status != "" && d.Status != status || who != "" && d.Employee != who {
			continue
		}
		if len(page) == limit {
			return page, true
		}
		page = append(page, d)
	}
	return page, false
}

// Page lists up to limit deployments that were answered after a position, in
// that order: of one employee or proposal where one is named.
func (m *Deployments) Page(who id.Employee, proposal id.Proposal, after int64, limit int) (page []Deployment, more bool) {
	i, _ := slices.BinarySearchFunc(m.list, after, func(d Deployment, p int64) int {
		if d.Position <= p {
			return -1
		}
		return 1
	})
	for _, d := range m.list[i:] {
		if who != "" && d.Employee != who || proposal != "" && d.Proposal != proposal {
			continue
		}
		if len(page) == limit {
			return page, true
		}
		page = append(page, d)
	}
	return page, false
}
