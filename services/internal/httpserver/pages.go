package httpserver

import (
	"net/http"
	"strings"

	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// Pages are the handlers of a site by the top of their paths, with a span per
// request.
func Pages(site *pages.Site) (map[string]http.Handler, error) {
	all, err := site.Pages()
	for root, h := range all {
		all[root] = spanned(site.Service(), site.Pattern, h)
	}
	return all, err
}

// withPages adds the pages that every process has to what it serves, and answers
// browsers that ask for what nobody serves with a page.
func withPages(all *http.ServeMux, home *pages.Home, api http.Handler) (http.Handler, error) {
	roots, err := Pages(home.Site)
	if err != nil {
		return nil, err
	}
	for root, h := range roots {
		all.Handle(root, h)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if pages.Browser(r) && !strings.HasPrefix(r.URL.Path, "/auth/") {
			home.Absent(w, r)
			return
		}
		api.ServeHTTP(w, r)
	}), nil
}
