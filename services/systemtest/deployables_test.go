package systemtest

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/lotse"
	"github.com/lotse-hamburg/lotse/services/booking"
	rights "github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/bus/natsd"
	"github.com/lotse-hamburg/lotse/services/natsaccess"
)

// deployment is the four deployables as processes of their own, each with its
// own folder, and a bus between them.
type deployment struct {
	*town
	bin, data, bus string
	running        map[string]*process // by name
	extra          []string            // of the environment
}

type process struct {
	*exec.Cmd
	url    string
	ended  chan struct{} // closed when standard error is read to its end
	mu     sync.Mutex
	output strings.Builder
}

// said is what it has written so far.
func (p *process) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.output.String()
}

// built is where the deployables lie that the tests of this binary share.
var built struct {
	sync.Once
	folder string
	err    error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if built.folder != "" {
		_ = os.RemoveAll(built.folder)
	}
	os.Exit(code)
}

// programs builds the deployables as they are released, without C.
func programs(t *testing.T) (folder string) {
	t.Helper()
	built.Do(func() {
		if built.folder, built.err = os.MkdirTemp("", "lotse-deployables-"); built.err != nil {
			return
		}
		build := exec.Command("go", "build", "-o", built.folder)
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		for _, service := range lotse.Services {
			build.Args = append(build.Args, fmt.Sprintf("../%s/cmd/%sd", service, service))
		}
		if out, err := build.CombinedOutput(); err != nil {
			built.err = fmt.Errorf("%w: %s", err, out)
		}
	})
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.folder
}

func deploy(t *testing.T, extra ...string) *deployment {
	t.Helper()
	d := &deployment{extra: extra, bin: programs(t), data: t.TempDir(), running: map[string]*process{}}
	access := filepath.Join(d.data, "nats")
	var wish natsaccess.Wish
	for role, name := range map[natsaccess.Role]string{natsaccess.HR: "hr", natsaccess.Operator: "test", natsaccess.Frontend: "test"} {
		user, err := natsaccess.Named(role, name)
		if err != nil {
			t.Fatal(err)
		}
		wish.Add = append(wish.Add, user)
	}
	if _, err := natsaccess.Ensure(access, wish); err != nil {
		t.Fatal(err)
	}
	server, err := natsd.Start(natsd.Options{Dir: filepath.Join(d.data, "bus"), Port: natsd.RandomPort, Access: filepath.Join(access, natsaccess.AccountsFile)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Shutdown)
	d.bus = server.URL()
	d.town = &town{t: t, moved: make(chan struct{})}
	d.url = func(path string) string {
		service, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
		return d.running[service].url + "/" + rest
	}
	d.token = func() string { return "a token for the test" }
	var roles []string
	for _, r := range rights.Roles[1:] {
		roles = append(roles, string(r))
	}
	line := fmt.Sprintf("sha256:%x test %s districts=* centres=* sources=*\n", sha256.Sum256([]byte(d.token())), strings.Join(roles, ","))
	if err := os.WriteFile(filepath.Join(d.data, "tokens"), []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		for service := range d.running {
			d.kill(service)
		}
	})
	for _, service := range lotse.Services {
		d.run(service)
	}
	d.connect(d.bus, as(t, access, "operator-test"), as(t, access, "hr-hr"))
	t.Cleanup(d.nc.Close)
	return d
}

// run starts a deployable under the name of its service.
func (d *deployment) run(service string) { d.replica(service, service) }

// replica starts a deployable and returns when it serves.
func (d *deployment) replica(name, service string, env ...string) *process {
	d.t.Helper()
	p := &process{Cmd: exec.Command(filepath.Join(d.bin, service+"d")), ended: make(chan struct{})}
	p.Env = append(os.Environ(), "LOTSE_HTTP=127.0.0.1:0", "LOTSE_TOKENS_FILE="+filepath.Join(d.data, "tokens"), "LOTSE_NATS="+d.bus, "LOTSE_NATS_CREDS="+natsaccess.Credentials(filepath.Join(d.data, "nats"), service),
		"LOTSE_ABSENCE_PSEUDONYMS=*=given", "LOTSE_STAFFING_PSEUDONYMS=*=given",
		"LOTSE_DATA="+filepath.Join(d.data, name), "LOTSE_DRAIN=0s")
	p.Env = append(append(p.Env, d.extra...), env...)
	stderr, err := p.StderrPipe()
	if err != nil {
		d.t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		d.t.Fatal(err)
	}
	d.running[name] = p
	serves := make(chan string, 1)
	go func() {
		defer close(p.ended)
		lines := bufio.NewScanner(stderr)
		for lines.Scan() {
			var line struct{ Msg, HTTP string }
			if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "serving" {
				serves <- line.HTTP
			}
			p.mu.Lock()
			p.output.WriteString(lines.Text() + "\n")
			p.mu.Unlock()
		}
	}()
	select {
	case address := <-serves:
		p.url = "http://" + address
	case <-p.ended:
		d.t.Fatalf("%sd ended: %v\n%s", service, p.Wait(), &p.output)
	case <-time.After(20 * time.Second):
		d.t.Fatalf("%sd does not serve", service)
	}
	return p
}

// kill ends a deployable as a power cut would.
func (d *deployment) kill(service string) {
	p := d.running[service]
	delete(d.running, service)
	_ = p.Process.Kill()
	<-p.ended
	_ = p.Wait()
}

// stop asks a deployable to end, and it must do so well.
func (d *deployment) stop(service string) {
	d.t.Helper()
	p := d.running[service]
	delete(d.running, service)
	if err := p.Process.Signal(syscall.SIGTERM); err != nil {
		d.t.Fatal(err)
	}
	select {
	case <-p.ended:
	case <-time.After(20 * time.Second):
		_ = p.Process.Kill()
		<-p.ended
		d.t.Errorf("%sd does not end", service)
	}
	if err := p.Wait(); err != nil {
		d.t.Errorf("%sd ended with %v\n%s", service, err, &p.output)
	}
}

// The deployables go the way of a sick note like the single process does; after
// a power cut each goes on from its own log, and asked to end they end well
// although somebody listens.
func TestDeployablesCarryASickNote(t *testing.T) {
	d := deploy(t)
	d.settle(false)
	d.chain("first", today(t)+1)
	for _, service := range lotse.Services {
		d.kill(service)
	}
	for _, service := range lotse.Services {
		d.run(service)
	}
	d.quiet()
	d.chain("second", today(t)+2)

	ctx, leave := context.WithTimeout(t.Context(), time.Minute)
	defer leave()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.url("/booking/v1/events/slots"), nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if line, err := bufio.NewReader(res.Body).ReadString('\n'); err != nil || !strings.HasPrefix(line, "id: ") {
		t.Fatalf("a listener hears %q, %v", line, err)
	}
	for _, service := range lotse.Services {
		p := d.running[service]
		d.stop(service)
		if strings.Contains(strings.ToLower(p.output.String()), "permissions violation") {
			t.Errorf("the bus refused %s what it needs:\n%s", service, &p.output)
		}
	}
	if _, err := io.Copy(io.Discard, res.Body); ctx.Err() != nil {
		t.Errorf("the listener was left alone: %v", err)
	}
	report, err := booking.AuditAt(t.Context(), filepath.Join(d.data, "booking", "booking.db"), nil)
	if err != nil || len(report.Faults) > 0 || report.Position == 0 {
		t.Errorf("the log that the killed booking has left: %+v, %v", report, err)
	}
}
