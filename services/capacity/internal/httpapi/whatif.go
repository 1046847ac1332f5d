package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/app/planner"
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

// EffectIf is one district at three stages.
type EffectIf struct {
	District id.District `json:"district"`
	Is       StageIf     `json:"is" doc:"As it is."`
	Would    StageIf     `json:"would" doc:"As it would be."`
	With     StageIf     `json:"with" doc:"As it would be with Lotse's moves."`
}

// StageIf is what is expected of a district.
type StageIf struct {
	Days      int     `json:"days" doc:"Lead time to the third next available appointment of the worst service group; -1: none on offer."`
	Uncovered int     `json:"uncovered" doc:"Booked appointments that nobody could serve."`
	Late      float64 `json:"late" doc:"Slot-days late over the horizon."`
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
		Absent    []AbsentIf    `json:"absent,omitempty" maxItems:"200"`
		Places    []ClosedIf    `json:"places,omitempty" maxItems:"50"`
		Demand    float64       `json:"demand,omitempty" minimum:"0" maximum:"5" doc:"Factor on what is asked for from today on; 1.2: a fifth more."`
		Districts []id.District `json:"districts,omitempty" maxItems:"50" doc:"Where the factor holds; without: everywhere."`
	}
}

type whatIfOutput struct {
	Body struct {
		Damage      float64               `json:"damage" doc:"What it would cost, in points."`
		Gain        float64               `json:"gain" doc:"What Lotse's moves would bring, in points."`
		Districts   []EffectIf            `json:"districts"`
		Places      []PlaceIf             `json:"places"`
		Moves       []capacity.Move       `json:"moves" doc:"What Lotse would propose."`
		Approval    string                `json:"approval,omitempty" doc:"How such a proposal would be approved: review or automatic."`
		Explanation *proposal.Explanation `json:"explanation,omitempty"`
		Unsolved    []string              `json:"unsolved" doc:"What no move would mend, in English and in German."`
		Complete    bool                  `json:"complete" doc:"False where there was no time to look at everything."`
	}
}

func (h *api) whatIf() {
	huma.Register(h.API, huma.Operation{OperationID: "what-if", Method: http.MethodPost, Path: "/v1/what-if",
		Summary:     "What would be if",
		Description: "People absent, centres closed or open at other hours, more or less asked for: the effect on each district, and what Lotse would propose. Nothing of it happens; the plan and the log stay as they are.",
		Tags:        []string{"proposals"}, Errors: []int{422, 503}},
		func(ctx context.Context, in *whatIfInput) (*whatIfOutput, error) {
			s := planner.Supposition{Demand: in.Body.Demand, Districts: in.Body.Districts}
			for _, a := range in.Body.Absent {
				s.Absent = append(s.Absent, planner.Absent{Employee: a.Employee, Period: day.Period{From: a.From, Until: a.Until}})
			}
			for i, p := range in.Body.Places {
				s.Measures = append(s.Measures, planner.Closing(i, p.Centre, day.Period{From: p.From, Until: p.Until}, p.Hours))
			}
			if err := h.app.MaySuppose(ctx, s); err != nil {
				return nil, err
			}
			answer, err := h.app.WhatIf(ctx, s)
			if err != nil {
				return nil, table.From(err)
			}
			out := &whatIfOutput{}
			b := &out.Body
			b.Damage, b.Gain, b.Approval, b.Explanation, b.Complete = answer.Damage, answer.Gain, answer.Approval, answer.Explanation, answer.Complete
			b.Districts, b.Places = []EffectIf{}, []PlaceIf{}
			b.Moves, b.Unsolved = append([]capacity.Move{}, answer.Moves...), append([]string{}, answer.Unsolved...)
			for _, d := range answer.Districts {
				at := func(k int) StageIf { return StageIf{d.Lead[k], d.Uncovered[k], d.Late[k]} }
				b.Districts = append(b.Districts, EffectIf{d.District, at(planner.AsItIs), at(planner.Hurt), at(planner.Mended)})
			}
			for _, p := range answer.Places {
				b.Places = append(b.Places, PlaceIf{p.Centre, p.Day, p.District, p.Uncovered[planner.AsItIs], p.Uncovered[planner.Hurt], p.Uncovered[planner.Mended]})
			}
			return out, nil
		})
}
