package booking

import (
	"context"

	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/read/audit"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

type (
	// Promise is what somebody was last told of an appointment.
	Promise = audit.Promise
	// Audited is what an audit has found.
	Audited = audit.Report
)

// Audit reads booking's log from its first event, nothing else, and says where
// it breaks a promise: a moment with more appointments than counters, an
// appointment lost, doubled, or not as the promises say.
func Audit(ctx context.Context, log eventlog.Reader, promises []Promise) (Audited, error) {
	return audit.Log(ctx, log, app.Codec, promises)
}
