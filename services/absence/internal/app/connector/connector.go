// Package connector asks HR systems over HTTP for the current state of an
// absence. What a message says of where to ask is followed only below the
// address that the configuration names.
package connector

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
)

// Source is one HR system that can be asked, a file <source>.json.
type Source struct {
	// URL has {id} in place of the absence's id.
	URL string `json:"url"`
	// Below, when set, is the address below which messages may say where to ask.
	Below string `json:"below"`
	// Header carries the content of SecretFile, after Prefix.
	Header     string `json:"header"`
	Prefix     string `json:"prefix"`
	SecretFile string `json:"secret_file"`
	// OAuth gets the header's token instead, by client credentials (RFC 6749,
	// section 4.4), as Personio and SuccessFactors want it.
	OAuth *OAuth `json:"oauth"`
}

// OAuth is how a source hands out tokens. They are kept until they run out.
type OAuth struct {
	TokenURL string   `json:"token_url"`
	ClientID string   `json:"client_id"`
	Scopes   []string `json:"scopes"`
	// SecretFile holds the client's secret.
	SecretFile string `json:"secret_file"`
	// InBody sends id and secret in the body; else in the Authorization header.
	InBody bool `json:"in_body"`
}

// Client asks the sources of a directory.
type Client struct {
	sources map[string]Source
	http    *http.Client

	mu     sync.Mutex
	tokens map[string]oauth2.TokenSource // by source
}

// timeout bounds one answer, from the connection to its last byte.
const timeout = 10 * time.Second

// Load reads a directory with a file per source.
func Load(dir string) (*Client, error) {
	c := &Client{sources: map[string]Source{}, tokens: map[string]oauth2.TokenSource{}, http: &http.Client{Timeout: timeout,
		// The secret goes where the configuration says, and nowhere else.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
	if at, err := os.Stat(dir); err != nil || !at.IsDir() {
		return nil, fmt.Errorf("%s is no directory: name one with a file <source>.json per source", dir)
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.json"))
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		var s Source
		d := json.NewDecoder(bytes.NewReader(data))
		d.DisallowUnknownFields()
		if err := d.Decode(&s); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		source := strings.TrimSuffix(filepath.Base(name), ".json")
		if u, err := url.Parse(s.URL); err != nil || u.Host == "" || !strings.Contains(s.URL, "{id}") || !hr.Source(source) {
			return nil, fmt.Errorf("%s: give a url with {id} in place of the absence's id, and name the file like the source", name)
		}
		if s.Below != "" && !strings.HasSuffix(s.Below, "/") {
			return nil, fmt.Errorf("%s: below is %q: end it with /", name, s.Below)
		}
		if o := s.OAuth; o != nil {
			u, err := url.Parse(o.TokenURL)
			if err != nil || u.Host == "" || o.ClientID == "" || o.SecretFile == "" || s.SecretFile != "" {
				return nil, fmt.Errorf("%s: oauth needs token_url, client_id and secret_file, and takes the place of the source's own secret_file", name)
			}
		}
		c.sources[source] = s
	}
	return c, nil
}

// Sources that can be asked, sorted.
func (c *Client) Sources() []string { return slices.Sorted(maps.Keys(c.sources)) }

// Fetch asks for an absence. An absence that is gone is not found and no error.
func (c *Client) Fetch(ctx context.Context, source, absence, at string) (body []byte, found bool, err error) {
	s, ok := c.sources[source]
	if !ok {
		return nil, false, fmt.Errorf("source %s has no connector", source)
	}
	where := strings.ReplaceAll(s.URL, "{id}", url.PathEscape(absence))
	if s.Below != "" && strings.HasPrefix(at, s.Below) && !strings.Contains(at, "..") {
		where = at
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, where, nil)
	if err != nil {
		return nil, false, errors.New("the address cannot be asked")
	}
	req.Header.Set("Accept", "application/json")
	if s.OAuth != nil {
		if err := c.authorize(req, source, *s.OAuth); err != nil {
			return nil, false, err
		}
	} else if s.Header != "" {
		secret, err := os.ReadFile(s.SecretFile)
		if err != nil {
			return nil, false, fmt.Errorf("read the secret of %s: %w", source, err)
		}
		req.Header.Set(s.Header, s.Prefix+string(bytes.TrimSpace(secret)))
	}
	res, err := c.http.Do(req)
	if err != nil {
		var u *url.Error
		if errors.As(err, &u) {
			err = u.Err // without the address
		}
		return nil, false, err
	}
	defer res.Body.Close()
	switch res.StatusCode {
	case http.StatusOK:
	case http.StatusUnauthorized:
		c.forget(source) // the next try gets a new token
		return nil, false, fmt.Errorf("the source answers with status %d", res.StatusCode)
	case http.StatusNotFound, http.StatusGone:
		return nil, false, nil
	default:
		return nil, false, fmt.Errorf("the source answers with status %d", res.StatusCode)
	}
	body, err = io.ReadAll(io.LimitReader(res.Body, hr.MaxBytes+1))
	return body, true, err
}

// authorize puts a token on a request, a new one where the old one has run out.
func (c *Client) authorize(req *http.Request, source string, o OAuth) error {
	c.mu.Lock()
	tokens := c.tokens[source]
	c.mu.Unlock()
	if tokens == nil {
		secret, err := os.ReadFile(o.SecretFile)
		if err != nil {
			return fmt.Errorf("read the secret of %s: %w", source, err)
		}
		cfg := clientcredentials.Config{ClientID: o.ClientID, ClientSecret: string(bytes.TrimSpace(secret)), TokenURL: o.TokenURL, Scopes: o.Scopes,
			AuthStyle: oauth2.AuthStyleInHeader}
		if o.InBody {
			cfg.AuthStyle = oauth2.AuthStyleInParams
		}
		// The source outlives this request; each token is bounded by the client's time-out.
		tokens = cfg.TokenSource(context.WithValue(context.Background(), oauth2.HTTPClient, c.http))
		c.mu.Lock()
		c.tokens[source] = tokens
		c.mu.Unlock()
	}
	t, err := tokens.Token()
	if err != nil {
		c.forget(source) // the secret may have been changed
		var answered *oauth2.RetrieveError
		if errors.As(err, &answered) && answered.Response != nil {
			return fmt.Errorf("no token for %s: status %d", source, answered.Response.StatusCode) // without the answer's text
		}
		return fmt.Errorf("no token for %s: %s cannot be asked", source, o.TokenURL)
	}
	t.SetAuthHeader(req)
	return nil
}

func (c *Client) forget(source string) {
	c.mu.Lock()
	delete(c.tokens, source)
	c.mu.Unlock()
}
