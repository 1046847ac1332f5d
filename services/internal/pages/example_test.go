package pages_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing/fstest"

	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// A package of pages brings templates and texts, and registers its routes.
func Example() {
	files := fstest.MapFS{
		"templates/measures.html": {Data: []byte(`<h1 class="kern-heading-large">{{say "measures.title"}}</h1>
{{template "ui.errors" .Form}}
<p class="kern-body">{{say "measures.count" "n" .Count}}</p>
<form method="post" action="/measures/" class="lotse-form" novalidate>{{template "ui.key" .Form}}
{{template "ui.field" (field .Form "from" (say "measures.from") "type" "date" "required" true)}}
{{template "ui.submit" (say "measures.enter")}}
</form>`)},
		"texts/de.yaml": {Data: []byte(`measures: {title: Maßnahmen, from: Ab wann?, enter: Eintragen, done: "Eingetragen ab {day}.", count: {one: "{n} Maßnahme", other: "{n} Maßnahmen"}}`)},
		"texts/en.yaml": {Data: []byte(`measures: {title: Measures, from: From when?, enter: Enter, done: "Entered from {day}.", count: {one: "{n} measure", other: "{n} measures"}}`)},
	}
	type data struct {
		Form  *pages.Form
		Count int
	}
	access.Table["example"] = map[string][]access.Grant{"GET /measures/{$}": {{Role: access.Public}}, "POST /measures/{$}": {{Role: access.Public}}}
	defer delete(access.Table, "example")

	site := pages.New(pages.Options{Service: "example"})
	pack := site.Package(files)
	page := func(x *pages.Context, f *pages.Form) pages.Page {
		return pages.Page{Template: "measures", Title: x.Say("measures.title"), Data: data{f, 1200}}
	}
	pack.Handle("GET /measures/{$}", func(x *pages.Context) error {
		return x.Show(page(x, x.NewForm()))
	})
	pack.Handle("POST /measures/{$}", func(x *pages.Context) error {
		f, err := x.Form()
		if err != nil {
			return err
		}
		from := f.Day("from")
		if !f.OK() {
			return x.Again(f, nil, page(x, f))
		}
		// receipt, err := app.Enter(ctx, f.Key, from); if err != nil { return x.Again(f, err, page(x, f)) }
		return x.Redirect("/measures/", x.Say("measures.done", "day", from), 0)
	})
	handlers, err := site.Pages()
	if err != nil {
		fmt.Println(err)
		return
	}
	ask := func(method, form, lang string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, "/measures/", strings.NewReader(form))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Accept-Language", lang)
		w := httptest.NewRecorder()
		handlers["/measures/"].ServeHTTP(w, r)
		return w
	}
	fmt.Println(strings.Contains(ask(http.MethodGet, "", "de").Body.String(), "1.200 Maßnahmen"))
	fmt.Println(strings.Contains(ask(http.MethodGet, "", "en").Body.String(), "1,200 measures"))
	wrong := ask(http.MethodPost, "from=yesterday", "en")
	fmt.Println(wrong.Code, strings.Contains(wrong.Body.String(), `href="#f-from">From when? Please enter a date`))
	done := ask(http.MethodPost, "from=2026-12-01", "en")
	fmt.Println(done.Code, done.Header().Get("Location"))
	// Output:
	// true
	// true
	// 422 true
	// 303 /measures/
}
