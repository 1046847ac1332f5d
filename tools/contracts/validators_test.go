package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// install fetches the Node packages of package-lock.json once, in CI.
var install = sync.OnceValues(func() ([]byte, error) {
	cmd := exec.Command("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	cmd.Dir = here()
	return cmd.CombinedOutput()
})

func here() string { return filepath.Join(home(), "tools", "contracts") }

// node says whether other people's programs can be run. Without Node, or without
// its packages, a test is skipped; not in CI.
func node(t *testing.T) {
	t.Helper()
	ci := os.Getenv("CI") == "true"
	if _, err := exec.LookPath("node"); err != nil {
		if ci {
			t.Fatal("node is not installed: with CI=true this test must run (Debian: nodejs, npm)")
		}
		t.Skip("node is not installed, so others' validators cannot be asked (Debian: nodejs, npm)")
	}
	if _, err := os.Stat(filepath.Join(here(), "node_modules", "ajv")); err == nil {
		return
	}
	if !ci {
		t.Skip("others' validators are not installed: npm ci --ignore-scripts in tools/contracts")
	}
	if out, err := install(); err != nil {
		t.Fatalf("npm ci: %v\n%s", err, out)
	}
}

// program runs a Node program and returns what it prints.
func program(t *testing.T, stdin []byte, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "node", args...)
	cmd.Dir = here()
	cmd.Env = append(os.Environ(), "NO_COLOR=1", "REDOCLY_TELEMETRY=off", "REDOCLY_SUPPRESS_UPDATE_NOTICE=true", "NODE_NO_WARNINGS=1")
	cmd.Stdin = bytes.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

const (
	redocly  = "node_modules/@redocly/cli/bin/cli.js"
	spectral = "node_modules/@stoplight/spectral-cli/dist/index.js"
)

// published writes the documents, changed by a planted fault, where programs find them.
func published(t *testing.T, name, from, to string) string {
	t.Helper()
	dir := t.TempDir()
	all := files{}
	for n, doc := range documents(t) {
		if n == name {
			changed := strings.Replace(string(doc), from, to, 1)
			if changed == string(doc) && from != to {
				t.Fatalf("%s does not contain %q", name, from)
			}
			doc = []byte(changed)
		}
		all[n] = doc
	}
	if err := write(dir, all); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestAsyncAPIParserAccepts(t *testing.T) {
	node(t)
	dir := published(t, "", "", "")
	out, err := program(t, nil, "asyncapi.mjs", filepath.Join(dir, "asyncapi.yaml"))
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var seen struct{ Channels, Sends, Receives, Replies int }
	if err := json.Unmarshal([]byte(out), &seen); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	// 41 events, the bucket; HR and four logs, with the channels of their answers.
	if seen.Sends < 42 || seen.Receives != 5 || seen.Replies != 5 || seen.Channels != seen.Sends+seen.Receives+2 {
		t.Errorf("it sees %+v", seen)
	}
	for _, fault := range [][2]string{{"action: send", "action: sing"}, {"#/components/messages/hr-receipt", "#/components/messages/none"}, {"bindingVersion: 0.1.0", "bindingVersion: [0]"}} {
		if out, err := program(t, nil, "asyncapi.mjs", filepath.Join(published(t, "asyncapi.yaml", fault[0], fault[1]), "asyncapi.yaml")); err == nil {
			t.Errorf("%s is accepted: %s", fault[1], out)
		}
	}
}

func TestRedoclyAccepts(t *testing.T) {
	node(t)
	lint := func(dir string) (string, error) {
		found, err := filepath.Glob(filepath.Join(dir, "openapi", "*.json"))
		if err != nil || len(found) != 4 {
			t.Fatal(found, err)
		}
		return program(t, nil, append([]string{redocly, "lint", "--config", "redocly.yaml", "--format", "stylish"}, found...)...)
	}
	if out, err := lint(published(t, "", "", "")); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := lint(published(t, "openapi/booking.json", `"operationId": "hold-slot"`, `"operationId": "search-slots"`)); err == nil {
		t.Errorf("two operations of one id are accepted: %s", out)
	}
}

func TestSpectralAccepts(t *testing.T) {
	node(t)
	lint := func(dir string) (string, error) {
		found, err := filepath.Glob(filepath.Join(dir, "openapi", "*.json"))
		if err != nil || len(found) != 4 {
			t.Fatal(found, err)
		}
		args := []string{spectral, "lint", "--quiet", "--fail-severity", "hint", "--ruleset", "spectral.yaml", filepath.Join(dir, "asyncapi.yaml")}
		return program(t, nil, append(args, found...)...)
	}
	if out, err := lint(published(t, "", "", "")); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := lint(published(t, "openapi/absence.json", `"summary": "Take in one HR event"`, `"summary": 7`)); err == nil {
		t.Errorf("a summary that is a number is accepted: %s", out)
	}
}

// ajv, in strict mode, finds the schemas sound and what was ever written valid.
func TestAjvAgrees(t *testing.T) {
	node(t)
	var forms []string
	for _, dir := range []string{"", "minimal"} {
		found, err := filepath.Glob(filepath.Join(home(), "events", "testdata", dir, "*.json"))
		if err != nil {
			t.Fatal(err)
		}
		forms = append(forms, found...)
	}
	ask := func(dir string) (string, error) {
		return program(t, nil, append([]string{"ajv.mjs", filepath.Join(dir, "schemas")}, forms...)...)
	}
	if out, err := ask(published(t, "", "", "")); err != nil || len(forms) < 82 {
		t.Errorf("%d forms, %v\n%s", len(forms), err, out)
	}
	if out, err := ask(published(t, "schemas/lotse.absence.absence-recorded.v1.json", `"type": "boolean"`, `"type": "integer"`)); err == nil {
		t.Errorf("another type is accepted: %s", out)
	}
}
