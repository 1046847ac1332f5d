// Package pages is what the pages of all services share: the layout, KERN, texts
// in several languages, forms, live parts and pages of errors.
//
// A page is rendered on the server, works without JavaScript, and asks for
// nothing from elsewhere. Scripts only improve it: parts of it are fetched again
// when the read models have changed, and morphed in place.
//
// A package of pages brings templates (templates/*.html) and texts
// (texts/de.yaml, en.yaml and, for citizens, de-simple.yaml), and registers its
// routes:
//
//	pack := site.Package(files)
//	pack.Handle("GET /desk/{$}", func(x *pages.Context) error {
//		return x.Show(pages.Page{Template: "city", Title: x.Say("city.title"), Data: data})
//	})
//
// Who may use a route stands in access.Table, under the route's pattern.
package pages
