package httpserver_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
)

// authority signs certificates for a test.
type authority struct {
	t    *testing.T
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	a := &authority{t: t}
	a.cert, a.key = a.make("authority", nil)
	return a
}

func (a *authority) make(name string, of *authority) (*x509.Certificate, *ecdsa.PrivateKey) {
	a.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	serial, _ := rand.Int(rand.Reader, big.NewInt(1<<60))
	t := &x509.Certificate{SerialNumber: serial, Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, IsCA: of == nil, BasicConstraintsValid: true}
	parent, by := t, key
	if of != nil {
		parent, by = of.cert, of.key
	}
	der, err := x509.CreateCertificate(rand.Reader, t, parent, &key.PublicKey, by)
	if err != nil {
		a.t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		a.t.Fatal(err)
	}
	return cert, key
}

// files writes a certificate of name and its key.
func (a *authority) files(dir, name string) (cert, key string) {
	a.t.Helper()
	c, k := a.make(name, a)
	der, err := x509.MarshalECPrivateKey(k)
	if err != nil {
		a.t.Fatal(err)
	}
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: c.Raw}, key: {Type: "EC PRIVATE KEY", Bytes: der}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			a.t.Fatal(err)
		}
	}
	return cert, key
}

func (a *authority) pool() *x509.CertPool {
	p := x509.NewCertPool()
	p.AddCert(a.cert)
	return p
}

func (a *authority) client(name string) tls.Certificate {
	c, k := a.make(name, a)
	return tls.Certificate{Certificate: [][]byte{c.Raw}, PrivateKey: k}
}

// secured asks by TLS.
func secured(address string, c *tls.Config) (*http.Response, string, error) {
	res, err := (&http.Client{Transport: &http.Transport{TLSClientConfig: c, DisableKeepAlives: true, ForceAttemptHTTP2: true}, Timeout: 10 * time.Second}).Get("https://" + address)
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(res.Body)
	return res, string(raw), err
}

func TestTLS(t *testing.T) {
	a, dir := newAuthority(t), t.TempDir()
	c := httpserver.DefaultServer()
	c.TLSCert, c.TLSKey = a.files(dir, "first")
	address := serve(t, c, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") }))
	res, _, err := secured(address, &tls.Config{RootCAs: a.pool()})
	if err != nil || res.ProtoMajor != 2 || res.TLS.PeerCertificates[0].Subject.CommonName != "first" || res.Header.Get("Strict-Transport-Security") == "" {
		t.Fatalf("%+v %v", res, err)
	}
	if old, err := tls.Dial("tcp", address, &tls.Config{RootCAs: a.pool(), MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}); err == nil {
		_ = old.Close()
		t.Error("TLS 1.1 is served")
	}
	if res, err := http.Get("http://" + address); err == nil && res.StatusCode < 400 {
		t.Error("served without TLS: ", res.Status)
	}
	a.files(dir, "second")
	deadline := time.Now().Add(20 * time.Second)
	for {
		res, _, err := secured(address, &tls.Config{RootCAs: a.pool()})
		if err != nil {
			t.Fatal(err)
		}
		if res.TLS.PeerCertificates[0].Subject.CommonName == "second" {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the new certificate is not served")
		}
	}
}

func TestClientCertificates(t *testing.T) {
	a, stranger, dir := newAuthority(t), newAuthority(t), t.TempDir()
	c := httpserver.DefaultServer()
	c.TLSCert, c.TLSKey = a.files(dir, "lotse")
	c.ClientCA = filepath.Join(dir, "ca.pem")
	if err := os.WriteFile(c.ClientCA, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.cert.Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(dir, "tokens")
	if err := os.WriteFile(list, []byte("cert:paisy paisy-gateway hr-importer sources=paisy\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	believe := access.DefaultConfig()
	believe.TokensFile = list
	front, _, err := believe.Front(time.Now, func(error) {})
	if err != nil {
		t.Fatal(err)
	}
	h := front.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := access.Of(r.Context())
		_, _ = io.WriteString(w, p.Subject+" "+strings.Join(p.Sources, ",")+" "+p.Way)
	}))
	optional := serve(t, c, h)
	c.ClientCerts = "required"
	required := serve(t, c, h)
	ask := func(address string, certs ...tls.Certificate) (int, string) {
		res, body, err := secured(address, &tls.Config{RootCAs: a.pool(), Certificates: certs})
		if err != nil {
			return 0, err.Error()
		}
		return res.StatusCode, body
	}
	if status, body := ask(optional); status != 200 || body != "  " {
		t.Errorf("optional, none: %d %s", status, body)
	}
	if status, body := ask(optional, a.client("paisy")); status != 200 || body != "paisy-gateway paisy certificate" {
		t.Errorf("optional, listed: %d %s", status, body)
	}
	if status, body := ask(optional, a.client("somebody")); status != 401 {
		t.Errorf("optional, not listed: %d %s", status, body)
	}
	if status, _ := ask(required); status != 0 {
		t.Errorf("required, none: %d", status)
	}
	if status, body := ask(required, a.client("paisy")); status != 200 || !strings.HasPrefix(body, "paisy-gateway") {
		t.Errorf("required, listed: %d %s", status, body)
	}
	for _, address := range []string{optional, required} {
		forged := stranger.client("paisy")
		res, body, err := secured(address, &tls.Config{RootCAs: a.pool(), GetClientCertificate: func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &forged, nil }})
		if err == nil {
			t.Errorf("another authority's: %s %s", res.Status, body)
		}
	}
}

// lobby hands out connections that seem to come from addresses.
type lobby struct {
	net.Listener
	from chan string
}

func (l *lobby) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &guest{c, net.TCPAddrFromAddrPort(netip.MustParseAddrPort(<-l.from))}, nil
}

type guest struct {
	net.Conn
	at net.Addr
}

func (g *guest) RemoteAddr() net.Addr { return g.at }

func TestConnectionsPerClient(t *testing.T) {
	inner, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &lobby{inner, make(chan string, 100)}
	c := httpserver.DefaultServer()
	c.PerClient, c.ProxiesGiven = 2, "198.51.100.0/24"
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- c.Serve(ctx, l, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") }))
	}()
	t.Cleanup(func() { stop(); <-ended })
	var open []net.Conn
	served := func(from string) bool {
		t.Helper()
		l.from <- from
		c, err := net.Dial("tcp", inner.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		open = append(open, c)
		_ = c.SetDeadline(time.Now().Add(20 * time.Second))
		_, _ = io.WriteString(c, "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
		n, _ := c.Read(make([]byte, 10))
		return n > 0
	}
	for _, s := range []struct {
		from string
		want bool
	}{{"192.0.2.1:1", true}, {"192.0.2.1:2", true}, {"192.0.2.1:3", false}, {"192.0.2.2:1", true}, {"[2001:db8::1]:1", true}, {"[2001:db8::2]:1", true}, {"[2001:db8::3]:1", false},
		{"198.51.100.1:1", true}, {"198.51.100.1:2", true}, {"198.51.100.1:3", true}, {"127.0.0.1:1", true}, {"127.0.0.1:2", true}, {"127.0.0.1:3", true}} {
		if got := served(s.from); got != s.want {
			t.Errorf("%s: served %v", s.from, got)
		}
	}
	_ = open[0].Close()
	deadline := time.Now().Add(20 * time.Second)
	for !served("192.0.2.1:9") {
		if time.Now().After(deadline) {
			t.Fatal("a closed connection still counts")
		}
	}
	for _, c := range open {
		_ = c.Close()
	}
}
