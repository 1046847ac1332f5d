package verify

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/access"
)

// asked is what each replica and a fresh fold are asked. Pages are followed.
var asked = map[string][]string{
	"absence":  {"/v1/absences?limit=1000", "/v1/vacancies?limit=1000", "/v1/parked?limit=1000"},
	"staffing": {"/v1/employees?limit=1000", "/v1/deployments?limit=1000", "/v1/posts?limit=1000"},
	"capacity": {"/v1/network", "/v1/offerings?limit=2000", "/v1/damages", "/v1/promise", "/v1/policy"},
	"booking":  {"/v1/services", "/v1/centres", "/v1/at-risk?limit=1000"},
}

// pages bounds how many of a list are compared.
const pages = 200

// asker gets the answer to a path.
type asker func(ctx context.Context, path string) (status int, body []byte, err error)

// overHTTP asks a replica, or the front.
func overHTTP(client *http.Client, base, token string) asker {
	return func(ctx context.Context, path string) (int, []byte, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+path, nil)
		if err != nil {
			return 0, nil, err
		}
		req.Header.Set("Authorization", "Bearer "+token)
		res, err := client.Do(req)
		if err != nil {
			return 0, nil, err
		}
		defer func() { _ = res.Body.Close() }()
		body, err := io.ReadAll(io.LimitReader(res.Body, 64<<20))
		return res.StatusCode, body, err
	}
}

// inside asks a handler as somebody who may read everything.
func inside(h http.Handler) asker {
	who := access.Principal{Subject: "lotse-verify", Way: "verify", Roles: access.Roles[1:],
		Districts: []string{access.Any}, Centres: []string{access.Any}, Sources: []string{access.Any}}
	return func(ctx context.Context, path string) (int, []byte, error) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequestWithContext(access.With(ctx, who), http.MethodGet, path, nil))
		return w.Code, w.Body.Bytes(), nil
	}
}

// compare asks everything of a service at one replica and of a fresh fold, which
// follows its log, and asks again until patience ends where they differ: a
// replica may be about to fold what was just written.
func (v *verifier) compare(ctx context.Context, c *Check, name, service string, there asker) error {
	one := v.folds[service]
	here := inside(one.Handler())
	paths, err := v.paths(ctx, service, here)
	if err != nil {
		return err
	}
	until := time.Now().Add(v.opt.Patience)
	for _, path := range paths {
		for n := 0; path != "" && n < pages; n++ {
			c.Looked++
			var next, why string
			for {
				if err := one.Node().Fold(ctx); err != nil {
					return err
				}
				if next, why, err = differ(ctx, path, here, there); err != nil {
					return err
				}
				if why == "" || time.Now().After(until) {
					break
				}
				if err := pause(ctx, 100*time.Millisecond); err != nil {
					return err
				}
			}
			if why != "" {
				c.fault("%s, GET %s: %s", name, path, why)
				break
			}
			path = next
		}
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// paths are those of a service, and of booking a search per service on offer.
func (v *verifier) paths(ctx context.Context, service string, here asker) ([]string, error) {
	paths := asked[service]
	if service != "booking" {
		return paths, nil
	}
	status, body, err := here(ctx, "/v1/services")
	var list struct {
		Services []struct {
			ID string `json:"id"`
		} `json:"services"`
	}
	if err == nil && status == http.StatusOK {
		err = json.Unmarshal(body, &list)
	}
	if err != nil {
		return nil, err
	}
	for _, s := range list.Services {
		paths = append(paths, "/v1/slots?limit=500&channel=desk&service="+url.QueryEscape(s.ID))
	}
	return paths, nil
}

// differ asks both the same and says in what they differ; next is the next page.
func differ(ctx context.Context, path string, here, there asker) (next, why string, err error) {
	hs, hb, err := here(ctx, path)
	if err != nil {
		return "", "", err
	}
	ts, tb, err := there(ctx, path)
	switch {
	case ctx.Err() != nil:
		return "", "", ctx.Err()
	case err != nil:
		return "", err.Error(), nil
	case hs != ts:
		return "", fmt.Sprintf("it answers with status %d, a fresh fold with %d", ts, hs), nil
	case hs == http.StatusNotFound && bytes.Equal(hb, tb):
		return "", "", nil // before a network came
	case hs != http.StatusOK:
		return "", fmt.Sprintf("both answer with status %d", hs), nil
	}
	var h, t any
	if err := errors.Join(json.Unmarshal(hb, &h), json.Unmarshal(tb, &t)); err != nil {
		return "", "an answer is no JSON: " + err.Error(), nil
	}
	if where := apart("", h, t); where != "" {
		return "", where, nil
	}
	if m, ok := h.(map[string]any); ok {
		for _, name := range []string{"next_cursor", "next"} {
			if cursor, ok := m[name].(string); ok && cursor != "" {
				u, err := url.Parse(path)
				if err != nil {
					return "", "", err
				}
				q := u.Query()
				q.Set("cursor", cursor)
				u.RawQuery = q.Encode()
				return u.String(), "", nil
			}
		}
	}
	return "", "", nil
}

// apart names the first place where two documents differ, and both values.
func apart(at string, fresh, replica any) string {
	switch f := fresh.(type) {
	case map[string]any:
		r, ok := replica.(map[string]any)
		if !ok {
			return values(at, fresh, replica)
		}
		for name := range r {
			if _, ok := f[name]; !ok {
				return values(at+"."+name, nil, r[name])
			}
		}
		for _, name := range sorted(f) {
			if why := apart(at+"."+name, f[name], r[name]); why != "" {
				return why
			}
		}
		return ""
	case []any:
		r, ok := replica.([]any)
		if !ok || len(r) != len(f) {
			return values(at, fresh, replica)
		}
		for i := range f {
			if why := apart(fmt.Sprintf("%s[%d]", at, i), f[i], r[i]); why != "" {
				return why
			}
		}
		return ""
	}
	if fresh != replica {
		return values(at, fresh, replica)
	}
	return ""
}

func values(at string, fresh, replica any) string {
	return fmt.Sprintf("%s is %s, a fresh fold has %s", at, short(replica), short(fresh))
}

func short(v any) string {
	if list, ok := v.([]any); ok {
		return fmt.Sprintf("a list of %d", len(list))
	}
	raw, _ := json.Marshal(v)
	if len(raw) > 120 {
		return string(raw[:120]) + "…"
	}
	return string(raw)
}
