package natsaccess

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/bus"
	"github.com/lotse-hamburg/lotse/services/internal/bus/bustest"
)

func TestHRGetsItsReceiptAndNobodyElseDoes(t *testing.T) {
	p := begin(t, wish(t))
	p.hr()
	sap, other := p.person("hr-sap"), p.person("hr-personio")
	m, err := sap.Request("hr.absence.v1.sap.reported", []byte("{}"), 5*time.Second)
	if err != nil || string(m.Data) != "receipt for hr.absence.v1.sap.reported" {
		t.Fatalf("%v, %v", m, err)
	}
	if _, err := other.Request("hr.absence.v1.sap.reported", []byte("{}"), 300*time.Millisecond); err == nil {
		t.Error("a source spoke for another")
	}
	if err := sap.Publish("hr.absence.v1.sap.reported", []byte("{}")); err != nil || sap.told(t) != "" {
		t.Errorf("without a receipt: %v %s", err, sap.told(t))
	}
}

// A reply subject is where somebody else publishes for the asker. Out of the
// account of HR it leads nowhere but back.
func TestHRCannotHaveAReceiptSentIntoAStream(t *testing.T) {
	p := begin(t, wish(t))
	p.streams()
	p.hr()
	sap := p.person("hr-sap")
	heard := make(chan string, 1)
	spy := p.connect("operator-ops")
	sub, err := spy.NATS().Subscribe("lotse.capacity.>", func(m *nats.Msg) { heard <- m.Subject })
	if err != nil || spy.NATS().Flush() != nil || !sub.IsValid() {
		t.Fatal(err)
	}
	if err := sap.PublishRequest("hr.absence.v1.sap.reported", "lotse.capacity.fact.v1.forged", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	// The next message of the same sender is answered, so that one was.
	if _, err := sap.Request("hr.absence.v1.sap.reported", []byte("{}"), 5*time.Second); err != nil {
		t.Fatal(err)
	}
	stream, err := p.connect("capacity").JetStream().Stream(t.Context(), events.StreamName("capacity"))
	if err != nil || stream.CachedInfo().State.LastSeq != 1 {
		t.Fatalf("the stream has %+v, %v", stream.CachedInfo().State, err)
	}
	select {
	case s := <-heard:
		t.Errorf("a receipt went to %s", s)
	default:
	}
}

func TestFrontendReadsTheBucketAndGoesOnWithTheSubjects(t *testing.T) {
	p := begin(t, wish(t))
	p.streams()
	ctx := t.Context()
	web := p.connect("frontend-web")
	kv, err := web.JetStream().KeyValue(ctx, slots)
	if err != nil {
		t.Fatal(err)
	}
	if e, err := kv.Get(ctx, "altona.2026-12-01"); err != nil || string(e.Value()) != `{"position":1}` {
		t.Fatalf("%v, %v", e, err)
	}
	all, err := kv.WatchAll(ctx)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = all.Stop() }()
	if e := <-all.Updates(); e == nil || e.Key() != "altona.2026-12-01" {
		t.Fatalf("watched %v", e)
	}
	if e := <-all.Updates(); e != nil {
		t.Fatalf("after what stands comes nil, not %v", e)
	}
	booking := p.connect("booking")
	mine, err := booking.JetStream().KeyValue(ctx, slots)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := mine.Put(ctx, "mitte.2026-12-01", []byte("2")); err != nil {
		t.Fatal(err)
	}
	if e := <-all.Updates(); e == nil || e.Key() != "mitte.2026-12-01" {
		t.Fatalf("watched %v", e)
	}
	keys, err := kv.Keys(ctx)
	if err != nil || len(keys) != 2 {
		t.Errorf("%v, %v", keys, err)
	}
	sub, err := web.NATS().SubscribeSync("lotse.booking.slots-changed.v1.>")
	if err != nil || web.NATS().Flush() != nil {
		t.Fatal(err)
	}
	if err := booking.NATS().Publish("lotse.booking.slots-changed.v1.altona.2026-12-01", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	if _, err := sub.NextMsg(5 * time.Second); err != nil {
		t.Error(err)
	}
	short, cancel := context.WithTimeout(ctx, 500*time.Millisecond)
	defer cancel()
	if _, err := kv.Put(short, "altona.2026-12-01", []byte("9")); err == nil {
		t.Error("a frontend put a value")
	}
	if e, err := mine.Get(ctx, "altona.2026-12-01"); err != nil || string(e.Value()) != `{"position":1}` {
		t.Errorf("the value is now %s, %v", e.Value(), err)
	}
	for _, try := range []func(context.Context) error{
		func(ctx context.Context) error { return web.JetStream().DeleteStream(ctx, "KV_slots") },
		func(ctx context.Context) error { return web.JetStream().DeleteKeyValue(ctx, slots) },
		func(ctx context.Context) error {
			_, err := web.JetStream().CreateStream(ctx, jetstream.StreamConfig{Name: "spy", Subjects: []string{"hr.>"}})
			return err
		},
		func(ctx context.Context) error {
			_, err := web.JetStream().CreateOrUpdateConsumer(ctx, "lotse-booking", jetstream.ConsumerConfig{Name: "spy"})
			return err
		},
	} {
		short, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
		if err := try(short); err == nil {
			t.Error("a frontend did what only the owner may")
		}
		cancel()
	}
}

func TestOperatorThrowsAStreamAwayAndItsOwnerMakesIt(t *testing.T) {
	p := begin(t, wish(t))
	p.streams()
	ctx := t.Context()
	ops := p.connect("operator-ops")
	if names := ops.JetStream().StreamNames(ctx); len(drain(names.Name())) != 5 || names.Err() != nil {
		t.Errorf("streams: %v", names.Err())
	}
	if err := ops.JetStream().DeleteStream(ctx, "lotse-capacity"); err != nil {
		t.Fatal(err)
	}
	short, cancel := context.WithTimeout(ctx, 300*time.Millisecond)
	defer cancel()
	if _, err := ops.JetStream().CreateStream(short, jetstream.StreamConfig{Name: "raw", Subjects: []string{"hr.>"}}); err == nil {
		t.Error("an operator made a stream that stores what HR sends")
	}
	p.streams()
}

func drain(names <-chan string) (all []string) {
	for n := range names {
		all = append(all, n)
	}
	return all
}

func TestMonitorSeesTheServer(t *testing.T) {
	p := begin(t, wish(t))
	m, err := p.person("monitor-grafana").Request("$SYS.REQ.SERVER.PING", nil, 5*time.Second)
	if err != nil || len(m.Data) == 0 {
		t.Fatalf("%v, %v", m, err)
	}
}

func TestWhoHasNoCredentialsIsLetInOnlyWhereTheServerIsLocal(t *testing.T) {
	strict := begin(t, wish(t))
	if nc, err := nats.Connect(strict.url); !errors.Is(err, nats.ErrAuthorization) {
		t.Errorf("let in: %v, %v", nc, err)
	}
	w := wish(t)
	w.Local = true
	local := begin(t, w)
	local.hr()
	anyone := local.person("")
	if m, err := anyone.Request("hr.absence.v1.try.reported", []byte("{}"), 5*time.Second); err != nil {
		t.Errorf("%v, %v", m, err)
	}
	sub, err := anyone.SubscribeSync("lotse.>")
	if err != nil {
		t.Fatal(err)
	}
	if anyone.told(t) != "" {
		t.Error(anyone.told(t))
	}
	if err := local.connect("staffing").NATS().Publish("lotse.staffing.duties-changed.v1.e-1", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	if _, err := sub.NextMsg(5 * time.Second); err != nil {
		t.Error(err)
	}
	local.streams()
	js, err := jetstream.New(anyone.Conn)
	if err != nil {
		t.Fatal(err)
	}
	stream, err := js.Stream(t.Context(), "lotse-capacity")
	if err != nil {
		t.Fatal(err)
	}
	past, err := stream.OrderedConsumer(t.Context(), jetstream.OrderedConsumerConfig{})
	if err != nil {
		t.Fatal(err)
	}
	if m, err := past.Next(jetstream.FetchMaxWait(5 * time.Second)); err != nil || m.Subject() != "lotse.capacity.fact.v1.key" {
		t.Errorf("%v, %v", m, err)
	}
}

// Credentials that were rotated or removed are worth nothing after the server
// has read its configuration anew.
func TestRotatedAndRemovedCredentials(t *testing.T) {
	p := begin(t, wish(t))
	old := t.TempDir() + "/sap.nk"
	bustest.Eventually(t, "a copy of the old seed", func() bool { return copyFile(Credentials(p.folder, "hr-sap"), old) == nil })
	if _, err := Ensure(p.folder, Wish{Rotate: []string{"hr-sap"}, Remove: []string{"hr-personio"}}); err != nil {
		t.Fatal(err)
	}
	q := p.again()
	seed, err := nats.NkeyOptionFromSeed(old)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := nats.Connect(q.url, seed); !errors.Is(err, nats.ErrAuthorization) {
		t.Errorf("the old seed still opens: %v", err)
	}
	q.hr()
	if _, err := q.person("hr-sap").Request("hr.absence.v1.sap.reported", nil, 5*time.Second); err != nil {
		t.Error(err)
	}
}

// Over TLS, with certificates on both sides, by the services' own options.
func TestServerAndClientsShowCertificates(t *testing.T) {
	cert, key, ca := certificate(t)
	folder := t.TempDir()
	if _, err := Ensure(folder, Wish{Server: &Server{Name: "n1", Listen: "localhost:-1", JetStream: t.TempDir(), Cert: cert, Key: key, CA: ca}}); err != nil {
		t.Fatal(err)
	}
	o, err := server.ProcessConfigFile(folder + "/" + ServerFile)
	if err != nil {
		t.Fatal(err)
	}
	o.NoLog, o.NoSigs = true, true
	s, err := server.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	defer func() { s.Shutdown(); s.WaitForShutdown() }()
	if !s.ReadyForConnections(10 * time.Second) {
		t.Fatal("the server does not start")
	}
	url := fmt.Sprintf("tls://localhost:%d", s.Addr().(*net.TCPAddr).Port)
	with := bus.Options{URL: url, CredsFile: Credentials(folder, "capacity"), InboxPrefix: InboxPrefix("capacity"), CA: ca, Cert: cert, Key: key, Logger: bustest.Quiet()}
	c, err := bus.Connect(t.Context(), with)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := bus.EnsureStream(t.Context(), c, bus.StreamSpec{Service: "capacity", Epoch: 1}); err != nil {
		t.Error(err)
	}
	with.Cert, with.Key = "", ""
	if _, err := bus.Connect(t.Context(), with); err == nil {
		t.Error("let in without a certificate")
	}
	with.Cert, with.Key, with.CA = cert, key, ""
	if _, err := bus.Connect(t.Context(), with); err == nil {
		t.Error("a server of an unknown authority was believed")
	}
}
