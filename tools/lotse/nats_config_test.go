package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/services/natsaccess"
)

func TestNATSConfig(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "nats")
	call := func(args ...string) (code int, out, errs string) {
		var o, e bytes.Buffer
		code = run(context.Background(), append([]string{"nats-config"}, args...), strings.NewReader(""), &o, &e)
		return code, o.String(), e.String()
	}
	code, out, errs := call("--out", folder, "--hr", "sap", "--frontend", "web", "--server", "--tls-cert", "c.pem", "--tls-key", "k.pem")
	if code != 0 || !strings.Contains(out, filepath.Join(folder, "creds", "hr-sap.nk")) {
		t.Fatalf("%d\n%s%s", code, out, errs)
	}
	info, err := os.Stat(natsaccess.Credentials(folder, "frontend-web"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info, err)
	}
	if code, out, _ := call("--out", folder, "--hr", "sap"); code != 0 || !strings.Contains(out, "nothing was written") {
		t.Errorf("the second time: %d\n%s", code, out)
	}
	code, out, _ = call("--out", folder, "--hr", "bamboo", "--rotate", "hr-sap", "--remove", "frontend-web", "--json")
	var done natsaccess.Result
	if err := json.Unmarshal([]byte(out), &done); err != nil || code != 0 || len(done.Users) != 6 || len(done.Added) != 2 || len(done.Removed) != 1 {
		t.Errorf("%d %+v, %v", code, done, err)
	}
	for want, args := range map[string][]string{
		"--out is missing":   {},
		"letters, digits":    {"--out", folder, "--hr", "a.>"},
		"add --server":       {"--out", folder, "--cluster", "lotse"},
		"give both or none":  {"--out", folder, "--server", "--tls-cert", "c.pem"},
		"takes no arguments": {"--out", folder, "sap"},
	} {
		if code, _, errs := call(args...); code != exitMisused || !strings.Contains(errs, want) {
			t.Errorf("%v: %d, %q lacks %q", args, code, errs, want)
		}
	}
	if code, _, errs := call("--out", folder, "--remove", "hr-nobody"); code != exitFailed || !strings.Contains(errs, "hr-nobody") {
		t.Errorf("%d, %s", code, errs)
	}
}
