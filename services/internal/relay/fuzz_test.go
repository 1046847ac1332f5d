package relay

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/events/parsertest"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
)

// Whatever asks for the log gets a bounded excerpt of it or an error.
func FuzzBackfill(f *testing.F) {
	log := memory.New()
	for range 3 {
		id := uuid.New()
		if _, err := log.Commit(context.Background(), []eventlog.Unit{{Appends: []eventlog.Append{{Stream: "s-" + id.String(), Events: []eventlog.NewEvent{{ID: id, Type: "lotse.absence.absence-recorded.v1",
			Public: true, Data: []byte(`{}`), Meta: eventlog.Meta{Key: "k"}}}}}}}); err != nil {
			f.Fatal(err)
		}
	}
	f.Add([]byte(`{"after":0,"limit":100}`))
	f.Add([]byte(`{"after":2,"limit":9223372036854775807}`))
	f.Add([]byte(`{"after":-1}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		parsertest.Bounded(t, len(body), func() {
			a, err := respond(context.Background(), "absence", log, body)
			if err == nil && len(a.Events) > 3 {
				t.Errorf("%d events of 3", len(a.Events))
			}
		})
	})
}
