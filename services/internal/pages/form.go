package pages

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/lotse-hamburg/lotse/events/day"
)

// Form is what a reader has filled in, and what is wrong with it.
type Form struct {
	// Key is the command's idempotency key: a double click does it once.
	Key      string
	Problems []Problem
	values   url.Values
	labels   map[string]string // of fields, as the page names them
	say      *Speaker
}

// Problem is one thing to put right; Field "" is about the whole.
type Problem struct{ Field, Text string }

// Bounds of forms, in bytes.
const (
	FormSize  = 64 << 10
	ValueSize = 4 << 10
)

// ErrTooLarge: more was sent than is read.
var ErrTooLarge = errors.New("too much was sent: send less")

// ErrNotFound: there is no such page, or nothing that it could show.
var ErrNotFound = errors.New("there is no such page")

// NewForm is a form to be filled in, with values by name: NewForm("day", "2026-12-01").
func (x *Context) NewForm(values ...string) *Form {
	f := &Form{Key: rand.Text(), values: url.Values{}, say: x.Speaker}
	for i := 0; i+1 < len(values); i += 2 {
		f.values.Set(values[i], values[i+1])
	}
	return f
}

// Form reads what was sent: of POST the body, of GET the query.
func (x *Context) Form() (*Form, error) {
	f := x.NewForm()
	if x.R.Method == http.MethodGet || x.R.Method == http.MethodHead {
		f.values = x.R.URL.Query()
		return f, nil
	}
	if err := x.parse(FormSize); err != nil {
		return nil, err
	}
	f.values = x.R.PostForm
	if x.R.MultipartForm != nil {
		f.values = x.R.MultipartForm.Value
	}
	if k := f.Value("key"); k != "" && len(k) <= 100 {
		f.Key = k
	}
	return f, nil
}

func (x *Context) parse(most int64) error {
	if x.R.PostForm != nil {
		return nil
	}
	x.R.Body = http.MaxBytesReader(x.W, x.R.Body, most)
	var err error
	if kind, _, _ := mime.ParseMediaType(x.R.Header.Get("Content-Type")); kind == "multipart/form-data" {
		err = x.R.ParseMultipartForm(most)
	} else {
		err = x.R.ParseForm()
	}
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return fmt.Errorf("%w (more than %d bytes)", ErrTooLarge, most)
	case err != nil:
		return fmt.Errorf("%w: %w", errUnreadable, err)
	}
	return nil
}

var errUnreadable = errors.New("what was sent is no form: send it again from the page")

// Upload reads a form with a file of at most so many bytes. Without a file the
// content is empty.
func (x *Context) Upload(field string, most int64) (f *Form, name string, content []byte, err error) {
	if err := x.parse(most + FormSize); err != nil {
		return nil, "", nil, err
	}
	if f, err = x.Form(); err != nil {
		return nil, "", nil, err
	}
	file, head, err := x.R.FormFile(field)
	if err != nil {
		return f, "", nil, nil
	}
	defer func() { _ = file.Close() }()
	content, err = io.ReadAll(io.LimitReader(file, most+1))
	if err == nil && int64(len(content)) > most {
		err = fmt.Errorf("%w (more than %d bytes)", ErrTooLarge, most)
	}
	return f, head.Filename, content, err
}

// Value of a field, without space around it; too long a one is a problem.
func (f *Form) Value(name string) string {
	v := strings.TrimSpace(f.values.Get(name))
	if len(v) > ValueSize || !utf8.ValidString(v) {
		f.Wrong(name, f.say.Say("form.long"))
		return ""
	}
	return v
}

// Values of a field that may stand there several times.
func (f *Form) Values(name string) []string { return f.values[name] }

// Is reports whether a field has a value, such as a box that is ticked.
func (f *Form) Is(name, value string) bool {
	for _, v := range f.values[name] {
		if v == value {
			return true
		}
	}
	return false
}

// Set gives a field a value.
func (f *Form) Set(name, value string) { f.values.Set(name, value) }

// Wrong notes what is wrong with a field; "" is the whole form.
func (f *Form) Wrong(field, text string) {
	for _, p := range f.Problems {
		if p.Field == field && p.Text == text {
			return
		}
	}
	f.Problems = append(f.Problems, Problem{field, text})
}

// OK reports whether nothing is wrong so far.
func (f *Form) OK() bool { return len(f.Problems) == 0 }

// Error is what is wrong with a field.
func (f *Form) Error(field string) string {
	for _, p := range f.Problems {
		if p.Field == field {
			return p.Text
		}
	}
	return ""
}

// Required is a value that must be there.
func (f *Form) Required(name string) string {
	v := f.Value(name)
	if v == "" && f.Error(name) == "" {
		f.Wrong(name, f.say.Say("form.required"))
	}
	return v
}

// Int is a whole number from low to high.
func (f *Form) Int(name string, low, high int) int {
	v := f.Required(name)
	n, err := strconv.Atoi(v)
	if v != "" && (err != nil || n < low || n > high) {
		f.Wrong(name, f.say.Say("form.number", "low", low, "high", high))
	}
	return n
}

var german = regexp.MustCompile(`^(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})$`)

// Day is a date, as browsers' date fields send it, or as one writes it: 1.12.2026, 1.12.26.
func (f *Form) Day(name string) day.Day {
	v := f.Required(name)
	d, err := day.Parse(v)
	if err != nil {
		if p := german.FindStringSubmatch(v); p != nil {
			if len(p[3]) == 2 {
				p[3] = "20" + p[3]
			}
			d, err = day.Parse(fmt.Sprintf("%s-%02s-%02s", p[3], p[2], p[1]))
		}
	}
	if v != "" && err != nil {
		f.Wrong(name, f.say.Say("form.day"))
	}
	return d
}

// Time is a time of day.
func (f *Form) Time(name string) day.TimeOfDay {
	v := f.Required(name)
	if len(v) == 4 {
		v = "0" + v
	}
	t, err := day.ParseTime(v)
	if v != "" && err != nil {
		f.Wrong(name, f.say.Say("form.time"))
	}
	return t
}

// Told is a problem with the name of its field, once the page has named it.
func (f *Form) Told(p Problem) string {
	switch name := f.labels[p.Field]; {
	case name == "":
		return p.Text
	case strings.HasSuffix(name, "?"):
		return name + " " + p.Text
	default:
		return name + ": " + p.Text
	}
}

// Again shows the page of a form once more: with what is wrong with it, or with
// what err refuses. What failed inside is an error still.
func (x *Context) Again(f *Form, err error, page Page) error {
	page.Status = http.StatusUnprocessableEntity
	if err != nil {
		a := x.site.answer(err)
		if a.status >= http.StatusInternalServerError && a.status != http.StatusServiceUnavailable {
			return err
		}
		page.Status = a.status
		known := false
		for _, p := range a.fields {
			if _, there := f.values[p.Field]; there {
				f.Wrong(p.Field, p.Text)
				known = true
			}
		}
		if !known {
			f.Wrong("", a.say(x.Speaker))
		}
	}
	page.Title = x.Say("form.title", "title", page.Title)
	// What is wrong stands above the fields that say their names: so the page is
	// written once for the names.
	f.labels = map[string]string{}
	if _, err := x.render(page.Template, page.Data); err != nil {
		return err
	}
	return x.Show(page)
}
