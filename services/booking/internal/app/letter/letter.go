package letter

import (
	"bytes"
	"embed"
	"fmt"
	"strings"
	"text/template"
	"time"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/outbox"
)

// Languages that letters are written in; the first is the default.
var Languages = []string{"de", "en"}

// Language is the one to write in for what somebody asked for.
func Language(asked string) string {
	for _, l := range Languages {
		if strings.HasPrefix(strings.ToLower(asked), l) {
			return l
		}
	}
	return Languages[0]
}

// Visit is what a letter is about.
type Visit struct {
	Appointment id.Appointment
	Sequence    int      // how often it was changed
	Services    []string // names in the letter's language, with persons
	Centre      string
	Address     string
	Lat, Lon    float64   // 0, 0: not known
	Begin, End  time.Time // in the city's zone
	Code        string
	Links       Links
	// Expires is when a hold ends that waits for its link.
	Expires time.Time
	// Offers are slots kept for a citizen whose appointment is at risk.
	Offers []Offer
}

// Links are a citizen's own; each has a secret.
type Links struct{ Show, Move, Cancel, OptIn, Take, Earlier, Leave string }

// Offer is a slot that is kept for somebody, and the link that takes it.
type Offer struct {
	Centre string
	Begin  time.Time
	Link   string
}

// Sender is who writes.
type Sender struct {
	Name string // "Hamburg Service"
	From string // address
}

// Message is a letter ready to be sent.
type Message struct {
	ID       string // without angle brackets; the same when it is sent again
	To       string
	ToName   string
	Language string
	Subject  string
	Text     string
	// Calendar is an iCalendar file, Method its method; empty: none.
	Calendar []byte
	Method   string
}

//go:embed texts/*.tmpl
var texts embed.FS

var templates = func() map[string]*template.Template {
	all := map[string]*template.Template{}
	for _, l := range Languages {
		funcs := template.FuncMap{
			"date": func(t time.Time) string { return Date(l, t) },
			"time": func(t time.Time) string { return t.Format("15:04") },
			"list": func(s []string) string { return strings.Join(s, ", ") },
		}
		all[l] = template.Must(template.New("").Funcs(funcs).ParseFS(texts, "texts/"+l+".tmpl"))
	}
	return all
}()

// Write makes a letter; at is now, the time stamp of its calendar file.
func Write(k outbox.Kind, language string, v Visit, s Sender, at time.Time) (m Message, err error) {
	m.Language = Language(language)
	data := struct {
		Visit
		Sender Sender
	}{v, s}
	part := func(name string) (string, error) {
		var b bytes.Buffer
		if err := templates[m.Language].ExecuteTemplate(&b, name, data); err != nil {
			return "", fmt.Errorf("letter %s in %s: %w", k, m.Language, err)
		}
		return strings.TrimSpace(b.String()), nil
	}
	if m.Subject, err = part(string(k) + ".subject"); err != nil {
		return m, err
	}
	if m.Text, err = part(string(k) + ".text"); err != nil {
		return m, err
	}
	m.Text += "\n"
	switch k {
	case outbox.Confirmation, outbox.Moved, outbox.Reminder, outbox.Secured:
		m.Method = Publish
	case outbox.Cancelled:
		m.Method = Cancel
	}
	if m.Method != "" {
		m.Calendar = Calendar(m.Method, m.Language, v, s, at)
	}
	return m, nil
}

var (
	weekdays = map[string][]string{"de": {"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"},
		"en": {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"}}
	months = []string{"Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"}
)

// Date is "Dienstag, 1. Dezember 2026" or "Tuesday, 1 December 2026".
func Date(language string, t time.Time) string {
	weekday := weekdays[language][t.Weekday()]
	if language == "en" {
		return weekday + t.Format(", 2 January 2006")
	}
	return fmt.Sprintf("%s, %d. %s %d", weekday, t.Day(), months[t.Month()-1], t.Year())
}
