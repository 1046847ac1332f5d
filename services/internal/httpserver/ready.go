package httpserver

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// Readiness answers whether requests may be sent to this process.
type Readiness struct {
	Ready bool `json:"ready"`
	// State is starting, serving or ending. Requests are for who is serving.
	State    string        `json:"state"`
	Services []node.Health `json:"services"`
}

// The states of a process.
const (
	Starting = "starting" // its read models are being folded
	Serving  = "serving"
	Ending   = "ending" // it was asked to end, and serves on for a moment
)

// Ready serves a Readiness: 200 where requests may be sent, else 503. It names
// no host and no error: everybody may ask.
func Ready(state func() string, services ...func(context.Context) node.Health) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		is := Readiness{State: state(), Services: []node.Health{}}
		is.Ready = is.State == Serving
		if is.State != Starting {
			for _, health := range services {
				h := health(r.Context())
				is.Services, is.Ready = append(is.Services, h), is.Ready && h.Ready
			}
		}
		w.Header().Set("Content-Type", "application/json")
		if !is.Ready {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_ = json.NewEncoder(w).Encode(is)
	})
}
