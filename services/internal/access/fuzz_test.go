package access

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"github.com/lotse-hamburg/lotse/events/parsertest"
)

// Whatever a request shows, nobody is let in by it who has not shown a token of
// ours, and the address is one of those that the request names.
func FuzzFront(f *testing.F) {
	front, err := NewFront(Options{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}, Origins: []string{"https://example.org"}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("Bearer x", "192.0.2.1, 10.0.0.7", "access_token=x", "https://example.org", "lotse=abc", "10.0.0.1:80")
	f.Add("Basic eDp5", "::1%eth0,", "%zz", "null", "a=b; a=c", "[::ffff:10.0.0.1]:1")
	f.Add("", ",,,", "", "", "", "")
	f.Fuzz(func(t *testing.T, authorization, forwarded, query, origin, cookie, remote string) {
		r := httptest.NewRequest(http.MethodPost, "/v1/x", nil)
		r.URL.RawQuery, r.RemoteAddr = query, remote
		r.Header = http.Header{"Authorization": {authorization}, "X-Forwarded-For": {forwarded}, "Origin": {origin}, "Cookie": {cookie}}
		parsertest.Bounded(t, len(authorization)+len(forwarded)+len(query)+len(origin)+len(cookie), func() {
			front.Wrap(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				if p := Of(r.Context()); p.Known() {
					t.Errorf("somebody is known as %+v", p)
				}
			})).ServeHTTP(httptest.NewRecorder(), r)
			if a := Network(Address(r, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")})); a != "" {
				if _, err := netip.ParsePrefix(a); err != nil {
					t.Errorf("%q is no network", a)
				}
			}
		})
	})
}

// A list of tokens or of roles is read or refused.
func FuzzConfiguration(f *testing.F) {
	f.Add("sha256:00 anna central-planner\n# x\ncert:hr hr hr-importer sources=paisy")
	f.Add("planners=central-planner,desk;x=auditor")
	f.Fuzz(func(t *testing.T, text string) {
		parsertest.Bounded(t, len(text), func() {
			_, _, _ = parse(text)
			_, _ = ParseRoles(text)
			_, _ = Prefixes("LOTSE_TRUSTED_PROXIES", text)
		})
	})
}
