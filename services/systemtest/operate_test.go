package systemtest

import (
	"bufio"
	"context"
	"debug/elf"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/lotse"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/pgtest"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
	"github.com/lotse-hamburg/lotse/services/natsaccess"
)

var update = flag.Bool("update", false, "write generated documents anew")

// ready is what a process says about itself.
func (p *process) ready(t *testing.T) (status int, is httpserver.Readiness) {
	t.Helper()
	res, err := http.Get(p.url + "/readyz")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if err := json.NewDecoder(res.Body).Decode(&is); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, is
}

// eventually polls until is holds.
func eventually(t *testing.T, what string, within time.Duration, is func() bool) {
	t.Helper()
	for end := time.Now().Add(within); !is(); {
		if time.Now().After(end) {
			t.Fatalf("within %s it is never so: %s", within, what)
		}
		<-time.After(50 * time.Millisecond)
	}
}

// Two replicas of booking on one Postgres: one leads; /readyz follows database,
// bus and the end of the process; who ends in peace serves on while it says no, hands
// the lease over, and ends well.
func TestReplicasSayHowTheyAre(t *testing.T) {
	line, database := lineTo(t, pgtest.Database(t))
	kek := filepath.Join(t.TempDir(), "booking.kek")
	d := deploy(t, "LOTSE_POSTGRES="+database, "LOTSE_BOOKING_KEY_FILE="+kek, "LOTSE_LOG_LEVEL=debug")
	first := d.running["booking"]
	second := d.replica("booking-2", "booking", "LOTSE_DRAIN=1s")
	d.settle(false)
	leads := func(p *process) bool {
		_, is := p.ready(t)
		return len(is.Services) == 1 && is.Services[0].Leads
	}
	eventually(t, "one of two leads", 10*time.Second, func() bool { return leads(first) != leads(second) })
	for _, p := range []*process{first, second} {
		if status, is := p.ready(t); status != 200 || !is.Ready || is.State != httpserver.Serving || !is.Services[0].Database || !is.Services[0].Bus {
			t.Errorf("%d %+v", status, is)
		}
	}

	line.set(true)
	eventually(t, "not ready without its database", 15*time.Second, func() bool {
		status, is := second.ready(t)
		return status == 503 && !is.Ready && is.State == httpserver.Serving && !is.Services[0].Database && is.Services[0].Bus
	})
	if res, err := http.Get(second.url + "/healthz"); err != nil || res.StatusCode != 200 {
		t.Errorf("a process whose database is away would be restarted: %v", err)
	}
	line.set(false)
	eventually(t, "ready again, and one leads", 20*time.Second, func() bool {
		status, _ := second.ready(t)
		return status == 200 && leads(first) != leads(second)
	})

	if !leads(second) { // the one that drains for a second is to be the leader
		d.stop("booking")
		eventually(t, "the second leads", 10*time.Second, func() bool { return leads(second) })
		d.run("booking")
		first = d.running["booking"]
	}
	listener, err := http.Get(second.url + "/v1/events/slots")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Body.Close() }()
	heard := bufio.NewReader(listener.Body)
	if line, err := heard.ReadString('\n'); err != nil || !strings.HasPrefix(line, "id: ") {
		t.Fatalf("a listener hears %q, %v", line, err)
	}
	if err := second.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	eventually(t, "it says that it ends", time.Second, func() bool { status, is := second.ready(t); return status == 503 && is.State == httpserver.Ending })
	if res, err := http.Get(second.url + "/v1/services"); err != nil || res.StatusCode != 200 {
		t.Errorf("while it drains it does not serve: %v", err)
	}
	if !leads(second) {
		t.Error("it gave the lease away before it stopped serving")
	}
	begun := time.Now()
	eventually(t, "the first leads", 10*time.Second, func() bool { return leads(first) })
	t.Logf("the other replica leads %s after the drain began (1 s of drain, streams end 0.6 s later)", time.Since(begun).Round(10*time.Millisecond))
	<-second.ended
	if err := second.Wait(); err != nil {
		t.Errorf("it ended with %v\n%s", err, second.said())
	}
	delete(d.running, "booking-2")
	if _, err := io.Copy(io.Discard, heard); err != nil {
		t.Errorf("the listener was cut off: %v", err)
	}
	logs(t, "booking", second.said())
}

