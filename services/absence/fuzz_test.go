package absence

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/access/accesstest"
	"github.com/lotse-hamburg/lotse/services/internal/httpfuzz"
)

// Whatever is asked of absence's API is answered.
func FuzzHTTP(f *testing.F) {
	dir := f.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "hr"), []byte(secret), 0o600); err != nil {
		f.Fatal(err)
	}
	c := DefaultConfig()
	c.WebhookSecrets = dir
	const binary = "ce-specversion: 1.0\nce-id: ev-1\nce-source: x\nce-type: hr.absence.reported.v1"
	httpfuzz.Run(f, func(t testing.TB) httpfuzz.Target {
		w := startWith(t, c)
		return httpfuzz.Target{Handler: accesstest.Staff(w.Handler()), Settle: w.Node().Step}
	},
		httpfuzz.Seed{Route: "POST /v1/hr/{source}/events", Params: "hr", Header: binary, Body: sick},
		httpfuzz.Seed{Route: "POST /v1/hr/{source}/events", Params: "hr", Header: "Content-Type: " + events.StructuredContentType,
			Body: `{"specversion":"1.0","id":"ev-2","source":"x","type":"hr.absence.cancelled.v1","data":{"absence_id":"A-1","revision":2}}`},
		httpfuzz.Seed{Route: "POST /v1/hr/{source}/webhooks/{system}", Params: "hr\nfrappe", Header: "X-Frappe-Webhook-Signature: eA==", Body: "{}"},
		httpfuzz.Seed{Route: "POST /v1/hr/{source}/webhooks/{system}", Params: "hr\ncloudevents", Header: "X-Lotse-Signature: 00\nX-Lotse-Timestamp: 1796109120", Body: "{}"},
		httpfuzz.Seed{Route: "POST /v1/hr/{source}/sweeps", Params: "hr", Query: "as_of=2026-12-01T06:00:00Z&dry_run=true", Header: "Content-Type: text/csv", Body: "absence_id;employee;from;last_day\nA-1;e-17;2026-12-01;2026-12-03\n"},
		httpfuzz.Seed{Route: "POST /v1/absences", Header: "Idempotency-Key: k1", Body: `{"employee":"e-3","from":"2026-12-01","last_day":"2026-12-02"}`},
		httpfuzz.Seed{Route: "GET /v1/absences", Query: "on=2026-12-01&limit=1"},
		httpfuzz.Seed{Route: "POST /v1/imports/absences", Header: "Content-Type: text/csv", Body: "absence_id;employee;from;last_day;grund\nA;e-4;1.12.2026;3.12.2026;x\n"},
		httpfuzz.Seed{Route: "POST /v1/vacancies", Body: `{"post":"p-1","centre":"altona","from":"2026-12-01"}`},
		httpfuzz.Seed{Route: "POST /v1/imports/vacancies", Body: `{"vacancies":[{"post":"p-2","centre":"altona","from":"2026-12-01"}]}`},
		httpfuzz.Seed{Route: "GET /v1/parked", Query: "cursor=eA"},
	)
}
