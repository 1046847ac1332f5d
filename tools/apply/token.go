package apply

import (
	"net/http"
)

// Authorized is a copy of client that shows a token to whom it asks; an empty
// token changes nothing.
func Authorized(client *http.Client, token string) *http.Client {
	if token == "" {
		return client
	}
	c := *client
	c.Transport = bearer{token, client.Transport}
	return &c
}

type bearer struct {
	token string
	next  http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	next := b.next
	if next == nil {
		next = http.DefaultTransport
	}
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+b.token)
	return next.RoundTrip(r)
}
