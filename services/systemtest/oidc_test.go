package systemtest

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/allinone"
	rights "github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/access/accesstest"
)

// TestTokensOfAProvider runs a city that believes an identity provider only.
func TestTokensOfAProvider(t *testing.T) {
	idp := accesstest.NewProvider(t)
	believe := rights.DefaultConfig()
	believe.OIDCIssuer = idp.URL
	w := start(t, allinone.Config{Access: believe})
	if w.city.Token(allinone.AllRoles) != "" || w.city.TokensFile() != "" {
		t.Fatal("there are development tokens beside a provider")
	}
	now := time.Now()
	claims := idp.Good(now, "7f3a", "district-planner")
	claims["lotse_districts"] = []string{"alpha"}
	good := idp.Sign("k1", claims)
	stale := idp.Good(now.Add(-time.Hour), "7f3a", "central-planner")
	elsewhere := idp.Good(now, "7f3a", "central-planner")
	elsewhere["aud"] = "payroll"
	head := map[string]any{"alg": "HS256", "kid": "k1"}
	for name, c := range map[string]struct {
		token, path string
		status      int
	}{
		"a planner":                 {good, "/capacity/v1/proposals", 200},
		"at another service":        {good, "/staffing/v1/posts", 200},
		"where planners may not":    {good, "/capacity/v1/decisions", 403},
		"metrics":                   {good, "/metrics", 403},
		"nobody":                    {"", "/capacity/v1/proposals", 401},
		"run out":                   {idp.Sign("k1", stale), "/capacity/v1/proposals", 401},
		"run out, where all may":    {idp.Sign("k1", stale), "/capacity/v1/promise", 401},
		"for another service":       {idp.Sign("k1", elsewhere), "/capacity/v1/proposals", 401},
		"alg none":                  {accesstest.Unsigned(t, map[string]any{"alg": "none"}, claims), "/capacity/v1/proposals", 401},
		"HS256 with the public key": {accesstest.HMAC(t, idp.PublicPEM("k1"), head, claims), "/capacity/v1/proposals", 401},
		"another key":               {accesstest.SignWith(t, accesstest.Key(t), map[string]any{"alg": "RS256", "kid": "k1"}, claims), "/capacity/v1/proposals", 401},
		"in the address":            {"", "/capacity/v1/promise?access_token=" + good, 401},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.url(c.path), nil)
		if err != nil {
			t.Fatal(err)
		}
		if c.token != "" {
			r.Header.Set("Authorization", "Bearer "+c.token)
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != c.status {
			t.Errorf("%s: %d, want %d", name, res.StatusCode, c.status)
		}
	}
}

func TestNobodyOutsideGetsDevelopmentTokens(t *testing.T) {
	_, err := allinone.Start(t.Context(), allinone.Config{Data: t.TempDir(), HTTP: "0.0.0.0:0", NATS: "127.0.0.1:0"})
	if err == nil || !strings.Contains(err.Error(), "development tokens are for this machine only") {
		t.Fatal(err)
	}
}
