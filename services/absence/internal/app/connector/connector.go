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
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

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
}

// Client asks the sources of a directory.
type Client struct {
	sources map[string]Source
	http    *http.Client
}

// timeout bounds one answer, from the connection to its last byte.
const timeout = 10 * time.Second

// Load reads a directory with a file per source.
func Load(dir string) (*Client, error) {
	c := &Client{sources: map[string]Source{}, http: &http.Client{Timeout: timeout,
		// The secret goes where the configuration says, and nowhere else.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}
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
		c.sources[source] = s
	}
	return c, nil
}

// Serves reports whether a source can be asked.
func (c *Client) Serves(source string) bool { _, ok := c.sources[source]; return ok }

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
	if s.Header != "" {
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
	case http.StatusNotFound, http.StatusGone:
		return nil, false, nil
	default:
		return nil, false, fmt.Errorf("the source answers with status %d", res.StatusCode)
	}
	body, err = io.ReadAll(io.LimitReader(res.Body, hr.MaxBytes+1))
	return body, true, err
}
