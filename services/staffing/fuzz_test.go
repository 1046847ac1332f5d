package staffing

import (
	"testing"

	"github.com/lotse-hamburg/lotse/services/internal/access/accesstest"
	"github.com/lotse-hamburg/lotse/services/internal/httpfuzz"
)

// Whatever is asked of staffing's API is answered.
func FuzzHTTP(f *testing.F) {
	httpfuzz.Run(f, func(t testing.TB) httpfuzz.Target {
		w := start(t)
		return httpfuzz.Target{Handler: accesstest.Staff(w.Handler()), Settle: w.Node().Step}
	},
		httpfuzz.Seed{Route: "POST /v1/imports/staff", Header: "Idempotency-Key: k1", Body: `{"employees":[{"id":"e-1","home":"altona","skills":["id"],"weeks":[{"mon":{"from":"08:00","to":"16:00"}}]}],"horizon_days":30}`},
		httpfuzz.Seed{Route: "POST /v1/imports/staff", Body: `{"holidays":[{"day":"2026-12-25","name":"Weihnachten"}],"employees":[]}`},
		httpfuzz.Seed{Route: "GET /v1/exports/staff"},
		httpfuzz.Seed{Route: "GET /v1/employees", Query: "limit=1"},
		httpfuzz.Seed{Route: "GET /v1/employees", Query: "cursor=eA", Header: "Lotse-Position: 0"},
		httpfuzz.Seed{Route: "GET /v1/deployments"},
	)
}
