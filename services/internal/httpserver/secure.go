package httpserver

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"
)

// keyPair is a certificate in files. They are read again when they change: an
// authority that renews them every few weeks needs no restart.
type keyPair struct {
	cert, key string

	mu     sync.Mutex
	looked time.Time
	stamp  [2]time.Time
	kept   *tls.Certificate
}

// get is for tls.Config.GetCertificate. What cannot be read leaves the pair as it
// was: while the files are being replaced they may not fit together.
func (k *keyPair) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.kept != nil && time.Since(k.looked) < time.Second {
		return k.kept, nil
	}
	k.looked = time.Now()
	var stamp [2]time.Time
	for i, path := range []string{k.cert, k.key} {
		if at, err := os.Stat(path); err == nil {
			stamp[i] = at.ModTime()
		}
	}
	if k.kept != nil && stamp == k.stamp {
		return k.kept, nil
	}
	pair, err := tls.LoadX509KeyPair(k.cert, k.key)
	if err != nil {
		if k.kept != nil {
			return k.kept, nil
		}
		return nil, fmt.Errorf("LOTSE_TLS_CERT %q, LOTSE_TLS_KEY %q: %w: name files of a PEM chain and its key", k.cert, k.key, err)
	}
	k.kept, k.stamp = &pair, stamp
	return k.kept, nil
}

func authorities(path string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("LOTSE_CLIENT_CA: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("LOTSE_CLIENT_CA %s holds no certificate: write PEM into it", path)
	}
	return pool, nil
}

// limited closes at once the connections that one client has too many of.
type limited struct {
	net.Listener
	most    int
	proxies []netip.Prefix

	mu   sync.Mutex
	open map[netip.Addr]int
}

func newLimited(l net.Listener, most int, proxies []netip.Prefix) *limited {
	return &limited{Listener: l, most: most, proxies: proxies, open: map[netip.Addr]int{}}
}

// Accept implements net.Listener.
func (l *limited) Accept() (net.Conn, error) {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			return nil, err
		}
		who := l.client(c.RemoteAddr())
		if !who.IsValid() {
			return c, nil
		}
		if l.enter(who) {
			return &counted{Conn: c, leave: sync.OnceFunc(func() { l.leave(who) })}, nil
		}
		_ = c.Close()
	}
}

// client is nobody for addresses that stand for many.
func (l *limited) client(a net.Addr) netip.Addr {
	ap, err := netip.ParseAddrPort(a.String())
	if err != nil {
		return netip.Addr{}
	}
	who := ap.Addr().Unmap().WithZone("")
	for _, p := range l.proxies {
		if p.Contains(who) {
			return netip.Addr{}
		}
	}
	if who.IsLoopback() {
		return netip.Addr{}
	}
	if who.Is6() {
		p, _ := who.Prefix(64) // 64 bits are never too many of 128
		return p.Addr()
	}
	return who
}

func (l *limited) enter(who netip.Addr) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[who] >= l.most {
		return false
	}
	l.open[who]++
	return true
}

func (l *limited) leave(who netip.Addr) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.open[who]--; l.open[who] <= 0 {
		delete(l.open, who)
	}
}

type counted struct {
	net.Conn
	leave func()
}

// Close implements net.Conn.
func (c *counted) Close() error {
	c.leave()
	return c.Conn.Close()
}
