package absence

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/absence/internal/app"
	"github.com/lotse-hamburg/lotse/services/absence/internal/domain/absencecase"
	"github.com/lotse-hamburg/lotse/services/internal/access/accesstest"
	"github.com/lotse-hamburg/lotse/services/internal/bus"
	"github.com/lotse-hamburg/lotse/services/internal/bus/bustest"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/pgtest"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/postgres"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/sqlite"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

var (
	floodSeed = flag.Uint64("flood.seed", 0, "seed of TestFlood; 0: a new one")
	floodSize = flag.Int("flood.messages", 10000, "messages of TestFlood")
)

var floodNow = time.Date(2026, 12, 1, 7, 12, 0, 0, time.UTC)

// flood is a history, once in the tidy order and once as it arrives.
type flood struct {
	stories []story
	tidy    []letter // each word once, in the order in which it was said
	sent    []letter // shuffled, repeated, one in twenty spoilt
}

func newFlood(r *rand.Rand, size int) flood {
	var f flood
	var bad, undecided []letter
	reports := []story{} // that a CloudEvent can be spoilt of
	for n := 0; len(f.tidy) < size*6/10; n++ {
		s := told(r, n)
		f.stories = append(f.stories, s)
		for i := range s.turns {
			f.tidy = append(f.tidy, s.letter(r, i, 0))
			if !s.cloudEvents() && r.IntN(20) == 0 {
				l := posted(s, s.document(i, true), "")
				l.want = "undecided"
				undecided = append(undecided, l)
			}
		}
		if s.turns[0].off {
			reports = append(reports, s)
		}
	}
	for n := 0; len(bad) < size/20; n++ {
		s := reports[r.IntN(len(reports))]
		switch {
		case n%6 == 5:
			bad = append(bad, forged(r, s.letter(r, 0, 0), n/6, floodNow))
		case s.cloudEvents():
			bad = append(bad, spoilt(r, s, n))
		default:
			bad = append(bad, spoiltDocument(s, n))
		}
		if last := bad[len(bad)-1]; n%10 == 0 && last.want == "refused" {
			bad = append(bad, last) // a sender that does not listen
		}
	}
	huge := bad[0]
	huge.door, huge.silent, huge.body, huge.want, huge.why = "http", false, bytes.Repeat([]byte("geheim "), 200000), "closed", "longer than is read"
	f.sent = slices.Concat(f.tidy, bad, undecided, []letter{huge})
	for n := 1; len(f.sent) < size; n++ {
		s := f.stories[r.IntN(len(f.stories))]
		again := 0 // the very word, perhaps by another door
		if r.IntN(3) == 0 {
			again = n // the same in another message
		}
		f.sent = append(f.sent, s.letter(r, r.IntN(len(s.turns)), again))
	}
	r.Shuffle(len(f.sent), func(i, j int) { f.sent[i], f.sent[j] = f.sent[j], f.sent[i] })
	return f
}

// letter says a turn; again above 0 says it in another message.
func (s story) letter(r *rand.Rand, i, again int) letter {
	if s.cloudEvents() {
		e := s.event(i)
		if again > 0 {
			e.id = fmt.Sprintf("%s-again-%d", e.id, again)
		}
		return e.letter(r)
	}
	doc := s.document(i, false)
	if again > 0 {
		doc["sent"] = again
		if id, ok := doc["event_id"]; ok {
			doc["event_id"] = fmt.Sprintf("%s-again-%d", id, again)
		}
	}
	l := posted(s, doc, "")
	l.word = s.source + " " + sum(l.body)
	if id, ok := doc["event_id"]; ok {
		l.word = s.source + " " + id.(string)
	}
	return l
}

func sum(body []byte) string {
	h := sha256.Sum256(body)
	return hex.EncodeToString(h[:])
}

