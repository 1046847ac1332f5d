package deploycheck

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// cluster runs deploy/nats/nats.conf three times, with the certificates and accounts
// that deploy/prepare makes: as in compose.yaml but for addresses and folders.
func cluster(t *testing.T, secrets string) (all [3]*server.Server) {
	t.Helper()
	text, err := os.ReadFile(deployDir + "/nats/nats.conf")
	if err != nil {
		t.Fatal(err)
	}
	accounts, err := os.ReadFile(filepath.Join(secrets, "nats", "accounts.conf"))
	if err != nil {
		t.Fatal(err)
	}
	var routes []*url.URL
	var ports [3]int
	for i := range ports {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ports[i] = l.Addr().(*net.TCPAddr).Port
		_ = l.Close()
		routes = append(routes, &url.URL{Scheme: "nats-route", Host: fmt.Sprintf("127.0.0.1:%d", ports[i])})
	}
	for i := range all {
		name, dir := fmt.Sprintf("nats-%d", i+1), t.TempDir()
		if err := os.MkdirAll(filepath.Join(dir, "accounts"), 0o700); err != nil {
			t.Fatal(err)
		}
		here := strings.NewReplacer("/etc/nats/tls", filepath.Join(secrets, "tls", name), "store_dir: /data", fmt.Sprintf("store_dir: %q", filepath.Join(dir, "data"))).Replace(string(text))
		for file, content := range map[string][]byte{"nats.conf": []byte(here), "accounts/accounts.conf": accounts} {
			if err := os.WriteFile(filepath.Join(dir, file), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		t.Setenv("NATS_NAME", name)
		o, err := server.ProcessConfigFile(filepath.Join(dir, "nats.conf"))
		if err != nil {
			t.Fatal(err)
		}
		if o.ServerName != name || o.Cluster.Name != "lotse" || len(o.Routes) != 3 || o.TLSConfig == nil || o.Cluster.TLSConfig.ClientAuth != tls.RequireAndVerifyClientCert || !o.JetStream || len(o.Nkeys) < 6 {
			t.Fatalf("%s: %+v", name, o)
		}
		o.Host, o.Port, o.HTTPPort, o.NoSigs, o.NoLog = "127.0.0.1", -1, 0, true, true
		o.Cluster.Host, o.Cluster.Port, o.Routes = "127.0.0.1", ports[i], routes
		if all[i], err = server.NewServer(o); err != nil {
			t.Fatal(err)
		}
		all[i].Start()
		t.Cleanup(func() { all[i].Shutdown(); all[i].WaitForShutdown() })
	}
	for _, s := range all {
		if !s.ReadyForConnections(20 * time.Second) {
			t.Fatalf("%s does not start", s.Name())
		}
	}
	return all
}

// Three servers find each other over TLS; a service makes a stream with three
// copies, and goes on when the server that leads it is gone; strangers are not let in.
func TestTheBusIsAClusterWithAccountsAndTLS(t *testing.T) {
	secrets := prepared(t)
	all := cluster(t, secrets)
	var urls []string
	for _, s := range all {
		urls = append(urls, strings.Replace(s.ClientURL(), "nats://", "tls://", 1))
	}
	ca := nats.RootCAs(filepath.Join(secrets, "tls", "ca.pem"))
	seed, err := nats.NkeyOptionFromSeed(filepath.Join(secrets, "nats", "creds", "booking.nk"))
	if err != nil {
		t.Fatal(err)
	}
	for what, options := range map[string][]nats.Option{"without credentials": {ca}, "without the authority": {seed}} {
		if nc, err := nats.Connect(urls[0], append(options, nats.Timeout(2*time.Second))...); err == nil {
			nc.Close()
			t.Errorf("%s somebody is let in", what)
		}
	}
	nc, err := nats.Connect(strings.Join(urls, ","), ca, seed, nats.CustomInboxPrefix("_INBOX_booking"), nats.MaxReconnects(-1), nats.ReconnectWait(100*time.Millisecond))
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	// As the relay does: tried again until the servers have chosen one that leads.
	var stream jetstream.Stream
	try := func(what string, do func(ctx context.Context) error) time.Duration {
		t.Helper()
		for begun := time.Now(); ; {
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			err := do(ctx)
			cancel()
			if err == nil {
				return time.Since(begun)
			}
			if time.Since(begun) > 40*time.Second {
				t.Fatalf("%s: %v", what, err)
			}
			<-time.After(100 * time.Millisecond)
		}
	}
	took := try("make a stream", func(ctx context.Context) (err error) {
		stream, err = js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{Name: "lotse-booking", Subjects: []string{"lotse.booking.>"}, Replicas: 3})
		return err
	})
	t.Logf("a stream with three copies after %s", took.Round(time.Millisecond))
	publish := func(ctx context.Context) error {
		_, err := js.Publish(ctx, "lotse.booking.slots-changed.v1.altona", []byte("{}"))
		return err
	}
	try("publish", publish)
	var leader string
	try("who leads", func(ctx context.Context) error {
		info, err := stream.Info(ctx)
		if err == nil && (info.Cluster == nil || info.Cluster.Leader == "" || len(info.Cluster.Replicas) != 2) {
			err = fmt.Errorf("%+v", info.Cluster)
		}
		if err == nil {
			leader = info.Cluster.Leader
		}
		return err
	})
	for _, s := range all {
		if s.Name() == leader {
			s.Shutdown()
			s.WaitForShutdown()
		}
	}
	t.Logf("without %s, which led the stream, it takes messages after %s", leader, try("publish without "+leader, publish).Round(time.Millisecond))
	if err := nc.Publish("lotse.capacity.offering-changed.v1.altona", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	if err := nc.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := nc.LastError(); err == nil || !strings.Contains(strings.ToLower(err.Error()), "permissions violation") {
		t.Errorf("booking may speak for capacity: %v", err)
	}
}
