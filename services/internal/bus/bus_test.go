package bus_test

import (
	"context"
	"net"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/bus"
	"github.com/lotse-hamburg/lotse/services/internal/bus/bustest"
)

func TestEnvelopeKeepsItsShapeOnTheWire(t *testing.T) {
	m := bus.ToNATS(sample)
	if m.Subject != "lotse.absence.absence-recorded.v1.emp-1" || m.Header["ce-id"][0] != "id-1" || m.Header["traceparent"][0] != sample.TraceParent {
		t.Errorf("subject %s, headers %v", m.Subject, m.Header)
	}
	got, err := bus.FromNATS(m)
	if err != nil || !reflect.DeepEqual(got, sample) {
		t.Errorf("over NATS:\n%+v\n%+v\n%v", got, sample, err)
	}
	w := bus.ToMessage(sample)
	got, err = bus.FromMessage(w)
	if err != nil || !reflect.DeepEqual(got, sample) || w.UUID != "id-1" {
		t.Errorf("over watermill:\n%+v\n%+v\n%v", got, sample, err)
	}
	if _, err := bus.Sequence(w); err == nil {
		t.Error("a message that was never in a stream has a sequence")
	}
}

func TestConnectNamesAddressAndCure(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refused := l.Addr().String()
	_ = l.Close()
	for _, c := range []struct{ url, names, cure string }{
		{"nats://" + refused, refused, "start a NATS server there"},
		{"nats://user:secret@" + refused, refused, "start a NATS server there"},
		{"nats://127.0.0.1:notaport", "notaport", "nats://host:port"},
		{"", "URL is empty", "nats://127.0.0.1:4222"},
	} {
		_, err := bus.Connect(context.Background(), bus.Options{URL: c.url, ConnectTimeout: time.Second, Logger: bustest.Quiet()})
		if err == nil || !strings.Contains(err.Error(), c.names) || !strings.Contains(err.Error(), c.cure) {
			t.Errorf("%s: error %v lacks %q or %q", c.url, err, c.names, c.cure)
		}
		if err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error shows the password: %v", c.url, err)
		}
	}
}

func head(n int64) func(context.Context) (int64, error) {
	return func(context.Context) (int64, error) { return n, nil }
}

func TestEnsureStream(t *testing.T) {
	s := bustest.Start(t)
	c := s.Connect(t)
	ctx := t.Context()
	ensure := func(spec bus.StreamSpec) uint64 {
		t.Helper()
		spec.Service = "absence"
		last, err := bus.EnsureStream(ctx, c, spec)
		if err != nil {
			t.Fatal(err)
		}
		return last
	}
	publish := func(n int) {
		t.Helper()
		for range n {
			if _, err := c.JetStream().PublishMsg(ctx, bus.ToNATS(sample)); err != nil {
				t.Fatal(err)
			}
		}
	}
	if last := ensure(bus.StreamSpec{Epoch: 1, Head: head(0)}); last != 0 {
		t.Errorf("a new stream ends at %d", last)
	}
	publish(3)
	if last := ensure(bus.StreamSpec{Epoch: 1, Head: head(3), MaxAge: time.Minute}); last != 3 {
		t.Errorf("the stream ends at %d, not 3", last)
	}
	stream, err := c.JetStream().Stream(ctx, events.StreamName("absence"))
	if err != nil {
		t.Fatal(err)
	}
	cfg := stream.CachedInfo().Config
	if cfg.MaxAge != time.Minute || !cfg.DenyDelete || bus.StreamEpoch(cfg) != 1 || cfg.Subjects[0] != "lotse.absence.>" {
		t.Errorf("configuration %+v", cfg)
	}
	if last := ensure(bus.StreamSpec{Epoch: 1, Head: head(2)}); last != 0 {
		t.Errorf("a stream longer than its log ends at %d: it was not created again", last)
	}
	for epoch := int64(2); epoch < 12; epoch++ { // so fast that the server is still removing files
		publish(2)
		if last := ensure(bus.StreamSpec{Epoch: epoch, Head: head(5)}); last != 0 {
			t.Fatalf("a stream of another epoch ends at %d: it was not created again", last)
		}
	}
	if err := bus.DropStream(ctx, c, "absence"); err != nil {
		t.Fatal(err)
	}
	if last := ensure(bus.StreamSpec{Epoch: 12, Head: head(500), FirstSeq: 401}); last != 400 {
		t.Errorf("a stream that begins at 401 ends at %d", last)
	}
	if last := ensure(bus.StreamSpec{Epoch: 12, Head: head(500), FirstSeq: 499}); last != 400 {
		t.Errorf("FirstSeq changed an existing stream: it ends at %d", last)
	}
}

func TestServerWithoutJetStreamIsNamed(t *testing.T) {
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	defer s.Shutdown()
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server does not start")
	}
	c, err := bus.Connect(t.Context(), bus.Options{URL: s.ClientURL(), Logger: bustest.Quiet()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err = bus.EnsureStream(t.Context(), c, bus.StreamSpec{Service: "absence", Epoch: 1}); err == nil || !strings.Contains(err.Error(), "with JetStream") {
		t.Errorf("got %v", err)
	}
}
