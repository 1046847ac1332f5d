package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/httpapi/guard"
	"github.com/lotse-hamburg/lotse/services/booking/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
)

// Links shows what a link in a letter is about: it gets the id, the secret and what
// the link says. Opening one changes nothing: mail scanners and previews open
// links, too.
type Links func(w http.ResponseWriter, r *http.Request, ident, secret, what string)

func (h *api) links(s *httpserver.API) {
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		s.Mux.HandleFunc(method+" /v1/links/{id}/{secret}/{what}", h.link)
	}
	file := op(http.MethodGet, "/v1/appointments/{id}/calendar", "show-calendar", "One appointment as an iCalendar file",
		"RFC 5545, with the rules of Europe/Berlin. A file read later replaces the one before; that of a cancelled appointment removes it.", 0)
	file.Responses = map[string]*huma.Response{"200": {Description: "The file", Content: map[string]*huma.MediaType{"text/calendar": {Schema: &huma.Schema{Type: huma.TypeString}}}}}
	huma.Register(s, file,
		func(ctx context.Context, in *calendarInput) (*calendarOutput, error) {
			data, err := h.app.Calendar(ctx, id.Appointment(in.ID), app.Proof{Secret: in.Code, Channel: in.Channel}, in.Lang)
			if err != nil {
				return nil, problems.From(guard.Tried(ctx, err))
			}
			return &calendarOutput{"text/calendar; charset=utf-8", `attachment; filename="termin.ics"`, "no-store", data}, nil
		})
	huma.Register(s, op(http.MethodGet, "/v1/letters/undelivered", "list-undelivered", "Letters that could not be delivered", "For staff, by appointment: these citizens know nothing yet.", 0),
		func(ctx context.Context, in *undeliveredInput) (*undeliveredOutput, error) {
			if err := h.wait(ctx, in.ReadInput); err != nil {
				return nil, err
			}
			out := &undeliveredOutput{}
			if out.Body.Letters, out.Body.Next = h.app.Undelivered(ctx, in.Cursor, in.Limit); out.Body.Letters == nil {
				out.Body.Letters = []read.Undelivered{}
			}
			return out, nil
		})
}

type calendarInput struct {
	ID      string `path:"id"`
	Code    string `query:"code" doc:"The code, or the secret of the link"`
	Channel string `query:"channel" enum:"online,telephone,desk" default:"online"`
	Lang    string `query:"lang" enum:"de,en" default:"de"`
}

type calendarOutput struct {
	Type        string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Cache       string `header:"Cache-Control"`
	Body        []byte
}

type undeliveredInput struct {
	httpserver.ReadInput
	Cursor id.Appointment `query:"cursor" doc:"next of the page before"`
	Limit  int            `query:"limit" default:"100" minimum:"1" maximum:"1000"`
}

type undeliveredOutput struct {
	Body struct {
		Letters []read.Undelivered `json:"letters"`
		Next    id.Appointment     `json:"next,omitempty" doc:"Cursor of the next page"`
	}
}

// link leads to the pages, by a way that letters already sent know. A form that was
// opened here before is sent on as it is.
func (h *api) link(w http.ResponseWriter, r *http.Request) {
	h.show(w, r, r.PathValue("id"), r.PathValue("secret"), r.PathValue("what"))
}
