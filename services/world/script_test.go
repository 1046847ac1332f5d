package world_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/lotse-hamburg/lotse/events/day"
)

// A scenario file is a list of blocks. A block has lines that say what happens,
// then "----", then what Lotse answered, recorded, up to an empty line. Lines
// that begin with # are for readers.

// block is what happens at once, before the city comes to rest.
type block struct {
	line   int      // of the first, for messages
	happen []string // with comments
	answer string   // as recorded
}

func parseScript(text string) (all []block, err error) {
	var b *block
	answering := false
	end := func() error {
		if b != nil && !answering {
			for _, l := range b.happen {
				if !strings.HasPrefix(l, "#") {
					return fmt.Errorf("line %d: the block has no line ----: put it after what happens, also where nothing was recorded yet", b.line)
				}
			}
		}
		if b != nil {
			all = append(all, *b)
		}
		b, answering = nil, false
		return nil
	}
	for i, l := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		if b == nil && l != "" {
			b = &block{line: i + 1}
		}
		switch {
		case l == "":
			if err := end(); err != nil {
				return nil, err
			}
		case answering:
			b.answer += l + "\n"
		case l == separator:
			answering = true
		default:
			b.happen = append(b.happen, l)
		}
	}
	return all, end()
}

const separator = "----"

// write is the file again.
func writeScript(all []block) string {
	var s strings.Builder
	for i, b := range all {
		if i > 0 {
			s.WriteString("\n")
		}
		said := false
		for _, l := range b.happen {
			s.WriteString(l + "\n")
			said = said || !strings.HasPrefix(l, "#")
		}
		if said {
			s.WriteString(separator + "\n" + b.answer)
		}
	}
	return s.String()
}

// sentence is one form of line that a script may have: fixed words with names in
// angle brackets, each one word; the last one may end in dots and then takes
// the rest of the line.
type sentence struct {
	form string
	do   func(c *city, a words) error
	re   *regexp.Regexp
}

var placeholder = regexp.MustCompile(`<([a-z_]+)(\.\.\.)?>`)

func compile(all []sentence) []sentence {
	for i, s := range all {
		expression := "^"
		at := 0
		for _, m := range placeholder.FindAllStringSubmatchIndex(s.form, -1) {
			expression += regexp.QuoteMeta(s.form[at:m[0]]) + "(?P<" + s.form[m[2]:m[3]] + ">"
			if m[4] >= 0 {
				expression += ".+)"
			} else {
				expression += `[^\s,]+)`
			}
			at = m[1]
		}
		all[i].re = regexp.MustCompile(expression + regexp.QuoteMeta(s.form[at:]) + "$")
	}
	return all
}

// words are what stands in a sentence's brackets; reading one that is wrong is
// noted and reported at the end of the sentence.
type words struct {
	by  map[string]string
	bad *error
}

func (w words) text(name string) string { return w.by[name] }

func (w words) note(err error) {
	if err != nil && *w.bad == nil {
		*w.bad = err
	}
}

func (w words) number(name string) int {
	n, err := strconv.Atoi(w.by[name])
	if err != nil {
		w.note(fmt.Errorf("%q is no whole number", w.by[name]))
	}
	return n
}

func (w words) date(name string) day.Day {
	d, err := day.Parse(w.by[name])
	w.note(err)
	return d
}

func (w words) time(name string) day.TimeOfDay {
	t, err := day.ParseTime(w.by[name])
	w.note(err)
	return t
}

// run does what one line says.
func (c *city) run(line string) error {
	for _, s := range sentences {
		m := s.re.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		var bad error
		a := words{by: map[string]string{}, bad: &bad}
		for i, name := range s.re.SubexpNames()[1:] {
			a.by[name] = m[i+1]
		}
		if err := s.do(c, a); bad == nil {
			return err
		}
		return bad
	}
	forms := make([]string, len(sentences))
	for i, s := range sentences {
		forms[i] = "  " + s.form
	}
	return fmt.Errorf("%q is none of the sentences that a scenario may have:\n%s", line, strings.Join(forms, "\n"))
}
