package systemtest

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// A deployable that cannot run says which setting is at fault, and what the
// system said, and ends with code 1.
func TestDeployablesSayWhatIsWrong(t *testing.T) {
	bin := filepath.Join(programs(t), "absenced")
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		env   string
		words []string
	}{
		"taken port":     {"LOTSE_HTTP=" + taken.Addr().String(), []string{"LOTSE_HTTP", taken.Addr().String(), "in use"}},
		"no port":        {"LOTSE_HTTP=localhost", []string{"LOTSE_HTTP", `"localhost"`, "host:port"}},
		"no bus":         {"LOTSE_NATS=nats://127.0.0.1:1", []string{"nats://127.0.0.1:1", "start a NATS server there"}},
		"wrong URL":      {"LOTSE_POSTGRES=postgres://lotse:S3cret@127.0.0.1:1/lotse", []string{"127.0.0.1:1", "check host and port"}},
		"data is a file": {"LOTSE_DATA=" + file, []string{file}},
		"log level":      {"LOTSE_LOG_LEVEL=loud", []string{"LOTSE_LOG_LEVEL", `"loud"`, "debug, info, warn or error"}},
		"no number":      {"LOTSE_ABSENCE_HR_WORKERS=many", []string{`LOTSE_ABSENCE_HR_WORKERS is "many": write a whole number`}},
		"no duration":    {"LOTSE_HTTP_IDLE_FOR=long", []string{`LOTSE_HTTP_IDLE_FOR is "long": write a duration`}},
		"no tokens":      {"LOTSE_TOKENS_FILE=/none", []string{"LOTSE_TOKENS_FILE", "/none"}},
		"no certificate": {"LOTSE_TLS_CERT=/none", []string{"LOTSE_TLS_CERT", "/none", "LOTSE_TLS_KEY"}},
		"no authority":   {"LOTSE_NATS_CA=/none", []string{"LOTSE_NATS_CA", "/none"}},
		"no connectors":  {"LOTSE_ABSENCE_CONNECTORS=/none", []string{"LOTSE_ABSENCE_CONNECTORS", "/none"}},
		"no key":         {"LOTSE_ABSENCE_PSEUDONYMS=*=keyed", []string{"LOTSE_ABSENCE_PSEUDONYM_KEY_FILE", "lotse pseudonym --new-key"}},
		"misspelt":       {"LOTSE_TLS_CRT=/none", []string{"warning: LOTSE_TLS_CRT is not a setting"}},
	} {
		t.Run(name, func(t *testing.T) {
			cmd := exec.Command(bin)
			cmd.Env = append(os.Environ(), "LOTSE_HTTP=127.0.0.1:0", "LOTSE_NATS=nats://127.0.0.1:1", "LOTSE_DATA="+t.TempDir(), "LOTSE_ABSENCE_PSEUDONYMS=*=given", c.env)
			out, err := cmd.CombinedOutput()
			if err == nil || cmd.ProcessState.ExitCode() != 1 {
				t.Errorf("it ended with %v", err)
			}
			for _, w := range c.words {
				if !strings.Contains(string(out), w) {
					t.Errorf("%q is missing in: %s", w, out)
				}
			}
			if strings.Contains(string(out), "S3cret") || strings.Contains(string(out), "goroutine ") {
				t.Errorf("it says too much: %s", out)
			}
		})
	}
	if out, err := exec.Command(bin, "-chek").CombinedOutput(); err == nil || strings.Count(string(out), "\n") != 2 || !strings.Contains(string(out), "-chek") {
		t.Errorf("-chek: %v\n%s", err, out)
	}
	if out, err := exec.Command(bin, "check").CombinedOutput(); err == nil || !strings.Contains(string(out), "takes no arguments") {
		t.Errorf("check: %v\n%s", err, out)
	}
	if out, err := exec.Command(bin, "-help").Output(); err != nil || !strings.Contains(string(out), "LOTSE_NATS") || !strings.Contains(string(out), "LOTSE_ABSENCE_HR_QUEUE") {
		t.Errorf("-help: %v\n%s", err, out)
	}
	check := exec.Command(bin, "-check")
	check.Env = append(os.Environ(), "LOTSE_HTTP=127.0.0.1:0", "LOTSE_ABSENCE_PSEUDONYMS=*=given", "LOTSE_STAFFING_PSEUDONYMS=*=given")
	if out, err := check.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("-check: %v\n%s", err, out)
	}
}
