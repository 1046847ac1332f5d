package natsaccess

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/lotse"
	"github.com/lotse-hamburg/lotse/services/internal/bus"
	"github.com/lotse-hamburg/lotse/services/internal/bus/bustest"
	"github.com/lotse-hamburg/lotse/services/internal/bus/natsd"
)

// place is a running server with generated access.
type place struct {
	t      testing.TB
	folder string
	url    string
}

// wish has every role, HR and frontends twice.
func wish(t testing.TB) Wish {
	t.Helper()
	w := Wish{}
	for _, n := range []struct {
		role Role
		name string
	}{{HR, "sap"}, {HR, "personio"}, {Frontend, "web"}, {Frontend, "app"}, {Monitor, "grafana"}, {Operator, "ops"}} {
		u, err := Named(n.role, n.name)
		if err != nil {
			t.Fatal(err)
		}
		w.Add = append(w.Add, u)
	}
	return w
}

func begin(t testing.TB, w Wish) *place {
	t.Helper()
	p := &place{t: t, folder: filepath.Join(t.TempDir(), "nats")}
	if _, err := Ensure(p.folder, w); err != nil {
		t.Fatal(err)
	}
	s, err := natsd.Start(natsd.Options{Dir: filepath.Join(p.folder, "bus"), Port: natsd.RandomPort,
		Access: filepath.Join(p.folder, AccountsFile), Logger: bustest.Quiet()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Shutdown)
	p.url = s.URL()
	return p
}

// connect as a user, the way the services do.
func (p *place) connect(user string) *bus.Conn {
	p.t.Helper()
	o := bus.Options{URL: p.url, Name: user, Logger: bustest.Quiet()}
	if user != "" {
		o.CredsFile, o.InboxPrefix = Credentials(p.folder, user), InboxPrefix(user)
	}
	c, err := bus.Connect(context.Background(), o)
	if err != nil {
		p.t.Fatalf("%s: %v", user, err)
	}
	p.t.Cleanup(c.Close)
	return c
}

// streams are made by their owners, with one event each, and the bucket by
// booking with one key.
func (p *place) streams() {
	p.t.Helper()
	ctx := p.t.Context()
	for _, s := range lotse.Services {
		c := p.connect(s)
		if _, err := bus.EnsureStream(ctx, c, bus.StreamSpec{Service: s, Epoch: 1, Head: func(context.Context) (int64, error) { return 1, nil }}); err != nil {
			p.t.Fatal(err)
		}
		if _, err := c.JetStream().Publish(ctx, "lotse."+s+".fact.v1.key", []byte("{}")); err != nil {
			p.t.Fatal(err)
		}
	}
	kv, err := p.connect("booking").JetStream().CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: slots, History: 1})
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := kv.Put(ctx, "altona.2026-12-01", []byte(`{"position":1}`)); err != nil {
		p.t.Fatal(err)
	}
}

// person is a connection that notes what the server refuses it.
type person struct {
	*nats.Conn
	mu      sync.Mutex
	refused []string
}

func (p *place) person(user string) *person {
	p.t.Helper()
	who := &person{}
	opts := []nats.Option{nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
		who.mu.Lock()
		defer who.mu.Unlock()
		who.refused = append(who.refused, err.Error())
	})}
	if user != "" {
		seed, err := nats.NkeyOptionFromSeed(Credentials(p.folder, user))
		if err != nil {
			p.t.Fatal(err)
		}
		opts = append(opts, seed, nats.CustomInboxPrefix(InboxPrefix(user)))
	}
	var err error
	if who.Conn, err = nats.Connect(p.url, opts...); err != nil {
		p.t.Fatalf("%s: %v", user, err)
	}
	p.t.Cleanup(who.Close)
	return who
}

// told says what the server has refused so far; the server answers in order.
func (w *person) told(t testing.TB) string {
	t.Helper()
	if err := w.FlushTimeout(5 * time.Second); err != nil {
		t.Fatal(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	return strings.Join(w.refused, "\n")
}

// publishes reports whether the server takes a message of w to a subject.
func (w *person) publishes(t testing.TB, subject string) bool {
	t.Helper()
	if err := w.PublishRequest(subject, w.NewInbox(), []byte("{}")); err != nil {
		t.Fatal(err)
	}
	return !w.refusal(t, fmt.Sprintf("Permissions Violation for Publish to %q", subject))
}

// hears reports whether the server lets w subscribe.
func (w *person) hears(t testing.TB, subject string) bool {
	t.Helper()
	sub, err := w.SubscribeSync(subject)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = sub.Unsubscribe() }()
	return !w.refusal(t, fmt.Sprintf("Permissions Violation for Subscription to %q", subject))
}

// refusal waits for the server's word on what was sent before: the pong of a
// flush comes after it, and the error handler runs soon after.
func (w *person) refusal(t testing.TB, text string) bool {
	t.Helper()
	if err := w.FlushTimeout(5 * time.Second); err != nil {
		t.Fatal(err)
	}
	if !errors.Is(w.LastError(), nats.ErrPermissionViolation) && w.LastError() != nil {
		t.Fatal(w.LastError())
	}
	last := ""
	if err := w.LastError(); err != nil {
		last = err.Error()
	}
	return strings.Contains(strings.ToLower(last), strings.ToLower(text))
}

// asks sends a request and returns the answer, or the error of the bus.
func (w *person) asks(subject string, body any) (string, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return "", err
	}
	m, err := w.Request(subject, data, 2*time.Second)
	if err != nil {
		return "", err
	}
	return string(m.Data), nil
}

// hr answers HR's messages as absence does.
func (p *place) hr() {
	p.t.Helper()
	nc := p.connect("absence").NATS()
	if _, err := nc.QueueSubscribe(events.HRAbsenceSubject+".>", "absence", func(m *nats.Msg) {
		_ = m.Respond([]byte("receipt for " + m.Subject))
	}); err != nil {
		p.t.Fatal(err)
	}
	if err := nc.Flush(); err != nil { // else whoever asks first finds nobody
		p.t.Fatal(err)
	}
}
