package demo

import "testing"

// BenchmarkWhatIf asks each kind of what-if of Hamburg with its bookings, over HTTP:
// 60 days ahead, at three stages.
//
//	go test -run '^$' -bench WhatIf -benchtime 5x ./tools/demo
func BenchmarkWhatIf(b *testing.B) {
	p, ctx := hamburg(b)
	centre := p.Network.Centres[3].ID
	c := newCalendar(p.Today, p.Network)
	first, end := c.nth(2), p.Today+60
	var absent []any
	for _, e := range p.Network.Employees {
		if e.Home == centre && len(absent) < 3 && c.onDuty(e, first) {
			absent = append(absent, map[string]any{"employee": e.ID, "from": first, "until": first + 1})
		}
	}
	var evenings []any
	for _, k := range p.Network.Centres {
		evenings = append(evenings, map[string]any{"centre": k.ID, "from": first, "until": end, "people": 4,
			"weekdays": map[string]any{"4": []any{map[string]any{"from": "08:00", "to": "20:00"}}}})
	}
	closed := map[string]any{"centre": centre, "from": p.Today + 7, "until": p.Today + 21}
	for _, q := range []struct {
		name string
		ask  map[string]any
	}{
		{"absent", map[string]any{"absent": absent}},
		{"closure", map[string]any{"places": []any{closed}}},
		{"demand", map[string]any{"demand": 1.3}},
		{"evenings", map[string]any{"hours": evenings}},
		{"policy", map[string]any{"policy": map[string]any{"max_travel_minutes": 25, "walk_in_share": .05}}},
		{"all-at-once", map[string]any{"absent": absent, "places": []any{closed}, "hours": evenings[:1], "demand": 1.1, "policy": map[string]any{"max_days_away_per_week": 1}}},
	} {
		b.Run(q.name, func(b *testing.B) {
			var out struct {
				Moves           []any
				Complete        bool
				Is, Would, With struct{ Kept struct{ Expected float64 } }
			}
			for b.Loop() {
				if err := post(ctx, p.URL+"/capacity/v1/what-if", "", q.ask, &out); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(out.Moves)), "moves")
			b.ReportMetric(100*out.Is.Kept.Expected, "%is")
			b.ReportMetric(100*out.Would.Kept.Expected, "%would")
			b.ReportMetric(100*out.With.Kept.Expected, "%with")
		})
	}
}
