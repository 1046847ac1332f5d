package httpapi

import (
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"errors"
	"html/template"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app/letter"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/waiting"
	"github.com/lotse-hamburg/lotse/services/booking/internal/httpapi/guard"
	"github.com/lotse-hamburg/lotse/services/booking/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
)

// The links in letters lead to small pages without scripts. Opening one changes
// nothing: mail scanners and previews open links too. One button does it.

//go:embed links.html
var linksHTML string

var linksPage = template.Must(template.New("").Parse(linksHTML))

// linksStyle lets browsers use the page's own style sheet and no other: the one
// with this hash (CSP Level 3, 2.3.1).
var linksStyle = func() string {
	_, rest, _ := strings.Cut(linksHTML, "<style>")
	style, _, _ := strings.Cut(rest, "</style>")
	sum := sha256.Sum256([]byte(style))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}()

// page is what a link shows.
type page struct {
	Lang     string
	Heading  string
	Text     string
	What     []string // services
	When     string
	Where    string
	Button   string // of the form; none when empty
	Calendar string // link to the file
	Cancel   string // link to the page that cancels
	Move     string // link to the page that moves
	Choice   *choice
}

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

// link shows a citizen's appointment, or does with it what the link says.
func (h *api) link(w http.ResponseWriter, r *http.Request) {
	ap, proof, what := id.Appointment(r.PathValue("id")), app.Proof{Secret: r.PathValue("secret")}, r.PathValue("what")
	acts := r.Method == http.MethodPost
	lang := letter.Language(r.Header.Get("Accept-Language"))
	if what == "earlier" || what == "leave" {
		h.waitingLink(w, r, what, lang)
		return
	}
	if what == "move" {
		h.moveLink(w, r, ap, proof, lang)
		return
	}
	var err error
	switch {
	case what == "opt-in" && acts:
		_, _, err = h.app.OptIn(r.Context(), centreday.HoldID(ap), proof.Secret)
	case what == "opt-in":
		if _, seen := h.app.Appointment(r.Context(), ap, proof); errors.Is(seen, centreday.ErrNoSuchAppointment) {
			show(w, http.StatusOK, page{Lang: lang, Heading: say(lang, "confirm?"), Text: say(lang, "confirm!"), Button: say(lang, "confirm")})
			return
		}
	case what == "cancel" && acts:
		if _, err = h.app.Cancel(r.Context(), "", ap, proof); errors.Is(err, centreday.ErrAlreadyOver) {
			err = nil
		}
	case what == "take" && acts:
		_, _, err = h.app.Accept(r.Context(), "", ap, proof, centreday.HoldID(r.URL.Query().Get("hold")))
	case what != "cancel" && what != "show" && what != "take":
		err = centreday.ErrNoSuchAppointment
	}
	var v app.View
	if err == nil {
		v, err = h.app.Appointment(r.Context(), ap, proof)
	}
	if err = guard.Tried(r.Context(), err); err != nil {
		failed(w, lang, err)
		return
	}
	if v.Contact.Language != "" {
		lang = letter.Language(v.Contact.Language)
	}
	h.show(w, r, v, what, lang)
}

func (h *api) show(w http.ResponseWriter, r *http.Request, v app.View, what, lang string) {
	visit := h.app.Describe(v, lang)
	p := page{Lang: lang, What: visit.Services, When: letter.Date(lang, visit.Begin) + ", " + visit.Begin.Format("15:04") + "–" + visit.End.Format("15:04"),
		Where: strings.TrimSuffix(visit.Centre+", "+visit.Address, ", ")}
	switch {
	case v.Life != centreday.Booked.String():
		p.Heading, p.Text = say(lang, v.Life), say(lang, v.Life+"!")
	case what == "cancel":
		p.Heading, p.Text, p.Button = say(lang, "cancel?"), say(lang, "cancel!"), say(lang, "cancel")
	case what == "take" && r.Method == http.MethodGet:
		offer, found := h.app.Kept(v.Appointment, centreday.HoldID(r.URL.Query().Get("hold")))
		if !found {
			failed(w, lang, centreday.ErrHoldExpired)
			return
		}
		there := v
		there.Place = offer.Place
		visit := h.app.Describe(there, lang)
		p.Heading, p.Text, p.Button = say(lang, "take?"), say(lang, "take!"), say(lang, "take")
		p.When = letter.Date(lang, visit.Begin) + ", " + visit.Begin.Format("15:04") + "–" + visit.End.Format("15:04")
		p.Where = strings.TrimSuffix(visit.Centre+", "+visit.Address, ", ")
	default:
		p.Heading, p.Cancel, p.Move = say(lang, "booked"), "cancel", "move"
		if v.AtRisk {
			p.Text = say(lang, "at-risk!")
		}
		p.Calendar = "../../../appointments/" + string(v.Appointment) + "/calendar?lang=" + lang + "&code=" + r.PathValue("secret")
	}
	show(w, http.StatusOK, p)
}

func failed(w http.ResponseWriter, lang string, err error) {
	status := http.StatusInternalServerError
	var known huma.StatusError
	if errors.As(problems.From(err), &known) {
		status = known.GetStatus()
	}
	text := "later!"
	switch {
	case errors.Is(err, centreday.ErrAlreadyOver):
		text = "over!"
	case errors.Is(err, app.ErrWrongCode), errors.Is(err, centreday.ErrNoSuchAppointment):
		text = "unknown!"
	case errors.Is(err, app.ErrTooManyAppointments):
		text = "enough!"
	case errors.Is(err, centreday.ErrHoldExpired), errors.Is(err, waiting.ErrNoOffer), errors.Is(err, waiting.ErrNotWaiting):
		text = "expired!"
	}
	show(w, status, page{Lang: lang, Heading: say(lang, "sorry"), Text: say(lang, text)})
}