// Ten thousand messages of HR systems, shuffled, repeated and one in twenty
// spoilt, over NATS and HTTP at once, end where the tidy order ends; what is bad
// is parked with its reason; nothing is lost and nothing counted twice.
func TestFlood(t *testing.T) {
	seed := *floodSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	again := fmt.Sprintf("go test ./services/absence -run '%s' -flood.seed=%d -flood.messages=%d", t.Name(), seed, *floodSize)
	t.Log("again: " + again)
	clock := func() time.Time { return floodNow }
	f := newFlood(rand.New(rand.NewPCG(seed, 1)), *floodSize)
	secrets := t.TempDir()
	for _, s := range systems {
		if err := os.WriteFile(filepath.Join(secrets, s), []byte(secret), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	config := DefaultConfig()
	config.WebhookSecrets = secrets
	tidy, want := playTidy(t, f, config, clock)
	for _, c := range []struct {
		name string
		open func(t *testing.T, dir string) (eventlog.Store, error)
	}{
		{"sqlite", func(t *testing.T, dir string) (eventlog.Store, error) {
			return sqlite.Open(t.Context(), filepath.Join(dir, "absence.db"), sqlite.WithClock(clock))
		}},
		{"postgres", func(t *testing.T, dir string) (eventlog.Store, error) {
			u := pgtest.Start(t)
			return postgres.Open(t.Context(), postgres.Options{URL: u, Schema: pgtest.Schema(t, u), Now: clock})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			store, err := c.open(t, dir)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = store.Close() })
			l := &live{t: t, config: config, clock: clock, store: store, answers: make([]answer, len(f.sent))}
			l.run(f)
			l.counts(f)
			l.parked(f)
			if got := fold(t, store); !reflect.DeepEqual(got, want) {
				different(t, f, got, want)
			}
			fresh := newService(t, store, config, clock, slog.New(slog.DiscardHandler))
			for d := day.Date(2026, 10, 20); d < day.Date(2027, 2, 1); d++ {
				if got, want := fresh.WhoIsOff(d), tidy.WhoIsOff(d); !sameOff(got, want) {
					t.Fatalf("on %s after a restart %d are off, in the tidy order %d", d, len(got), len(want))
				}
			}
			l.secrets(dir)
		})
	}
}

func newService(t *testing.T, store eventlog.Store, c Config, clock func() time.Time, log *slog.Logger) *Service {
	t.Helper()
	s, err := New(Deps{Node: node.Deps{Store: store, Now: clock, Logger: log}, Config: c})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Node().Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// playTidy says each word once, in order, and compares with what the stories
// mean.
func playTidy(t *testing.T, f flood, c Config, clock func() time.Time) (*Service, map[string]standing) {
	store := memory.New(memory.WithClock(clock))
	s := newService(t, store, c, clock, slog.New(slog.DiscardHandler))
	for _, l := range f.tidy {
		header := map[string][]string{}
		if !slices.Contains([]string{byRevision, byChange, byEventTime}, l.source) {
			l.sign(secret, floodNow)
		}
		for k, v := range l.header {
			header[k] = []string{v}
		}
		var err error
		if slices.Contains([]string{byRevision, byChange, byEventTime}, l.source) {
			_, err = s.Receive(t.Context(), l.source, header, l.body)
		} else {
			_, err = s.app.Webhook(t.Context(), l.source, l.system, header, l.body)
		}
		if err != nil {
			t.Fatalf("%s %s: %v", l.source, l.body, err)
		}
	}
	if err := s.Node().Step(t.Context()); err != nil {
		t.Fatal(err)
	}
	cases := fold(t, store)
	known, people := 0, map[string]string{}
	for _, st := range f.stories {
		end, ok := st.end()
		if !ok {
			continue
		}
		known++
		got := cases["case-"+st.source+"/"+st.id]
		want := standing{Cancelled: true}
		if end.off {
			want = standing{Extent: string(written(end.extent(st))), Employee: got.Employee}
			who := st.source + " " + end.employee // who is who is HR's: each keeps one name
			if other, met := people[who]; met && other != got.Employee {
				t.Fatalf("%s is both %s and %s", who, other, got.Employee)
			}
			people[who] = got.Employee
		}
		if got != want {
			t.Fatalf("%+v\nends in the tidy order as %+v, want %+v", st, got, want)
		}
	}
	if known < len(f.stories)/2 {
		t.Fatalf("the end of only %d of %d stories is known", known, len(f.stories))
	}
	return s, cases
}

// standing is what is known of a case in the end.
type standing struct {
	Cancelled        bool
	Employee, Extent string
}

// fold reads the whole log anew.
func fold(t *testing.T, store eventlog.Store) map[string]standing {
	t.Helper()
	d := absencecase.Decider()
	states := map[string]absencecase.State{}
	for after := int64(0); ; {
		page, err := store.After(t.Context(), after, 5000)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, e := range page {
			event, err := app.Codec.Decode(e.Type, e.Data)
			if err != nil {
				t.Fatal(err)
			}
			states[e.Stream], after = d.Evolve(states[e.Stream], event), e.Position
		}
	}
	out := map[string]standing{}
	for stream, s := range states {
		out[stream] = standing{Cancelled: true}
		if !s.Cancelled {
			out[stream] = standing{Employee: string(s.Employee), Extent: string(written(s.Extent))}
		}
	}
	return out
}

func different(t *testing.T, f flood, got, want map[string]standing) {
	t.Helper()
	shown := 0
	for _, s := range f.stories {
		if k := "case-" + s.source + "/" + s.id; got[k] != want[k] && shown < 3 {
			shown++
			t.Errorf("%s ends as %+v, in the tidy order as %+v\n%+v", k, got[k], want[k], s.turns)
		}
	}
	t.Fatalf("%d cases, in the tidy order %d", len(got), len(want))
}

func sameOff(a, b []Off) bool {
	return slices.EqualFunc(a, b, func(a, b Off) bool {
		return a.Absence == b.Absence && a.Employee == b.Employee && absencecase.SameExtent(a.Extent, b.Extent)
	})
}

// answer is what a sender was told.
type answer struct {
	status   int // of HTTP
	receipts []string
	body     []byte
}

// live is a service on the bus and at the door, and its senders.
type live struct {
	t       *testing.T
	config  Config
	clock   func() time.Time
	store   eventlog.Store
	service *Service
	log     bytes.Buffer
	answers []answer
}

// run sends all there is, from many at once, and stops the service.
func (l *live) run(f flood) {
	t := l.t
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	l.service = newService(t, l.store, l.config, l.clock, slog.New(slog.NewTextHandler(&l.log, nil)))
	server := bustest.Start(t)
	conn := connection(t, server)
	stopHR, err := l.service.ServeHR(ctx, conn.NATS())
	if err != nil {
		t.Fatal(err)
	}
	ran := make(chan error, 1)
	go func() { ran <- l.service.Node().Run(ctx, conn) }()
	door := httptest.NewServer(accesstest.Staff(l.service.Handler()))
	defer door.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 32}}
	defer client.CloseIdleConnections()
	began := time.Now()
	var next atomic.Int64
	var senders sync.WaitGroup
	for range 4 {
		nc := connection(t, server).NATS()
		for range 12 {
			senders.Go(func() {
				for i := int(next.Add(1)) - 1; i < len(f.sent); i = int(next.Add(1)) - 1 {
					var err error
					if m := f.sent[i]; m.door == "nats" {
						l.answers[i], err = overNATS(nc, m)
					} else {
						l.answers[i], err = overHTTP(client, door.URL, m)
					}
					if err != nil {
						t.Errorf("message %d (%s, %s): %v", i, f.sent[i].door, f.sent[i].why, err)
						return
					}
				}
				if err := nc.FlushTimeout(10 * time.Second); err != nil {
					t.Error(err)
				}
			})
		}
	}
	senders.Wait()
	stopHR() // finishes what has arrived
	t.Logf("%d messages in %s", len(f.sent), time.Since(began).Round(time.Millisecond))
	stop()
	if err := <-ran; err != nil {
		t.Fatal(err)
	}
	if t.Failed() {
		t.FailNow()
	}
}