// logs must be JSON with the service's name; what a request caused names its trace.
func logs(t *testing.T, service, text string) {
	t.Helper()
	traced, said := 0, map[string]bool{}
	for l := range strings.Lines(text) {
		var line struct{ Time, Level, Msg, Service, Trace_ID string }
		if err := json.Unmarshal([]byte(l), &line); err != nil || line.Level == "" || line.Time == "" || line.Service != service {
			t.Errorf("not a line of the log: %v %s", err, l)
		}
		if len(line.Trace_ID) == 32 {
			traced++
		}
		said[line.Msg] = true
	}
	if traced == 0 || !said["serving"] || !said["ending"] || !said["ended"] {
		t.Errorf("%d lines name a trace; serving, ending and ended are %t, %t, %t", traced, said["serving"], said["ending"], said["ended"])
	}
}

// A lost bus does not take a replica out of service.
func TestReplicasServeWithoutABus(t *testing.T) {
	d := deploy(t)
	line, address := lineTo(t, d.bus)
	p := d.replica("booking-2", "booking", "LOTSE_NATS="+address)
	eventually(t, "it is connected", 10*time.Second, func() bool { _, is := p.ready(t); return is.Services[0].Bus })
	line.set(true)
	eventually(t, "it sees that the bus is away", 10*time.Second, func() bool { _, is := p.ready(t); return !is.Services[0].Bus })
	if status, is := p.ready(t); status != 200 || !is.Ready {
		t.Errorf("without a bus: %d %+v", status, is)
	}
}

// -check, -check=connect, -migrate and -version, against a real database and bus,
// and against what is not there.
func TestDeployablesCheckWhatTheyAreGiven(t *testing.T) {
	database := pgtest.Database(t)
	d := deploy(t)
	ask := func(service string, env []string, args ...string) (string, int) {
		t.Helper()
		cmd := exec.Command(filepath.Join(d.bin, service+"d"), args...)
		cmd.Env = append(os.Environ(), "LOTSE_ABSENCE_PSEUDONYMS=*=given", "LOTSE_STAFFING_PSEUDONYMS=*=given", "LOTSE_DATA="+t.TempDir(), "LOTSE_NATS="+d.bus,
			"LOTSE_NATS_CREDS="+natsaccess.Credentials(filepath.Join(d.data, "nats"), service))
		cmd.Env = append(cmd.Env, env...)
		out, err := cmd.CombinedOutput()
		if err != nil && cmd.ProcessState == nil {
			t.Fatal(err)
		}
		return string(out), cmd.ProcessState.ExitCode()
	}
	for _, service := range lotse.Services {
		on := []string{"LOTSE_POSTGRES=" + database}
		for _, step := range []struct {
			args string
			want []string
		}{
			{"-check", nil},
			{"-check=connect", []string{"tables have version 0, this program's ", "bus: nats://"}},
			{"-migrate", []string{"the tables of " + service + " are up to date; its log ends at 0"}},
			{"-check=connect", []string{"tables have version 3, this program's 3"}},
			{"-version", []string{service + "d "}},
		} {
			out, code := ask(service, on, step.args)
			if code != 0 || len(step.want) == 0 && out != "" {
				t.Errorf("%sd %s: %d %s", service, step.args, code, out)
			}
			for _, w := range step.want {
				if !strings.Contains(out, w) {
					t.Errorf("%sd %s: %q is missing in %s", service, step.args, w, out)
				}
			}
		}
	}
	nobody := "127.0.0.1:1"
	for name, c := range map[string]struct {
		args, env string
		words     []string
	}{
		"no database":        {"-check=connect", "LOTSE_POSTGRES=postgres://lotse:S3cret@" + nobody + "/lotse", []string{"LOTSE_POSTGRES: ", nobody, "check host and port"}},
		"no bus":             {"-check=connect", "LOTSE_NATS=nats://" + nobody, []string{"LOTSE_NATS: ", nobody, "start a NATS server there"}},
		"strangers":          {"-check=connect", "LOTSE_NATS_CREDS=", []string{"LOTSE_NATS: ", "check the NATS user, password or credentials file"}},
		"not a database URL": {"-check", "LOTSE_POSTGRES=postgres://lotse:S3cret@%zz", []string{"LOTSE_POSTGRES: ", "write postgres://user:password@host:5432/database"}},
		"not a bus":          {"-check", "LOTSE_NATS=http://bus:4222", []string{"LOTSE_NATS has http://bus:4222: write nats://host:4222"}},
		"not a collector":    {"-check", "LOTSE_OTLP=collector:4317", []string{`LOTSE_OTLP is "collector:4317": write it as http://host:4318`}},
		"drain":              {"-check", "LOTSE_DRAIN=1h", []string{"LOTSE_DRAIN is 1h0m0s: give 0s to 5m"}},
		"replicas":           {"-check", "LOTSE_BUS_REPLICAS=2", []string{"LOTSE_BUS_REPLICAS is 2: give 1, 3 or 5"}},
		"connections":        {"-check", "LOTSE_POSTGRES_CONNECTIONS=1", []string{"LOTSE_POSTGRES_CONNECTIONS is 1: give 2 to 1000"}},
		"what else":          {"-check=all", "LOTSE_DRAIN=1s", []string{"-check", "write -check, or -check=connect"}},
	} {
		t.Run(name, func(t *testing.T) {
			out, code := ask("booking", []string{c.env}, c.args)
			if code == 0 || strings.Contains(out, "S3cret") || strings.Contains(out, "goroutine ") {
				t.Errorf("%d %s", code, out)
			}
			for _, w := range c.words {
				if !strings.Contains(out, w) {
					t.Errorf("%q is missing in %s", w, out)
				}
			}
		})
	}
	at := strings.TrimPrefix(d.running["booking"].url, "http://")
	if out, code := ask("booking", []string{"LOTSE_HTTP=" + at}, "-ready"); code != 0 || !strings.Contains(out, `"ready":true`) {
		t.Errorf("-ready: %d %s", code, out)
	}
	if out, code := ask("booking", []string{"LOTSE_HTTP=" + nobody}, "-ready"); code != 1 || !strings.Contains(out, "nobody answers at http://"+nobody) {
		t.Errorf("-ready: %d %s", code, out)
	}
	if runtime.GOOS == "linux" {
		static(t, d.bin)
	}
	configuration(t, func(service string) string { out, _ := ask(service, nil, "-table"); return out })
}

