package book

import (
	"context"
	"embed"

	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

//go:embed templates texts
var files embed.FS

// Options of the pages.
type Options struct {
	// Tried notes how a proof of an appointment was judged, as the API does, so that
	// nobody tries codes at will (httpapi/guard).
	Tried func(context.Context, error) error
}

type book struct {
	app   *app.App
	tried func(context.Context, error) error
	turns *turns // of pages that are told of changes
}

// Register adds the citizens' pages to a site.
func Register(site *pages.Site, a *app.App, opt Options) {
	b := &book{a, opt.Tried, newTurns()}
	if b.tried == nil {
		b.tried = func(_ context.Context, err error) error { return err }
	}
	p := site.Package(files)
	for pattern, serve := range map[string]func(*pages.Context) error{
		"GET /book/{$}":                      b.services,
		"GET /book/people":                   b.people,
		"GET /book/online/{service}":         b.online,
		"POST /book/online/{service}":        b.takeOnline,
		"GET /book/slots":                    b.slots,
		"GET /book/challenge":                b.challenge,
		"POST /book/hold":                    b.hold,
		"GET /book/details":                  b.details,
		"POST /book/details":                 b.confirm,
		"POST /book/extend":                  b.extend,
		"POST /book/release":                 b.release,
		"GET /book/pending":                  b.pending,
		"GET /book/appointment":              b.ask,
		"POST /book/appointment":             b.find,
		"GET /book/appointment/{id}":         b.appointment,
		"GET /book/appointment/{id}/{what}":  b.question,
		"POST /book/appointment/{id}/{what}": b.answer,
		"GET /book/waiting":                  b.wait,
		"POST /book/waiting":                 b.enlist,
		"GET /book/waiting/{id}":             b.waiting,
		"GET /book/waiting/{id}/{what}":      b.waiting,
		"POST /book/waiting/{id}/{what}":     b.waitingDo,
	} {
		p.Handle(pattern, serve)
	}
	p.Live("GET /book/live", b.live)
	p.Live("GET /book/appointment/{id}/live", b.liveMove)
}

// language of letters: German or English.
func language(x *pages.Context) string { return x.Pick("de", "en") }

// steps of a booking.
func steps(x *pages.Context, now int) pages.Steps {
	return pages.Steps{Now: now, Of: 5, Label: x.Say([]string{"step.service", "step.people", "step.slot", "step.contact", "step.done"}[now-1])}
}

// show shows a page in its dress.
func show(x *pages.Context, page pages.Page) error {
	page.Styles = []string{"book.css"}
	return x.Show(page)
}
