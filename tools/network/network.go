// Package network reads a city's network from a folder of YAML files, finds
// everything that is wrong with it at once, each with file, line, field and
// cure, and says how two networks differ. The files are described in
// deploy/networks/README.md.
package network

import (
	"io/fs"
	"os"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
)

// Network is all that Lotse is told about a city before the first event.
type Network struct {
	Name      string              `json:"name"`
	Districts []capacity.District `json:"districts"`
	// Centres carry their travel minutes in both directions.
	Centres   []capacity.Centre  `json:"centres"`
	Catalogue Catalogue          `json:"catalogue"`
	Policy    capacity.Policy    `json:"policy"`
	Holidays  []capacity.Holiday `json:"holidays"`
	Measures  []capacity.Measure `json:"measures"`
	Employees []Employee         `json:"employees"`
	Posts     []Post             `json:"posts"`
}

// Catalogue is what citizens may come for, and who may serve it.
type Catalogue struct {
	Groups   []capacity.ServiceGroup `json:"groups"`
	Services []capacity.ServiceType  `json:"services"`
}

// Employee is one pseudonym with the roster it follows.
type Employee struct {
	ID                 id.Employee `json:"employee"`
	Home               id.Centre   `json:"home"`
	Skills             []id.Skill  `json:"skills"`
	Mobile             bool        `json:"mobile"`
	Volunteer          bool        `json:"volunteer"`
	Deployable         bool        `json:"deployable"`
	MaxDaysAwayPerWeek int         `json:"max_days_away_per_week"`
	// Rotation is one or two weeks, alternating: the week of a day has the
	// index (ISO weeks since 1970-01-05) mod len(Rotation).
	Rotation []Week `json:"rotation"`
	// From and Until bound the employment, [From, Until).
	From  *day.Day `json:"from,omitempty"`
	Until *day.Day `json:"until,omitempty"`
}

// Week has the shift of each working weekday, 1 Monday to 7 Sunday.
type Week map[int]Shift

// Shift is one day's presence; Breaks are spans without counter work: rests
// and back-office time.
type Shift struct {
	day.Span
	Breaks []day.Span `json:"breaks,omitempty"`
}

// CounterMinutes is the time of the shift that is not a break.
func (s Shift) CounterMinutes() day.Minutes {
	m := s.Minutes()
	for _, b := range s.Breaks {
		m -= b.Minutes()
	}
	return m
}

// ShiftOn returns the shift of a day by the rotation alone: neither holidays
// nor absences nor the bounds of the employment are looked at.
func (e Employee) ShiftOn(d day.Day) (Shift, bool) {
	if len(e.Rotation) == 0 {
		return Shift{}, false
	}
	weeks := int(d.Monday()-day.Date(1970, 1, 5)) / 7
	n := len(e.Rotation)
	s, ok := e.Rotation[((weeks%n)+n)%n][int(d-d.Monday())+1]
	return s, ok
}

// Post is a planned position; Employee is empty while it is vacant, and
// VacantFrom says since when.
type Post struct {
	ID         id.Post     `json:"post"`
	Centre     id.Centre   `json:"centre"`
	Employee   id.Employee `json:"employee,omitempty"`
	VacantFrom *day.Day    `json:"vacant_from,omitempty"`
}

// StaffImport is the body of staffing's POST /v1/imports/staff.
type StaffImport struct {
	Employees []Employee         `json:"employees"`
	Holidays  []capacity.Holiday `json:"holidays"`
}

// StaffImport returns what staffing takes of the network.
func (n *Network) StaffImport() StaffImport {
	return StaffImport{Employees: n.Employees, Holidays: n.Holidays}
}

// Load reads and checks the network in a folder. The error is of type Problems
// where the files could be read but are wrong.
func Load(dir string) (*Network, error) {
	if _, err := os.Stat(dir); err != nil {
		return nil, err
	}
	return LoadFS(os.DirFS(dir))
}

// LoadFS reads and checks the network at the root of a file system.
func LoadFS(fsys fs.FS) (*Network, error) {
	f, err := read(fsys)
	if err != nil {
		return nil, err
	}
	if f.complete {
		f.check()
	}
	if ps := f.problems(); len(ps) > 0 {
		return nil, ps
	}
	return f.network(), nil
}
