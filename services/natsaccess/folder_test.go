package natsaccess

import (
	"crypto/tls"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/lotse-hamburg/lotse/services/internal/bus/bustest"
	"github.com/lotse-hamburg/lotse/services/internal/bus/natsd"
)

func copyFile(from, to string) error {
	raw, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, raw, 0o600)
}

// again starts another server on the folder as it is now.
func (p *place) again() *place {
	p.t.Helper()
	s, err := natsd.Start(natsd.Options{Dir: p.t.TempDir(), Port: natsd.RandomPort,
		Access: filepath.Join(p.folder, AccountsFile), Logger: bustest.Quiet()})
	if err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(s.Shutdown)
	return &place{t: p.t, folder: p.folder, url: s.URL()}
}

// files are the contents of a folder by name.
func files(t *testing.T, folder string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		info, ierr := d.Info()
		if ierr == nil && strings.HasSuffix(path, ".nk") && info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", path, info.Mode())
		}
		all[strings.TrimPrefix(path, folder)] = string(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestAskedAgainNothingChangesAndUsersCanBeAdded(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "nats")
	first, err := Ensure(folder, wish(t))
	if err != nil || len(first.Added) != 10 {
		t.Fatalf("%+v, %v", first, err)
	}
	before := files(t, folder)
	for name, content := range before {
		if !strings.HasSuffix(name, ".nk") && strings.Contains(content, "\"SU") {
			t.Errorf("%s holds a seed", name)
		}
	}
	again, err := Ensure(folder, wish(t))
	if err != nil || len(again.Added)+len(again.Written) != 0 {
		t.Fatalf("the second time: %+v, %v", again, err)
	}
	if none, err := Ensure(folder, Wish{}); err != nil || len(none.Users) != 10 || len(none.Written) != 0 {
		t.Fatalf("who was there does not stay: %+v, %v", none, err)
	}
	bamboo, err := Named(HR, "bamboo")
	if err != nil {
		t.Fatal(err)
	}
	added, err := Ensure(folder, Wish{Add: []User{bamboo}})
	if err != nil || len(added.Added) != 1 || len(added.Users) != 11 {
		t.Fatalf("%+v, %v", added, err)
	}
	after := files(t, folder)
	for name, content := range before {
		if strings.HasSuffix(name, ".nk") && after[name] != content {
			t.Errorf("%s was overwritten", name)
		}
	}
}

func TestAFileThatWasEditedIsNotOverwrittenUnasked(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "nats")
	if _, err := Ensure(folder, wish(t)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(folder, AccountsFile)
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(raw, "# mine\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	bamboo, _ := Named(HR, "bamboo")
	before := files(t, folder)
	if _, err := Ensure(folder, Wish{Add: []User{bamboo}}); !errors.Is(err, ErrEdited) {
		t.Fatalf("%v", err)
	}
	if after := files(t, folder); len(after) != len(before) {
		t.Error("something was written nevertheless")
	}
	if _, err := Ensure(folder, Wish{Add: []User{bamboo}, Force: true}); err != nil {
		t.Fatal(err)
	}
}

// A run that ended after a seed was written and before anything named it.
func TestARunThatEndedInTheMiddleIsFinished(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "nats")
	if _, err := Ensure(folder, wish(t)); err != nil {
		t.Fatal(err)
	}
	before := files(t, folder)
	for _, f := range []string{usersFile, AccountsFile} {
		if err := os.Remove(filepath.Join(folder, f)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Ensure(folder, wish(t)); err != nil {
		t.Fatal(err)
	}
	for name, content := range files(t, folder) {
		if before[name] != content {
			t.Errorf("%s is not as it was", name)
		}
	}
}

func TestWrongWishesAreNamed(t *testing.T) {
	for _, name := range []string{"", "a.b", "*", ">", "a b", "ä", "-x", strings.Repeat("x", 64)} {
		if _, err := Named(HR, name); err == nil {
			t.Errorf("a source called %q", name)
		}
	}
	folder := t.TempDir()
	for want, w := range map[string]Wish{
		`no user "hr-x"`:        {Remove: []string{"hr-x"}},
		`no user "hr-y"`:        {Rotate: []string{"hr-y"}},
		"give both or none":     {Server: &Server{Cert: "c"}},
		"without TLS authority": {Server: &Server{Cluster: "lotse", Name: "n1", Cert: "c", Key: "k"}},
		"name the server":       {Server: &Server{Cluster: "lotse"}},
		"without a cluster":     {Server: &Server{Routes: []string{"nats-route://a:6222"}}},
		"without a certificate": {Server: &Server{CA: "ca"}},
	} {
		if _, err := Ensure(folder, w); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v lacks %q", err, want)
		}
	}
	if _, err := Ensure(folder, Wish{}); err != nil {
		t.Fatal(err)
	}
	if _, err := Ensure(folder, Wish{Remove: []string{"booking"}}); err == nil {
		t.Error("a service was removed")
	}
	if err := os.WriteFile(filepath.Join(folder, usersFile), []byte(`[{"name":"x","role":"king","public_key":"U"}]`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Ensure(folder, Wish{}); err == nil || !strings.Contains(err.Error(), "king") {
		t.Errorf("%v", err)
	}
}

// The sample is read by the server's own reader of configurations.
func TestTheServerReadsTheSample(t *testing.T) {
	cert, key, ca := certificate(t)
	for name, s := range map[string]Server{
		"alone":   {Name: "n1", Listen: "127.0.0.1:4222", JetStream: "/var/lib/nats"},
		"tls":     {Name: "n1", Listen: "0.0.0.0:4222", JetStream: "/var/lib/nats", Cert: cert, Key: key},
		"mtls":    {Name: "n1", Listen: "0.0.0.0:4222", JetStream: "/var/lib/nats", Cert: cert, Key: key, CA: ca},
		"cluster": {Name: "n1", Listen: "0.0.0.0:4222", JetStream: "/srv/nats js", Cert: cert, Key: key, CA: ca, Cluster: "lotse", ClusterAt: "0.0.0.0:6222", Routes: []string{"nats-route://n2:6222", "nats-route://n3:6222"}},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			w := wish(t)
			w.Server = &s
			if _, err := Ensure(folder, w); err != nil {
				t.Fatal(err)
			}
			o, err := server.ProcessConfigFile(filepath.Join(folder, ServerFile))
			if err != nil {
				t.Fatal(err)
			}
			if o.ServerName != "n1" || o.StoreDir != s.JetStream || !o.JetStream || len(o.Nkeys) != 10 || len(o.Users) != 0 || o.NoAuthUser != "" || o.SystemAccount != "SYS" || len(o.Accounts) != 5 {
				t.Errorf("%+v", o)
			}
			if (o.TLSConfig != nil) != (s.Cert != "") {
				t.Fatalf("TLS %v", o.TLSConfig != nil)
			}
			if verify := o.TLSConfig != nil && o.TLSConfig.ClientAuth == tls.RequireAndVerifyClientCert; verify != (s.CA != "") {
				t.Errorf("clients need certificates: %v", verify)
			}
			if o.Cluster.Name != s.Cluster || len(o.Routes) != len(s.Routes) || s.Cluster != "" && o.Cluster.TLSConfig == nil {
				t.Errorf("cluster %+v, routes %v", o.Cluster, o.Routes)
			}
			if again, err := Ensure(folder, w); err != nil || len(again.Written) != 0 {
				t.Errorf("%+v, %v", again, err)
			}
		})
	}
}
