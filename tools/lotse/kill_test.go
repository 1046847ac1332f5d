package main

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	published "github.com/lotse-hamburg/lotse/events/lotse"
	"github.com/lotse-hamburg/lotse/events/staffing"
	"github.com/lotse-hamburg/lotse/tools/apply"
	"github.com/lotse-hamburg/lotse/tools/demo"
	"github.com/lotse-hamburg/lotse/tools/network"
)

// process is a `lotse up` that can be killed and started again on its data.
type process struct {
	t          *testing.T
	bin, data  string
	http, nats string
	cmd        *exec.Cmd
	errs       *bytes.Buffer
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

func (p *process) start() {
	p.t.Helper()
	p.errs = &bytes.Buffer{}
	p.cmd = exec.Command(p.bin, "up", "--data", p.data, "--http", p.http, "--nats", p.nats)
	p.cmd.Stderr = p.errs
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		p.t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	up := make(chan bool, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if lines.Text() == "Lotse is up." {
				up <- true
			}
		}
		up <- false
	}()
	select {
	case ok := <-up:
		if !ok {
			_ = p.cmd.Wait()
			p.t.Fatalf("lotse up ended by itself: %s", p.errs)
		}
	case <-time.After(60 * time.Second):
		p.kill()
		p.t.Fatalf("lotse up is not up after a minute: %s", p.errs)
	}
}

// kill is kill -9 of the process that start started.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

// stream sends every note until it is answered, whatever happens meanwhile, and
// reports each receipt on sent.
func stream(ctx context.Context, natsURL string, notes []demo.Note, sent chan<- int) error {
	for i, n := range notes {
		for {
			if err := ctx.Err(); err != nil {
				return err
			}
			if sendOnce(natsURL, n) == nil {
				break
			}
			select {
			case <-time.After(20 * time.Millisecond):
			case <-ctx.Done():
			}
		}
		sent <- i
	}
	return nil
}

var link struct {
	sync.Mutex
	nc *nats.Conn
}

func sendOnce(url string, n demo.Note) error {
	link.Lock()
	defer link.Unlock()
	if link.nc == nil || link.nc.ConnectedUrl() != url {
		nc, err := nats.Connect(url, nats.NoReconnect(), nats.Timeout(time.Second))
		if err != nil {
			return err
		}
		link.nc = nc
	}
	if _, err := demo.Send(link.nc, "paisy", n, time.Second); err != nil {
		link.nc.Close()
		link.nc = nil
		return err
	}
	return nil
}

// picture is what a newcomer on the bus sees: the last state per key, without
// the versions, which tell how often something was said and not what.
func picture(t *testing.T, url string) map[string]string {
	t.Helper()
	nc, err := nats.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	registry := published.Registry()
	last := map[string]string{}
	ids := map[string]uint64{}
	for _, service := range published.Services {
		each(t, js, service, func(sequence uint64, e events.Envelope) {
			if uint64(e.Position) != sequence {
				t.Errorf("%s: message %d says it is at position %d", service, sequence, e.Position)
			}
			if first, twice := ids[e.ID]; twice {
				t.Errorf("%s: event %s is at %d and at %d", service, e.ID, first, sequence)
			}
			ids[e.ID] = sequence
			kind, known := registry.Kind(e.Type)
			if !known {
				t.Errorf("%s: unknown type %s", service, e.Type)
				return
			}
			if kind.State {
				last[events.Subject(e.Type, e.Subject)] = withoutVersions(t, registry, e)
			}
		})
	}
	return last
}

