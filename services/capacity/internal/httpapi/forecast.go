package httpapi

import (
	"context"
	"math"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read/glance"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
)

// RequestsAhead are expected requests, day by day.
type RequestsAhead struct {
	Low      []float64 `json:"low" doc:"So many at least on nine of ten such days."`
	Expected []float64 `json:"expected" doc:"Mean."`
	High     []float64 `json:"high" doc:"So many at most on nine of ten such days."`
}

// GroupAhead is what is expected of one service group.
type GroupAhead struct {
	Skill    id.Skill      `json:"skill"`
	Learned  bool          `json:"learned" doc:"The requests are as was counted; otherwise as the policy says."`
	Requests RequestsAhead `json:"requests" doc:"Appointments that the district's citizens ask for, wherever they take them."`
	Lead     LeadIf        `json:"lead" doc:"Lead time of each day ahead."`
}

// DistrictAhead is what is expected of one district.
type DistrictAhead struct {
	District id.District  `json:"district"`
	Name     string       `json:"name"`
	NoShow   ShareAhead   `json:"no_show" doc:"Of appointments, those to which nobody is expected to come."`
	Absent   ShareAhead   `json:"absent" doc:"Of the time on duty, what is expected to be lost within two weeks of the day, whatever for."`
	Groups   []GroupAhead `json:"groups"`
}

// ShareAhead is a share that is expected.
type ShareAhead struct {
	Share   float64 `json:"share" doc:"0 to 1."`
	Learned bool    `json:"learned" doc:"Days were counted; otherwise it is what is supposed of any city, or what the policy says."`
}

type forecastInput struct {
	httpserver.ReadInput
	District id.District `query:"district" doc:"Only this district."`
	Group    id.Skill    `query:"group" doc:"Only this service group, by its skill."`
	Days     int         `query:"days" minimum:"1" maximum:"366" default:"60" doc:"So many days from today on, at most the days that can be booked."`
}

type forecastOutput struct {
	Body struct {
		From      day.Day         `json:"from" doc:"First day: today."`
		Days      int             `json:"days"`
		Goal      int             `json:"goal_days"`
		Limit     int             `json:"limit_days"`
		Districts []DistrictAhead `json:"districts"`
	}
}

func (h *api) forecast() {
	huma.Register(h.API, huma.Operation{OperationID: "forecast", Method: http.MethodGet, Path: "/v1/forecast",
		Summary:     "What is expected of the days ahead, per district and service group",
		Description: "Requests as bookings and searches counted so far let expect, with the interval that four of five days lie within, and where lead times go with them. The desk shows the same lead times.",
		Tags:        []string{"promise"}, Errors: []int{422, 503}},
		func(ctx context.Context, in *forecastInput) (*forecastOutput, error) {
			if err := h.wait(ctx, in.ReadInput); err != nil {
				return nil, err
			}
			least, err := in.Position()
			if err != nil {
				return nil, err
			}
			c, out := h.app.Glance(least), &forecastOutput{}
			b := &out.Body
			b.From, b.Days, b.Goal, b.Limit, b.Districts = c.Today, min(in.Days, c.Days), c.Goal, c.Limit, []DistrictAhead{}
			district, group := in.District == "", in.Group == ""
			for _, g := range c.Groups {
				group = group || g.Skill == in.Group
			}
			if !group {
				return nil, table.From(&events.FieldError{Field: "group", Value: string(in.Group), Reason: "is no service group's skill: name one that the catalogue has"})
			}
			for _, d := range c.Districts {
				if in.District == "" || d.ID == in.District {
					district = true
					b.Districts = append(b.Districts, districtAhead(d, in.Group, b.Days))
				}
			}
			if !district {
				return nil, table.From(&events.FieldError{Field: "district", Value: string(in.District), Reason: "does not exist: name one of the policy's districts"})
			}
			return out, nil
		})
}

func districtAhead(d glance.District, only id.Skill, days int) DistrictAhead {
	share := func(s glance.Share) ShareAhead { return ShareAhead{math.Round(1e4*s.Share) / 1e4, s.Counted} }
	v := DistrictAhead{District: d.ID, Name: d.Name, NoShow: share(d.Missed), Absent: share(d.Absent), Groups: []GroupAhead{}}
	for _, l := range d.Leads {
		if !l.Demand || only != "" && l.Skill != only {
			continue
		}
		g := GroupAhead{Skill: l.Skill, Learned: l.Learned, Lead: LeadIf{l.Ahead.Low[:days], l.Ahead.Middle[:days], l.Ahead.High[:days]}}
		g.Requests = RequestsAhead{[]float64{}, []float64{}, []float64{}}
		for _, x := range l.Requests[:days] {
			g.Requests.Low = append(g.Requests.Low, tenth(x.Low))
			g.Requests.Expected = append(g.Requests.Expected, tenth(x.Mean))
			g.Requests.High = append(g.Requests.High, tenth(x.High))
		}
		v.Groups = append(v.Groups, g)
	}
	return v
}

func tenth(x float64) float64 { return math.Round(10*x) / 10 }
