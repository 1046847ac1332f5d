package absence

import (
	"net/http"

	"github.com/lotse-hamburg/lotse/services/absence/internal/httpapi"
	"github.com/lotse-hamburg/lotse/services/absence/internal/web/absences"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// Pages makes the handlers of the service's pages, by the top of their paths.
func (s *Service) Pages() (map[string]http.Handler, error) {
	site := pages.For(s.Node(), httpapi.Problems())
	absences.Register(site, s.node, s.app, s.models)
	return httpserver.Pages(site)
}
