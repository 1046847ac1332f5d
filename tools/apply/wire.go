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
	Districts []capacity.District     `json:"districts"`
	Centres   []capacity.Centre       `json:"centres"`
	Groups    []capacity.ServiceGroup `json:"groups"`
	Services  []capacity.ServiceType  `json:"services"`
	Policy    capacity.Policy         `json:"policy"`
	Holidays  []capacity.Holiday      `json:"holidays"`
	Measures  []capacity.Measure      `json:"measures"`
}

// vacancies is the body of absence's import. It opens what is not known yet;
// a post that somebody has taken is filled by a command of its own.
type vacancies struct {
	Vacancies []absence.VacancyOpened `json:"vacancies"`
}

type filled struct {
	Employee id.Employee `json:"employee"`
	From     day.Day     `json:"from"`
}

// employees is one page of staffing's export.
type employees struct {
	Employees []network.Employee `json:"employees"`
	Next      string             `json:"next_cursor"`
}

type vacancyPage struct {
	Vacancies []struct {
		Post       id.Post   `json:"post"`
		Centre     id.Centre `json:"centre"`
		VacantFrom day.Day   `json:"vacant_from"`
	} `json:"vacancies"`
	Next string `json:"next_cursor"`
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
		{"network", http.MethodPut, networkPath, city{Districts: list(n.Districts), Centres: list(n.Centres),
			Groups: list(n.Catalogue.Groups), Services: list(n.Catalogue.Services), Policy: n.Policy,
			Holidays: list(n.Holidays), Measures: list(n.Measures)}},
		{"staff", http.MethodPost, staffPath, n.StaffImport()},
		{"vacancies", http.MethodPost, openPath, open},
	}
}

// fills are the commands for posts that are vacant there and taken here. Nobody
// starts in the past: not before today, the employment or the vacancy.
func fills(vacant []network.Post, n *network.Network, today day.Day) []step {
	posts, hired := map[id.Post]network.Post{}, map[id.Employee]day.Day{}
	for _, p := range n.Posts {
		posts[p.ID] = p
	}
	for _, e := range n.Employees {
		if e.From != nil {
			hired[e.ID] = *e.From
		}
	}
	var out []step
	for _, v := range vacant {
		if p := posts[v.ID]; p.Employee != "" {
			from := max(today, *v.VacantFrom, hired[p.Employee])
			out = append(out, step{"post " + string(p.ID), http.MethodPost,
				vacanciesPath + "/" + url.PathEscape(string(p.ID)) + "/fill", filled{p.Employee, from}})
		}
	}
	return out
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
	n := &network.Network{Districts: have.Districts, Centres: have.Centres,
		Catalogue: network.Catalogue{Groups: have.Groups, Services: have.Services},
		Policy:    have.Policy, Holidays: have.Holidays, Measures: have.Measures}
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
	var err error
	n.Posts, err = c.vacant(ctx)
	return n, err
}

// vacant lists the posts that are vacant now.
func (c *conversation) vacant(ctx context.Context) ([]network.Post, error) {
	var all []network.Post
	for cursor := ""; ; {
		var page vacancyPage
		if err := c.get(ctx, vacanciesPath+"?"+query(cursor), &page); err != nil {
			return nil, err
		}
		for _, v := range page.Vacancies {
			all = append(all, network.Post{ID: v.Post, Centre: v.Centre, VacantFrom: &v.VacantFrom})
		}
		if cursor = page.Next; cursor == "" {
			return all, nil
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
