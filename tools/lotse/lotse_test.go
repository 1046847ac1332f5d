package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const tinyNetwork = "../../deploy/networks/tiny"

// call runs the command line in this process.
func call(t *testing.T, in string, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(t.Context(), args, strings.NewReader(in), &o, &e)
	return code, o.String(), e.String()
}

// lotse is a server that knows nothing yet and takes everything; it counts the
// commands.
func lotse(t *testing.T, answer func(http.ResponseWriter, *http.Request)) (address string, commands *int) {
	commands = new(int)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/network"):
			w.WriteHeader(http.StatusNotFound)
		case r.Method == http.MethodGet:
			io.WriteString(w, "{}")
		default:
			*commands++
			if answer != nil {
				answer(w, r)
			}
			w.Header().Set("Lotse-Position", "1-9")
		}
	}))
	t.Cleanup(s.Close)
	return s.URL, commands
}

func TestApplyAsksFirst(t *testing.T) {
	for _, c := range []struct {
		name, in string
		args     []string
		code     int
		commands int
		out      string
	}{
		{"yes", "y\n", nil, 0, 3, "? [y/N] network "},
		{"no", "n\n", nil, 0, 0, "Nothing was applied."},
		{"just return", "\n", nil, 0, 0, "Nothing was applied."},
		{"no terminal", "", nil, exitMisused, 0, ""},
		{"not asked", "", []string{"--yes"}, 0, 3, "POST /staffing/v1/imports/staff"},
		{"dry run", "", []string{"--dry-run"}, 0, 0, "+ centre "},
	} {
		t.Run(c.name, func(t *testing.T) {
			address, commands := lotse(t, nil)
			code, out, errs := call(t, c.in, append([]string{"apply", "--dir", tinyNetwork, "--server", address}, c.args...)...)
			if code != c.code || *commands != c.commands || !strings.Contains(out, c.out) {
				t.Errorf("code %d, %d commands, want %d and %d\n%s\n%s", code, *commands, c.code, c.commands, out, errs)
			}
			if strings.Contains(out, "[y/N]") != (len(c.args) == 0) {
				t.Errorf("asked or not:\n%s", out)
			}
		})
	}
}

func TestApplyJSONIsOneDocument(t *testing.T) {
	address, _ := lotse(t, nil)
	code, out, errs := call(t, "", "apply", "--dir", tinyNetwork, "--server", address, "--yes", "--json")
	var doc applied
	if err := json.Unmarshal([]byte(out), &doc); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if code != 0 || errs != "" || !doc.Applied || len(doc.Parts) != 3 || len(doc.Changes) == 0 || doc.Parts[0].Position != "1-9" {
		t.Errorf("code %d, %q, %+v", code, errs, doc)
	}
}

func TestApplyListsProblemsAndSendsNothing(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(tinyNetwork)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "policy.yaml"), []byte("goal_days: soon\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	address, commands := lotse(t, nil)
	code, _, errs := call(t, "", "apply", "--dir", dir, "--server", address, "--yes")
	if code != exitWrongInput || *commands != 0 || !strings.Contains(errs, `policy.yaml:1: goal_days: "soon" is not a whole number`) {
		t.Errorf("code %d, %d commands:\n%s", code, *commands, errs)
	}
	code, out, _ := call(t, "", "apply", "--dir", dir, "--server", address, "--dry-run", "--json")
	var doc applied
	if err := json.Unmarshal([]byte(out), &doc); err != nil {
		t.Fatal(err)
	}
	if code != exitWrongInput || len(doc.Problems) == 0 || doc.Problems[len(doc.Problems)-1].Line != 1 || doc.Error == "" {
		t.Errorf("code %d, %+v", code, doc)
	}
	if code, _, errs := call(t, "", "apply", "--dir", filepath.Join(dir, "none")); code != exitFailed || !strings.Contains(errs, "none") {
		t.Errorf("a folder that is not there: code %d, %s", code, errs)
	}
}

