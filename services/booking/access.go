package booking

import (
	"time"

	"github.com/lotse-hamburg/lotse/services/booking/internal/httpapi/guard"
)

// wrongCodesIn is the time in which a client's wrong codes are forgotten.
const wrongCodesIn = time.Hour

// rate lets four seconds' worth through at once.
func (c Config) rate(perSecond float64) guard.Rate {
	if perSecond <= 0 {
		return guard.Rate{}
	}
	return guard.Rate{PerSecond: perSecond, Burst: max(1, int(4*perSecond))}
}
