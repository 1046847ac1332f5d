package access_test

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/services/internal/access"
)

var update = flag.Bool("update", false, "write docs/rights.md anew")

// row of the matrix that was written by hand.
type row struct{ service, operation, cells string }

func matrix(t *testing.T) (all []row) {
	t.Helper()
	text, err := os.ReadFile("testdata/matrix.txt")
	if err != nil {
		t.Fatal(err)
	}
	service := ""
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if strings.HasPrefix(line, "[") {
			service = strings.Trim(line, "[]")
			continue
		}
		f := strings.Fields(line)
		n := len(access.Roles)
		if len(f) <= n {
			t.Fatalf("%q has not %d cells", line, n)
		}
		all = append(all, row{service, strings.Join(f[:len(f)-n], " "), strings.Join(f[len(f)-n:], "")})
	}
	return all
}

func TestTheTableIsTheMatrix(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range matrix(t) {
		seen[r.service+" "+r.operation] = true
		for i, role := range access.Roles {
			roles := []access.Role{role}
			if role == access.Public {
				roles = nil
			}
			got, want := ".", r.cells[i:i+1]
			if by, ok := access.Allows(r.service, r.operation, roles); ok {
				got = map[bool]string{false: "x", true: "o"}[by.Bound]
			}
			if got != want {
				t.Errorf("%s %s, %s: the table says %q, the matrix %q", r.service, r.operation, role, got, want)
			}
		}
	}
	for service, operations := range access.Table {
		for op := range operations {
			if !seen[service+" "+op] {
				t.Errorf("the matrix has no line for %s of %s", op, service)
			}
		}
	}
	access.Table["order"] = map[string][]access.Grant{"x": {{Role: access.Desk, Bound: true}, {Role: access.CentralPlanner}, {Role: access.HRImporter, Bound: true}}}
	defer delete(access.Table, "order")
	if by, ok := access.Allows("order", "x", []access.Role{access.HRImporter, access.CentralPlanner, access.Desk}); !ok || by.Bound {
		t.Error("a bound role goes before one that is not:", by)
	}
	for _, service := range []string{"", "booking", "nobody"} {
		if _, ok := access.Allows(service, "format-disk", access.Roles); ok {
			t.Error("what the table does not name is allowed at", service)
		}
	}
}

// TestRightsAreDocumented holds docs/rights.md to the matrix.
func TestRightsAreDocumented(t *testing.T) {
	const path = "../../../docs/rights.md"
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- matrix -->\n", "<!-- /matrix -->"
	before, rest, _ := strings.Cut(string(have), begin)
	_, after, ok := strings.Cut(rest, end)
	if !ok {
		t.Fatalf("%s has no %s", path, end)
	}
	var b strings.Builder
	service := ""
	sign := map[byte]string{'x': "✓", 'o': "own", '.': ""}
	for _, r := range matrix(t) {
		if r.service != service {
			service = r.service
			fmt.Fprintf(&b, "\n**%s**\n\n| operation |", service)
			for _, role := range access.Roles {
				fmt.Fprintf(&b, " %s |", role)
			}
			b.WriteString("\n| --- |" + strings.Repeat(" --- |", len(access.Roles)) + "\n")
		}
		fmt.Fprintf(&b, "| `%s` |", r.operation)
		for i := range r.cells {
			fmt.Fprintf(&b, " %s |", sign[r.cells[i]])
		}
		b.WriteString("\n")
	}
	want := before + begin + b.String() + "\n" + end + after
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(have) != want {
		t.Error("docs/rights.md is not what the matrix says: go test ./internal/access -update")
	}
}