func each(t *testing.T, js jetstream.JetStream, service string, take func(uint64, events.Envelope)) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	s, err := js.Stream(ctx, events.StreamName(service))
	if err != nil {
		t.Fatalf("stream of %s: %v", service, err)
	}
	info, err := s.Info(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if info.State.Msgs != info.State.LastSeq {
		t.Errorf("%s: %d messages up to sequence %d: there are holes", service, info.State.Msgs, info.State.LastSeq)
	}
	c, err := s.OrderedConsumer(ctx, jetstream.OrderedConsumerConfig{})
	if err != nil {
		t.Fatal(err)
	}
	for next := uint64(1); next <= info.State.LastSeq; {
		batch, err := c.Fetch(500, jetstream.FetchMaxWait(2*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		for m := range batch.Messages() {
			meta, err := m.Metadata()
			if err != nil {
				t.Fatal(err)
			}
			e, err := events.ParseMessage(m.Headers(), m.Data())
			if err != nil {
				t.Fatal(err)
			}
			take(meta.Sequence.Stream, e)
			next = meta.Sequence.Stream + 1
		}
		if ctx.Err() != nil {
			t.Fatalf("%s: the stream does not end", service)
		}
	}
}

func withoutVersions(t *testing.T, r *events.Registry, e events.Envelope) string {
	t.Helper()
	ev, err := r.Decode(e.Type, e.Data)
	if err != nil {
		t.Fatal(err)
	}
	switch s := ev.(type) {
	case staffing.DutiesChanged:
		s.Version = 0
		ev = s
	case capacity.OfferingChanged:
		s.Version, s.Causes = 0, nil
		ev = s
	case booking.SlotsChanged:
		s.Version, s.OfferingVersion = 0, 0
		ev = s
	case booking.LoadChanged:
		s.Version, s.OfferingVersion = 0, 0
		ev = s
	case booking.BookingsCounted:
		s.Version = 0
		ev = s
	}
	raw, err := json.Marshal(ev)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// rest waits until the bus has been silent for a while.
func rest(t *testing.T, url string) {
	t.Helper()
	nc, err := nats.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	heard := make(chan struct{}, 1)
	if _, err := nc.Subscribe("lotse.>", func(*nats.Msg) {
		select {
		case heard <- struct{}{}:
		default:
		}
	}); err != nil {
		t.Fatal(err)
	}
	deadline := time.After(2 * time.Minute)
	for {
		select {
		case <-heard:
		case <-time.After(3 * time.Second):
			return
		case <-deadline:
			t.Fatal("the bus does not come to rest")
		}
	}
}

func bringIn(t *testing.T, p *process, n *network.Network) {
	t.Helper()
	if _, err := apply.Apply(context.Background(), apply.Authorized(&http.Client{Timeout: 2 * time.Minute}, developmentToken(p.data, "all")), "http://"+p.http, n); err != nil {
		t.Fatal(err)
	}
	rest(t, "nats://"+p.nats)
}

// oneOf of the city's appointments is enough for the tests.
const oneOf = 4

// book fills the slots that are on offer, the same ones every time.
func book(t *testing.T, p *process, n *network.Network, today day.Day) int {
	t.Helper()
	nc, err := nats.Connect("nats://" + p.nats)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	slots := map[string]booking.SlotsChanged{}
	each(t, js, booking.Service, func(_ uint64, e events.Envelope) {
		if e.Type == booking.TypeSlotsChanged {
			var s booking.SlotsChanged
			if err := json.Unmarshal(e.Data, &s); err != nil {
				t.Fatal(err)
			}
			slots[e.Subject] = s
		}
	})
	booked, err := demo.Book(demo.WithToken(context.Background(), developmentToken(p.data, "all")), "http://"+p.http, n, slots, today, 7, oneOf)
	if err != nil {
		t.Fatal(err)
	}
	rest(t, "nats://"+p.nats)
	return booked
}

// city is one run of the story: an own data folder, an own pair of ports.
func city(t *testing.T, bin string) *process {
	t.Helper()
	p := &process{t: t, bin: bin, data: t.TempDir(), http: freeAddress(t), nats: freeAddress(t)}
	p.start()
	t.Cleanup(p.kill)
	return p
}

func compile(t *testing.T) string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "lotse")
	if out, err := exec.Command("go", "build", "-o", bin, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return bin
}

func script(t *testing.T, automatic bool) (*network.Network, []demo.Note, day.Day) {
	t.Helper()
	n, err := network.Load(filepath.Join("..", "..", "deploy", "networks", "hamburg"))
	if err != nil {
		t.Fatal(err)
	}
	n.Policy.Automatic = capacity.Guardrails{Enabled: automatic, MaxMoves: 50, MaxTravelMinutes: 120}
	story, err := demo.ReadStory(filepath.Join("..", "..", "deploy", "stories", "hamburg-flu.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	today := day.Of(time.Now(), zone)
	notes, err := demo.Script(story, n, today)
	if err != nil {
		t.Fatal(err)
	}
	return n, notes, today
}

const kills = 20

// killed sends the notes and kills the process at random moments meanwhile.
func killed(t *testing.T, p *process, notes []demo.Note) {
	t.Helper()
	dice := rand.New(rand.NewPCG(11, 12))
	var at []int
	for range kills {
		at = append(at, dice.IntN(len(notes)))
	}
	slices.Sort(at)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	sent := make(chan int)
	done := make(chan error, 1)
	go func() { done <- stream(ctx, "nats://"+p.nats, notes, sent); close(sent) }()
	n := 0
	for i := range sent {
		for n < len(at) && i == at[n] {
			// somewhere within what this event sets going
			time.Sleep(time.Duration(dice.IntN(12000)) * time.Microsecond)
			p.kill()
			p.start()
			n++
		}
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	t.Logf("%d HR events, %d times kill -9", len(notes), n)
}

// The end of a story does not depend on how often the process died in it.
func TestKill9EndsAsIfNothingHadHappened(t *testing.T) {
	whole(t)
	bin := compile(t)
	n, notes, today := script(t, false)
	run := func(disturb bool) (map[string]string, int) {
		p := city(t, bin)
		bringIn(t, p, n)
		booked := book(t, p, n, today)
		if disturb {
			killed(t, p, notes)
		} else {
			sent := make(chan int, len(notes))
			if err := stream(t.Context(), "nats://"+p.nats, notes, sent); err != nil {
				t.Fatal(err)
			}
		}
		rest(t, "nats://"+p.nats)
		state := picture(t, "nats://"+p.nats)
		audited(t, p, booked)
		return state, booked
	}
	calm, a := run(false)
	wild, b := run(true)
	if a != b || a == 0 {
		t.Fatalf("%d and %d appointments were booked: the runs do not begin alike", a, b)
	}
	if len(calm) < 1000 {
		t.Fatalf("only %d states were seen", len(calm))
	}
	differ := 0
	for k := range union(calm, wild) {
		if calm[k] != wild[k] {
			if differ++; differ <= 5 {
				t.Errorf("%s\n  undisturbed %s\n  killed      %s", k, cmp.Or(calm[k], "(never said)"), cmp.Or(wild[k], "(never said)"))
			}
		}
	}
	t.Logf("%d states compared, %d differ", len(calm), differ)
}

// whole skips where a whole city is too much to kill. It is a process of its own,
// built without the race detector, which would find nothing here and only slow the reading
// of its logs: .ci/run runs these tests without.
func whole(t *testing.T) {
	t.Helper()
	if testing.Short() || race {
		t.Skip("kills and restarts a whole city; skipped with -short and with -race")
	}
}

func union(a, b map[string]string) map[string]bool {
	all := map[string]bool{}
	for _, m := range []map[string]string{a, b} {
		for k := range m {
			all[k] = true
		}
	}
	return all
}

// With approvals on, plans depend on the moment; what must hold does not.
func TestKill9WhileDeploymentsAreUnderWay(t *testing.T) {
	whole(t)
	bin := compile(t)
	n, notes, today := script(t, true)
	p := city(t, bin)
	bringIn(t, p, n)
	booked := book(t, p, n, today)
	killed(t, p, notes)
	rest(t, "nats://"+p.nats)

	nc, err := nats.Connect("nats://" + p.nats)
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	open := map[id.Proposal]bool{}
	each(t, js, capacity.Service, func(_ uint64, e events.Envelope) {
		var k struct {
			Proposal id.Proposal `json:"proposal"`
		}
		_ = json.Unmarshal(e.Data, &k)
		switch e.Type {
		case capacity.TypeProposalApproved:
			open[k.Proposal] = true
		case capacity.TypeProposalApplied, capacity.TypeProposalUndone:
			delete(open, k.Proposal)
		}
	})
	if len(open) > 0 {
		t.Errorf("%d approved proposals were never carried out: %v", len(open), open)
	}
	ordered := map[id.Deployment]staffing.DeploymentOrdered{}
	duties := map[id.Employee]staffing.DutiesChanged{}
	each(t, js, staffing.Service, func(_ uint64, e events.Envelope) {
		switch e.Type {
		case staffing.TypeDeploymentOrdered:
			var o staffing.DeploymentOrdered
			_ = json.Unmarshal(e.Data, &o)
			if _, twice := ordered[o.Deployment]; twice {
				t.Errorf("deployment %s was ordered twice", o.Deployment)
			}
			ordered[o.Deployment] = o
		case staffing.TypeDeploymentCancelled:
			var c staffing.DeploymentCancelled
			_ = json.Unmarshal(e.Data, &c)
			delete(ordered, c.Deployment)
		case staffing.TypeDutiesChanged:
			var d staffing.DutiesChanged
			_ = json.Unmarshal(e.Data, &d)
			duties[d.Employee] = d
		}
	})
	if len(ordered) == 0 {
		t.Error("no deployment was ordered: the test tests nothing")
	}
	lines := map[string]int{}
	for _, d := range duties {
		seen := map[day.Day]id.Centre{}
		for _, duty := range d.Duties {
			if c, twice := seen[duty.Day]; twice {
				t.Errorf("%s is at %s and at %s on %s", d.Employee, c, duty.Centre, duty.Day)
			}
			seen[duty.Day] = duty.Centre
			lines[events.Key(string(duty.Centre), duty.Day.String())]++
		}
	}
	for k, o := range ordered {
		if !slices.ContainsFunc(duties[o.Employee].Duties, func(d staffing.Duty) bool {
			return d.Day == o.Day && d.Centre == o.To && d.Deployment == k
		}) {
			t.Errorf("deployment %s of %s to %s on %s is ordered, but no duty says so", k, o.Employee, o.To, o.Day)
		}
	}
	offered, kept := map[string]capacity.OfferingChanged{}, map[string]booking.LoadChanged{}
	each(t, js, capacity.Service, func(_ uint64, e events.Envelope) {
		if e.Type == capacity.TypeOfferingChanged {
			var o capacity.OfferingChanged
			_ = json.Unmarshal(e.Data, &o)
			offered[e.Subject] = o
		}
	})
	each(t, js, booking.Service, func(_ uint64, e events.Envelope) {
		if e.Type == booking.TypeLoadChanged {
			var l booking.LoadChanged
			_ = json.Unmarshal(e.Data, &l)
			kept[e.Subject] = l
		}
	})
	total := 0
	for k, o := range offered {
		if o.Tentative {
			t.Errorf("%s is still tentative", k)
		}
		if len(o.Lines) > lines[k] {
			t.Errorf("%s offers %d counters with %d people on duty", k, len(o.Lines), lines[k])
		}
		if l := kept[k]; l.OfferingVersion != o.Version {
			t.Errorf("%s: booking follows offering %d, capacity says %d", k, l.OfferingVersion, o.Version)
		}
	}
	for _, l := range kept {
		total += l.Appointments
	}
	if total != booked {
		t.Errorf("%d appointments were booked, %d are there", booked, total)
	}
	t.Logf("%d deployments stand, %d centre-days, %d appointments", len(ordered), len(offered), total)
}

// What a user gets to read when a port is taken, a folder cannot be written or a
// database is not there: the cause and the cure, and no stack.
func TestUpSaysWhatIsInTheWay(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	busy := taken.Addr().String()
	file := filepath.Join(t.TempDir(), "a-file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	free := "127.0.0.1:0"
	t.Setenv("LOTSE_TLS_CRT", "misspelt")
	for name, c := range map[string]struct {
		args []string
		want []string
	}{
		"http port taken": {[]string{"--data", t.TempDir(), "--http", busy, "--nats", free}, []string{busy, "--http"}},
		"nats port taken": {[]string{"--data", t.TempDir(), "--http", free, "--nats", busy}, []string{busy}},
		"data is a file":  {[]string{"--data", file, "--http", free, "--nats", free}, []string{file}},
		"no database":     {[]string{"--data", t.TempDir(), "--http", free, "--nats", free, "--postgres", "postgres://nobody:secret@127.0.0.1:1/none"}, []string{"127.0.0.1", "none"}},
		"misspelt":        {[]string{"--data", t.TempDir(), "--http", busy, "--nats", free}, []string{"LOTSE_TLS_CRT", "does nothing here"}},
		"odd address":     {[]string{"--data", t.TempDir(), "--http", "8080", "--nats", free}, []string{`"8080"`, "host:port"}},
	} {
		t.Run(name, func(t *testing.T) {
			var errs strings.Builder
			code := run(t.Context(), append([]string{"up"}, c.args...), strings.NewReader(""), io.Discard, &errs)
			if code == 0 {
				t.Fatal("it started")
			}
			for _, w := range c.want {
				if !strings.Contains(errs.String(), w) {
					t.Errorf("%q does not say %q", errs.String(), w)
				}
			}
			if strings.Contains(errs.String(), "secret") || strings.Contains(errs.String(), "goroutine") {
				t.Errorf("it says too much: %q", errs.String())
			}
		})
	}
}
