package pages

import (
	"fmt"
	"html/template"
	"strings"
	"time"
)

// functions are what templates may call, in one language.
func functions(s *Speaker) template.FuncMap {
	return template.FuncMap{
		"say": s.Say, "rich": s.Rich, "lang": s.Lang, "pick": s.Pick,
		"day": s.Day, "date": s.Date, "dateshort": s.DateShort, "month": s.Month, "span": s.Span, "weekday": s.Weekday, "weekdayshort": s.WeekdayShort,
		"clock": s.Clock, "clocks": s.Clocks, "moment": s.Moment, "momentshort": s.MomentShort,
		"duration": s.Duration, "minutes": s.Minutes, "days": s.Days,
		"number": s.Number, "decimal": s.Decimal, "percent": s.Percent,
		"iso":   func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
		"dict":  dict,
		"list":  func(all ...any) []any { return all },
		"add":   func(a, b int) int { return a + b },
		"asset": AssetPath,
		"field": field, "option": func(value, label any) Option { return Option{fmt.Sprint(value), fmt.Sprint(label)} },
		"badge": func(kind string, text any) (Badge, error) {
			return Badge{Kind: kind, Text: fmt.Sprint(text)}, known(kind)
		},
		"alert": func(kind string, title any, text ...any) (Alert, error) {
			a := Alert{Kind: kind, Title: fmt.Sprint(title)}
			if len(text) > 0 {
				a.Text = fmt.Sprint(text[0])
			}
			return a, known(kind)
		},
		"live": liveAttributes,
	}
}

// Badge is a word with a colour and a sign; the word says it alone.
type Badge struct{ Kind, Text string }

// Alert is a notice in a box.
type Alert struct{ Kind, Title, Text string }

var kinds = []string{"info", "success", "warning", "danger"}

func known(kind string) error {
	for _, k := range kinds {
		if k == kind {
			return nil
		}
	}
	return fmt.Errorf("kind %q: write one of %s", kind, strings.Join(kinds, ", "))
}

// dict makes a map of names and values for a partial template.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, fmt.Errorf("dict: %d values: write names and values", len(pairs))
	}
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		name, ok := pairs[i].(string)
		if !ok {
			return nil, fmt.Errorf("dict: name %v is no text", pairs[i])
		}
		m[name] = pairs[i+1]
	}
	return m, nil
}

// Option of a select or of radios.
type Option struct{ Value, Label string }

// Field is one field of a form, for the template ui.field.
type Field struct {
	Form         *Form
	Name, ID     string
	Label, Hint  string
	Type         string // text, email, tel, number, date, time, search, password, file, textarea, select, radios, checkbox, hidden
	Value        string
	Error        string
	Options      []Option
	Required     bool
	Optional     bool // says so beside the label
	Autocomplete string
	InputMode    string
	Min, Max     string
	Step         string
	MaxLength    int
	Rows         int
	Width        string // 2, 4, 8, 16: about so many letters; "": as wide as there is room
	Accept       string // of files
}

// Described are the ids of hint and error.
func (f Field) Described() string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.ID+"-hint")
	}
	if f.Error != "" {
		ids = append(ids, f.ID+"-error")
	}
	return strings.Join(ids, " ")
}

// Is reports whether an option is chosen.
func (f Field) Is(o Option) bool { return f.Value == o.Value }

// field makes one: field .Form "name" "label" "type" "email" "required" true.
func field(form *Form, name string, label any, more ...any) (Field, error) {
	f := Field{Form: form, Name: name, ID: "f-" + name, Label: fmt.Sprint(label), Type: "text"}
	if form != nil {
		f.Value, f.Error = form.values.Get(name), form.Error(name)
		if form.labels != nil {
			form.labels[name] = f.Label
		}
	}
	m, err := dict(more...)
	if err != nil {
		return f, err
	}
	for k, v := range m {
		switch k {
		case "type":
			f.Type = fmt.Sprint(v)
		case "id":
			f.ID = fmt.Sprint(v)
		case "hint":
			f.Hint = fmt.Sprint(v)
		case "value":
			if f.Value == "" {
				f.Value = fmt.Sprint(v)
			}
		case "options":
			o, ok := v.([]Option)
			if !ok {
				return f, fmt.Errorf("field %s: options are %T: write []pages.Option", name, v)
			}
			f.Options = o
		case "required":
			f.Required, _ = v.(bool)
		case "optional":
			f.Optional, _ = v.(bool)
		case "autocomplete":
			f.Autocomplete = fmt.Sprint(v)
		case "inputmode":
			f.InputMode = fmt.Sprint(v)
		case "min":
			f.Min = fmt.Sprint(v)
		case "max":
			f.Max = fmt.Sprint(v)
		case "step":
			f.Step = fmt.Sprint(v)
		case "maxlength":
			f.MaxLength, _ = v.(int)
		case "rows":
			f.Rows, _ = v.(int)
		case "width":
			f.Width = fmt.Sprint(v)
		case "accept":
			f.Accept = fmt.Sprint(v)
		default:
			return f, fmt.Errorf("field %s: %q is no attribute of a field", name, k)
		}
	}
	return f, nil
}
