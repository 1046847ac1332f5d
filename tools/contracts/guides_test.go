package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// block is a fenced block of a guide: "sh" is run, all of a guide's in one
// shell; "json answer" or "text answer" is what the block before it prints;
// "<language> file=<name>" is written to that file before anything runs.
type block struct {
	line     int
	language string
	file     string
	answer   bool
	text     string
}

func blocks(t *testing.T, path string) (all []block) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var open *block
	for i, line := range strings.Split(string(raw), "\n") {
		switch {
		case open == nil && strings.HasPrefix(line, "```"):
			words := strings.Fields(strings.TrimPrefix(line, "```"))
			if len(words) == 0 {
				t.Fatalf("%s:%d: the block does not say what it is", path, i+1)
			}
			open = &block{line: i + 2, language: words[0]}
			for _, w := range words[1:] {
				name, isFile := strings.CutPrefix(w, "file=")
				switch {
				case isFile:
					open.file = name
				case w == "answer":
					open.answer = true
				default:
					t.Fatalf("%s:%d: %q means nothing to the test", path, i+1, w)
				}
			}
		case open != nil && line == "```":
			all = append(all, *open)
			open = nil
		case open != nil:
			open.text += line + "\n"
		}
	}
	if open != nil {
		t.Fatalf("%s: the block at line %d does not end", path, open.line)
	}
	return all
}

// guide runs a guide's blocks against a city and compares what they print.
func guide(t *testing.T, c *up, name string) {
	t.Helper()
	node(t)
	path := filepath.Join(home(), "docs", name)
	dir := t.TempDir()
	prepare(t, dir)
	var script strings.Builder
	script.WriteString("set -euo pipefail\n")
	all := blocks(t, path)
	for i, b := range all {
		switch {
		case b.file != "":
			if err := os.WriteFile(filepath.Join(dir, b.file), []byte(b.text), 0o644); err != nil {
				t.Fatal(err)
			}
		case b.language == "sh":
			fmt.Fprintf(&script, "echo %d >at\n{\n%s\n} >%d.out 2>%d.err\n", i, b.text, i, i)
		}
	}
	cmd := exec.CommandContext(t.Context(), "bash", "-c", script.String())
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "LOTSE="+c.url, "NATS_URL="+c.nats, "DATA="+c.data, "GOWORK=off", "GOFLAGS=-mod=mod",
		"PATH="+filepath.Dir(natsCLI(t))+":"+filepath.Dir(c.lotse)+":"+os.Getenv("PATH"), "XDG_CONFIG_HOME="+dir, "NODE_NO_WARNINGS=1", "TZ=Europe/Berlin")
	cmd.WaitDelay = 5 * time.Second
	failed := cmd.Run()
	read := func(i int, what string) string {
		text, _ := os.ReadFile(filepath.Join(dir, fmt.Sprint(i, ".", what))) // nothing, if it did not come to that
		return string(text)
	}
	if failed != nil {
		at, _ := os.ReadFile(filepath.Join(dir, "at"))
		var i int
		if _, err := fmt.Sscan(string(at), &i); err != nil {
			t.Fatalf("%s: %v", name, failed)
		}
		t.Fatalf("%s:%d: %v\n%s%s%s", name, all[i].line, failed, all[i].text, read(i, "out"), read(i, "err"))
	}
	ran := -1
	for i, b := range all {
		switch {
		case b.answer && ran < 0:
			t.Errorf("%s:%d: an answer to nothing", name, b.line)
		case b.answer:
			if wrong := unlike(b, read(ran, "out")); wrong != "" {
				t.Errorf("%s:%d: %s\nthe guide shows\n%s\nit was\n%s%s", name, b.line, wrong, b.text, read(ran, "out"), read(ran, "err"))
			}
		case b.language == "sh":
			ran = i
		}
	}
}

// prepare lets Go and Node find in dir what the guides' programs import.
func prepare(t *testing.T, dir string) {
	t.Helper()
	mod, err := os.ReadFile(filepath.Join(home(), "tools", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("module github.com/lotse-hamburg/lotse/tools", "module example.org/guide", "=> ../", "=> "+home()+"/").Replace(string(mod))
	sum, err := os.ReadFile(filepath.Join(home(), "tools", "go.sum"))
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"go.mod": text, "go.sum": string(sum), "package.json": `{"type":"module","private":true}`} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(filepath.Join(here(), "node_modules"), filepath.Join(dir, "node_modules")); err != nil {
		t.Fatal(err)
	}
}

const natsTool = "github.com/nats-io/natscli/nats@v0.3.0"

// natsCLI builds the NATS command line.
func natsCLI(t *testing.T) string {
	t.Helper()
	bin := t.TempDir()
	cmd := exec.CommandContext(t.Context(), "go", "install", natsTool)
	cmd.Dir = bin
	cmd.Env = append(os.Environ(), "GOBIN="+bin, "GOWORK=off", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s cannot be built: %v\n%s", natsTool, err, out)
		}
		t.Skipf("%s cannot be built here: %v\n%s", natsTool, err, out)
	}
	return filepath.Join(bin, "nats")
}

