package httpserver

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// operations are the operation ids by their routes' patterns.
func (a *API) operations() map[string]string {
	all := map[string]string{}
	for path, item := range a.OpenAPI().Paths {
		for method, op := range map[string]*huma.Operation{http.MethodGet: item.Get, http.MethodPut: item.Put, http.MethodPost: item.Post,
			http.MethodDelete: item.Delete, http.MethodPatch: item.Patch, http.MethodHead: item.Head, http.MethodOptions: item.Options} {
			if op != nil && op.OperationID != "" {
				all[method+" "+path] = op.OperationID
			}
		}
	}
	return all
}

// harden says what browsers must not do with answers; a page that needs more
// says so itself.
func harden(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store") // no gateway and no shared computer keeps a citizen's appointment
}
