package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/services/allinone/verify"
)

// Exit code 1 is kept for what was found: whatever else fails has another.
func TestVerifyIsCalledWrongly(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none.json")
	journal := filepath.Join(t.TempDir(), "journal")
	if err := os.WriteFile(journal, []byte("no receipt\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	const nobody = "postgres://lotse:secret@127.0.0.1:1/lotse"
	for _, c := range []struct {
		name, want string
		code       int
		args       []string
	}{
		{"nothing named", "name what to look at", exitMisused, nil},
		{"both named", "--cluster names the databases", exitMisused, []string{"--cluster", "--postgres", nobody}},
		{"one of four", "name what to look at", exitMisused, []string{"--database", "booking=" + nobody}},
		{"no cluster", "make cluster", exitUnreachable, []string{"--cluster=" + none}},
		{"no receipts", "line 1 of the journal", exitWrongInput, []string{"--postgres", nobody, "--journal", journal}},
		{"no database", "log of absence", exitUnreachable, []string{"--postgres", nobody}},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, _, errs := call(t, "", append([]string{"verify"}, c.args...)...)
			if code != c.code || !strings.Contains(errs, c.want) || strings.Contains(errs, "secret") {
				t.Errorf("exit code %d, wanted %d and %q: %s", code, c.code, c.want, errs)
			}
		})
	}
}

func TestChecksArePrinted(t *testing.T) {
	var b bytes.Buffer
	printChecks(&b, verify.Report{Checks: []verify.Check{{Name: "logs", Looked: 7, Of: "events", Holds: "no hole"},
		{Name: "people", Of: "duties", Faults: 3, First: []string{"e-1 is at two places"}}, {Name: "bucket", Left: "no bus was named"}}})
	for _, want := range []string{"7 events        holds", "3 FAULTS", "! e-1 is at two places", "… and 2 more", "left out: no bus was named"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is missing in\n%s", want, b.String())
		}
	}
}

func TestDemoWithoutACluster(t *testing.T) {
	if code, _, errs := call(t, "", "demo", "--cluster="+filepath.Join(t.TempDir(), "none.json")); code == 0 || !strings.Contains(errs, "make cluster") {
		t.Errorf("exit code %d: %s", code, errs)
	}
}
