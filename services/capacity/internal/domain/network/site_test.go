package network

import (
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
)

func TestATemporarySiteIsACentreForItsTime(t *testing.T) {
	m := capacity.Measure{ID: "summer", District: "altona", Kind: capacity.MeasureSite, Period: day.Period{From: 20801, Until: 20830}, Reason: "rush before the holidays",
		Site: &capacity.Site{Name: "Bürgertreff", Address: "Gefionstraße 3, 22769 Hamburg", Lat: 53.566, Lon: 9.949, Counters: 4}}
	if err := CheckMeasure("measure", m); err != nil {
		t.Fatal(err)
	}
	c, ok := CentreOf(m, map[id.Centre]capacity.Centre{"altona-1": {Lat: 53.5511, Lon: 9.9937}})
	if !ok || c.ID != "site-summer" || *c.Opens != 20801 || *c.Closes != 20830 || c.Counters != 4 {
		t.Fatalf("%+v", c)
	}
	if got := Opening(c, nil, nil, 20801); len(got) != 1 || got[0] != MinimumHours {
		t.Errorf("open %v", got)
	}
	if got := Opening(c, nil, nil, 20830); got != nil {
		t.Errorf("open after its end: %v", got)
	}
	// 3.4 km: 10 + 1.3 × 3.4 ÷ 24 × 60.
	if got := c.TravelMinutes["altona-1"]; got != 21 {
		t.Errorf("%d minutes", got)
	}
	if !IsSiteOf("site-summer", map[id.Measure]capacity.MeasureChanged{"summer": {Measure: m}}) || IsSiteOf("altona-1", map[id.Measure]capacity.MeasureChanged{"summer": {Measure: m}}) {
		t.Error("whose site is it?")
	}
}

func TestMeasuresSayWhatIsWrongWithThem(t *testing.T) {
	site := func(change func(*capacity.Measure)) capacity.Measure {
		m := capacity.Measure{ID: "m", District: "altona", Centre: "altona-1", Kind: capacity.MeasureRelocation, Period: day.Period{From: 1, Until: 2}, Reason: "works",
			Site: &capacity.Site{Name: "School", Address: "Street 1", Lat: 53, Lon: 10}}
		s := *m.Site
		m.Site = &s
		change(&m)
		return m
	}
	for want, m := range map[string]capacity.Measure{
		"":                      site(func(*capacity.Measure) {}),
		"measure.site.name":     site(func(m *capacity.Measure) { m.Site.Name = "" }),
		"measure.site.address":  site(func(m *capacity.Measure) { m.Site.Address = "" }),
		"measure.site.lat":      site(func(m *capacity.Measure) { m.Site.Lat, m.Site.Lon = 0, 0 }),
		"measure.site.counters": site(func(m *capacity.Measure) { m.Site.Counters = -1 }),
		"measure.site \"":       site(func(m *capacity.Measure) { m.Kind = capacity.MeasureClosure }),
		"measure.people":        site(func(m *capacity.Measure) { m.People = 3 }),
	} {
		err := CheckMeasure("measure", m)
		if (err == nil) != (want == "") || err != nil && !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v", want, err)
		}
	}
}
