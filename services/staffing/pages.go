package staffing

import (
	"net/http"

	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/httpapi"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/web/staff"
)

// Pages makes the handlers of the service's pages, by the top of their paths.
func (s *Service) Pages() (map[string]http.Handler, error) {
	site := pages.For(s.Node(), httpapi.Problems())
	staff.Register(site, s.node, s.app, s.models)
	return httpserver.Pages(site)
}