func connection(t *testing.T, s *bustest.Server) *bus.Conn {
	t.Helper()
	conn, err := bus.Connect(t.Context(), bus.Options{URL: s.URL(), Name: "flood", Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(conn.Close)
	return conn
}

func overNATS(nc *nats.Conn, l letter) (answer, error) {
	m := &nats.Msg{Subject: "hr.absence.v1." + l.source + ".reported", Header: nats.Header{}, Data: l.body}
	for k, v := range l.header {
		m.Header[k] = []string{v}
	}
	if l.silent {
		return answer{}, nc.PublishMsg(m)
	}
	reply, err := nc.RequestMsg(m, 30*time.Second)
	if err != nil {
		return answer{}, err
	}
	var r struct{ Status string }
	return answer{receipts: []string{r.Status}, body: reply.Data}.read(&r)
}

func (a answer) read(r *struct{ Status string }) (answer, error) {
	err := json.Unmarshal(a.body, r)
	a.receipts = []string{r.Status}
	return a, err
}

func overHTTP(client *http.Client, at string, l letter) (answer, error) {
	where := at + "/v1/hr/" + url.PathEscape(l.source) + "/events"
	if l.door == "webhook" {
		where = at + "/v1/hr/" + url.PathEscape(l.source) + "/webhooks/" + l.system
		if l.want != "forged" {
			l.header = maps.Clone(l.header) // a letter may be on its way twice
			l.sign(secret, floodNow)
		}
	}
	req, err := http.NewRequest(http.MethodPost, where, bytes.NewReader(l.body))
	if err != nil {
		return answer{}, err
	}
	for k, v := range l.header {
		req.Header.Set(k, v)
	}
	res, err := client.Do(req)
	if err != nil {
		if l.want == "closed" {
			return answer{status: http.StatusRequestEntityTooLarge}, nil // hung up on
		}
		return answer{}, err
	}
	defer res.Body.Close()
	out := answer{status: res.StatusCode}
	if out.body, err = io.ReadAll(res.Body); err != nil || res.StatusCode != http.StatusAccepted {
		return out, err
	}
	if l.door == "http" {
		return out.read(new(struct{ Status string }))
	}
	var d struct{ Receipts []struct{ Status string } }
	err = json.Unmarshal(out.body, &d)
	for _, r := range d.Receipts {
		out.receipts = append(out.receipts, r.Status)
	}
	return out, err
}
