package read

import (
	"testing"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

func TestACentreIsWhereItIsOnTheDay(t *testing.T) {
	m := NewCity()
	say := func(e any) { m.Apply(eventlog.Event{}, e.(interface{ EventType() string })) }
	say(network.CentreObserved{Version: 1, Centre: network.Centre{ID: "altona-1", Name: "Altona", Address: "Platz der Republik 1"}})
	move := network.MeasureObserved{Version: 1, ID: "works", Centre: "altona-1", Period: day.Period{From: 100, Until: 110}, Place: &network.Elsewhere{Name: "Schule", Address: "Schulweg 4"}}
	say(move)
	for d, want := range map[day.Day]string{99: "Platz der Republik 1", 100: "Schulweg 4", 109: "Schulweg 4", 110: "Platz der Republik 1"} {
		if k, ok := m.KnownOn("altona-1", d); !ok || k.Address != want {
			t.Errorf("on %d at %q, want %q", d, k.Address, want)
		}
	}
	if k, _ := m.KnownOn("altona-1", 105); k.Name != "Altona, Schule" {
		t.Errorf("called %q", k.Name)
	}
	if k, _ := m.Known("altona-1"); k.Address != "Platz der Republik 1" {
		t.Error("the centre itself has changed")
	}
	move.Version, move.Period.Until = 2, 103
	say(move)
	if k, _ := m.KnownOn("altona-1", 105); k.Address != "Platz der Republik 1" {
		t.Error("a measure that ended early still counts")
	}
	if _, ok := m.KnownOn("nowhere", 105); ok {
		t.Error("a centre that nobody knows")
	}
}
