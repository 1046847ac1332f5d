// Package read answers questions from what the staffing log says.
package read

import (
	"cmp"
	"slices"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/events/staffing"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/domain/calendar"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/domain/employee"
)

// Employee is one employee with terms and duties.
type Employee struct {
	ID      id.Employee
	Terms   employee.Terms
	Horizon employee.Horizon
	Duties  staffing.DutiesChanged
}

// Employees knows who works here, when and where.
type Employees struct {
	calendar calendar.State
	byID     map[id.Employee]*Employee
	keys     []id.Employee // of byID, sorted
	at       int64         // position of the newest change
}

// NewEmployees is empty.
func NewEmployees() *Employees { return &Employees{byID: map[id.Employee]*Employee{}} }

// Apply takes in one event.
func (m *Employees) Apply(stored eventlog.Event, event decider.Event) {
	switch event.(type) {
	case calendar.Changed, employee.Imported, employee.HorizonAdvanced, staffing.DutiesChanged:
		m.at = stored.Position
	}
	switch e := event.(type) {
	case calendar.Changed:
		m.calendar = e
	case employee.Imported:
		if m.byID[e.Employee] == nil {
			i, _ := slices.BinarySearch(m.keys, e.Employee)
			m.keys = slices.Insert(m.keys, i, e.Employee)
			m.byID[e.Employee] = &Employee{ID: e.Employee}
		}
		m.byID[e.Employee].Terms = e.Terms
	case employee.HorizonAdvanced:
		if x := m.byID[e.Employee]; x != nil {
			x.Horizon = e.Horizon
		}
	case staffing.DutiesChanged:
		if x := m.byID[e.Employee]; x != nil {
			x.Duties = e
		}
	}
}

// Changed is the position of the newest change.
func (m *Employees) Changed() int64 { return m.at }

// Calendar is the newest one.
func (m *Employees) Calendar() calendar.State { return m.calendar }

// Lagging lists at most limit employees whose duties are worked out for an
// earlier day than today or for another calendar than the newest.
func (m *Employees) Lagging(today day.Day, limit int) (behind []id.Employee) {
	for _, k := range m.keys {
		if h := m.byID[k].Horizon; h.Today < today || h.Calendar < m.calendar.Version {
			if behind = append(behind, k); len(behind) == limit {
				return behind
			}
		}
	}
	return behind
}

// Find one employee.
func (m *Employees) Find(who id.Employee) (Employee, bool) {
	if x := m.byID[who]; x != nil {
		return *x, true
	}
	return Employee{}, false
}

// TermsOf are what is agreed with one employee.
func (m *Employees) TermsOf(who id.Employee) (employee.Terms, bool) {
	x, known := m.Find(who)
	return x.Terms, known
}

// Count is how many were ever imported.
func (m *Employees) Count() int { return len(m.keys) }

// Page lists up to limit employees after one, by id.
func (m *Employees) Page(after id.Employee, limit int) (page []Employee, more bool) {
	i, found := slices.BinarySearch(m.keys, after)
	if found {
		i++
	}
	rest := m.keys[i:]
	for _, k := range rest[:min(limit, len(rest))] {
		page = append(page, *m.byID[k])
	}
	return page, len(rest) > limit
}

// OnDuty is one duty with the employee who has it.
type OnDuty struct {
	Employee id.Employee `json:"employee"`
	Home     id.Centre   `json:"home"`
	Mobile   bool        `json:"mobile,omitempty"`
	Skills   []id.Skill  `json:"skills"`
	staffing.Duty
}

// Roster lists the duties of a period, at one centre where one is named, by
// day, centre and employee.
func (m *Employees) Roster(at id.Centre, in day.Period) []OnDuty {
	out := []OnDuty{}
	for _, k := range m.keys {
		x := m.byID[k].Duties
		for _, d := range x.Duties {
			if in.Contains(d.Day) && (at == "" || d.Centre == at) {
				out = append(out, OnDuty{k, x.Home, x.Mobile, x.Skills, d})
			}
		}
	}
	slices.SortFunc(out, func(a, b OnDuty) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Centre, b.Centre), cmp.Compare(a.Employee, b.Employee))
	})
	return out
}
