package bus_test

import (
	"testing"

	"github.com/lotse-hamburg/lotse/services/internal/bus/bustest"
)

func TestConformance(t *testing.T) { bustest.Run(t, bustest.NewNATS(t)) }

func TestWatermillSuite(t *testing.T) { bustest.RunWatermill(t) }
