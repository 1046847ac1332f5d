package systemtest

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/events/lotse"
	"github.com/lotse-hamburg/lotse/services/allinone"
	"github.com/lotse-hamburg/lotse/services/booking"
	"github.com/lotse-hamburg/lotse/services/internal/access"
)

// matrix is the cells of the matrix that was written by hand, a letter per role,
// by "<service> <operation>".
func matrix(t *testing.T) map[string]string {
	t.Helper()
	text, err := os.ReadFile("../internal/access/testdata/matrix.txt")
	if err != nil {
		t.Fatal(err)
	}
	all, service := map[string]string{}, ""
	for line := range strings.Lines(string(text)) {
		switch f := strings.Fields(line); {
		case len(f) == 0 || strings.HasPrefix(f[0], "#"):
		case len(f) == 1:
			service = strings.Trim(f[0], "[]")
		default:
			n := len(f) - len(access.Roles)
			all[service+" "+strings.Join(f[:n], " ")] = strings.Join(f[n:], "")
		}
	}
	return all
}

// route is one operation of a running service.
type route struct {
	method, path, right string
	page                bool
}

// routes are what the services' own documents say, and what has none.
func routes(t *testing.T, w *town) []route {
	all := []route{{"GET", "/healthz", "process GET /healthz", false}, {"GET", "/readyz", "process GET /readyz", false}, {"GET", "/metrics", "process GET /metrics", false},
		{"GET", "/booking/v1/links/a/b/show", "booking GET /v1/links/{id}/{secret}/{what}", false}, {"POST", "/booking/v1/links/a/b/cancel", "booking POST /v1/links/{id}/{secret}/{what}", false},
		{"GET", "/booking/zms/offices-and-services/", "booking /zms/", false}, {"POST", "/booking/zms/reserve-appointment", "booking /zms/", false}}
	for _, service := range lotse.Services {
		var doc struct {
			Paths map[string]map[string]struct{ OperationID string }
		}
		w.call("GET", "/"+service+"/openapi.json", nil, &doc)
		if len(doc.Paths) < 5 {
			t.Fatalf("%s has %d paths", service, len(doc.Paths))
		}
		for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
			for method, op := range doc.Paths[path] {
				target := path
				for strings.Contains(target, "{") {
					before, rest, _ := strings.Cut(target, "{")
					_, after, _ := strings.Cut(rest, "}")
					target = before + "x" + after
				}
				all = append(all, route{strings.ToUpper(method), "/" + service + target, service + " " + op.OperationID, false})
			}
		}
	}
	return all
}

// pages are the routes of pages; their patterns are their names in the matrix.
func pages(matrix map[string]string) (all []route) {
	for _, right := range slices.Sorted(maps.Keys(matrix)) {
		service, pattern, _ := strings.Cut(right, " ")
		method, path, isRoute := strings.Cut(pattern, " ")
		if service == access.Process || !isRoute || strings.HasPrefix(path, "/v1/") {
			continue
		}
		path = strings.TrimSuffix(path, "{$}")
		for strings.Contains(path, "{") {
			before, rest, _ := strings.Cut(path, "{")
			_, after, _ := strings.Cut(rest, "}")
			path = before + "x" + after
		}
		all = append(all, route{method, path, right, true})
	}
	return all
}

// TestEveryOperationAgainstEveryRole asks a running Lotse for each operation of
// each service in each role, and without one.
func TestEveryOperationAgainstEveryRole(t *testing.T) {
	data := t.TempDir()
	var lines strings.Builder
	for _, r := range access.Roles[1:] {
		fmt.Fprintf(&lines, "sha256:%x %s %s\n", sha256.Sum256([]byte("token-"+r)), r, r)
	}
	tokens := filepath.Join(data, "tokens")
	if err := os.WriteFile(tokens, []byte(lines.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	believe := access.DefaultConfig()
	believe.TokensFile = tokens
	w := start(t, allinone.Config{Data: filepath.Join(data, "lotse"), Access: believe,
		Booking: func(c *booking.Config) { c.RateReads, c.RateCommands, c.WrongCodes = 0, 0, 0 }})
	w.token = func() string { return "token-" + string(access.Auditor) }
	want, asked := matrix(t), map[string]bool{}
	for _, r := range append(routes(t, w), pages(want)...) {
		cells, known := want[r.right]
		if !known {
			t.Errorf("%s %s (%s) stands in no matrix: add it to access/table.go and testdata/matrix.txt", r.method, r.path, r.right)
			continue
		}
		asked[r.right] = true
		for i, role := range access.Roles {
			status, kind := w.asked(r, role)
			refused := status == http.StatusForbidden && kind == "forbidden"
			switch {
			case r.page && role == access.Public:
				refused = status == http.StatusSeeOther && kind == "log-in" || status == http.StatusUnauthorized
			case r.page && cells[i] == 'o': // what it shows of one's own, with nothing of one's own
				refused = false
			case r.page: // where everybody may, a wrong code may be refused, too
				refused = status == http.StatusForbidden && cells[0] == '.'
			case role == access.Public:
				refused = status == http.StatusUnauthorized && kind == "not-authenticated" && !strings.Contains(r.right, "webhook")
			}
			if may := cells[i] != '.'; may == refused || status >= 500 {
				t.Errorf("%s %s as %s: %d %s, the matrix says %q", r.method, r.path, role, status, kind, cells[i])
			}
			if cells[i] == 'o' && status < 300 && !r.page && !strings.HasPrefix(r.right, "capacity list-") && !strings.HasPrefix(r.right, "absence list-") && !strings.HasPrefix(r.right, "booking list-") {
				t.Errorf("%s %s as %s, bound to nothing: %d", r.method, r.path, role, status)
			}
		}
	}
	for right := range want {
		if !asked[right] && !strings.HasPrefix(right, "process ") {
			t.Errorf("the matrix has %s, which no service offers", right)
		}
	}
}

// asked says how an operation answers a role, and the problem's type.
func (w *town) asked(r route, role access.Role) (status int, kind string) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	defer cancel() // of who listens, too
	req, err := http.NewRequestWithContext(ctx, r.method, w.url(r.path), strings.NewReader("{}"))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if role != access.Public {
		req.Header.Set("Authorization", "Bearer token-"+string(role))
	}
	alone := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := alone.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if strings.HasPrefix(res.Header.Get("Location"), "/auth/login") {
		return res.StatusCode, "log-in"
	}
	if res.StatusCode < 400 {
		return res.StatusCode, ""
	}
	var p struct{ Type string }
	raw, _ := io.ReadAll(io.LimitReader(res.Body, 64<<10))
	_ = json.Unmarshal(raw, &p)
	return res.StatusCode, p.Type[strings.LastIndex(p.Type, "/")+1:]
}
