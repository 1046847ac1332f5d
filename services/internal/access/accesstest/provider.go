package accesstest

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"
)

// Claims of a token.
type Claims map[string]any

// Provider is an identity provider that a test has in its hands: it describes
// itself, shows its keys, and logs everybody in as LogIn says.
type Provider struct {
	*httptest.Server
	t testing.TB

	mu      sync.Mutex
	keys    map[string]*rsa.PrivateKey // shown
	down    bool
	fetched int
	codes   map[string]url.Values
	// LogIn are the claims of the next ID token, beside iss, aud, exp and nonce.
	LogIn Claims
}

// NewProvider starts one that has a key "k1".
func NewProvider(t testing.TB) *Provider {
	p := &Provider{t: t, keys: map[string]*rsa.PrivateKey{}, codes: map[string]url.Values{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		p.answer(w, map[string]any{"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token",
			"jwks_uri": p.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256", "ES256", "none", "HS256"}})
	})
	mux.HandleFunc("GET /keys", p.showKeys)
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	p.Rotate("k1")
	return p
}

func (p *Provider) answer(w http.ResponseWriter, v any) {
	p.mu.Lock()
	down := p.down
	p.mu.Unlock()
	if down {
		http.Error(w, "down", http.StatusBadGateway)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// Down has the provider answer 502 to everything, or not.
func (p *Provider) Down(down bool) { p.mu.Lock(); p.down = down; p.mu.Unlock() }

// Fetched counts how often the keys were asked for.
func (p *Provider) Fetched() int { p.mu.Lock(); defer p.mu.Unlock(); return p.fetched }

// Key makes an RSA key.
func Key(t testing.TB) *rsa.PrivateKey {
	k, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// Rotate replaces the keys by a new one.
func (p *Provider) Rotate(kid string) *rsa.PrivateKey {
	k := Key(p.t)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.keys = map[string]*rsa.PrivateKey{kid: k}
	return k
}

func (p *Provider) showKeys(w http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	p.fetched++
	var all []map[string]string
	for kid, k := range p.keys {
		all = append(all, map[string]string{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": b64(k.N.Bytes()), "e": b64(big.NewInt(int64(k.E)).Bytes())})
	}
	p.mu.Unlock()
	p.answer(w, map[string]any{"keys": all})
}

// PublicPEM is the public key of kid as forgers use it for an HMAC.
func (p *Provider) PublicPEM(kid string) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	der, err := x509.MarshalPKIXPublicKey(&p.keys[kid].PublicKey)
	if err != nil {
		p.t.Fatal(err)
	}
	return []byte("-----BEGIN PUBLIC KEY-----\n" + base64.StdEncoding.EncodeToString(der) + "\n-----END PUBLIC KEY-----\n")
}

// Good are claims of a token that is taken at now, for audience "lotse".
func (p *Provider) Good(now time.Time, subject string, roles ...string) Claims {
	return Claims{"iss": p.URL, "aud": "lotse", "sub": subject, "iat": now.Unix(), "exp": now.Add(5 * time.Minute).Unix(),
		"realm_access": map[string]any{"roles": roles}}
}

// Sign makes a token with the shown key kid.
func (p *Provider) Sign(kid string, c Claims) string {
	p.mu.Lock()
	k := p.keys[kid]
	p.mu.Unlock()
	return SignWith(p.t, k, map[string]any{"alg": "RS256", "typ": "JWT", "kid": kid}, c)
}

// SignWith makes a token by RS256 with any key, under any header.
func SignWith(t testing.TB, k *rsa.PrivateKey, header map[string]any, c Claims) string {
	text := unsigned(t, header, c)
	sum := sha256.Sum256([]byte(text))
	sig, err := rsa.SignPKCS1v15(rand.Reader, k, crypto.SHA256, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	return text + "." + b64(sig)
}

// HMAC makes a token by HS256.
func HMAC(t testing.TB, secret []byte, header map[string]any, c Claims) string {
	text := unsigned(t, header, c)
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte(text))
	return text + "." + b64(mac.Sum(nil))
}

// Unsigned makes a token whose signature is empty.
func Unsigned(t testing.TB, header map[string]any, c Claims) string {
	return unsigned(t, header, c) + "."
}

func unsigned(t testing.TB, header map[string]any, c Claims) string {
	h, err := json.Marshal(header)
	if err != nil {
		t.Fatal(err)
	}
	body, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return b64(h) + "." + b64(body)
}

func b64(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

// authorize logs everybody in.
func (p *Provider) authorize(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	p.mu.Lock()
	code := fmt.Sprint("code-", len(p.codes))
	p.codes[code] = q
	p.mu.Unlock()
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil || q.Get("code_challenge_method") != "S256" || q.Get("response_type") != "code" {
		http.Error(w, "no PKCE", http.StatusBadRequest)
		return
	}
	back.RawQuery = url.Values{"code": {code}, "state": {q.Get("state")}}.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

func (p *Provider) token(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	asked, known := p.codes[r.FormValue("code")]
	delete(p.codes, r.FormValue("code"))
	p.mu.Unlock()
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if !known || b64(sum[:]) != asked.Get("code_challenge") || r.FormValue("redirect_uri") != asked.Get("redirect_uri") {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":"invalid_grant"}`))
		return
	}
	c := p.Good(time.Now(), "somebody")
	c["aud"], c["nonce"] = asked.Get("client_id"), asked.Get("nonce")
	for k, v := range p.LogIn {
		c[k] = v
	}
	p.answer(w, map[string]any{"access_token": "opaque", "token_type": "Bearer", "expires_in": 300, "id_token": p.Sign("k1", c)})
}
