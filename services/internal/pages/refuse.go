package pages

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/problem"
)

var problems = problem.Table{
	{Err: ErrTooLarge, Status: http.StatusRequestEntityTooLarge, Type: "body-too-large", De: "Es wurde zu viel auf einmal gesendet: Senden Sie weniger."},
	{Err: errUnreadable, Status: http.StatusBadRequest, Type: "unreadable-form", De: "Das Formular ist nicht lesbar: Senden Sie es noch einmal von der Seite aus ab."},
	{Err: ErrNotFound, Status: http.StatusNotFound, Type: "no-such-page", De: "Diese Seite gibt es nicht."},
}

// answer is what a reader is told of an error.
type answer struct {
	status int
	de, en string
	fields []Problem
}

func (a answer) say(s *Speaker) string { return s.Pick(a.de, a.en) }

func (s *Site) answer(err error) answer {
	told := append(append(append(problem.Table{}, s.opt.Problems...), problems...), access.Problems...).From(err)
	a := answer{status: http.StatusInternalServerError}
	var status huma.StatusError
	if errors.As(told, &status) {
		a.status = status.GetStatus()
	}
	raw, _ := json.Marshal(told) // a problem document says the same to machines
	var doc struct {
		Detail string            `json:"detail"`
		Say    map[string]string `json:"say"`
		Errors []struct{ Message, Location string }
	}
	if json.Unmarshal(raw, &doc) == nil {
		a.en, a.de = doc.Detail, doc.Say["de"]
		for _, e := range doc.Errors {
			a.fields = append(a.fields, Problem{e.Location[strings.LastIndexByte(e.Location, '.')+1:], e.Message})
		}
	}
	return a
}

// fail answers with a page about an error.
func (x *Context) fail(err error) {
	a := x.site.answer(err)
	if a.status >= http.StatusInternalServerError && a.status != http.StatusServiceUnavailable {
		x.site.opt.Log.ErrorContext(x.R.Context(), "page failed", "service", x.site.opt.Service, "route", x.R.Pattern, "error", err)
	}
	if x.R.Context().Err() != nil {
		return // who asked has gone
	}
	x.refused(a)
}

// Refuse answers whoever may not pass: whom we do not know may log in first, everybody
// else reads a page about it. It is an access.Refuser.
func (s *Site) Refuse(w http.ResponseWriter, r *http.Request, err error) {
	harden(w.Header())
	a := s.answer(err)
	// A form is not sent on: the policy lets forms lead to this server only, and the
	// identity provider is another one. The page leads to the log-in.
	if errors.Is(err, access.ErrUnknown) && r.Method == http.MethodGet && r.Header.Get("HX-Request") == "" {
		http.Redirect(w, r, "/auth/login?back="+url.QueryEscape(r.URL.RequestURI()), http.StatusSeeOther)
		return
	}
	x := s.context(s.home, w, r)
	if errors.Is(err, access.ErrForbidden) {
		a.de, a.en = "", ""
		var roles []string
		for _, g := range access.Grants(s.opt.Service, s.Pattern(r)) {
			roles = append(roles, x.Say("role."+string(g.Role)))
		}
		if len(roles) > 0 {
			a.de = x.Say("refused.for", "roles", strings.Join(roles, ", "))
			a.en = a.de
		}
	}
	x.refused(a)
}

// refusal is what the page of an error shows.
type refusal struct {
	Status            int
	Title, Text, Said string
}

func (x *Context) refused(a answer) {
	key := fmt.Sprintf("refused.%d", a.status)
	if !x.Knows(key + ".title") {
		key = "refused.500"
		if a.status < 500 {
			key = "refused.400"
		}
	}
	d := refusal{Status: a.status, Title: x.Say(key + ".title"), Text: x.Say(key + ".text")}
	if said := a.say(x.Speaker); a.status != http.StatusNotFound && a.status < 500 && said != "" {
		d.Said = said
	}
	if a.status == http.StatusServiceUnavailable {
		x.W.Header().Set("Retry-After", "2")
	}
	x.tell(d)
}

func (x *Context) tell(d refusal) {
	x.pack = x.site.home
	if err := x.Show(Page{Template: "refused", Title: d.Title, Status: d.Status, Data: d}); err != nil {
		http.Error(x.W, d.Title, d.Status)
	}
}
