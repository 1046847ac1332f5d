// Package pagestest checks packages of pages: what they say in each language, and
// what they render.
package pagestest

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

var (
	// said are keys in templates and in Go: say "key", Say("key"), Rich("key").
	said = regexp.MustCompile(`\b(?:say|rich|Say|Rich)[ (]\s*"([^"]+)"`)
	// begun are keys whose end is worked out: printf "status.%s", "status." + s.
	begun    = regexp.MustCompile(`"([a-z][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*\.)(?:%[svdq]"|"\s*\+)`)
	quoted   = regexp.MustCompile(`"([a-z][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)+)"`)
	inline   = regexp.MustCompile(`(?i)<style\b|\sstyle\s*=|\son[a-z]+\s*=\s*["']|javascript:`)
	comments = regexp.MustCompile(`(?m)(^|\s)//.*$`)
	scripted = regexp.MustCompile(`(?i)<script\b(?:[^>"]|"(?:[^"{]|{{[^}]*}})*")*>`)
)

// Package checks a package of pages in dirs ("."), which brings files: both languages
// say the same keys with the same arguments and plurals, every key that is used
// exists, every key that exists is used, templates can be read and hold no inline
// script or style.
func Package(t *testing.T, files fs.FS, dirs ...string) {
	t.Helper()
	texts, err := pages.ReadCatalogue(files)
	if err != nil {
		t.Fatal(err)
	}
	site := pages.New(pages.Options{Service: "test"})
	site.Package(files)
	if _, err := site.Pages(); err != nil {
		t.Error(err)
	}
	for _, problem := range Texts(texts) {
		t.Error(problem)
	}
	used, prefixes := usage(t, files, dirs...)
	shared := pages.Shared()
	for _, key := range slices.Sorted(maps.Keys(used)) {
		if texts[pages.German][key] == nil && shared[pages.German][key] == nil && !slices.ContainsFunc(prefixes, func(p string) bool { return p == key }) {
			t.Errorf("%s says %q, and texts/de.yaml does not have it", used[key], key)
		}
	}
	all := source(t, files, dirs...)
	for _, key := range slices.Sorted(maps.Keys(texts[pages.German])) {
		if used[key] != "" || slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(key, p) }) || strings.Contains(all, `"`+key+`"`) {
			continue
		}
		t.Errorf("texts/de.yaml: nobody says %q", key)
	}
}

// Texts are the differences between the languages of a catalogue.
func Texts(c pages.Catalogue) (problems []string) {
	wrong := func(format string, a ...any) { problems = append(problems, fmt.Sprintf(format, a...)) }
	de := c[pages.German]
	for _, lang := range slices.Sorted(maps.Keys(c)) {
		for key, m := range c[lang] {
			was, ok := de[key]
			switch {
			case !ok:
				wrong("texts/%s.yaml has %q, texts/de.yaml does not", lang, key)
			case !slices.Equal(m.Arguments(), was.Arguments()) && lang != pages.Simple:
				wrong("%q takes %v in %s and %v in de", key, m.Arguments(), lang, was.Arguments())
			case m.Plural() != was.Plural():
				wrong("%q has plurals in one of %s and de only", key, lang)
			case m.Plural() && m["one"] == nil:
				wrong("texts/%s.yaml: %q has no form for one", lang, key)
			}
		}
	}
	for key := range de {
		if c[pages.English][key] == nil {
			wrong("texts/en.yaml does not have %q", key)
		}
	}
	slices.Sort(problems)
	return problems
}

// usage are the keys said, and where; and the beginnings of those worked out.
func usage(t *testing.T, files fs.FS, dirs ...string) (used map[string]string, prefixes []string) {
	t.Helper()
	used = map[string]string{}
	for name, text := range sources(t, files, dirs...) {
		for _, m := range said.FindAllStringSubmatch(text, -1) {
			if !strings.HasSuffix(m[1], ".") && !strings.Contains(m[1], "%") {
				used[m[1]] = name
			}
		}
		for _, m := range begun.FindAllStringSubmatch(text, -1) {
			prefixes = append(prefixes, m[1])
		}
		if strings.HasSuffix(name, ".html") {
			if at := inline.FindString(text); at != "" {
				t.Errorf("%s has %q: the pages' policy forbids what is inline; use a class", name, at)
			}
			for _, tag := range scripted.FindAllString(text, -1) {
				if strings.Contains(tag, ` src="{{asset `) {
					continue
				}
				t.Errorf("%s has %s: scripts belong to pages/assets", name, tag)
			}
		}
	}
	return used, prefixes
}

func source(t *testing.T, files fs.FS, dirs ...string) string {
	var b strings.Builder
	for _, text := range sources(t, files, dirs...) {
		for _, m := range quoted.FindAllString(text, -1) {
			b.WriteString(m + " ")
		}
	}
	return b.String()
}

// sources are the templates and the Go files that are no tests, by name.
func sources(t *testing.T, files fs.FS, dirs ...string) map[string]string {
	t.Helper()
	all := map[string]string{}
	names, _ := fs.Glob(files, "templates/*.html")
	for _, name := range names {
		raw, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = string(raw)
	}
	var code []string
	for _, dir := range dirs {
		found, _ := filepath.Glob(filepath.Join(dir, "*.go"))
		code = append(code, found...)
	}
	for _, name := range code {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[name] = comments.ReplaceAllString(string(raw), "")
	}
	return all
}
