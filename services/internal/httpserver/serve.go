package httpserver

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// Once the server stops commands may take grace to finish, and reads lastReads:
// a bit more than one that waits for a position.
const (
	grace     = 3 * time.Second
	lastReads = 600 * time.Millisecond
)

// ServerConfig is how a process serves, read from the environment by envconfig.
type ServerConfig struct {
	TLSCert      string        `envconfig:"TLS_CERT" desc:"file of the certificate chain, PEM; read again when it changes; empty: no TLS, for a gateway on the same machine that has it"`
	TLSKey       string        `envconfig:"TLS_KEY" desc:"file of the certificate's key, PEM"`
	ClientCA     string        `envconfig:"CLIENT_CA" desc:"file of the authorities whose client certificates are taken, PEM; who they are stands in LOTSE_TOKENS_FILE; empty: none are asked for"`
	ClientCerts  string        `envconfig:"CLIENT_CERTS" default:"optional" desc:"required: without a client certificate nobody is served, not even citizens; optional: whoever has one may show it"`
	HeadersIn    time.Duration `envconfig:"HTTP_HEADERS_IN" default:"5s" desc:"time for a request's headers"`
	RequestIn    time.Duration `envconfig:"HTTP_REQUEST_IN" default:"60s" desc:"time for a whole request"`
	AnswerIn     time.Duration `envconfig:"HTTP_ANSWER_IN" default:"2m" desc:"time from the headers to the end of the answer; listeners have a bound per write instead"`
	IdleFor      time.Duration `envconfig:"HTTP_IDLE_FOR" default:"120s" desc:"after which a connection that is not used is closed"`
	PerClient    int           `envconfig:"HTTP_CONNECTIONS_PER_CLIENT" default:"512" desc:"open connections of one address (a network of 64 bits in IPv6); not counted from this machine and from LOTSE_TRUSTED_PROXIES; 0: no bound"`
	ProxiesGiven string        `ignored:"true"` // LOTSE_TRUSTED_PROXIES
}

// DefaultServer has every default.
func DefaultServer() ServerConfig {
	return ServerConfig{ClientCerts: "optional", HeadersIn: 5 * time.Second, RequestIn: time.Minute, AnswerIn: 2 * time.Minute, IdleFor: 2 * time.Minute, PerClient: 512}
}

// Validate names the field that is wrong, and the cure.
func (c ServerConfig) Validate() error {
	var errs []error
	for name, d := range map[string]time.Duration{"LOTSE_HTTP_HEADERS_IN": c.HeadersIn, "LOTSE_HTTP_REQUEST_IN": c.RequestIn, "LOTSE_HTTP_ANSWER_IN": c.AnswerIn, "LOTSE_HTTP_IDLE_FOR": c.IdleFor} {
		if d <= 0 || d > time.Hour {
			errs = append(errs, fmt.Errorf("%s is %s: it must be more than 0 and at most 1h", name, d))
		}
	}
	if c.PerClient < 0 {
		errs = append(errs, fmt.Errorf("LOTSE_HTTP_CONNECTIONS_PER_CLIENT is %d: write 0 for no bound", c.PerClient))
	}
	_, err := c.tls()
	return errors.Join(append(errs, err)...)
}

// Serve answers requests on listen until ctx ends, without TLS and with every
// default.
func Serve(ctx context.Context, listen net.Listener, h http.Handler) error {
	return DefaultServer().Serve(ctx, listen, h)
}

// Serve answers requests on listen until ctx ends. Then it takes none any more;
// the contexts of reads end after a moment, so that nobody who streams holds the
// server up, and commands may finish: who is cut off does not know whether they
// were done. What is still running after a grace of 3 s is cut off. Whatever a
// client does slowly has a time-out.
func (c ServerConfig) Serve(ctx context.Context, listen net.Listener, h http.Handler) error {
	secure, err := c.tls()
	if err != nil {
		return err
	}
	proxies, err := access.Prefixes("LOTSE_TRUSTED_PROXIES", c.ProxiesGiven)
	if err != nil {
		return err
	}
	if c.PerClient > 0 {
		listen = newLimited(listen, c.PerClient, proxies)
	}
	if secure != nil {
		h = strict(h)
	}
	leaving, hurry := context.WithCancel(context.Background())
	defer hurry()
	end, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	web := &http.Server{Handler: untilLeaving(leaving, h), ReadHeaderTimeout: c.HeadersIn, ReadTimeout: c.RequestIn, WriteTimeout: c.AnswerIn,
		IdleTimeout: c.IdleFor, MaxHeaderBytes: 32 << 10, TLSConfig: secure, ErrorLog: log.New(nameless{}, "", 0),
		BaseContext: func(net.Listener) context.Context { return end }}
	served := make(chan error, 1)
	go func() {
		if secure != nil {
			served <- web.ServeTLS(listen, "", "")
		} else {
			served <- web.Serve(listen)
		}
	}()
	select {
	case err := <-served:
		return fmt.Errorf("http: %w", err)
	case <-ctx.Done():
	}
	defer time.AfterFunc(lastReads, hurry).Stop()
	patience, cancel := context.WithTimeout(end, grace)
	defer cancel()
	if web.Shutdown(patience) != nil {
		cut()
		_ = web.Close()
	}
	<-served // http.ErrServerClosed
	return nil
}

