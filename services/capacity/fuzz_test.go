package capacity_test

import (
	"encoding/json"
	"testing"

	"github.com/lotse-hamburg/lotse/services/internal/access/accesstest"
	"github.com/lotse-hamburg/lotse/services/internal/httpfuzz"
)

// Whatever is asked of capacity's API is answered.
func FuzzHTTP(f *testing.F) {
	network, err := json.Marshal(town())
	if err != nil {
		f.Fatal(err)
	}
	measure := `{"measure":"m-1","district":"alpha","kind":"closure","centre":"west","from":"2026-11-24","until":"2026-11-25","reason":"water"}`
	httpfuzz.Run(f, func(t testing.TB) httpfuzz.Target {
		w := newWorld(t)
		w.call("PUT", "/v1/network", town(), nil)
		w.step()
		return httpfuzz.Target{Handler: accesstest.Staff(w.service.Handler()), Settle: w.service.Node().Step}
	},
		httpfuzz.Seed{Route: "PUT /v1/network", Query: "dry_run=true", Header: "Idempotency-Key: n", Body: string(network)},
		httpfuzz.Seed{Route: "PUT /v1/network", Body: string(network)},
		httpfuzz.Seed{Route: "GET /v1/network"},
		httpfuzz.Seed{Route: "GET /v1/proposals", Query: "state=drafted&limit=1"},
		httpfuzz.Seed{Route: "GET /v1/offerings", Query: "from=2026-11-24&limit=3"},
		httpfuzz.Seed{Route: "POST /v1/measures", Body: measure},
		httpfuzz.Seed{Route: "GET /v1/decisions"},
		httpfuzz.Seed{Route: "GET /v1/city"},
		httpfuzz.Seed{Route: "GET /v1/promise"},
	)
}
