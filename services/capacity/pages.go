package capacity

import (
	"net/http"
	"strings"

	"github.com/lotse-hamburg/lotse/services/capacity/internal/httpapi"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/web/desk"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/web/measures"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/web/policy"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/web/promise"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/web/proposals"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/web/report"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// Pages makes the handlers of the service's pages, by the top of their paths.
func (s *Service) Pages() (map[string]http.Handler, error) {
	site := pages.For(s.Node(), httpapi.Problems())
	desk.Register(site, s.app)
	proposals.Register(site, s.app)
	policy.Register(site, s.app)
	promise.Register(site, s.app, promise.Options{Licence: s.config.Licence, Publisher: s.config.Publisher, URL: strings.TrimSuffix(s.config.PublicURL, "/")})
	report.Register(site, s.app, strings.TrimSuffix(s.config.PublicURL, "/"))
	measures.Register(site, s.app)
	return httpserver.Pages(site)
}