// static: nothing of the machine is needed to run the programs.
func static(t *testing.T, bin string) {
	t.Helper()
	for _, service := range lotse.Services {
		f, err := elf.Open(filepath.Join(bin, service+"d"))
		if err != nil {
			t.Fatal(err)
		}
		libraries, err := f.ImportedLibraries()
		if slices.ContainsFunc(f.Progs, func(p *elf.Prog) bool { return p.Type == elf.PT_INTERP }) || len(libraries) > 0 || err != nil {
			t.Errorf("%sd is not static: %v %v", service, libraries, err)
		}
		_ = f.Close()
	}
}

// configuration compares docs/CONFIG.md with what the programs say.
func configuration(t *testing.T, table func(service string) string) {
	t.Helper()
	var b strings.Builder
	b.WriteString("# Configuration\n\nEvery deployable (`absenced`, `staffingd`, `capacityd`, `bookingd`) is configured by the environment alone. Secrets are files that are\n" +
		"named here, never values. `<service>d -help` prints the same; `-check` says what is wrong with a configuration, `-check=connect` also whether\n" +
		"database and bus let it in. Generated from the programs: `go test ./services/systemtest -run TestDeployablesCheck -update`.\n")
	rows := func(all string) (out []string) {
		for l := range strings.Lines(all) {
			f := strings.Split(strings.TrimSuffix(l, "\n"), "\t")
			if len(f) != 3 {
				t.Fatalf("not a setting: %q", l)
			}
			if f[1] != "" {
				f[1] = "`" + f[1] + "`"
			}
			out = append(out, fmt.Sprintf("| `%s` | %s | %s |\n", f[0], f[1], strings.NewReplacer("|", "\\|", "<", "&lt;", "*", "\\*").Replace(f[2])))
		}
		return out
	}
	const head = "\n| variable | where it is not set | what it does |\n| --- | --- | --- |\n"
	shared := map[string]bool{}
	for i, service := range lotse.Services {
		all := rows(table(service))
		if i == 0 {
			b.WriteString("\n## Every service\n" + head)
			for _, r := range all {
				if !strings.Contains(r, "`LOTSE_"+strings.ToUpper(service)) {
					shared[r] = true
					b.WriteString(r)
				}
			}
		}
		fmt.Fprintf(&b, "\n## %s\n%s", service, head)
		for _, r := range all {
			if !shared[r] {
				b.WriteString(r)
			}
		}
	}
	compare(t, "../../docs/CONFIG.md", b.String())
}

