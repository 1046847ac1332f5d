package bus_test

import (
	"testing"

	"github.com/lotse-hamburg/lotse/services/internal/bus/bustest"
)

func TestWatermillSuite(t *testing.T) { bustest.RunWatermill(t) }
