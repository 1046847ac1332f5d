package pages

import (
	"regexp"
	"strings"
	"sync"
)

// Phrases are what parsers say of wrong values, in English, and the same in
// German. What changes from case to case is written {…} in both.
type Phrases struct {
	pairs [][2]string
	forms func() []*regexp.Regexp
}

var hole = regexp.MustCompile(`\\\{[a-z]+\\\}`)

// NewPhrases takes English and German in turn.
func NewPhrases(enDe ...string) Phrases {
	p := Phrases{}
	for i := 0; i+1 < len(enDe); i += 2 {
		p.pairs = append(p.pairs, [2]string{enDe[i], enDe[i+1]})
	}
	p.forms = sync.OnceValue(func() (all []*regexp.Regexp) {
		for _, pair := range p.pairs {
			quoted := hole.ReplaceAllStringFunc(regexp.QuoteMeta(pair[0]), func(h string) string {
				return "(?P<" + strings.Trim(h, `\{}`) + ">.*?)"
			})
			all = append(all, regexp.MustCompile("^"+quoted+"$"))
		}
		return all
	})
	return p
}

// German of an English phrase; the phrase itself, and false, where there is none.
func (p Phrases) German(english string) (string, bool) {
	for i, form := range p.forms() {
		m := form.FindStringSubmatch(english)
		if m == nil {
			continue
		}
		de := p.pairs[i][1]
		for j, name := range form.SubexpNames() {
			if name != "" {
				de = strings.ReplaceAll(de, "{"+name+"}", m[j])
			}
		}
		return de, true
	}
	return english, false
}

// In is the phrase in the speaker's language, as far as it is known.
func (p Phrases) In(s *Speaker, english string) string {
	if !s.German() {
		return english
	}
	de, _ := p.German(english)
	return de
}
