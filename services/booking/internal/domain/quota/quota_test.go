package quota

import (
	"testing"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/decidertest"
)

func TestQuota(t *testing.T) {
	a, b := Opened{"a", []id.Service{"passport"}, 10}, Opened{"b", []id.Service{"passport", "licence"}, 12}
	then := func(e ...decider.Event) []decider.Event { return e }
	decidertest.Run(t, Decider, decider.NewCodec(Events()...), []decidertest.Case[Command]{
		{Name: "counted", Given: then(a), When: Open(b), Then: then(b)},
		{Name: "moved", Given: then(a, b), When: Move{"b", 20}, Then: then(Moved{"b", 20})},
		{Name: "not moved", Given: then(b), When: Move{"b", 12}},
		{Name: "closed", Given: then(a, b), When: Close{"a"}, Then: then(Closed{"a"})},
		{Name: "not counted", Given: then(a), When: Close{"b"}},
	})
	s := Decider.Initial()
	for _, e := range then(a, b, Moved{"a", 11}) {
		s = Decider.Evolve(s, e)
	}
	for _, c := range []struct {
		service id.Service
		today   day.Day
		want    int
	}{{"passport", 11, 2}, {"passport", 12, 1}, {"licence", 12, 1}, {"licence", 13, 0}} {
		if n := s.Count(c.service, c.today); n != c.want {
			t.Errorf("%s from day %d on: %d, want %d", c.service, c.today, n, c.want)
		}
	}
}
