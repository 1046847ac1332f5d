// Package apply brings a network into a running Lotse over its HTTP API: it
// reads what is there and sends what is wanted, each part once.
package apply

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/tools/network"
)

// Part is one command that brings a part of a network, and its answer.
type Part struct {
	// Name is "network", "staff", "vacancies", or "post <id>" for a vacant post
	// that is filled.
	Name   string `json:"name"`
	Method string `json:"method"`
	Path   string `json:"path"`
	Status int    `json:"status"`
	// Position of the service's log after the command, "epoch-position".
	Position string `json:"position,omitempty"`
	// Millis that the request took, repeats included.
	Millis float64 `json:"ms"`
	// Repeats after a lost or busy answer.
	Repeats int `json:"repeats,omitempty"`
	// Kept are fields of the policy that were edited at the desk and stay.
	Kept []Kept `json:"kept,omitempty"`
}

// Kept is a field of the policy that was edited at the desk: From in the files, To
// in force (docs/decisions/0012-policy-two-masters.md).
type Kept struct {
	Field string `json:"field"`
	From  string `json:"from"`
	To    string `json:"to"`
}

// Apply sends a network to the server at a URL such as http://127.0.0.1:8080:
// centres and policy first, since staff and vacancies name centres. A nil
// client is http.DefaultClient.
//
// Each part carries an Idempotency-Key, and an answer that is lost or says
// "busy" is asked for again with the same key, so that nothing is done twice.
// The parts answered so far are returned with an error; applying again brings
// the rest.
//
// Errors: *Problem when the server refuses, *Unreachable when nobody answers.
func Apply(ctx context.Context, client *http.Client, server string, n *network.Network) ([]Part, error) {
	c, err := connect(client, server)
	if err != nil {
		return nil, err
	}
	run := make([]byte, 12)
	if _, err := rand.Read(run); err != nil {
		return nil, err
	}
	vacant, err := c.vacant(ctx)
	if err != nil {
		return nil, err
	}
	var done []Part
	for _, s := range append(steps(n), fills(vacant, n, day.Of(time.Now(), time.Local))...) {
		part, err := c.send(ctx, s, "apply-"+hex.EncodeToString(run)+"-"+strings.ReplaceAll(s.name, " ", "-"))
		if err != nil {
			return done, fmt.Errorf("%s: %w", s.name, err)
		}
		done = append(done, part)
	}
	return done, nil
}

// Present reads the network that the server has. A Lotse that was never told
// one has an empty network.
func Present(ctx context.Context, client *http.Client, server string) (*network.Network, error) {
	c, err := connect(client, server)
	if err != nil {
		return nil, err
	}
	return c.present(ctx)
}

// conversation is with one server.
type conversation struct {
	http   *http.Client
	server string // without a slash at the end
	// pause waits before the nth repeat; wait is what the server asked for.
	pause func(ctx context.Context, n int, wait time.Duration) error
}

func connect(client *http.Client, server string) (*conversation, error) {
	u, err := url.Parse(server)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, fmt.Errorf("server %q is not an address: write it as http://127.0.0.1:8080", server)
	}
	if client == nil {
		client = http.DefaultClient
	}
	return &conversation{http: client, server: strings.TrimRight(server, "/"), pause: pause}, nil
}

// pause doubles from 100 ms, unless the server asked for longer; at most 10 s.
func pause(ctx context.Context, n int, wait time.Duration) error {
	d := min(max(wait, 100*time.Millisecond<<min(n, 6)), 10*time.Second)
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Unreachable: nobody answered at the address.
type Unreachable struct {
	Server string
	Cause  error
}

func (u *Unreachable) Error() string {
	return fmt.Sprintf("no answer from %s (%v): is `lotse up` running there? --server names another address", u.Server, root(u.Cause))
}

func (u *Unreachable) Unwrap() error { return u.Cause }

// root leaves out the method and URL, which the message has already.
func root(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}

// Changes lists what Apply would change of the network that Present returned.
// The name and the posts that are not vacant are left out, since no service
// keeps them. A vacancy that is in no file any more stays: it shows as removed
// until somebody fills it.
func Changes(present, wanted *network.Network) []network.Change {
	w := *wanted
	w.Name, w.Posts = present.Name, nil
	for _, p := range wanted.Posts {
		if p.VacantFrom != nil {
			w.Posts = append(w.Posts, network.Post{ID: p.ID, Centre: p.Centre, VacantFrom: p.VacantFrom})
		}
	}
	return network.Diff(present, &w)
}