// untilLeaving ends reads, streams above all, when leaving ends.
func untilLeaving(leaving context.Context, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			ctx, cancel := context.WithCancel(r.Context())
			defer cancel()
			defer context.AfterFunc(leaving, cancel)()
			r = r.WithContext(ctx)
		}
		next.ServeHTTP(w, r)
	})
}

// nameless logs what net/http finds wrong, without the client's address.
type nameless struct{}

var address = regexp.MustCompile(`(\d+\.\d+\.\d+\.\d+|\[[0-9a-fA-F:.%a-z]+\]):\d+`)

// Write implements io.Writer, a line a time.
func (nameless) Write(line []byte) (int, error) {
	slog.Warn("http", "error", address.ReplaceAllString(strings.TrimSpace(string(line)), "a client"))
	return len(line), nil
}

// strict makes browsers keep to TLS for a year.
func strict(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Strict-Transport-Security", "max-age=31536000")
		next.ServeHTTP(w, r)
	})
}

// tls is nil where there is no certificate.
func (c ServerConfig) tls() (*tls.Config, error) {
	if c.TLSCert == "" && c.TLSKey == "" {
		if c.ClientCA != "" {
			return nil, fmt.Errorf("LOTSE_CLIENT_CA is %s and LOTSE_TLS_CERT is empty: client certificates need TLS", c.ClientCA)
		}
		return nil, nil
	}
	pair := &keyPair{cert: c.TLSCert, key: c.TLSKey}
	if _, err := pair.get(nil); err != nil {
		return nil, err
	}
	cfg := &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: pair.get}
	if c.ClientCA == "" {
		return cfg, nil
	}
	switch c.ClientCerts {
	case "required":
		cfg.ClientAuth = tls.RequireAndVerifyClientCert
	case "optional":
		cfg.ClientAuth = tls.VerifyClientCertIfGiven
	default:
		return nil, fmt.Errorf("LOTSE_CLIENT_CERTS is %q: write required or optional", c.ClientCerts)
	}
	pool, err := authorities(c.ClientCA)
	cfg.ClientCAs = pool
	return cfg, err
}

// Watched is what a process tells those who look after it. Nil serves 404.
type Watched struct {
	Metrics http.Handler // GET /metrics
	Ready   http.Handler // GET /readyz: may it be asked?
}

// Process serves what one process has: handlers of services by prefix, its
// health, its metrics, its pages, and their log-in, to whom the front recognises.
// Pages of services stand among services, by the tops of their paths.
func Process(front *access.Front, sessions *access.Sessions, watched Watched, home *pages.Home, services map[string]http.Handler) (http.Handler, error) {
	own, all := http.NewServeMux(), http.NewServeMux()
	own.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	patterns := []string{"GET /healthz"}
	for pattern, h := range map[string]http.Handler{"GET /metrics": watched.Metrics, "GET /readyz": watched.Ready} {
		if h != nil {
			own.Handle(pattern, h)
			patterns = append(patterns, pattern)
		}
	}
	if sessions != nil {
		for pattern, serve := range sessions.Routes() {
			own.HandleFunc(pattern, serve)
			patterns = append(patterns, pattern)
		}
	} else {
		own.HandleFunc("GET /auth/login", home.NoLogin)
		patterns = append(patterns, "GET /auth/login")
	}
	gate := access.Gate{Service: access.Process, Refuse: home.RefuseBrowsers}.Wrap(own)
	gated := func(w http.ResponseWriter, r *http.Request) {
		harden(w.Header())
		gate.ServeHTTP(w, r)
	}
	for _, pattern := range patterns {
		all.HandleFunc(pattern, gated)
	}
	rest := http.Handler(http.HandlerFunc(gated)) // whatever nobody serves is refused like anything else
	for pattern, h := range services {
		if pattern == "/" {
			rest = h
			continue
		}
		all.Handle(pattern, h)
	}
	rest, err := withPages(all, home, rest)
	if err != nil {
		return nil, err
	}
	all.Handle("/", rest)
	return front.Refusing(home.RefuseBrowsers).Wrap(all), nil
}