// compare a generated document with the one that is checked in.
func compare(t *testing.T, path, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(path)
	if err != nil || string(have) != want {
		t.Errorf("%s is not what the programs say: run the test with -update (%v)", path, err)
	}
}

// deploy/metrics.txt lists what a running Lotse tells operators' tools: alerts
// and dashboards may name nothing else.
func TestMetricsAreListed(t *testing.T) {
	connectors := t.TempDir() // one HR system is asked for what has changed, else nothing is told of it
	secret := filepath.Join(t.TempDir(), "secret")
	for file, text := range map[string]string{secret: "a secret of the test", filepath.Join(connectors, "sap.json"): `{"url":"https://hr.example/absences/{id}","header":"X-Key","secret_file":"` + secret + `"}`} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d := deploy(t, "LOTSE_POSTGRES="+pgtest.Database(t), "LOTSE_ABSENCE_CONNECTORS="+connectors)
	d.settle(false)
	d.chain("metrics", today(t)+1)
	// What cannot be handled, with something that nobody may know, and a line that
	// somebody discards.
	d.report("backwards", "reported", map[string]any{"absence_id": "A-9", "employee": "n-1", "revision": 1, "from": "2026-12-04", "until": "2026-12-01", "reason": "none of our business"})
	var parked struct{ Parked []struct{ ID string } }
	d.call("GET", "/absence/v1/parked", nil, &parked)
	if len(parked.Parked) != 1 {
		t.Fatalf("%+v", parked)
	}
	all := map[string]string{} // also what is told for a while only
	maps.Copy(all, metrics(t, d.running["absence"].url, d.token()))
	d.call("POST", "/absence/v1/parked/"+parked.Parked[0].ID+"/discard", map[string]any{"why": "sent for a test"}, nil)
	told := func() string {
		for _, service := range lotse.Services {
			maps.Copy(all, metrics(t, d.running[service].url, d.token()))
		}
		var b strings.Builder
		b.WriteString("# What the services tell at /metrics: name, type, labels. Generated from running ones:\n# go test ./services/systemtest -run TestMetricsAreListed -update\n")
		for _, name := range slices.Sorted(maps.Keys(all)) {
			fmt.Fprintf(&b, "%s %s\n", name, all[name])
		}
		return b.String()
	}
	const path = "../../deploy/metrics.txt"
	have, _ := os.ReadFile(path)
	now := told()
	for end := time.Now().Add(20 * time.Second); now != string(have) && !*update && time.Now().Before(end); now = told() {
		<-time.After(500 * time.Millisecond)
	}
	compare(t, path, now)
}

// ofRuntime are those of the Go runtime and the process that are of use; what
// else there is changes with Go and the system.
var ofRuntime = []string{"go_goroutines", "go_memstats_heap_inuse_bytes", "process_cpu_seconds_total", "process_max_fds", "process_open_fds",
	"process_resident_memory_bytes", "process_start_time_seconds"}

// metrics asks a process for what it tells: type and labels by name.
func metrics(t *testing.T, url, token string) map[string]string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d", url, res.StatusCode)
	}
	types, labels := map[string]string{}, map[string]map[string]bool{}
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		if f := strings.Fields(line); strings.HasPrefix(line, "# TYPE ") {
			types[f[2]], labels[f[2]] = f[3], map[string]bool{}
			continue
		}
		if strings.HasPrefix(line, "#") {
			continue
		}
		name, rest, _ := strings.Cut(line, "{")
		name, _, _ = strings.Cut(name, " ")
		for _, suffix := range []string{"_bucket", "_sum", "_count"} {
			if base := strings.TrimSuffix(name, suffix); types[name] == "" && types[base] != "" {
				name = base
			}
		}
		in, _, _ := strings.Cut(rest, "} ")
		for pair := range strings.SplitSeq(in, `",`) {
			if key, _, ok := strings.Cut(pair, "="); ok && !strings.HasPrefix(key, "otel_scope") {
				labels[name][key] = true
			}
		}
	}
	all := map[string]string{}
	for name, kind := range types {
		if runtime := strings.HasPrefix(name, "go_") || strings.HasPrefix(name, "process_"); runtime && !slices.Contains(ofRuntime, name) || name == "target_info" {
			continue
		}
		all[name] = strings.TrimSpace(kind + " " + strings.Join(slices.Sorted(maps.Keys(labels[name])), ","))
	}
	return all
}
