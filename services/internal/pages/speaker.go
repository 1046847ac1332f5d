package pages

import (
	"fmt"
	"html/template"
	"math"
	"strings"
	"time"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
	"golang.org/x/text/number"

	"github.com/lotse-hamburg/lotse/events/day"
)

// Speaker says texts, dates and numbers in one language.
type Speaker struct {
	lang  string
	tag   language.Tag
	zone  *time.Location
	print *message.Printer
	texts []Catalogue // the page's own first
}

// NewSpeaker speaks lang with the texts of the catalogues, the first that has a
// key first, and of the shared one.
func NewSpeaker(lang string, zone *time.Location, texts ...Catalogue) *Speaker {
	tag := language.German
	if lang == English {
		tag = language.BritishEnglish
	}
	return &Speaker{lang: lang, tag: tag, zone: zone, print: message.NewPrinter(tag), texts: append(texts, shared())}
}

// Lang is the language: German, English or Simple.
func (s *Speaker) Lang() string { return s.lang }

// German reports whether the language is German, plain or not. Where the domain
// speaks German and English by itself it tells which of both.
func (s *Speaker) German() bool { return s.lang != English }

// Pick is de or en.
func (s *Speaker) Pick(de, en string) string {
	if s.German() && de != "" || en == "" {
		return de
	}
	return en
}

// Say is the text of a key; args are names and values: Say("greet", "name", n).
// Numbers are written as the language does, and n chooses the plural.
func (s *Speaker) Say(key string, args ...any) string {
	var b strings.Builder
	for _, seg := range s.form(key, args) {
		if seg.arg {
			b.WriteString(s.argument(seg.text, args))
		} else {
			b.WriteString(seg.text)
		}
	}
	return b.String()
}

// Rich is a text whose own markup counts: `see <a href="{to}">there</a>`. Arguments
// are escaped.
func (s *Speaker) Rich(key string, args ...any) template.HTML {
	var b strings.Builder
	for _, seg := range s.form(key, args) {
		if seg.arg {
			b.WriteString(template.HTMLEscapeString(s.argument(seg.text, args)))
		} else {
			b.WriteString(seg.text)
		}
	}
	return template.HTML(b.String())
}

// Knows reports whether a text exists.
func (s *Speaker) Knows(key string) bool {
	for _, c := range s.texts {
		if _, ok := c.find(s.lang, key); ok {
			return true
		}
	}
	return false
}

func (s *Speaker) form(key string, args []any) []segment {
	for _, c := range s.texts {
		m, ok := c.find(s.lang, key)
		if !ok {
			continue
		}
		if m.Plural() {
			if form, ok := m[s.category(args)]; ok {
				return form
			}
		}
		return m["other"]
	}
	return []segment{{text: "⟦" + key + "⟧"}} // tests look for it
}

var names = map[plural.Form]string{plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other"}

func (s *Speaker) category(args []any) string {
	n, ok := float(lookup(args, "n"))
	if !ok || n != math.Trunc(n) {
		return "other"
	}
	return names[plural.Cardinal.MatchPlural(s.tag, int(math.Abs(n)), 0, 0, 0, 0)]
}

func lookup(args []any, name string) any {
	for i := 0; i+1 < len(args); i += 2 {
		if args[i] == name {
			return args[i+1]
		}
	}
	return nil
}

func (s *Speaker) argument(name string, args []any) string {
	switch v := lookup(args, name).(type) {
	case nil:
		return "{" + name + "}"
	case string:
		return v
	case day.Day:
		return s.Day(v)
	case day.TimeOfDay:
		return s.Clock(v)
	case time.Time:
		return s.Moment(v)
	case time.Duration:
		return s.Duration(v)
	default:
		if _, ok := float(v); ok {
			return s.Number(v)
		}
		return fmt.Sprint(v)
	}
}

func float(v any) (float64, bool) {
	switch n := v.(type) {
	case int:
		return float64(n), true
	case int16:
		return float64(n), true
	case int32:
		return float64(n), true
	case int64:
		return float64(n), true
	case float64:
		return n, true
	case day.Minutes:
		return float64(n), true
	}
	return 0, false
}

// Number writes an integer or a fraction with up to two digits: "1.234,5".
func (s *Speaker) Number(v any) string {
	f, ok := float(v)
	if !ok {
		return fmt.Sprint(v)
	}
	return s.Decimal(f, 2)
}

// Decimal writes a number with at most so many digits after the point.
func (s *Speaker) Decimal(f float64, digits int) string {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return "–"
	}
	return s.print.Sprint(number.Decimal(f, number.MaxFractionDigits(digits)))
}

// Percent writes a share from 0 to 1: "93,4 %", "93.4%".
func (s *Speaker) Percent(share float64, digits int) string {
	if s.German() {
		return s.Decimal(share*100, digits) + "\u00a0%"
	}
	return s.Decimal(share*100, digits) + "%"
}
