package booking

import (
	"net/http"

	"github.com/lotse-hamburg/lotse/services/booking/internal/httpapi"
	"github.com/lotse-hamburg/lotse/services/booking/internal/httpapi/guard"
	"github.com/lotse-hamburg/lotse/services/booking/internal/web/book"
	"github.com/lotse-hamburg/lotse/services/booking/internal/web/front"
	"github.com/lotse-hamburg/lotse/services/booking/internal/web/telephone"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// Pages makes the handlers of the service's pages, by the top of their paths. The
// guard stands before them as before the API.
func (s *Service) Pages() (map[string]http.Handler, error) {
	site := pages.For(s.Node(), httpapi.Problems())
	front.Register(site, s.app)
	telephone.Register(site, s.app)
	book.Register(site, s.app, book.Options{Tried: guard.Tried})
	all, err := httpserver.Pages(site)
	for root, h := range all {
		all[root] = s.guard.WrapPages(h, site.Refuse)
	}
	return all, err
}
