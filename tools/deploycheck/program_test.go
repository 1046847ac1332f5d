package deploycheck

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// Programs that are checked with, at exact versions. promtool's is Prometheus' in go.mod.
const (
	kubeScore    = "v1.20.0"
	caddyVersion = "v2.11.9" // as in compose.yaml
)

// program builds one with go and keeps it in the user's cache, under a name that
// has its version.
func program(t *testing.T, name string, args ...string) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = t.TempDir()
	}
	dir := filepath.Join(cache, "lotse-deploycheck", strings.NewReplacer("/", "_", "@", "_", ",", "_").Replace(strings.Join(args, " ")))
	path := filepath.Join(dir, name)
	if _, err := os.Stat(path); err == nil {
		return path
	}
	build := t.TempDir()
	cmd := exec.Command("go", args...)
	if args[0] == "build" {
		// At the version of go.mod, with modules that nothing else here needs.
		for _, file := range []string{"go.mod", "go.sum"} {
			text, err := os.ReadFile(file)
			if err == nil {
				err = os.WriteFile(filepath.Join(build, file), text, 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		cmd = exec.Command("go", append([]string{"build", "-mod=mod", "-modfile=" + filepath.Join(build, "go.mod"), "-o", filepath.Join(build, name)}, args[1:]...)...)
	}
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOBIN="+build, "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s cannot be built: %v\n%s", name, err, out)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(filepath.Join(build, name), path); err != nil {
		return filepath.Join(build, name) // another file system: use it where it is
	}
	return path
}

// run a program and return what it says.
func run(ctx context.Context, name string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), "HOME="+os.TempDir())
	out, err := cmd.CombinedOutput()
	return string(out), err
}

var lotse struct {
	sync.Once
	path string
	err  error
}

// prepare runs deploy/prepare.
func prepare(t *testing.T, dir string) {
	t.Helper()
	lotse.Do(func() {
		var folder string
		if folder, lotse.err = os.MkdirTemp("", "lotse-"); lotse.err != nil {
			return
		}
		lotse.path = filepath.Join(folder, "lotse")
		cmd := exec.Command("go", "build", "-o", lotse.path, "./lotse")
		cmd.Dir, cmd.Env = root+"/tools", append(os.Environ(), "GOWORK=off")
		if out, err := cmd.CombinedOutput(); err != nil {
			lotse.err = fmt.Errorf("%w: %s", err, out)
		}
	})
	if lotse.err != nil {
		t.Fatal(lotse.err)
	}
	cmd := exec.Command(deployDir+"/prepare", dir)
	cmd.Env = append(os.Environ(), "LOTSE="+lotse.path)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// prepared is a folder of fresh secrets.
func prepared(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "secrets")
	prepare(t, dir)
	return dir
}

func TestMain(m *testing.M) {
	code := m.Run()
	if lotse.path != "" {
		_ = os.RemoveAll(filepath.Dir(lotse.path))
	}
	os.Exit(code)
}
