package apply

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/lotse-hamburg/lotse/events/absence"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/tools/network"
)

// Paths of the API of the single process: the service, then its own path.
const (
	networkPath   = "/capacity/v1/network"
	employeesPath = "/staffing/v1/employees"
	staffPath     = "/staffing/v1/imports/staff"
	vacanciesPath = "/absence/v1/vacancies"
	openPath      = "/absence/v1/imports/vacancies"
)

// city is the body of capacity's network, read and written.
type city struct {
	Name      string              `json:"name"`
	Districts []capacity.District `json:"districts"`
	Centres   []capacity.Centre   `json:"centres"`
	Catalogue network.Catalogue   `json:"catalogue"`
	Policy    capacity.Policy     `json:"policy"`
	Holidays  []capacity.Holiday  `json:"holidays"`
	Measures  []capacity.Measure  `json:"measures"`
}

// vacancies is the body of absence's import: every post that is vacant. Posts
// that are not named are filled.
type vacancies struct {
	Vacancies []absence.VacancyOpened `json:"vacancies"`
}

// employees is one page of staffing's export.
type employees struct {
	Employees []network.Employee `json:"employees"`
	Next      string             `json:"next"`
}

type vacancyPage struct {
	Vacancies []struct {
		Post   id.Post   `json:"post"`
		Centre id.Centre `json:"centre"`
		From   day.Day   `json:"from"`
	} `json:"vacancies"`
	Next string `json:"next"`
}

// step is one command.
type step struct {
	name, method, path string
	body               any
}

func steps(n *network.Network) []step {
	open := vacancies{Vacancies: []absence.VacancyOpened{}}
	for _, p := range n.Posts {
		if p.VacantFrom != nil {
			open.Vacancies = append(open.Vacancies, absence.VacancyOpened{Post: p.ID, Centre: p.Centre, From: *p.VacantFrom})
		}
	}
	return []step{
		{"network", http.MethodPut, networkPath, city{Name: n.Name, Districts: n.Districts, Centres: list(n.Centres),
			Catalogue: n.Catalogue, Policy: n.Policy, Holidays: list(n.Holidays), Measures: list(n.Measures)}},
		{"staff", http.MethodPost, staffPath, n.StaffImport()},
		{"vacancies", http.MethodPost, openPath, open},
	}
}

// list is [] where there is nothing, not null.
func list[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}

// present puts together what the three services have.
func (c *conversation) present(ctx context.Context) (*network.Network, error) {
	var have city
	if err := c.get(ctx, networkPath, &have); err != nil && !notFound(err) {
		return nil, err
	}
	n := &network.Network{Name: have.Name, Districts: have.Districts, Centres: have.Centres, Catalogue: have.Catalogue,
		Policy: have.Policy, Holidays: have.Holidays, Measures: have.Measures}
	for cursor := ""; ; {
		var page employees
		if err := c.get(ctx, employeesPath+"?"+query(cursor), &page); err != nil {
			return nil, err
		}
		n.Employees = append(n.Employees, page.Employees...)
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	for cursor := ""; ; {
		var page vacancyPage
		if err := c.get(ctx, vacanciesPath+"?"+query(cursor), &page); err != nil {
			return nil, err
		}
		for _, v := range page.Vacancies {
			n.Posts = append(n.Posts, network.Post{ID: v.Post, Centre: v.Centre, VacantFrom: &v.From})
		}
		if cursor = page.Next; cursor == "" {
			return n, nil
		}
	}
}

func query(cursor string) string {
	q := url.Values{"limit": {"500"}}
	if cursor != "" {
		q.Set("cursor", cursor)
	}
	return q.Encode()
}

func notFound(err error) bool {
	var p *Problem
	return errors.As(err, &p) && p.Status == http.StatusNotFound
}