// TestTheGate tries what stands between table and handler.
func TestTheGate(t *testing.T) {
	mux := http.NewServeMux()
	for _, pattern := range []string{"GET /v1/promise", "POST /v1/proposals/{id}/approve", "GET /v1/forgotten", "GET /openapi.json", "GET /v1/parked"} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			own := "all"
			if _, bound := access.Bound(r.Context(), access.DistrictPlanner); bound {
				own = "own"
			}
			_, _ = w.Write([]byte(own))
		})
	}
	h := access.Gate{Service: "capacity", Operations: map[string]string{"GET /v1/promise": "promise", "POST /v1/proposals/{id}/approve": "approve-proposal",
		"GET /v1/forgotten": "forgotten", "GET /v1/parked": "list-parked"}}.Wrap(mux)
	as := func(roles ...access.Role) http.Handler {
		if len(roles) == 0 {
			return h
		}
		return access.As(h, access.Principal{Subject: "x", Roles: roles, Districts: []string{"altona"}})
	}
	for _, c := range []struct {
		name, ask string
		h         http.Handler
		status    int
		want      string
	}{
		{"everybody", "GET /v1/promise", as(), 200, "all"},
		{"the head of it", "HEAD /v1/promise", as(), 200, ""},
		{"the document", "GET /openapi.json", as(), 200, "all"},
		{"nobody", "POST /v1/proposals/p/approve", as(), 401, "not-authenticated"},
		{"the wrong role", "POST /v1/proposals/p/approve", as(access.Auditor, access.Monitor), 403, "forbidden"},
		{"bound", "POST /v1/proposals/p/approve", as(access.DistrictPlanner), 200, "own"},
		{"bound and not", "POST /v1/proposals/p/approve", as(access.DistrictPlanner, access.CentralPlanner), 200, "all"},
		{"not in the table", "GET /v1/forgotten", as(access.Roles...), 403, "nobody"},
		{"no such path", "GET /v1/none", as(), 404, "no-such-path"},
		{"no such method", "DELETE /v1/promise", as(), 405, "method-not-allowed"},
		{"a role that is none", "GET /v1/parked", as("root"), 403, "forbidden"},
		{"public as a role", "GET /v1/parked", as(access.Public), 403, "forbidden"},
	} {
		method, target, _ := strings.Cut(c.ask, " ")
		rec := ask(c.h, method, target)
		if rec.Code != c.status || !strings.Contains(rec.Body.String(), c.want) {
			t.Errorf("%s: %d %s", c.name, rec.Code, rec.Body)
		}
	}
	if allow := ask(h, "DELETE", "/v1/promise").Header().Get("Allow"); allow != "GET, HEAD" {
		t.Errorf("Allow: %q", allow)
	}
}

func TestWhatIsOnesOwn(t *testing.T) {
	check := func(as access.Principal, service, op, pattern string, try func(*http.Request) error) error {
		mux := http.NewServeMux()
		var got error
		mux.HandleFunc(pattern, func(_ http.ResponseWriter, r *http.Request) { got = try(r) })
		method, path, _ := strings.Cut(pattern, " ")
		if rec := ask(access.As(access.Gate{Service: service, Operations: map[string]string{pattern: op}}.Wrap(mux), as), method, path); rec.Code != 200 {
			t.Fatal(rec.Code, rec.Body)
		}
		return got
	}
	for _, c := range []struct {
		have, ask []string
		ok        bool
	}{{[]string{"altona"}, []string{"altona"}, true}, {[]string{"altona"}, []string{"altona", "mitte"}, false}, {nil, []string{"altona"}, false},
		{[]string{"altona"}, nil, false}, {[]string{"*"}, []string{"mitte"}, true}, {[]string{"altona"}, []string{"*"}, false}} {
		p := access.Principal{Subject: "x", Roles: []access.Role{access.DistrictPlanner}, Districts: c.have}
		err := check(p, "capacity", "post-measure", "POST /v1/measures", func(r *http.Request) error { return access.District(r.Context(), c.ask...) })
		if (err == nil) != c.ok {
			t.Errorf("%v of %v: %v", c.ask, c.have, err)
		}
		p.Roles = append(p.Roles, access.CentralPlanner)
		if err := check(p, "capacity", "post-measure", "POST /v1/measures", func(r *http.Request) error { return access.District(r.Context(), c.ask...) }); err != nil {
			t.Errorf("the central planner is bound: %v", err)
		}
	}
	importer := access.Principal{Subject: "x", Roles: []access.Role{access.HRImporter}, Sources: []string{"paisy"}}
	for source, ok := range map[string]bool{"paisy": true, "other": false, "": false} {
		err := check(importer, "absence", "sweep-absences", "POST /v1/s", func(r *http.Request) error { return access.Source(r.Context(), source) })
		if (err == nil) != ok {
			t.Errorf("source %q: %v", source, err)
		}
	}
	if slices.Contains(access.Roles[1:], access.Public) {
		t.Error("public is given")
	}
}
