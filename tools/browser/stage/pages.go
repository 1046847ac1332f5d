package stage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/lotse-hamburg/lotse/tools/demo"
)

// Page is one entry of pages.json: a route of docs/rights.md, and how somebody
// who may sees it in a furnished city.
type Page struct {
	Route string `json:"route"`
	// Path has {names} of facts in it; empty: nothing to look at, and Why says so.
	Path string `json:"path,omitempty"`
	Why  string `json:"why,omitempty"`
	// Prepare is what must be done first (lib/prepare.mjs); {there} in Path is where
	// that comes to.
	Prepare string `json:"prepare,omitempty"`
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

// Facts are what the table's paths name: a proposal that waits, an appointment, a
// ticket, a message that could not be taken in. What is not there yet is made.
func (c *City) Facts(ctx context.Context) (map[string]any, error) {
	facts := map[string]any{
		"today": c.Today.String(), "tomorrow": (c.Today + 1).String(), "next_week": (c.Today + 7).String(), "month": c.Today.String()[:7],
		"centre": "altona", "district": "wandsbek", "employee": c.Network.Employees[0].ID, "cause": c.notes[0].ID,
	}
	for _, look := range []func(context.Context, map[string]any) error{c.proposal, c.appointment, c.ticket, c.parked, c.measure} {
		if err := look(ctx, facts); err != nil {
			return nil, err
		}
	}
	return facts, nil
}

// proposal is the largest that waits for a decision; where none does, people fall
// ill until one does.
func (c *City) proposal(ctx context.Context, facts map[string]any) error {
	for range 6 {
		var found struct {
			Proposals []struct {
				Proposal string     `json:"proposal"`
				State    string     `json:"state"`
				Moves    []struct{} `json:"moves"`
			} `json:"proposals"`
		}
		most := 0
		if err := c.Get(ctx, "/capacity/v1/proposals", &found); err != nil {
			return err
		}
		for _, p := range found.Proposals {
			if p.State == "drafted" && len(p.Moves) > most {
				facts["proposal"], most = p.Proposal, len(p.Moves)
			}
		}
		if most > 0 {
			return nil
		}
		for _, note := range c.Ahead(1) {
			if err := c.Send(note); err != nil {
				return err
			}
		}
		select { // the planner answers within a second or finds nothing
		case <-time.After(3 * time.Second):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return errors.New("nobody's absence leads to a proposal")
}

// appointment is one that somebody has booked by telephone.
func (c *City) appointment(ctx context.Context, facts map[string]any) error {
	var found struct {
		Offers []map[string]any `json:"offers"`
	}
	if err := c.Get(ctx, "/booking/v1/slots?service=id-card&limit=1&from="+(c.Today+14).String(), &found); err != nil {
		return err
	}
	if len(found.Offers) == 0 {
		return errors.New("nothing is free a fortnight ahead")
	}
	o := found.Offers[0]
	var booked struct {
		Appointment, Code string
	}
	err := c.Post(ctx, "/booking/v1/appointments", map[string]any{"service": "id-card", "centre": o["centre"], "day": o["day"], "at": o["at"],
		"channel": "telephone", "contact": map[string]any{"name": "Kim Beispiel"}}, &booked)
	facts["appointment"], facts["code"] = booked.Appointment, booked.Code
	return err
}

func (c *City) ticket(ctx context.Context, facts map[string]any) error {
	var drawn struct{ Ticket string }
	err := c.Post(ctx, "/booking/v1/tickets", map[string]any{"centre": "altona", "service": "id-card"}, &drawn)
	facts["ticket"] = drawn.Ticket
	return err
}

// parked is a message of an HR system that could not be taken in.
func (c *City) parked(ctx context.Context, facts map[string]any) error {
	for _, note := range c.notes {
		if note.Employee == "" && len(note.Body) > 0 { // the story has mistakes, too
			if _, err := demo.Send(c.hr, Source, note, 20*time.Second); err != nil {
				return err
			}
			break
		}
	}
	var found struct {
		Parked []struct {
			ID any `json:"id"`
		} `json:"parked"`
	}
	err := c.Get(ctx, "/absence/v1/parked", &found)
	if len(found.Parked) > 0 {
		facts["parked"] = found.Parked[0].ID
	}
	return err
}

// measure is a short closure that a district has entered.
func (c *City) measure(ctx context.Context, facts map[string]any) error {
	facts["measure"] = "rahlstedt-2026-12"
	return c.Post(ctx, "/capacity/v1/measures", map[string]any{"id": "rahlstedt-2026-12", "district": "wandsbek", "centre": "rahlstedt", "kind": "closure",
		"reason": "Heizung wird erneuert", "from": (c.Today + 23).String(), "until": (c.Today + 24).String()}, nil)
}
