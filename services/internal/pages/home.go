package pages

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/lotse-hamburg/lotse/services/internal/access"
)

// Home is what every process has beside the pages of its services: where one
// begins, what is said about these pages, and the assets.
type Home struct {
	*Site
	opt HomeOptions
}

// HomeOptions of a Home.
type HomeOptions struct {
	Options
	// FeedbackMail is where feedback is sent; "": the page names no address.
	FeedbackMail string
	// Sessions, where people log in by a token that they paste; nil: they do not.
	Sessions *access.Sessions
}

// NewHome makes the pages of a process.
func NewHome(opt HomeOptions) *Home {
	opt.Service = access.Process
	h := &Home{Site: New(opt.Options), opt: opt}
	h.home.Handle("GET /{$}", h.start)
	h.home.Handle("GET /about/accessibility", h.about("accessibility"))
	h.home.Handle("GET /about/privacy", h.about("privacy"))
	h.home.Handle("GET /about/feedback", h.feedback)
	h.home.Handle("POST /about/feedback", h.writeFeedback)
	if opt.Sessions != nil {
		opt.Sessions.Pages(h.login, h.RefuseBrowsers)
	}
	h.route("GET /assets/{hash}/{file}", serveAsset)
	return h
}

// start offers citizens what they come for, and staff their places.
func (h *Home) start(x *Context) error {
	var data struct {
		Places   []link
		LoggedIn bool
	}
	data.LoggedIn = x.Principal().Known()
	for _, l := range x.navigation() {
		if l.Key != "book" && l.Key != "promise" {
			data.Places = append(data.Places, l)
		}
	}
	return x.Show(Page{Template: "start", Title: x.Say("start.title"), Data: data})
}

// login asks for a development token.
func (h *Home) login(w http.ResponseWriter, r *http.Request, back string, refused error) {
	harden(w.Header())
	x := h.context(h.home, w, r)
	f := x.NewForm("back", back)
	page := Page{Template: "login", Title: x.Say("login.title"), Data: f}
	show := func(x *Context) error { return x.Show(page) }
	if refused != nil {
		f.Wrong("token", x.Say("login.wrong"))
		show = func(x *Context) error { return x.Again(f, nil, page) }
	}
	if err := x.guarded(show); err != nil {
		x.fail(err)
	}
}

// NoLogin answers where one would log in, in a process that has no log-in: a
// browser reads who can set it up.
func (h *Home) NoLogin(w http.ResponseWriter, r *http.Request) {
	if !Browser(r) {
		access.RefuseBy(w, problems, ErrNotFound, 0)
		return
	}
	harden(w.Header())
	x := h.context(h.home, w, r)
	x.tell(refusal{Status: http.StatusNotFound, Title: x.Say("refused.login.title"), Text: x.Say("refused.login.text")})
}

func (h *Home) about(what string) func(*Context) error {
	return func(x *Context) error {
		return x.Show(Page{Template: what, Title: x.Say(what + ".title"), Data: h.opt.FeedbackMail, Public: true})
	}
}

type feedbackData struct {
	Form  *Form
	Mail  string
	Write string // an address that opens the reader's own mail program
	Text  string
}

func (h *Home) feedback(x *Context) error {
	return x.Show(Page{Template: "feedback", Title: x.Say("feedback.title"),
		Data: feedbackData{Form: x.NewForm("page", x.Query("page")), Mail: h.opt.FeedbackMail}})
}

// writeFeedback keeps nothing: what was written goes into a letter that the reader
// sends by their own mail program.
func (h *Home) writeFeedback(x *Context) error {
	f, err := x.Form()
	if err != nil {
		return err
	}
	text, page := f.Required("text"), f.Value("page")
	d := feedbackData{Form: f, Mail: h.opt.FeedbackMail}
	p := Page{Template: "feedback", Title: x.Say("feedback.title")}
	if !f.OK() {
		p.Data = d
		return x.Again(f, nil, p)
	}
	d.Text = text
	if page != "" {
		d.Text = x.Say("feedback.about", "page", page) + "\n\n" + text
	}
	if h.opt.FeedbackMail != "" {
		q := url.Values{"subject": {x.Say("feedback.subject")}, "body": {d.Text}}
		d.Write = "mailto:" + h.opt.FeedbackMail + "?" + strings.ReplaceAll(q.Encode(), "+", "%20")
	}
	p.Data = d
	return x.Show(p)
}

// Absent answers for an address that nobody serves.
func (s *Site) Absent(w http.ResponseWriter, r *http.Request) { s.Refuse(w, r, ErrNotFound) }

// Browser reports whether a person looks at an answer: a browser that asks for
// HTML, and not below an API.
func Browser(r *http.Request) bool {
	if !strings.Contains(r.Header.Get("Accept"), "text/html") {
		return false
	}
	for _, api := range []string{"/v1/", "/zms/", "/absence/", "/staffing/", "/capacity/", "/booking/", "/openapi"} {
		if strings.HasPrefix(r.URL.Path, api) {
			return false
		}
	}
	return true
}

// RefuseBrowsers answers browsers with pages, everybody else with problem documents.
func (s *Site) RefuseBrowsers(w http.ResponseWriter, r *http.Request, err error) {
	if Browser(r) {
		s.Refuse(w, r, err)
		return
	}
	access.Refuse(w, err, 0)
}
