package booking

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/read/audit"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/postgres"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/sqlite"
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

// AuditAt audits the log that lies at a place: the URL of a Postgres database,
// also while replicas are at work, or a SQLite file that no process has open.
func AuditAt(ctx context.Context, place string, promises []Promise) (report Audited, err error) {
	var store eventlog.Store
	if strings.HasPrefix(place, "postgres://") || strings.HasPrefix(place, "postgresql://") {
		store, err = postgres.Open(ctx, postgres.Options{URL: place, Schema: "lotse_booking"})
	} else if _, err = os.Stat(place); err == nil { // else an empty one would be made
		store, err = sqlite.Open(ctx, place)
	}
	if err != nil {
		return report, fmt.Errorf("audit booking's log: %w", err)
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return Audit(ctx, store, promises)
}
