package httpapi

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/promise"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
)

// PromiseView is one lead time against the promise.
type PromiseView struct {
	District  id.District `json:"district"`
	Skill     id.Skill    `json:"skill"`
	On        day.Day     `json:"on"`
	Days      int         `json:"days" doc:"Days to the third next available appointment; -1: none on offer."`
	ThirdNext *day.Day    `json:"third_next,omitempty"`
	Goal      int         `json:"goal_days"`
	Limit     int         `json:"limit_days"`
	Kept      bool        `json:"kept"`
	GoalMet   bool        `json:"goal_met"`
}

type promiseOutput struct {
	Body struct {
		Promise []PromiseView `json:"promise"`
	}
}

// DistrictView is one district at a glance.
type DistrictView struct {
	District id.District `json:"district"`
	Name     string      `json:"name"`
	// OnDuty and Missing are person-days, today and over the horizon.
	OnDutyToday  int           `json:"on_duty_today"`
	MissingToday int           `json:"missing_today"`
	Missing      int           `json:"missing" doc:"Person-days lost over the horizon and not regained."`
	Uncovered    day.Minutes   `json:"uncovered_minutes" doc:"Booked minutes that nobody can serve, over the horizon."`
	AtRisk       int           `json:"at_risk" doc:"Appointments at risk, over the horizon."`
	LeadTimes    []PromiseView `json:"lead_times"`
}

type cityOutput struct {
	Body struct {
		Today     day.Day        `json:"today"`
		Districts []DistrictView `json:"districts"`
		Open      []id.Proposal  `json:"open_proposals"`
	}
}

// leadTimes lists what was measured, by district and skill.
func leadTimes(c *read.City, only id.District) []PromiseView {
	all := []PromiseView{}
	for _, d := range c.Policy.Districts {
		for _, g := range c.Catalogue.Groups {
			s, ok := c.LeadTimes[read.Gauge{District: d.ID, Skill: g.Skill}]
			if !ok || only != "" && d.ID != only {
				continue
			}
			m := s.Last
			all = append(all, PromiseView{d.ID, g.Skill, m.On, m.Days, m.ThirdNext, m.Goal, m.Limit,
				!promise.Broken(m.Days, m.Limit), !promise.Broken(m.Days, m.Goal)})
		}
	}
	return all
}

func (h *api) promise() {
	huma.Register(h.API, huma.Operation{OperationID: "promise", Method: http.MethodGet, Path: "/v1/promise",
		Summary: "Lead time per district and service group against the promise", Description: "The days to the third next available appointment that is really on offer, as last measured.", Tags: []string{"promise"}, Errors: []int{503}},
		func(ctx context.Context, in *httpserver.ReadInput) (*promiseOutput, error) {
			if err := h.wait(ctx, *in); err != nil {
				return nil, err
			}
			out := &promiseOutput{}
			h.app.Node().View(func() { out.Body.Promise = leadTimes(h.app.City, "") })
			return out, nil
		})
	huma.Register(h.API, huma.Operation{OperationID: "city", Method: http.MethodGet, Path: "/v1/city",
		Summary: "The city at a glance, per district", Description: "Who is on duty, who is missing, what is uncovered and at risk, lead times, and which proposals are open.", Tags: []string{"promise"}, Errors: []int{503}},
		func(ctx context.Context, in *httpserver.ReadInput) (*cityOutput, error) {
			if err := h.wait(ctx, *in); err != nil {
				return nil, err
			}
			out := &cityOutput{}
			out.Body.Districts, out.Body.Open = []DistrictView{}, []id.Proposal{}
			h.app.Node().View(func() {
				c := h.app.City
				out.Body.Today = c.Today
				for _, d := range c.Policy.Districts {
					out.Body.Districts = append(out.Body.Districts, district(c, d))
				}
				for _, p := range c.Order {
					if c.Proposals[p].Open() {
						out.Body.Open = append(out.Body.Open, p)
					}
				}
			})
			return out, nil
		})
}

func district(c *read.City, d capacity.District) DistrictView {
	v := DistrictView{District: d.ID, Name: d.Name, LeadTimes: leadTimes(c, d.ID)}
	h := c.Horizon()
	for k, centre := range c.Centres {
		if centre.District != d.ID {
			continue
		}
		today := read.Place{Centre: k, Day: c.Today}
		v.OnDutyToday += c.OnDuty(today)
		v.MissingToday += len(c.Losses[today])
		for x := h.From; x < h.Until; x++ {
			p := read.Place{Centre: k, Day: x}
			v.Missing += len(c.Losses[p])
			l := c.Loads[p]
			v.Uncovered += l.UncoveredMinutes()
			v.AtRisk += l.AtRisk
		}
	}
	return v
}

type offeringsInput struct {
	httpserver.ReadInput
	Centre id.Centre `query:"centre" doc:"Only this centre."`
	From   string    `query:"from" format:"date" doc:"First day, today if missing."`
	Until  string    `query:"until" format:"date" doc:"First day not wanted, the end of the horizon if missing."`
	Cursor string    `query:"cursor" doc:"next_cursor of the page before."`
	Limit  int       `query:"limit" minimum:"1" maximum:"2000" default:"500"`
}

type offeringsOutput struct {
	Body struct {
		Offerings []capacity.OfferingChanged `json:"offerings"`
		Next      string                     `json:"next_cursor,omitempty"`
	}
}

func (h *api) offerings() {
	huma.Register(h.API, huma.Operation{OperationID: "list-offerings", Method: http.MethodGet, Path: "/v1/offerings",
		Summary: "What centres can serve on days", Description: "Counter lines without names, by centre and day.", Tags: []string{"offerings"}, Errors: []int{422, 503}},
		func(ctx context.Context, in *offeringsInput) (*offeringsOutput, error) {
			if err := h.wait(ctx, in.ReadInput); err != nil {
				return nil, err
			}
			skip, err := page(in.Cursor)
			if err != nil {
				return nil, err
			}
			var wanted day.Period
			h.app.Node().View(func() { wanted = h.app.City.Horizon() })
			for _, b := range []struct {
				text string
				to   *day.Day
			}{{in.From, &wanted.From}, {in.Until, &wanted.Until}} {
				if b.text == "" {
					continue
				}
				if *b.to, err = day.Parse(b.text); err != nil {
					return nil, table.From(&events.FieldError{Field: "from and until", Value: b.text, Reason: "are dates: write them as 2026-12-01"})
				}
			}
			out := &offeringsOutput{}
			out.Body.Offerings = []capacity.OfferingChanged{}
			h.app.Node().View(func() {
				var places []read.Place
				for p := range h.app.City.Offerings {
					if wanted.Contains(p.Day) && (in.Centre == "" || p.Centre == in.Centre) {
						places = append(places, p)
					}
				}
				slices.SortFunc(places, read.ComparePlaces)
				for i := min(skip, len(places)); i < len(places); i++ {
					if len(out.Body.Offerings) == in.Limit {
						out.Body.Next = strconv.Itoa(i)
						return
					}
					out.Body.Offerings = append(out.Body.Offerings, h.app.City.Offerings[places[i]])
				}
			})
			return out, nil
		})
}
