package pages

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
)

// Languages of the pages. Simple is German in plain language; what a catalogue
// does not say in it is said in German.
const (
	German  = "de"
	English = "en"
	Simple  = "de-simple"
)

// Languages are all of them; the first one is taken where nobody wishes for another.
var Languages = []string{German, English, Simple}

// Catalogue is what a package of pages says: by language and key.
type Catalogue map[string]map[string]Message

// Message is a text, or several by plural category ("one", "other"; CLDR).
type Message map[string][]segment

// segment is text, or the name of an argument.
type segment struct {
	text string
	arg  bool
}

// ReadCatalogue reads texts/<language>.yaml of files. Keys are nested or joined
// by dots; arguments stand in braces: "{name}". A mapping of "one" and "other"
// is a plural, chosen by the argument n.
func ReadCatalogue(files fs.FS) (Catalogue, error) {
	c := Catalogue{}
	for _, lang := range Languages {
		raw, err := fs.ReadFile(files, "texts/"+lang+".yaml")
		if err != nil {
			if lang == Simple {
				continue
			}
			return nil, fmt.Errorf("texts: %w", err)
		}
		var tree map[string]any
		if err := yaml.Unmarshal(raw, &tree); err != nil {
			return nil, fmt.Errorf("texts/%s.yaml: %w", lang, err)
		}
		c[lang] = map[string]Message{}
		if err := flatten(c[lang], "", tree); err != nil {
			return nil, fmt.Errorf("texts/%s.yaml: %w", lang, err)
		}
	}
	return c, nil
}

var categories = []string{"zero", "one", "two", "few", "many", "other"}

func forms(m map[string]any) bool {
	for k := range m {
		if !slices.Contains(categories, k) {
			return false
		}
	}
	return m["other"] != nil
}

func flatten(into map[string]Message, prefix string, tree map[string]any) error {
	for _, k := range slices.Sorted(maps.Keys(tree)) {
		key := prefix + k
		switch v := tree[k].(type) {
		case string:
			into[key] = Message{"other": parse(v)}
		case map[string]any:
			if !forms(v) {
				if err := flatten(into, key+".", v); err != nil {
					return err
				}
				continue
			}
			m := Message{}
			for category, text := range v {
				s, ok := text.(string)
				if !ok {
					return fmt.Errorf("%s.%s is %T: write a text", key, category, text)
				}
				m[category] = parse(s)
			}
			into[key] = m
		default:
			return fmt.Errorf("%s is %T: write a text, in quotes", key, v)
		}
	}
	return nil
}

func parse(text string) (all []segment) {
	text = strings.TrimSpace(text)
	for text != "" {
		before, rest, open := strings.Cut(text, "{")
		if before != "" {
			all = append(all, segment{text: before})
		}
		if !open {
			break
		}
		name, after, closed := strings.Cut(rest, "}")
		if !closed {
			all = append(all, segment{text: "{" + rest})
			break
		}
		all = append(all, segment{text: name, arg: true})
		text = after
	}
	return all
}

// Arguments are the names in braces, sorted, over all plural forms.
func (m Message) Arguments() []string {
	seen := map[string]bool{}
	for _, form := range m {
		for _, s := range form {
			if s.arg {
				seen[s.text] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// Plural reports whether the message has more than one form.
func (m Message) Plural() bool { return len(m) > 1 }

// Shared is what all pages say: the layout, the partial templates, refusals.
func Shared() Catalogue { return shared() }

// find looks a key up in one language after the other.
func (c Catalogue) find(lang, key string) (Message, bool) {
	if m, ok := c[lang][key]; ok {
		return m, true
	}
	if lang == Simple {
		m, ok := c[German][key]
		return m, ok
	}
	return nil, false
}
