//go:build ignore

// Command derive makes kern.css and its icons from the npm package
// @kern-ux/native: it leaves out the components that no page uses, and puts icons
// into files of their own, since the pages' Content-Security-Policy takes no data:
// addresses.
//
//	npm pack @kern-ux/native@2.7.2 && tar xzf kern-ux-native-2.7.2.tgz
//	go run services/internal/pages/assets/derive.go package services/internal/pages/assets
package main

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// left out: what begins with one of these.
var unused = []string{"kern-level", "kern-dark", "kern-light", "kern-kopfzeile", "kern-dropdown", "kern-input-group", "kern-loader", "kern-task-list",
	"kern-dialog", "kern-row", "kern-col", "kern-container", "kern-accordion", "kern-summary", "kern-number", "kern-grid", "kern-gap", "kern-offset",
	"kern-align", "kern-justify", "kern-m-", "kern-mt-", "kern-mb-", "kern-mx-", "kern-my-", "kern-ml-", "kern-mr-", "kern-ms-", "kern-me-",
	"kern-p-", "kern-pt-", "kern-pb-", "kern-px-", "kern-py-", "kern-pl-", "kern-pr-", "kern-ps-", "kern-pe-", "kern-order", "kern-d-", "kern-flex",
	"kern-w-", "kern-h-", "kern-text-", "kern-bg-", "kern-position", "kern-overflow", "kern-float", "kern-stack", "kern-visually"}

// icons that are kept.
var icons = []string{"info", "success", "warning", "danger", "arrow-forward", "arrow-back", "arrow-up", "arrow-down", "check", "close", "download", "search", "calendar-today", "easy-language", "language"}

var (
	comment = regexp.MustCompile(`(?s)/\*.*?\*/`)
	class   = regexp.MustCompile(`\.(kern-[a-z0-9-]+)`)
	data    = regexp.MustCompile(`url\("data:image/svg\+xml,([^"]*)"\)`)
	space   = regexp.MustCompile(`\s+`)
)

func main() {
	if len(os.Args) != 3 {
		fail(fmt.Errorf("derive <folder of the npm package> <folder of the assets>"))
	}
	raw, err := os.ReadFile(filepath.Join(os.Args[1], "dist", "kern.css"))
	fail(err)
	css := sheet(comment.ReplaceAllString(strings.TrimPrefix(string(raw), `@charset "UTF-8";`), ""))
	n := 0
	names := map[string]string{}
	css = data.ReplaceAllStringFunc(css, func(found string) string {
		svg := data.FindStringSubmatch(found)[1]
		if names[svg] == "" {
			n++
			names[svg] = fmt.Sprintf("kern-%d.svg", n)
			plain, err := url.PathUnescape(svg)
			fail(err)
			plain = strings.NewReplacer(" height=''", "", " width=''", "").Replace(plain)
			fail(os.WriteFile(filepath.Join(os.Args[2], names[svg]), []byte(plain+"\n"), 0o644))
		}
		return `url("` + names[svg] + `")`
	})
	head := "/* KERN UX, @kern-ux/native 2.7.2, (c) KERN-Team, EUPL-1.2; a part of it, made by derive.go: see README.md */\n"
	fail(os.WriteFile(filepath.Join(os.Args[2], "kern.css"), []byte(head+css+"\n"), 0o644))
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "derive:", err)
		os.Exit(1)
	}
}

// sheet writes the rules that are kept, without needless space.
func sheet(css string) string {
	var b strings.Builder
	for css = strings.TrimSpace(css); css != ""; css = strings.TrimSpace(css) {
		open := strings.IndexByte(css, '{')
		if open < 0 {
			break
		}
		end, depth := open, 0
		for ; end < len(css); end++ {
			if css[end] == '{' {
				depth++
			} else if css[end] == '}' {
				if depth--; depth == 0 {
					break
				}
			}
		}
		head, body := strings.TrimSpace(css[:open]), css[open+1:end]
		css = css[end+1:]
		if strings.HasPrefix(head, "@media") || strings.HasPrefix(head, "@supports") {
			if inner := sheet(body); inner != "" {
				b.WriteString(space.ReplaceAllString(head, " ") + "{" + inner + "}\n")
			}
			continue
		}
		if !strings.HasPrefix(head, "@") {
			head = selectors(head)
		}
		if head != "" {
			b.WriteString(space.ReplaceAllString(head, " ") + "{" + declarations(body) + "}\n")
		}
	}
	return strings.TrimSpace(b.String())
}

// selectors keeps those of components that are used.
func selectors(head string) string {
	if strings.HasPrefix(head, ":is(") { // the levels of surfaces
		return strings.Split(head, ",\n.kern-")[0]
	}
	var kept []string
	for _, s := range strings.Split(head, ",") {
		keep := true
		for _, c := range class.FindAllStringSubmatch(s, -1) {
			if slices.ContainsFunc(unused, func(u string) bool { return strings.HasPrefix(c[1], u) }) {
				keep = false
			}
			if name, icon := strings.CutPrefix(c[1], "kern-icon--"); icon && !slices.Contains(append([]string{"small", "default", "large", "x-large"}, icons...), name) {
				keep = false
			}
		}
		if keep {
			kept = append(kept, strings.TrimSpace(s))
		}
	}
	return strings.Join(kept, ",")
}

func declarations(body string) string {
	var kept []string
	for _, d := range strings.Split(body, ";\n") {
		if d = space.ReplaceAllString(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(d), ";")), " "); d != "" && !strings.HasPrefix(d, "-webkit-mask") {
			kept = append(kept, strings.Replace(d, ": ", ":", 1))
		}
	}
	return strings.Join(kept, ";")
}