// exact are the fields whose value is shown, not only their kind.
var exact = []string{"status", "type", "state", "title", "what", "errorCode"}

// unlike says how an output differs from the shape that a guide shows.
func unlike(b block, out string) string {
	if b.language == "text" {
		pattern := strings.ReplaceAll(regexp.QuoteMeta(strings.TrimSpace(b.text)), "…", ".*")
		if !regexp.MustCompile(`(?s)^` + pattern + `$`).MatchString(strings.TrimSpace(out)) {
			return "the text is another"
		}
		return ""
	}
	shown, err := values(b.text)
	if err != nil {
		return "what is shown is not JSON: " + err.Error()
	}
	got, err := values(out)
	if err != nil {
		return "the answer is not JSON: " + err.Error()
	}
	if len(shown) != len(got) {
		return fmt.Sprintf("%d documents are shown, %d came", len(shown), len(got))
	}
	for i := range shown {
		if wrong := shape("", shown[i], got[i]); wrong != "" {
			return wrong
		}
	}
	return ""
}

func values(text string) (all []any, err error) {
	d := json.NewDecoder(strings.NewReader(text))
	for {
		var v any
		if err := d.Decode(&v); err == io.EOF {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
}

// shape compares fields and kinds; each element of a list must be like one of those shown.
func shape(path string, shown, got any) string {
	if reflect.TypeOf(shown) != reflect.TypeOf(got) {
		return fmt.Sprintf("%s is %v, not like %v", path, got, shown)
	}
	switch s := shown.(type) {
	case map[string]any:
		g := got.(map[string]any)
		for k := range g {
			if _, ok := s[k]; !ok {
				return fmt.Sprintf("%s.%s is not shown", path, k)
			}
		}
		for k, v := range s {
			if _, ok := g[k]; !ok {
				return fmt.Sprintf("%s.%s is missing", path, k)
			}
			if slices.Contains(exact, k) && !reflect.DeepEqual(v, g[k]) {
				return fmt.Sprintf("%s.%s is %v, not %v", path, k, g[k], v)
			}
			if wrong := shape(path+"."+k, v, g[k]); wrong != "" {
				return wrong
			}
		}
	case []any:
		g := got.([]any)
		if len(s) > 0 && len(g) == 0 || len(s) == 0 && len(g) > 0 {
			return fmt.Sprintf("%s has %d elements, %d are shown", path, len(g), len(s))
		}
		for i := range g {
			like := func(one any) bool { return shape("", one, g[i]) == "" }
			if !slices.ContainsFunc(s, like) {
				return shape(fmt.Sprintf("%s[%d]", path, i), s[0], g[i])
			}
		}
	}
	return ""
}

// A wrong answer in a guide is found.
func TestUnlikeAnswersAreFound(t *testing.T) {
	const shown = `{"status":"recorded","position":7,"list":[{"centre":"a"}]}`
	for got, want := range map[string]string{
		`{"status":"recorded","position":99,"list":[{"centre":"b"},{"centre":"c"}]}`: "",
		`{"status":"unchanged","position":7,"list":[{"centre":"b"}]}`:                ".status is unchanged, not recorded",
		`{"status":"recorded","list":[{"centre":"b"}]}`:                              ".position is missing",
		`{"status":"recorded","position":"7","list":[{"centre":"b"}]}`:               ".position is 7, not like 7",
		`{"status":"recorded","position":7,"list":[{"centre":"b","free":1}]}`:        ".list[0].free is not shown",
		`{"status":"recorded","position":7,"list":[]}`:                               ".list has 0 elements, 1 are shown",
		`not JSON`: "the answer is not JSON: invalid character 'o' in literal null (expecting 'u')",
	} {
		if wrong := unlike(block{language: "json", text: shown}, got); wrong != want {
			t.Errorf("%s: %q, wanted %q", got, wrong, want)
		}
	}
	if wrong := unlike(block{language: "text", text: "seen … slots\n"}, "seen 7 slots"); wrong != "" {
		t.Error(wrong)
	}
	if unlike(block{language: "text", text: "seen … slots\n"}, "seen 7 slots\nand more") == "" {
		t.Error("more text than is shown is accepted")
	}
}

func TestIntegrateHR(t *testing.T) {
	c := start(t, map[string]string{"paisy": "a-secret-of-paisy-in-this-test", "personio": "a-secret-of-personio-in-this-test",
		"hibob": "a-secret-of-hibob-in-this-test", "bamboohr": "a-secret-of-bamboohr-in-this-test", "sap": "a-secret-of-sap-in-this-test", "frappe": "a-secret-of-frappe-in-this-test"})
	guide(t, c, "integrate-hr.md")
}

func TestIntegrateFrontend(t *testing.T) {
	guide(t, start(t, nil), "integrate-frontend.md")
}
