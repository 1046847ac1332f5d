package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/app/planner"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/forecast"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/proposal"
)

// AbsentIf is somebody who would be absent.
type AbsentIf struct {
	Employee id.Employee `json:"employee" minLength:"1" maxLength:"100"`
	From     day.Day     `json:"from" doc:"First day."`
	Until    day.Day     `json:"until" doc:"First day back."`
}

// ClosedIf is a centre that would be closed, or open at other hours.
type ClosedIf struct {
	Centre id.Centre          `json:"centre" minLength:"1" maxLength:"100"`
	From   day.Day            `json:"from" doc:"First day."`
	Until  day.Day            `json:"until" doc:"First day that is as usual again."`
	Hours  map[int][]day.Span `json:"hours,omitempty" doc:"Opening hours by weekday, 1 Monday to 7 Sunday; without: closed."`
}

// HoursIf is a centre that would be open at other hours on some weekdays.
type HoursIf struct {
	Centre   id.Centre          `json:"centre" minLength:"1" maxLength:"100"`
	From     day.Day            `json:"from" doc:"First day."`
	Until    day.Day            `json:"until" doc:"First day that is as usual again."`
	Weekdays map[int][]day.Span `json:"weekdays" doc:"Opening hours of weekdays that change, 1 Monday to 7 Sunday; an empty list: closed. Other weekdays, public holidays and days with hours of their own stay."`
	People   int                `json:"people,omitempty" minimum:"0" maximum:"200" doc:"How many would work for what is open longer, beyond their roster and within ten hours a day; without: only who is rostered."`
}

// EffectIf is one district at three stages.
type EffectIf struct {
	District id.District `json:"district"`
	Is       StageIf     `json:"is" doc:"As it is."`
	Would    StageIf     `json:"would" doc:"As it would be."`
	With     StageIf     `json:"with" doc:"As it would be with Lotse's moves."`
	Groups   []GroupIf   `json:"groups" doc:"Service groups that its citizens ask for."`
}

// StageIf is what is expected of a district.
type StageIf struct {
	Days      int     `json:"days" doc:"Lead time today to the third next available appointment of the worst service group; -1: none on offer."`
	Uncovered int     `json:"uncovered" doc:"Booked appointments that nobody could serve."`
	Late      float64 `json:"late" doc:"Slot-days late over the horizon."`
	Kept      ShareIf `json:"kept" doc:"Share of working days ahead, over its service groups, on which the promise is kept."`
	Lead      LeadIf  `json:"lead" doc:"Lead time of the worst service group of each day ahead."`
}

// GroupIf is one service group of a district at three stages.
type GroupIf struct {
	Skill id.Skill     `json:"skill"`
	Is    GroupStageIf `json:"is"`
	Would GroupStageIf `json:"would"`
	With  GroupStageIf `json:"with"`
}

// GroupStageIf is what is expected of a service group.
type GroupStageIf struct {
	Kept ShareIf `json:"kept" doc:"Share of working days ahead on which the promise is kept."`
	Lead LeadIf  `json:"lead" doc:"Lead time of each day ahead."`
}

// LeadIf is a lead time by day, from the first day of the answer on, as a forecast.
type LeadIf struct {
	Low      []int `json:"low" doc:"Days where little is asked for, one run in ten; -1: none on offer."`
	Expected []int `json:"expected" doc:"Days as expected; -1: none on offer."`
	High     []int `json:"high" doc:"Days where much is asked for, one run in ten; -1: none on offer."`
}

// ShareIf is a share, 0 to 1, as a forecast.
type ShareIf struct {
	Low      float64 `json:"low" doc:"Where much is asked for, one run in ten."`
	Expected float64 `json:"expected" doc:"As expected."`
	High     float64 `json:"high" doc:"Where little is asked for, one run in ten."`
}

// PromiseIf is the promise at one stage.
type PromiseIf struct {
	Goal  int     `json:"goal" doc:"Days."`
	Limit int     `json:"limit" doc:"Days."`
	Kept  ShareIf `json:"kept" doc:"Share of working days ahead, over all districts and service groups, on which it is kept."`
}

// PlaceIf is a centre-day whose offering would be another.
type PlaceIf struct {
	Centre   id.Centre   `json:"centre"`
	Day      day.Day     `json:"day"`
	District id.District `json:"district"`
	Is       int         `json:"is" doc:"Booked appointments that nobody can serve as it is."`
	Would    int         `json:"would" doc:"The same as it would be."`
	With     int         `json:"with" doc:"The same with Lotse's moves."`
}

type whatIfInput struct {
	Body struct {
		Absent    []AbsentIf       `json:"absent,omitempty" maxItems:"200"`
		Places    []ClosedIf       `json:"places,omitempty" maxItems:"50"`
		Hours     []HoursIf        `json:"hours,omitempty" maxItems:"50" doc:"Centres open at other hours on some weekdays."`
		Policy    planner.PolicyIf `json:"policy,omitempty" doc:"Another policy; what is missing stays."`
		Demand    float64          `json:"demand,omitempty" minimum:"0" maximum:"5" doc:"Factor on what is asked for from today on; 1.2: a fifth more."`
		Districts []id.District    `json:"districts,omitempty" maxItems:"50" doc:"Where the factor holds; without: everywhere."`
	}
}