func show(w http.ResponseWriter, status int, p page) {
	var b bytes.Buffer
	if err := linksPage.Execute(&b, p); err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	head := w.Header()
	head.Set("Content-Type", "text/html; charset=utf-8")
	head.Set("Content-Language", p.Lang)
	head.Set("Cache-Control", "no-store")
	head.Set("Referrer-Policy", "no-referrer") // the address holds a secret
	head.Set("X-Robots-Tag", "noindex")
	head.Set("Content-Security-Policy", "default-src 'none'; style-src "+linksStyle+"; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	w.WriteHeader(status)
	_, _ = w.Write(b.Bytes()) // who does not read it has gone
}

// say is what a page says, by language.
func say(lang, what string) string { return pageTexts[what][lang] }

var pageTexts = map[string]map[string]string{
	"booked":     {"de": "Ihr Termin", "en": "Your appointment"},
	"take?":      {"de": "Diesen Termin nehmen?", "en": "Take this appointment?"},
	"take!":      {"de": "Er ist für Sie freigehalten und ersetzt Ihren gefährdeten Termin.", "en": "It is kept for you and replaces your appointment at risk."},
	"take":       {"de": "Diesen Termin nehmen", "en": "Take this appointment"},
	"earlier?":   {"de": "Früheren Termin nehmen?", "en": "Take the earlier appointment?"},
	"earlier!":   {"de": "Er ist für Sie freigehalten.", "en": "It is kept for you."},
	"taken":      {"de": "Der Termin gehört Ihnen", "en": "The appointment is yours"},
	"taken!":     {"de": "Sie bekommen gleich eine Nachricht mit allen Angaben.", "en": "You will get a message with all details in a moment."},
	"leave?":     {"de": "Nicht mehr warten?", "en": "Stop waiting?"},
	"leave!":     {"de": "Ihr Platz auf der Warteliste entfällt.", "en": "Your place on the waiting list is given up."},
	"leave":      {"de": "Nicht mehr warten", "en": "Stop waiting"},
	"left":       {"de": "Sie stehen nicht mehr auf der Warteliste", "en": "You are not on the waiting list any more"},
	"cancel?":    {"de": "Termin absagen?", "en": "Cancel this appointment?"},
	"cancel!":    {"de": "Der Termin wird sofort für andere frei.", "en": "It will be free for others at once."},
	"cancel":     {"de": "Termin absagen", "en": "Cancel appointment"},
	"cancelled":  {"de": "Der Termin ist abgesagt", "en": "The appointment is cancelled"},
	"cancelled!": {"de": "Danke. Er hilft jetzt jemand anderem.", "en": "Thank you. It helps somebody else now."},
	"kept":       {"de": "Der Termin ist vorbei", "en": "The appointment is over"},
	"kept!":      {"de": "Sie waren da.", "en": "You were there."},
	"missed":     {"de": "Der Termin ist vorbei", "en": "The appointment is over"},
	"missed!":    {"de": "Einen neuen können Sie jederzeit buchen.", "en": "You can book a new one at any time."},
	"at-risk!":   {"de": "Dieser Termin ist gefährdet, weil Personal fehlt. Er ist nicht gestrichen.", "en": "This appointment is at risk since staff are missing. It is not dropped."},
	"move?":      {"de": "Termin verschieben", "en": "Move your appointment"},
	"move!":      {"de": "Ihr jetziger Termin bleibt Ihnen, bis Sie einen neuen gewählt haben.", "en": "Your present appointment stays yours until you have chosen a new one."},
	"move":       {"de": "Auf diesen Termin verschieben", "en": "Move to this appointment"},
	"moved":      {"de": "Ihr Termin ist verschoben", "en": "Your appointment is moved"},
	"gone!":      {"de": "Dieser Termin wurde gerade vergeben. Ihr bisheriger Termin gilt weiter. Bitte wählen Sie einen anderen.", "en": "This slot has just been taken. Your present appointment still stands. Please choose another."},
	"choose!":    {"de": "Bitte wählen Sie einen der freien Termine.", "en": "Please choose one of the free slots."},
	"none!":      {"de": "Hier ist in dieser Zeit nichts frei. Ihr bisheriger Termin gilt weiter.", "en": "Nothing is free here in this time. Your present appointment still stands."},
	"over!":      {"de": "Dieser Termin ist vorbei oder abgesagt.", "en": "This appointment is over or cancelled."},
	"confirm?":   {"de": "Termin bestätigen", "en": "Confirm your appointment"},
	"confirm!":   {"de": "Ein Klick genügt, dann gehört der Termin Ihnen.", "en": "One click, and the appointment is yours."},
	"confirm":    {"de": "Termin bestätigen", "en": "Confirm appointment"},
	"sorry":      {"de": "Das ging leider nicht", "en": "Sorry, that did not work"},
	"unknown!":   {"de": "Diesen Link kennen wir nicht. Bitte öffnen Sie ihn noch einmal aus der Nachricht.", "en": "We do not know this link. Please open it from the message again."},
	"expired!":   {"de": "Die Zeit ist abgelaufen, und der freigehaltene Termin ist nicht mehr da. Bitte wählen Sie einen anderen.", "en": "The time is over, and the slot that was kept is gone. Please choose another."},
	"enough!":    {"de": "Für diese Adresse gibt es schon so viele Termine dafür, wie erlaubt sind. Sagen Sie einen ab, oder rufen Sie an.", "en": "This address has as many appointments for this as are allowed. Cancel one, or call us."},
	"later!":     {"de": "Bitte versuchen Sie es in einer Minute noch einmal.", "en": "Please try again in a minute."},
}
