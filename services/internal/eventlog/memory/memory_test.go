package memory_test

import (
	"testing"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog/eventlogtest"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
)

func TestConformance(t *testing.T) {
	eventlogtest.Run(t, func(testing.TB) eventlogtest.Harness {
		return eventlogtest.Harness{Store: memory.New(memory.WithClock(eventlogtest.Clock))}
	})
}
