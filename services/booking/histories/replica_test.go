package histories

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// folder of bookingd, once it was built.
var folder string

// built is bookingd, once for all tests of this package.
var built = sync.OnceValues(func() (_ string, err error) {
	if folder, err = os.MkdirTemp("", "lotse-bookingd-"); err != nil {
		return "", err
	}
	path := filepath.Join(folder, "bookingd")
	out, err := exec.Command("go", "build", "-o", path, "../cmd/bookingd").CombinedOutput()
	if err != nil {
		err = fmt.Errorf("build bookingd: %w: %s", err, out)
	}
	return path, err
})

func TestMain(m *testing.M) {
	code := m.Run()
	if folder != "" {
		_ = os.RemoveAll(folder)
	}
	os.Exit(code)
}

// replica is one bookingd, in one life after the other.
type replica struct {
	t      *testing.T
	env    []string
	url    atomic.Value // string, "" while it is down
	cmd    *exec.Cmd
	ended  chan struct{}
	output *strings.Builder
}

func newReplica(t *testing.T, env ...string) *replica {
	r := &replica{t: t, env: append(os.Environ(), env...)}
	r.url.Store("")
	t.Cleanup(func() {
		if r.cmd != nil {
			r.kill()
		}
	})
	return r
}

// start returns when the replica serves, and how long that took.
func (r *replica) start() time.Duration {
	r.t.Helper()
	path, err := built()
	if err != nil {
		r.t.Fatal(err)
	}
	begun := time.Now()
	cmd := exec.Command(path)
	cmd.Env = r.env
	stderr, err := cmd.StderrPipe()
	if err != nil {
		r.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	ended, output, serves := make(chan struct{}), &strings.Builder{}, make(chan string, 1)
	go func() {
		defer close(ended)
		lines := bufio.NewScanner(stderr)
		for lines.Scan() {
			var line struct{ Msg, HTTP string }
			if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "serving" {
				serves <- line.HTTP
			}
			output.WriteString(lines.Text() + "\n")
		}
	}()
	r.cmd, r.ended, r.output = cmd, ended, output
	select {
	case address := <-serves:
		r.url.Store("http://" + address)
	case <-ended:
		r.t.Fatalf("bookingd ended: %v\n%s", cmd.Wait(), output)
	case <-time.After(20 * time.Second):
		r.t.Fatal("bookingd does not serve")
	}
	return time.Since(begun)
}

// kill ends it as a power cut would.
func (r *replica) kill() {
	r.url.Store("")
	_ = r.cmd.Process.Kill()
	<-r.ended
	_ = r.cmd.Wait()
	r.cmd = nil
}
