package deploycheck

import (
	"bytes"
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/loader"
	"github.com/compose-spec/compose-go/v2/types"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"sigs.k8s.io/yaml"
)

const deployDir = root + "/deploy"

var services = []string{"absence", "booking", "capacity", "staffing"}

// compose loads compose.yaml as docker compose does: schema, anchors, variables,
// references between its parts.
func compose(t *testing.T) *types.Project {
	t.Helper()
	dir, err := filepath.Abs(deployDir)
	if err != nil {
		t.Fatal(err)
	}
	p, err := loader.LoadWithContext(t.Context(), types.ConfigDetails{WorkingDir: dir, Environment: types.Mapping{},
		ConfigFiles: []types.ConfigFile{{Filename: filepath.Join(dir, "compose.yaml")}}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestCompose(t *testing.T) {
	p, known := compose(t), settings(t)
	want := append([]string{"collector", "grafana", "jaeger", "nats-1", "nats-2", "nats-3", "nats-exporter", "node-exporter", "postgres", "postgres-exporter", "prometheus", "proxy"}, services...)
	slices.Sort(want)
	if have := slices.Sorted(maps.Keys(p.Services)); !slices.Equal(have, want) {
		t.Errorf("it has %v", have)
	}
	for name, s := range p.Services {
		ours := slices.Contains(services, name)
		if _, tag, ok := strings.Cut(s.Image, ":"); !ok || tag == "latest" || tag == "" {
			t.Errorf("%s: the image %q is no version", name, s.Image)
		}
		if !s.ReadOnly || !slices.Contains(s.CapDrop, "ALL") || !slices.Contains(s.SecurityOpt, "no-new-privileges:true") || s.Privileged {
			t.Errorf("%s may too much", name)
		}
		for _, v := range s.Volumes {
			if v.Type == types.VolumeTypeBind && v.Source != "/" && !strings.Contains(v.Source, "/deploy/secrets/") {
				if _, err := os.Stat(v.Source); err != nil {
					t.Errorf("%s mounts what is not there: %v", name, err)
				}
			}
		}
		for key, value := range s.Environment {
			if strings.HasPrefix(key, "LOTSE_") && !known[key] && key != "LOTSE_SITE" {
				t.Errorf("%s: %s is no setting: see docs/CONFIG.md", name, key)
			}
			if value != nil && strings.HasPrefix(*value, "/run/secrets/") && !slices.ContainsFunc(s.Secrets, func(x types.ServiceSecretConfig) bool {
				return filepath.Base(*value) == x.Target || x.Target == "" && filepath.Base(*value) == x.Source || x.Target == *value
			}) {
				t.Errorf("%s: %s is %s, and no secret is there", name, key, *value)
			}
		}
		if !ours {
			continue
		}
		if s.Deploy == nil || s.Deploy.Replicas == nil || *s.Deploy.Replicas != 2 || s.HealthCheck == nil || s.HealthCheck.Test[1] != "/"+name+"d" || s.HealthCheck.Test[2] != "-ready" {
			t.Errorf("%s: two that are asked for their health, are they? %+v %+v", name, s.Deploy, s.HealthCheck)
		}
		if s.Build == nil || s.Build.Target != name+"d" || s.StopGracePeriod == nil {
			t.Errorf("%s is built from %+v", name, s.Build)
		}
		for _, needs := range []string{"LOTSE_POSTGRES_FILE", "LOTSE_NATS_CREDS", "LOTSE_NATS_CA", "LOTSE_TOKENS_FILE"} {
			if s.Environment[needs] == nil {
				t.Errorf("%s lacks %s", name, needs)
			}
		}
	}
	for volume := range p.Volumes {
		if !slices.ContainsFunc(slices.Collect(maps.Values(p.Services)), func(s types.ServiceConfig) bool {
			return slices.ContainsFunc(s.Volumes, func(v types.ServiceVolumeConfig) bool { return v.Source == volume })
		}) {
			t.Errorf("the volume %s is nobody's", volume)
		}
	}
}

// What deploy/prepare makes is what compose.yaml mounts, and a second run changes
// nothing.
func TestPrepareMakesTheSecrets(t *testing.T) {
	p, dir := compose(t), prepared(t)
	before := map[string][]byte{}
	needs := func(file string) {
		_, rest, ok := strings.Cut(file, "/deploy/secrets/")
		if !ok {
			return
		}
		if info, err := os.Stat(filepath.Join(dir, rest)); err != nil || !info.IsDir() && info.Size() == 0 {
			t.Errorf("%s is not made: %v", rest, err)
		}
	}
	for _, s := range p.Secrets {
		needs(s.File)
	}
	for _, s := range p.Services {
		for _, v := range s.Volumes {
			needs(v.Source)
		}
	}
	read := func(into map[string][]byte) {
		if err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
			if err != nil || info.IsDir() {
				return err
			}
			into[path], err = os.ReadFile(path)
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	read(before)
	prepare(t, dir)
	after := map[string][]byte{}
	read(after)
	if len(before) < 30 || !maps.EqualFunc(before, after, bytes.Equal) {
		t.Errorf("a second run changes what was there: %d files, then %d", len(before), len(after))
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the secrets' folder is open to others: %v %v", info.Mode(), err)
	}
}

func TestDockerfile(t *testing.T) {
	text, err := os.ReadFile(deployDir + "/Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := parser.Parse(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range parsed.Warnings {
		t.Errorf("%s %v", w.Short, w.Location)
	}
	lint := linter.New(&linter.Config{Warn: func(rule, about, url, message string, _ []parser.Range) { t.Errorf("%s: %s (%s)", rule, message, url) }})
	stages, args, err := instructions.Parse(parsed.AST, lint)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range args {
		for _, v := range a.Args {
			if v.Value == nil || !strings.Contains(*v.Value, ":") || strings.HasSuffix(*v.Value, ":latest") {
				t.Errorf("%s is no version", v.String())
			}
		}
	}
	last := map[string]instructions.Stage{}
	for _, s := range stages {
		last[s.Name] = s
		for _, c := range s.Commands {
			if from, ok := c.(*instructions.CopyCommand); ok && from.From == "" {
				for _, source := range from.SourcePaths {
					if _, err := os.Stat(filepath.Join(root, source)); err != nil {
						t.Errorf("COPY %s: %v", source, err)
					}
				}
			}
		}
	}
	user := ""
	for _, c := range last["base"].Commands {
		if u, ok := c.(*instructions.UserCommand); ok {
			user = u.User
		}
	}
	if user != "65532:65532" {
		t.Errorf("images run as %q", user)
	}
	for _, service := range services {
		s, ok := last[service+"d"]
		entry, runs := s.Commands[len(s.Commands)-1].(*instructions.EntrypointCommand)
		if !ok || s.BaseName != "base" || !runs || entry.CmdLine[0] != "/"+service+"d" {
			t.Errorf("%sd: %+v", service, s)
		}
	}
}

// The collector's configuration names only what it defines itself.
func TestCollector(t *testing.T) {
	text, err := os.ReadFile(deployDir + "/otel/collector.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var c struct {
		Receivers, Processors, Exporters, Extensions map[string]any
		Service                                      struct {
			Extensions []string
			Pipelines  map[string]struct{ Receivers, Processors, Exporters []string }
			Telemetry  map[string]any
		}
	}
	if err := yaml.UnmarshalStrict(text, &c); err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	all := func(what string, names []string, defined map[string]any) {
		for _, n := range names {
			used[what+n] = true
			if _, ok := defined[n]; !ok {
				t.Errorf("%s %s is not defined", what, n)
			}
		}
	}
	for _, p := range c.Service.Pipelines {
		all("receiver ", p.Receivers, c.Receivers)
		all("processor ", p.Processors, c.Processors)
		all("exporter ", p.Exporters, c.Exporters)
	}
	all("extension ", c.Service.Extensions, c.Extensions)
	if want := len(c.Receivers) + len(c.Processors) + len(c.Exporters) + len(c.Extensions); len(used) != want || len(c.Service.Pipelines) == 0 {
		t.Errorf("%d parts are defined and %d used", want, len(used))
	}
}

// Caddy itself reads its file.
func TestCaddyfile(t *testing.T) {
	caddy := program(t, "caddy", "install", "github.com/caddyserver/caddy/v2/cmd/caddy@"+caddyVersion)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	out, err := run(ctx, caddy, "validate", "--adapter", "caddyfile", "--config", deployDir+"/caddy/Caddyfile")
	if err != nil || !strings.Contains(out, "Valid configuration") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := run(ctx, caddy, "fmt", deployDir+"/caddy/Caddyfile"); err != nil {
		t.Errorf("it is not formatted: %v\n%s", err, out)
	}
}
