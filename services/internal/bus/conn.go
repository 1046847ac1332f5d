package bus

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Options of a connection.
type Options struct {
	URL       string                     // "nats://127.0.0.1:4222", several separated by commas
	InProcess nats.InProcessConnProvider // an embedded server; then URL is not needed
	Name      string                     // shown by the server's monitoring

	User, Password string
	CredsFile      string // path to NATS credentials: a .creds file, or one with an nkey's seed
	InboxPrefix    string // below what answers are heard; empty: "_INBOX"

	CA        string // file of the authority of the server's certificate; empty: the machine's
	Cert, Key string // files of the certificate shown to the server; empty: none

	ConnectTimeout time.Duration // 0: 5 s
	Logger         *slog.Logger  // nil: slog.Default()
}

// Conn is a connection that never gives up: it reconnects for ever.
type Conn struct {
	nc  *nats.Conn
	js  jetstream.JetStream
	log *slog.Logger

	mu        sync.Mutex
	listeners map[int]func()
	next      int
}

// Connect opens the connection. When the server cannot be reached at first, the
// error names the address and the cure; later losses are mended by themselves.
func Connect(ctx context.Context, o Options) (*Conn, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	c := &Conn{log: cmp.Or(o.Logger, slog.Default()), listeners: map[int]func(){}}
	opts := []nats.Option{
		nats.Name(o.Name),
		nats.MaxReconnects(-1),
		nats.ReconnectWait(200 * time.Millisecond),
		nats.ReconnectJitter(100*time.Millisecond, 500*time.Millisecond),
		// Nothing is buffered while the connection is down: who publishes
		// learns it at once and tries again when it is back.
		nats.ReconnectBufSize(-1),
		nats.Timeout(timeout(ctx, cmp.Or(o.ConnectTimeout, 5*time.Second))),
		nats.PingInterval(20 * time.Second),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			if err != nil {
				c.log.Warn("bus: connection lost, reconnecting", "err", err)
			}
		}),
		nats.ReconnectHandler(func(nc *nats.Conn) {
			c.log.Info("bus: connected again", "url", nc.ConnectedUrlRedacted())
			c.reconnected()
		}),
		nats.ErrorHandler(func(_ *nats.Conn, s *nats.Subscription, err error) {
			subject := ""
			if s != nil {
				subject = s.Subject
			}
			c.log.Warn("bus: "+err.Error(), "subject", subject)
		}),
	}
	if o.User != "" {
		opts = append(opts, nats.UserInfo(o.User, o.Password))
	}
	if o.CredsFile != "" {
		creds, err := credentials(o.CredsFile)
		if err != nil {
			return nil, err
		}
		opts = append(opts, creds)
	}
	if o.InboxPrefix != "" {
		opts = append(opts, nats.CustomInboxPrefix(o.InboxPrefix))
	}
	if o.CA != "" {
		opts = append(opts, nats.RootCAs(o.CA))
	}
	if o.Cert != "" || o.Key != "" {
		opts = append(opts, nats.ClientCert(o.Cert, o.Key))
	}
	where := redacted(o.URL)
	if o.InProcess != nil {
		opts = append(opts, nats.InProcessServer(o.InProcess))
		where = "the embedded server"
	} else if o.URL == "" {
		return nil, errors.New("bus: URL is empty: give the address of a NATS server, such as nats://127.0.0.1:4222")
	}
	nc, err := nats.Connect(o.URL, opts...)
	if err != nil {
		return nil, fmt.Errorf("bus: cannot connect to %s: %w: %s", where, err, cure(err))
	}
	js, err := jetstream.New(nc)
	if err != nil {
		nc.Close()
		return nil, fmt.Errorf("bus: %s: %w", where, err)
	}
	c.nc, c.js = nc, js
	return c, nil
}

// credentials reads a file of either kind: a user's JWT with its seed, for
// servers with an operator, or a seed alone.
func credentials(path string) (nats.Option, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("bus: credentials: %w", err)
	}
	if bytes.Contains(raw, []byte("NATS USER JWT")) {
		return nats.UserCredentials(path), nil
	}
	seed, err := nats.NkeyOptionFromSeed(path)
	if err != nil {
		return nil, fmt.Errorf("bus: %s holds neither credentials (.creds) nor an nkey's seed (SU…): %w", path, err)
	}
	return seed, nil
}

// timeout is the shorter of the limit and what is left of the context.
func timeout(ctx context.Context, limit time.Duration) time.Duration {
	if d, ok := ctx.Deadline(); ok {
		return max(min(limit, time.Until(d)), time.Millisecond)
	}
	return limit
}

func cure(err error) string {
	switch {
	case errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrAuthExpired):
		return "check the NATS user, password or credentials file"
	case errors.Is(err, nats.ErrNoServers), errors.Is(err, nats.ErrTimeout):
		return "start a NATS server there, or correct the address"
	}
	return "write the address as nats://host:port and check that a NATS server listens there"
}

// redacted drops a password from an address that goes into an error.
func redacted(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return fmt.Sprintf("%q", address)
	}
	return u.Redacted()
}

// NATS is the connection for core NATS (requests, plain subscriptions).
func (c *Conn) NATS() *nats.Conn { return c.nc }

// JetStream is the API for streams and consumers.
func (c *Conn) JetStream() jetstream.JetStream { return c.js }

// Close ends the connection at once.
func (c *Conn) Close() { c.nc.Close() }

// Answers asks the server for a sign of life, and waits for it until ctx ends.
// Of a network that lets nothing through the connection itself learns late.
func (c *Conn) Answers(ctx context.Context) error {
	if !c.nc.IsConnected() {
		return nats.ErrDisconnected
	}
	return c.nc.FlushWithContext(ctx)
}

// OnReconnect calls f after each reconnection, until remove is called. f must
// not block.
func (c *Conn) OnReconnect(f func()) (remove func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	id := c.next
	c.next++
	c.listeners[id] = f
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.listeners, id)
	}
}

func (c *Conn) reconnected() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, f := range c.listeners {
		f()
	}
}
