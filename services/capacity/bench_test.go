package capacity_test

import (
	"fmt"
	"testing"
	"time"

	events_capacity "github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/events/staffing"
)

// metropolis has 7 districts, 25 centres, 500 people and 60 days; every place
// is booked for two weeks, every second one to the limit.
func metropolis(b *testing.B) *world {
	w := newWorld(b)
	n := town()
	n.Districts, n.Centres = nil, nil
	skills := []id.Skill{"id", "pass", "reg", "drive", "cert"}
	n.Groups, n.Services = nil, nil
	for _, s := range skills {
		n.Groups = append(n.Groups, events_capacity.ServiceGroup{Skill: s, Name: map[string]string{"en": string(s)}})
		n.Services = append(n.Services, events_capacity.ServiceType{ID: id.Service(s), Name: map[string]string{"en": string(s)}, Skill: s, Minutes: 15, Share: 1})
	}
	n.Policy.HorizonDays, n.Policy.WalkInShare, n.Policy.NoticeDays = 60, .12, 4
	for r := range 7 {
		d := events_capacity.District{ID: id.District(fmt.Sprintf("d%d", r)), AnyShare: .25, DailyDemand: map[id.Skill]day.Minutes{}}
		for _, s := range skills {
			d.DailyDemand[s] = 3200
		}
		n.Districts = append(n.Districts, d)
	}
	for c := range 25 {
		travel := map[id.Centre]int{}
		for o := range 25 {
			travel[id.Centre(fmt.Sprintf("c%d", o))] = 10 + 3*max(c-o, o-c)
		}
		n.Centres = append(n.Centres, events_capacity.Centre{ID: id.Centre(fmt.Sprintf("c%d", c)), District: n.Districts[c%7].ID, Counters: 24, MinStaff: 4, Hours: hours(), TravelMinutes: travel})
	}
	if _, err := w.service.ApplyNetwork(w.ctx, n, false); err != nil {
		b.Fatal(err)
	}
	for c := range 25 {
		w.hire(id.Centre(fmt.Sprintf("c%d", c)), 20, func(d *staffing.DutiesChanged) {
			for i := 28; i < 60; i++ {
				if x := monday + day.Day(i); x-x.Monday() < 5 {
					d.Duties = append(d.Duties, staffing.Duty{Day: x, Centre: d.Home, Span: d.Duties[0].Span})
				}
			}
			d.Skills = skills[:2+len(d.Employee)%4]
		})
		for x := monday; x < monday+14; x++ {
			w.booked[fmt.Sprintf("c%d/%s", c, x)] = day.Minutes(18-8*(c%2)) * 480
		}
	}
	w.settle()
	return w
}

// BenchmarkSickNote takes one person off duty for five days, a week ahead, at
// Hamburg size: first until the offerings are out, then until the plan is.
func BenchmarkSickNote(b *testing.B) {
	w := metropolis(b)
	var offer, plan time.Duration
	drafted := 0
	i := 0
	for b.Loop() {
		e := id.Employee(fmt.Sprintf("c%d-%d", i%25, 1+i/25%20))
		b.StopTimer()
		w.ill(e, fmt.Sprintf("hr-%d", i), monday+7, monday+8, monday+9, monday+10, monday+11)
		if err := w.service.Node().Fold(w.ctx); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		at := time.Now()
		if _, err := w.service.React(w.ctx, "offerings"); err != nil {
			b.Fatal(err)
		}
		offer += time.Since(at)
		b.StopTimer()
		for _, heard := range w.heard() {
			if o, ok := heard.(events_capacity.OfferingChanged); ok {
				w.answer(o)
			}
		}
		if err := w.service.Node().Fold(w.ctx); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		at = time.Now()
		if _, err := w.service.React(w.ctx, "planning"); err != nil {
			b.Fatal(err)
		}
		plan += time.Since(at)
		b.StopTimer()
		w.settle()
		drafted = count[events_capacity.ProposalDrafted](w)
		b.StartTimer()
		i++
	}
	b.ReportMetric(float64(offer.Microseconds())/float64(b.N)/1000, "offer-ms")
	b.ReportMetric(float64(plan.Microseconds())/float64(b.N)/1000, "plan-ms")
	b.ReportMetric(float64(drafted)/float64(b.N), "proposals/op")
}

// BenchmarkHold is how long planning holds the models at Hamburg size.
func BenchmarkHold(b *testing.B) {
	w := metropolis(b)
	b.ReportAllocs()
	for b.Loop() {
		w.service.Hold()
	}
}

// BenchmarkPreview is what a planner waits for at Hamburg size after a proposal was
// changed: its effect, and who else might come.
func BenchmarkPreview(b *testing.B) {
	w := metropolis(b)
	w.ill("c0-1", "hr-1", monday+7, monday+8, monday+9, monday+10, monday+11)
	w.settle()
	d := must[events_capacity.ProposalDrafted](w)
	body := map[string]any{"drop": []id.Deployment{d.Moves[0].Deployment}, "to": d.Moves[0].To, "day": d.Moves[0].Day}
	for _, what := range []string{"preview", "candidates"} {
		b.Run(what, func(b *testing.B) {
			if what == "preview" {
				delete(body, "to")
				delete(body, "day")
			} else {
				body["to"], body["day"] = d.Moves[0].To, d.Moves[0].Day
			}
			slowest := time.Duration(0)
			for b.Loop() {
				at := time.Now()
				if rec := w.call("POST", "/v1/proposals/"+string(d.Proposal)+"/"+what, body, nil); rec.Code != 200 {
					b.Fatal(rec.Body)
				}
				slowest = max(slowest, time.Since(at))
			}
			b.ReportMetric(float64(slowest.Microseconds())/1000, "slowest-ms")
		})
	}
}
