package read

import (
	"cmp"
	"slices"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/domain/employee"
)

// Unknown is an employee of whom an absence was heard, but who was not imported.
type Unknown struct {
	Employee id.Employee `json:"employee"`
	// Absences that stand and take effect with the import.
	Absences []id.Absence `json:"absences"`
}

// UnknownEmployees knows who is missing in the imports.
type UnknownEmployees struct{ cases map[id.Employee][]id.Absence }

// NewUnknownEmployees is empty.
func NewUnknownEmployees() *UnknownEmployees {
	return &UnknownEmployees{map[id.Employee][]id.Absence{}}
}

// Apply takes in one event.
func (m *UnknownEmployees) Apply(_ eventlog.Event, event decider.Event) {
	switch e := event.(type) {
	case employee.AbsenceOfUnknownEmployee:
		if all := m.cases[e.Employee]; !slices.Contains(all, e.Case) {
			m.cases[e.Employee] = append(all, e.Case)
		}
	case employee.AbsenceLifted:
		if all := m.cases[e.Employee]; len(all) > 0 {
			all = slices.DeleteFunc(slices.Clone(all), func(c id.Absence) bool { return c == e.Case })
			if m.cases[e.Employee] = all; len(all) == 0 {
				delete(m.cases, e.Employee)
			}
		}
	case employee.Imported:
		delete(m.cases, e.Employee)
	}
}

// Page lists up to limit of them after one, by id.
func (m *UnknownEmployees) Page(after id.Employee, limit int) (page []Unknown, more bool) {
	for k, cases := range m.cases {
		if k > after {
			page = append(page, Unknown{k, slices.Sorted(slices.Values(cases))})
		}
	}
	slices.SortFunc(page, func(a, b Unknown) int { return cmp.Compare(a.Employee, b.Employee) })
	if len(page) > limit {
		return page[:limit], true
	}
	return page, false
}