type whatIfOutput struct {
	Body struct {
		From        day.Day               `json:"from" doc:"First day ahead; lists of days begin here."`
		Days        int                   `json:"days" doc:"Days ahead that are compared."`
		Damage      float64               `json:"damage" doc:"What it would cost, in points."`
		Relief      float64               `json:"relief" doc:"What it would spare, in points."`
		Is          PromiseIf             `json:"is" doc:"The promise as it is."`
		Would       PromiseIf             `json:"would" doc:"The promise as it would be."`
		With        PromiseIf             `json:"with" doc:"The promise as it would be with Lotse's moves."`
		Gain        float64               `json:"gain" doc:"What Lotse's moves would bring, in points."`
		Districts   []EffectIf            `json:"districts"`
		Places      []PlaceIf             `json:"places"`
		Moves       []capacity.Move       `json:"moves" doc:"What Lotse would propose."`
		Anyway      []capacity.Move       `json:"anyway" doc:"What Lotse would propose as it is; told where another policy is supposed, since as it is then counts them as made."`
		Extra       day.Minutes           `json:"extra_minutes" doc:"Minutes of duty beyond the roster, of those who would work for longer hours."`
		Approval    string                `json:"approval,omitempty" doc:"How such a proposal would be approved: review or automatic."`
		Explanation *proposal.Explanation `json:"explanation,omitempty"`
		Unsolved    []string              `json:"unsolved" doc:"What no move would mend, in English and in German."`
		Complete    bool                  `json:"complete" doc:"False where more places suffer than were looked at."`
	}
}

func (h *api) whatIf() {
	huma.Register(h.API, huma.Operation{OperationID: "what-if", Method: http.MethodPost, Path: "/v1/what-if",
		Summary: "What would be if",
		Description: "People absent, centres closed or open at other hours, another policy, more or less asked for, or several of these at once: what is expected of each district and service group over the days ahead as it is, as it would be, and with what Lotse would propose. " +
			"As it is counts moves under way and open proposals. Lead times are forecast, with the first and the last decile of demand. Nothing of it happens; the plan and the log stay as they are.",
		Tags: []string{"proposals"}, Errors: []int{422, 503}},
		func(ctx context.Context, in *whatIfInput) (*whatIfOutput, error) {
			s := planner.Supposition{Demand: in.Body.Demand, Districts: in.Body.Districts, Policy: in.Body.Policy}
			for _, a := range in.Body.Absent {
				s.Absent = append(s.Absent, planner.Absent{Employee: a.Employee, Period: day.Period{From: a.From, Until: a.Until}})
			}
			for i, p := range in.Body.Places {
				s.Measures = append(s.Measures, planner.Closing(i, p.Centre, day.Period{From: p.From, Until: p.Until}, p.Hours))
			}
			for _, x := range in.Body.Hours {
				s.Hours = append(s.Hours, planner.HoursIf{Centre: x.Centre, Period: day.Period{From: x.From, Until: x.Until}, Weekdays: x.Weekdays, People: x.People})
			}
			if err := h.app.MaySuppose(ctx, s); err != nil {
				return nil, err
			}
			answer, err := h.app.WhatIf(ctx, s)
			if err != nil {
				return nil, table.From(err)
			}
			return told(answer), nil
		})
}

func told(answer planner.Outcome) *whatIfOutput {
	out := &whatIfOutput{}
	b := &out.Body
	b.From, b.Days, b.Damage, b.Relief, b.Gain = answer.From, answer.Days, answer.Damage, answer.Relief, answer.Gain
	b.Approval, b.Explanation, b.Complete, b.Extra = answer.Approval, answer.Explanation, answer.Complete, answer.Extra
	b.Districts, b.Places = []EffectIf{}, []PlaceIf{}
	b.Moves, b.Anyway, b.Unsolved = append([]capacity.Move{}, answer.Moves...), append([]capacity.Move{}, answer.Anyway...), append([]string{}, answer.Unsolved...)
	promise := func(k int) PromiseIf { return PromiseIf{answer.Goal[k], answer.Limit[k], ShareIf(answer.Kept[k])} }
	b.Is, b.Would, b.With = promise(planner.AsItIs), promise(planner.Hurt), promise(planner.Mended)
	lead := func(x forecast.Band) LeadIf { return LeadIf{x.Low, x.Middle, x.High} }
	for _, d := range answer.Districts {
		at := func(k int) StageIf {
			return StageIf{d.Lead[k], d.Uncovered[k], d.Late[k], ShareIf(d.Kept[k]), lead(d.Ahead[k])}
		}
		e := EffectIf{d.District, at(planner.AsItIs), at(planner.Hurt), at(planner.Mended), []GroupIf{}}
		for _, g := range d.Groups {
			at := func(k int) GroupStageIf { return GroupStageIf{ShareIf(g.Kept[k]), lead(g.Ahead[k])} }
			e.Groups = append(e.Groups, GroupIf{g.Skill, at(planner.AsItIs), at(planner.Hurt), at(planner.Mended)})
		}
		b.Districts = append(b.Districts, e)
	}
	for _, p := range answer.Places {
		b.Places = append(b.Places, PlaceIf{p.Centre, p.Day, p.District, p.Uncovered[planner.AsItIs], p.Uncovered[planner.Hurt], p.Uncovered[planner.Mended]})
	}
	return out
}
