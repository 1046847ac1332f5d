package stage

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
)

// Page is one entry of pages.json: a route of docs/rights.md, and how somebody
// who may sees it in a furnished city.
type Page struct {
	Route string `json:"route"`
	// Path has {names} of facts in it; empty: nothing to look at, and Why says so.
	Path string `json:"path,omitempty"`
	Why  string `json:"why,omitempty"`
	// Role that looks; empty: the public.
	Role string `json:"role,omitempty"`
	// Status that it answers with; 0 is 200.
	Status int `json:"status,omitempty"`
	// Name of its picture; empty: it has none.
	Name string `json:"name,omitempty"`
	// Alt is what the picture shows, in words.
	Alt string `json:"alt,omitempty"`
}

// Pages reads the table.
func Pages(root string) (all []Page, err error) {
	raw, err := os.ReadFile(filepath.Join(root, "tools", "browser", "pages.json"))
	if err != nil {
		return nil, err
	}
	return all, json.Unmarshal(raw, &all)
}

var fact = regexp.MustCompile(`\{(\w+)\}`)

// At is the page's path with the facts filled in.
func (p Page) At(facts map[string]any) (path string, err error) {
	path = fact.ReplaceAllStringFunc(p.Path, func(name string) string {
		value, known := facts[name[1:len(name)-1]]
		if !known {
			err = fmt.Errorf("%s: nobody knows %s", p.Route, name)
		}
		return url.PathEscape(fmt.Sprint(value))
	})
	return path, err
}

// Facts are what the table's paths name: a proposal that waits, a centre, a day.
func (c *City) Facts(ctx context.Context) (map[string]any, error) {
	facts := map[string]any{
		"today": c.Today.String(), "tomorrow": (c.Today + 1).String(), "next_week": (c.Today + 7).String(), "month": c.Today.String()[:7],
		"centre": "wandsbek", "district": "wandsbek", "employee": c.Network.Employees[0].ID,
	}
	var found struct {
		Proposals []struct {
			Proposal string     `json:"proposal"`
			State    string     `json:"state"`
			Moves    []struct{} `json:"moves"`
		} `json:"proposals"`
	}
	if err := c.Get(ctx, "/capacity/v1/proposals", &found); err != nil {
		return nil, err
	}
	most := 0
	for _, p := range found.Proposals {
		if p.State == "drafted" && len(p.Moves) > most {
			facts["proposal"], most = p.Proposal, len(p.Moves)
		}
	}
	return facts, nil
}
