package natsaccess

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// natscli is the command line that others wrote, of one version.
const natscli = "github.com/nats-io/natscli/nats@v0.3.0"

// command is nats as a user of a place.
type command struct {
	t    *testing.T
	p    *place
	path string

	timeout string // of one request
}

func install(t *testing.T, p *place) *command {
	t.Helper()
	bin := t.TempDir()
	cmd := exec.Command("go", "install", natscli)
	cmd.Dir = bin
	cmd.Env = append(os.Environ(), "GOBIN="+bin, "GOWORK=off", "GOFLAGS=")
	if out, err := cmd.CombinedOutput(); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatalf("%s cannot be built: %v\n%s", natscli, err, out)
		}
		t.Skipf("%s cannot be built here: %v\n%s", natscli, err, out)
	}
	return &command{t, p, filepath.Join(bin, "nats"), "5s"}
}

func (c *command) run(user string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(c.t.Context(), 20*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.path, append([]string{"--server", c.p.url, "--nkey", Credentials(c.p.folder, user),
		"--inbox-prefix", InboxPrefix(user), "--timeout", c.timeout, "--no-context"}, args...)...)
	cmd.Env = append(os.Environ(), "HOME="+c.t.TempDir(), "XDG_CONFIG_HOME="+c.t.TempDir())
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func TestTheCommandLineOfNATS(t *testing.T) {
	p := begin(t, wish(t))
	p.streams()
	p.hr()
	nats := install(t, p)
	for _, c := range []struct{ user, args, says string }{
		{"hr-sap", "request hr.absence.v1.sap.reported {} --raw", "receipt for hr.absence.v1.sap.reported"},
		{"hr-sap", "pub hr.absence.v1.sap.reported {}", "Published"},
		{"frontend-web", "kv get slots altona.2026-12-01 --raw", `{"position":1}`},
		{"frontend-web", "kv info slots", "KV_slots"},
		{"operator-ops", "stream ls --names", "lotse-absence"},
		{"operator-ops", "stream info lotse-absence", "lotse.absence.>"},
		{"operator-ops", "stream purge lotse-staffing --force", "lotse-staffing"},
		{"monitor-grafana", "server ping 1", "1 replies"},
	} {
		out, err := nats.run(c.user, strings.Fields(c.args)...)
		if err != nil || !strings.Contains(out, c.says) {
			t.Errorf("%s: nats %s: %v, lacks %q:\n%s", c.user, c.args, err, c.says, out)
		}
	}
	before := p.state()
	nats.timeout = "700ms" // what is refused is mostly noticed by silence
	var asked sync.WaitGroup
	room := make(chan struct{}, 8)
	for _, c := range []struct{ user, args string }{
		{"hr-sap", "request hr.absence.v1.personio.reported {} --raw"},
		{"hr-sap", "stream ls"},
		{"hr-sap", "kv get slots altona.2026-12-01"},
		{"hr-sap", "sub lotse.> --count 1 --wait 1s"},
		{"hr-sap", "sub hr.> --count 1 --wait 1s"},
		{"frontend-web", "kv put slots altona.2026-12-01 {}"},
		{"frontend-web", "kv purge slots altona.2026-12-01 --force"},
		{"frontend-web", "kv del slots --force"},
		{"frontend-web", "stream purge KV_slots --force"},
		{"frontend-web", "stream rm lotse-booking --force"},
		{"frontend-web", "stream get lotse-booking 1"},
		{"frontend-web", "stream add spy --subjects hr.> --defaults"},
		{"frontend-web", "consumer add lotse-booking spy --pull --defaults"},
		{"frontend-web", "sub lotse.booking.> --count 1 --wait 1s"},
		{"frontend-web", "request hr.absence.v1.sap.reported {} --raw"},
		{"capacity", "stream rm lotse-booking --force"},
		{"capacity", "stream purge lotse-booking --force"},
		{"capacity", "kv put slots altona.2026-12-01 {}"},
		{"capacity", "sub hr.> --count 1 --wait 1s"},
		{"monitor-grafana", "stream ls"},
		{"operator-ops", "stream add raw --subjects hr.> --defaults"},
		{"operator-ops", "kv put slots altona.2026-12-01 {}"},
	} {
		asked.Go(func() {
			room <- struct{}{}
			defer func() { <-room }()
			out, err := nats.run(c.user, strings.Fields(c.args)...)
			if strings.Contains(out, "usage: nats") {
				t.Errorf("nats %s is not called in the right way:\n%s", c.args, out)
			}
			if err == nil && !strings.Contains(strings.ToLower(out), "permissions violation") {
				t.Errorf("%s: nats %s was not refused:\n%s", c.user, c.args, out)
			}
		})
	}
	asked.Wait()
	if after := p.state(); after != before {
		t.Errorf("before\n%s\nafter\n%s", before, after)
	}
}

// state is what the streams hold, to see that nothing was changed.
func (p *place) state() string {
	p.t.Helper()
	var b strings.Builder
	list := p.connect("operator-ops").JetStream().ListStreams(p.t.Context())
	var all []*jetstream.StreamInfo
	for s := range list.Info() {
		all = append(all, s)
	}
	if list.Err() != nil {
		p.t.Fatal(list.Err())
	}
	for _, s := range all {
		b.WriteString(s.Config.Name + " " + s.Created.String() + " " + s.State.LastTime.String() + "\n")
	}
	return b.String()
}
