package access_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/access/accesstest"
)

// clock that a test moves.
type clock struct{ at atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.at.Store(time.Now().UnixNano())
	return c
}

func (c *clock) now() time.Time       { return time.Unix(0, c.at.Load()) }
func (c *clock) pass(d time.Duration) { c.at.Add(int64(d)) }

func provider(t *testing.T, idp *accesstest.Provider, c *clock) *access.Provider {
	t.Helper()
	p, err := access.NewProvider(access.ProviderOptions{Issuer: idp.URL, Audience: "lotse", RolesPath: "realm_access.roles", DistrictsClaim: "lotse_districts",
		CentresClaim: "lotse_centres", SourcesClaim: "lotse_sources", Skew: 30 * time.Second, Now: c.now,
		Roles: map[string][]access.Role{"/city/planners": {access.CentralPlanner, access.Auditor}}})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAProvidersTokenIsTaken(t *testing.T) {
	idp, c := accesstest.NewProvider(t), newClock()
	p := provider(t, idp, c)
	claims := idp.Good(c.now(), "7f3a", "district-planner", "offline_access", "/city/planners", "public")
	claims["aud"] = []string{"account", "lotse"}
	claims["lotse_districts"] = []string{"altona", "mitte"}
	claims["lotse_centres"] = "altona wandsbek"
	got, err := p.Bearer(t.Context(), idp.Sign("k1", claims))
	if err != nil {
		t.Fatal(err)
	}
	if got.Subject != "7f3a" || got.Way != "oidc" || !slices.Equal(got.Roles, []access.Role{access.DistrictPlanner, access.CentralPlanner, access.Auditor}) ||
		!slices.Equal(got.Districts, []string{"altona", "mitte"}) || !slices.Equal(got.Centres, []string{"altona", "wandsbek"}) || len(got.Sources) > 0 {
		t.Fatalf("%+v", got)
	}
}

func TestForgedAndStaleTokensAreRefused(t *testing.T) {
	idp, c := accesstest.NewProvider(t), newClock()
	p := provider(t, idp, c)
	other := accesstest.Key(t)
	good := func(change func(accesstest.Claims)) accesstest.Claims {
		claims := idp.Good(c.now(), "mallory", "central-planner")
		if change != nil {
			change(claims)
		}
		return claims
	}
	signed := func(change func(accesstest.Claims)) string { return idp.Sign("k1", good(change)) }
	head := func(alg, kid string) map[string]any { return map[string]any{"alg": alg, "typ": "JWT", "kid": kid} }
	if _, err := p.Bearer(t.Context(), signed(nil)); err != nil {
		t.Fatal("the pattern of all below is refused itself: ", err)
	}
	sound := signed(nil)
	parts := strings.Split(sound, ".")
	evil := strings.Split(accesstest.Unsigned(t, head("RS256", "k1"), good(func(c accesstest.Claims) { c["sub"] = "admin" })), ".")
	for name, token := range map[string]string{
		"alg none":                    accesstest.Unsigned(t, head("none", "k1"), good(nil)),
		"alg NoNe":                    accesstest.Unsigned(t, head("NoNe", "k1"), good(nil)),
		"no algorithm":                accesstest.Unsigned(t, map[string]any{"kid": "k1"}, good(nil)),
		"HS256 with the public key":   accesstest.HMAC(t, idp.PublicPEM("k1"), head("HS256", "k1"), good(nil)),
		"HS256 called RS256":          accesstest.HMAC(t, idp.PublicPEM("k1"), head("RS256", "k1"), good(nil)),
		"another key, known kid":      accesstest.SignWith(t, other, head("RS256", "k1"), good(nil)),
		"another key, unknown kid":    accesstest.SignWith(t, other, head("RS256", "k9"), good(nil)),
		"another key, no kid":         accesstest.SignWith(t, other, map[string]any{"alg": "RS256"}, good(nil)),
		"kid is a path":               accesstest.SignWith(t, other, head("RS256", "../../../../dev/null"), good(nil)),
		"kid is SQL":                  accesstest.SignWith(t, other, head("RS256", "x' UNION SELECT 'k1"), good(nil)),
		"key in the header":           accesstest.SignWith(t, other, map[string]any{"alg": "RS256", "kid": "k1", "jwk": map[string]any{"kty": "RSA", "n": "AQAB", "e": "AQAB"}}, good(nil)),
		"address of keys in header":   accesstest.SignWith(t, other, map[string]any{"alg": "RS256", "kid": "k9", "jku": "http://127.0.0.1:1/keys", "x5u": "http://127.0.0.1:1/"}, good(nil)),
		"critical header":             accesstest.SignWith(t, other, map[string]any{"alg": "RS256", "kid": "k1", "crit": []string{"b64"}, "b64": false}, good(nil)),
		"claims exchanged":            parts[0] + "." + evil[1] + "." + parts[2],
		"signature cut":               sound[:len(sound)-10],
		"signature missing":           parts[0] + "." + parts[1] + ".",
		"two parts":                   parts[0] + "." + parts[1],
		"JSON serialization":          fmt.Sprintf(`{"payload":%q,"signatures":[{"protected":%q,"signature":%q}]}`, parts[1], parts[0], parts[2]),
		"encrypted":                   sound + ".a.b",
		"run out":                     signed(func(c accesstest.Claims) { c["exp"] = time.Now().Add(-31 * time.Second).Unix() }),
		"never runs out":              signed(func(c accesstest.Claims) { delete(c, "exp") }),
		"runs out in words":           signed(func(c accesstest.Claims) { c["exp"] = "tomorrow" }),
		"not valid yet":               signed(func(c accesstest.Claims) { c["nbf"] = time.Now().Add(2 * time.Minute).Unix() }),
		"issued in the future":        signed(func(c accesstest.Claims) { c["iat"] = time.Now().Add(2 * time.Minute).Unix() }),
		"for another service":         signed(func(c accesstest.Claims) { c["aud"] = "payroll" }),
		"for nobody":                  signed(func(c accesstest.Claims) { delete(c, "aud") }),
		"for one that begins like us": signed(func(c accesstest.Claims) { c["aud"] = []string{"lotse-test", "lots"} }),
		"of another issuer":           signed(func(c accesstest.Claims) { c["iss"] = "https://id.example.org" }),
		"of an issuer with a slash":   signed(func(c accesstest.Claims) { c["iss"] = idp.URL + "/" }),
		"of nobody":                   signed(func(c accesstest.Claims) { delete(c, "sub") }),
		"not a token":                 "geheim",
		"empty":                       "",
		"long":                        strings.Repeat("a.", 20<<10),
	} {
		got, err := p.Bearer(t.Context(), token)
		if !errors.Is(err, access.ErrBadToken) || got.Known() || len(got.Roles) > 0 {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	within := signed(func(c accesstest.Claims) { c["exp"] = time.Now().Add(-20 * time.Second).Unix() })
	if _, err := p.Bearer(t.Context(), within); err != nil {
		t.Error("clocks may differ by 30 s: ", err)
	}
	if n := idp.Fetched(); n > 3 {
		t.Errorf("unknown keys made us fetch %d times", n)
	}
}

// A new key is found as soon as a token names it; one that is withdrawn is good
// for 15 minutes at most.
func TestKeysAreRotated(t *testing.T) {
	idp, c := accesstest.NewProvider(t), newClock()
	p := provider(t, idp, c)
	old := idp.Sign("k1", accesstest.Claims{"iss": idp.URL, "aud": "lotse", "sub": "a", "exp": c.now().Add(time.Hour).Unix()})
	if _, err := p.Bearer(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	idp.Rotate("k2")
	fresh := idp.Sign("k2", accesstest.Claims{"iss": idp.URL, "aud": "lotse", "sub": "a", "exp": c.now().Add(time.Hour).Unix()})
	c.pass(11 * time.Second)
	if _, err := p.Bearer(t.Context(), fresh); err != nil {
		t.Fatal("the new key: ", err)
	}
	if _, err := p.Bearer(t.Context(), old); !errors.Is(err, access.ErrBadToken) {
		t.Fatal("the withdrawn key: ", err)
	}
	idp.Rotate("k3")
	if _, err := p.Bearer(t.Context(), fresh); err != nil {
		t.Fatal("nobody has told yet: ", err)
	}
	c.pass(15 * time.Minute)
	if _, err := p.Bearer(t.Context(), fresh); !errors.Is(err, access.ErrBadToken) {
		t.Fatal("withdrawn 15 minutes ago: ", err)
	}
}

// While the provider is down, keys that are known go on; what would need it
// waits.
func TestAProviderThatIsDown(t *testing.T) {
	idp, c := accesstest.NewProvider(t), newClock()
	p := provider(t, idp, c)
	long := accesstest.Claims{"iss": idp.URL, "aud": "lotse", "sub": "a", "exp": c.now().Add(time.Hour).Unix()}
	token := idp.Sign("k1", long)
	idp.Down(true)
	if _, err := p.Bearer(t.Context(), token); !errors.Is(err, access.ErrNoProvider) {
		t.Fatal("before anything is known: ", err)
	}
	idp.Down(false)
	c.pass(2 * time.Second)
	if _, err := p.Bearer(t.Context(), token); err != nil {
		t.Fatal("it is back: ", err)
	}
	idp.Down(true)
	c.pass(20 * time.Minute)
	for range 3 {
		if _, err := p.Bearer(t.Context(), token); err != nil {
			t.Fatal("known keys: ", err)
		}
		c.pass(time.Minute)
	}
	idp.Rotate("k2")
	if _, err := p.Bearer(t.Context(), idp.Sign("k2", long)); !errors.Is(err, access.ErrNoProvider) {
		t.Fatal("unknown keys: ", err)
	}
	f, err := access.NewFront(access.Options{Tokens: []access.Tokens{p}})
	if err != nil {
		t.Fatal(err)
	}
	r, rec := httptest.NewRequest(http.MethodGet, "/", nil), httptest.NewRecorder()
	r.Header.Set("Authorization", "Bearer "+idp.Sign("k2", long))
	f.Wrap(http.NotFoundHandler()).ServeHTTP(rec, r)
	if rec.Code != http.StatusServiceUnavailable || rec.Header().Get("Retry-After") == "" {
		t.Fatalf("%d %v", rec.Code, rec.Header())
	}
}

func TestProvidersThatCannotBeMeant(t *testing.T) {
	for field, o := range map[string]access.ProviderOptions{
		"LOTSE_OIDC_ISSUER":   {Issuer: "http://id.example.org", Audience: "lotse"},
		"LOTSE_OIDC_AUDIENCE": {Issuer: "https://id.example.org"},
		"LOTSE_OIDC_SKEW":     {Issuer: "https://id.example.org", Audience: "lotse", Skew: time.Hour},
	} {
		if _, err := access.NewProvider(o); err == nil || !strings.HasPrefix(err.Error(), field) {
			t.Errorf("%s: %v", field, err)
		}
	}
	for _, roles := range []string{"x", "x=boss", "=auditor", "a=auditor|public"} {
		if _, err := access.ParseRoles(roles); err == nil {
			t.Errorf("%q was taken", roles)
		}
	}
	if got, err := access.ParseRoles("/a=b=auditor, boss=central-planner|operator"); err != nil || len(got["/a=b"]) != 1 || len(got["boss"]) != 2 {
		t.Errorf("%v, %v", got, err)
	}
}