func TestApplySaysWhyItWasRefused(t *testing.T) {
	address, _ := lotse(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusUnprocessableEntity)
		io.WriteString(w, `{"title":"Unprocessable Entity","detail":"centre altona is open from 9","errors":[{"message":"opens at 9, the city at 8","location":"body.centres[0].hours"}]}`)
	})
	code, _, errs := call(t, "", "apply", "--dir", tinyNetwork, "--server", address, "--yes")
	if code != exitWrongInput || !strings.Contains(errs, "centre altona is open from 9\n  body.centres[0].hours: opens at 9, the city at 8") {
		t.Errorf("code %d:\n%s", code, errs)
	}
}

// Who is not recognised learns how to show a token.
func TestNobodyIsRecognised(t *testing.T) {
	address, _ := lotse(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusUnauthorized)
		io.WriteString(w, `{"title":"Unauthorized","status":401,"detail":"this needs to know who asks"}`)
	})
	for _, args := range [][]string{{"apply", "--dir", tinyNetwork, "--yes"}, {"forget", "altona.2026-12-01.0f", "--list", ""}, {"rotate-keys"}} {
		code, _, errs := call(t, "", append(args, "--server", address, "--data", t.TempDir())...)
		if code != exitWrongInput || !strings.Contains(errs, "this needs to know who asks\nShow a token by --token-file") {
			t.Errorf("%s: code %d:\n%s", args[0], code, errs)
		}
	}
}

func TestNobodyAnswers(t *testing.T) {
	s := httptest.NewServer(nil)
	s.Close()
	code, _, errs := call(t, "", "apply", "--dir", tinyNetwork, "--server", s.URL, "--yes")
	if code != exitUnreachable || !strings.Contains(errs, "lotse up") {
		t.Errorf("code %d:\n%s", code, errs)
	}
}

func TestInterruptedWhileAsking(t *testing.T) {
	address, commands := lotse(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	in, _ := io.Pipe() // a terminal at which nobody types
	out := writer(func(p []byte) {
		if bytes.Contains(p, []byte("[y/N]")) {
			cancel()
		}
	})
	code := run(ctx, []string{"apply", "--dir", tinyNetwork, "--server", address}, in, out, io.Discard)
	if code != exitInterrupted || *commands != 0 {
		t.Errorf("code %d, %d commands", code, *commands)
	}
}

type writer func([]byte)

func (w writer) Write(p []byte) (int, error) { w(p); return len(p), nil }

func TestMisuse(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"aply"}, `there is no command "aply": did you mean "apply"?`},
		{[]string{"apply"}, "--dir is missing"},
		{[]string{"apply", "--dri"}, "unknown flag: --dri"},
		{[]string{"apply", "x"}, `apply takes no arguments, and "x" is one`},
		{[]string{"apply", "--dir", "x", "--json"}, "add --yes or --dry-run"},
	} {
		code, out, errs := call(t, "", c.args...)
		if code != exitMisused || out != "" || !strings.Contains(errs, c.want) || !strings.Contains(errs, "--help") {
			t.Errorf("%v: code %d, %q, %q", c.args, code, out, errs)
		}
	}
}

func TestHelpAndVersion(t *testing.T) {
	for _, args := range [][]string{nil, {"--help"}, {"help", "apply"}, {"apply", "-h"}} {
		if code, out, errs := call(t, "", args...); code != 0 || !strings.Contains(out, "Usage:") || errs != "" {
			t.Errorf("%v: code %d, %q", args, code, errs)
		}
	}
	if code, out, _ := call(t, "", "version"); code != 0 || !strings.HasPrefix(out, "lotse ") {
		t.Errorf("version: %d %q", code, out)
	}
	var b build
	if _, out, _ := call(t, "", "version", "--json"); json.Unmarshal([]byte(out), &b) != nil || b.Go == "" || b.Version == "" {
		t.Errorf("version --json: %q", out)
	}
}
