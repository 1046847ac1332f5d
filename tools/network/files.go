package network

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
)

// Names of the files of a network, all in one folder.
const (
	cityFile     = "network.yaml"
	centresFile  = "centres.yaml"
	servicesFile = "services.yaml"
	policyFile   = "policy.yaml"
	holidaysFile = "holidays.yaml"
	travelFile   = "travel.yaml"
	measuresFile = "measures.yaml"
	staffFile    = "staff.yaml"
	postsFile    = "posts.yaml"
)

// files are the YAML files as written, before names are resolved.
type files struct {
	// complete: every file that must be there could be parsed.
	complete bool
	sources  map[string]*source

	city struct {
		Name   string `json:"name"`
		Bounds struct {
			South float64 `json:"south"`
			North float64 `json:"north"`
			West  float64 `json:"west"`
			East  float64 `json:"east"`
		} `json:"bounds"`
		Districts []capacity.District `json:"districts"`
	}
	centres struct {
		Centres []capacity.Centre `json:"centres"`
	}
	services Catalogue
	policy   capacity.Policy
	holidays struct {
		Public []struct {
			Name string  `json:"name"`
			On   day.Day `json:"on"`
		} `json:"public"`
		School []struct {
			Name string `json:"name"`
			day.Period
		} `json:"school"`
	}
	travel struct {
		Minutes map[id.Centre]map[id.Centre]int `json:"minutes"`
	}
	measures struct {
		Measures []capacity.Measure `json:"measures"`
	}
	staff struct {
		MaxDaysAwayPerWeek int                         `json:"max_days_away_per_week"`
		Shifts             map[string]shiftEntry       `json:"shifts"`
		Patterns           map[string][]map[int]string `json:"patterns"`
		Employees          []employeeEntry             `json:"employees"`
	}
	posts struct {
		Posts []Post `json:"posts"`
	}
}

type shiftEntry struct {
	At     day.Span   `json:"at"`
	Breaks []day.Span `json:"breaks"`
}

type employeeEntry struct {
	ID                 id.Employee `json:"employee"`
	Home               id.Centre   `json:"home"`
	Skills             []id.Skill  `json:"skills"`
	Pattern            string      `json:"pattern"`
	Mobile             bool        `json:"mobile"`
	Volunteer          bool        `json:"volunteer"`
	Deployable         *bool       `json:"deployable"` // true where not written
	MaxDaysAwayPerWeek *int        `json:"max_days_away_per_week"`
	From               *day.Day    `json:"from"`
	Until              *day.Day    `json:"until"`
}

func (e employeeEntry) deployable() bool { return e.Deployable == nil || *e.Deployable }

func (f *files) targets() map[string]any {
	return map[string]any{
		cityFile: &f.city, centresFile: &f.centres, servicesFile: &f.services, policyFile: &f.policy,
		holidaysFile: &f.holidays, travelFile: &f.travel, measuresFile: &f.measures,
		staffFile: &f.staff, postsFile: &f.posts,
	}
}

// read parses the files. Problems lie in the sources; the error is for a
// folder that cannot be read at all.
func read(fsys fs.FS) (*files, error) {
	f := &files{complete: true, sources: map[string]*source{}}
	targets := f.targets()
	for name, into := range targets {
		text, err := fs.ReadFile(fsys, name)
		switch {
		case errors.Is(err, fs.ErrNotExist) && name == measuresFile:
			f.sources[name] = decode(name, nil, into)
			continue
		case errors.Is(err, fs.ErrNotExist):
			f.sources[name] = decode(name, nil, into)
			f.sources[name].at(0, "", "is missing", "a network needs this file; see deploy/networks/README.md")
			f.complete = false
			continue
		case err != nil:
			return nil, fmt.Errorf("network: %w", err)
		}
		f.sources[name] = decode(name, text, into)
		if f.sources[name].failed[""] {
			f.complete = false
		}
	}
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("network: %w", err)
	}
	for _, e := range entries {
		ext := path.Ext(e.Name())
		if targets[e.Name()] == nil && (ext == ".yaml" || ext == ".yml") {
			s := decode(e.Name(), nil, &struct{}{})
			s.at(0, "", "is not a file of a network", "rename or remove it; "+near(e.Name(), sortedKeys(targets)))
			f.sources[e.Name()] = s
		}
	}
	return f, nil
}

func (f *files) problems() Problems {
	var all Problems
	for _, s := range f.sources {
		all = append(all, s.problems...)
	}
	return all.sorted()
}

// network resolves the names; only for files without problems.
func (f *files) network() *Network {
	n := &Network{
		Name: f.city.Name, Districts: f.city.Districts, Centres: f.centres.Centres,
		Catalogue: f.services, Policy: f.policy, Measures: f.measures.Measures, Posts: f.posts.Posts,
	}
	for i := range n.Centres {
		n.Centres[i].TravelMinutes = f.travelFrom(n.Centres[i].ID)
	}
	for _, h := range f.holidays.Public {
		n.Holidays = append(n.Holidays, capacity.Holiday{Name: h.Name, Period: day.Period{From: h.On, Until: h.On + 1}})
	}
	for _, h := range f.holidays.School {
		n.Holidays = append(n.Holidays, capacity.Holiday{Name: h.Name, Period: h.Period, School: true})
	}
	slices.SortStableFunc(n.Holidays, func(a, b capacity.Holiday) int { return int(a.From) - int(b.From) })
	for _, e := range f.staff.Employees {
		n.Employees = append(n.Employees, f.employee(e))
	}
	return n
}

func (f *files) employee(e employeeEntry) Employee {
	limit := f.staff.MaxDaysAwayPerWeek
	if e.MaxDaysAwayPerWeek != nil {
		limit = *e.MaxDaysAwayPerWeek
	}
	out := Employee{
		ID: e.ID, Home: e.Home, Skills: e.Skills, Mobile: e.Mobile, Volunteer: e.Volunteer,
		Deployable: e.deployable(), MaxDaysAwayPerWeek: limit, From: e.From, Until: e.Until,
	}
	for _, week := range f.staff.Patterns[e.Pattern] {
		w := Week{}
		for d, name := range week {
			s := f.staff.Shifts[name]
			w[d] = Shift{Span: s.At, Breaks: s.Breaks}
		}
		out.Rotation = append(out.Rotation, w)
	}
	return out
}

// travelFrom returns the minutes from a centre to all others; the file has
// every pair once.
func (f *files) travelFrom(c id.Centre) map[id.Centre]int {
	to := map[id.Centre]int{}
	for a, row := range f.travel.Minutes {
		for b, minutes := range row {
			switch c {
			case a:
				to[b] = minutes
			case b:
				to[a] = minutes
			}
		}
	}
	return to
}

func sortedKeys[M ~map[K]V, K ~string, V any](m M) []K {
	keys := make([]K, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b K) int { return strings.Compare(string(a), string(b)) })
	return keys
}
