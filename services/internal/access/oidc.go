package access

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// ProviderOptions say which identity provider is believed, and how its claims
// are read.
type ProviderOptions struct {
	// Issuer is the provider's address, as its tokens name it in iss.
	Issuer string
	// Audience must stand in aud.
	Audience string
	// RolesPath leads to the roles in a token: "realm_access.roles".
	RolesPath string
	// Roles translates the provider's names; what it does not name counts if it
	// is a role's name.
	Roles map[string][]Role
	// Claims that hold the bindings.
	DistrictsClaim, CentresClaim, SourcesClaim string
	// Skew is how far clocks may differ.
	Skew   time.Duration
	Now    func() time.Time
	Client *http.Client // default: one with a time-out of 5 s
}

// algorithms that are taken. None is symmetric: a public key is no secret.
var algorithms = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA}

const (
	// refetch is the shortest time between two looks for new keys or the
	// provider's description: a stranger's token cannot make us flood it.
	refetch = 10 * time.Second
	// keysLife is how long keys are believed while the provider answers: a key
	// that it has withdrawn is good for no longer.
	keysLife = 15 * time.Minute
)

// Provider recognises the tokens of an identity provider.
type Provider struct {
	opt    ProviderOptions
	from   context.Context // carries the client
	client *http.Client

	finding sync.Mutex // one discovers, the others wait

	mu       sync.Mutex
	found    *oidc.Provider
	jwks     string
	keys     *oidc.RemoteKeySet
	born     time.Time // of keys
	tried    time.Time // discovery; guarded by finding
	fetched  time.Time // last look for keys
	renewing bool
}

// NewProvider does not ask the provider yet: it may be down when we start.
func NewProvider(opt ProviderOptions) (*Provider, error) {
	u, err := url.Parse(opt.Issuer)
	if err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && Loopback(hostPort(u))) {
		return nil, fmt.Errorf("LOTSE_OIDC_ISSUER is %q: write the provider's address with https, as its tokens name it in iss", opt.Issuer)
	}
	if opt.Audience == "" {
		return nil, errors.New("LOTSE_OIDC_AUDIENCE is empty: name what tokens for Lotse have in aud")
	}
	if opt.Skew < 0 || opt.Skew > 2*time.Minute {
		return nil, fmt.Errorf("LOTSE_OIDC_SKEW is %s: it must lie between 0 and 2m; set the clocks", opt.Skew)
	}
	client := opt.Client
	if client == nil {
		client = &http.Client{Timeout: 5 * time.Second}
	}
	p := &Provider{opt: opt}
	p.client = &http.Client{Timeout: client.Timeout, CheckRedirect: client.CheckRedirect, Transport: &sparing{p, client.Transport}}
	p.from = oidc.ClientContext(context.Background(), p.client)
	return p, nil
}

func hostPort(u *url.URL) string {
	if u.Port() == "" {
		return u.Host + ":80"
	}
	return u.Host
}

// unreachable marks that the provider gave no keys, and perhaps later will.
var unreachable = errors.New("identity provider unreachable")

// spared marks a look for keys that comes too soon after the last one.
var spared = errors.New("keys were looked for a moment ago")

// sparing bounds how often keys are fetched, and tells a provider that is down
// from a key that it does not have.
type sparing struct {
	p    *Provider
	next http.RoundTripper
}

// RoundTrip implements http.RoundTripper.
func (s *sparing) RoundTrip(r *http.Request) (*http.Response, error) {
	s.p.mu.Lock()
	keys := s.p.jwks != "" && r.URL.String() == s.p.jwks
	soon := keys && s.p.opt.Now().Sub(s.p.fetched) < refetch && !s.p.fetched.IsZero()
	if keys && !soon {
		s.p.fetched = s.p.opt.Now()
	}
	s.p.mu.Unlock()
	if soon {
		return nil, spared
	}
	next := s.next
	if next == nil {
		next = http.DefaultTransport
	}
	res, err := next.RoundTrip(r)
	if err == nil && res.StatusCode >= http.StatusInternalServerError {
		_ = res.Body.Close()
		err = fmt.Errorf("it answered %s", res.Status)
	}
	if err != nil {
		if keys { // the next token may ask again at once: nothing was learnt
			s.p.mu.Lock()
			s.p.fetched = time.Time{}
			s.p.mu.Unlock()
		}
		return nil, fmt.Errorf("%w: %w", unreachable, err)
	}
	return res, nil
}

// discover reads the provider's description, once.
func (p *Provider) discover() (*oidc.Provider, error) {
	known := func() *oidc.Provider { p.mu.Lock(); defer p.mu.Unlock(); return p.found }
	if found := known(); found != nil {
		return found, nil
	}
	p.finding.Lock()
	defer p.finding.Unlock()
	if found := known(); found != nil {
		return found, nil
	}
	if now := p.opt.Now(); !p.tried.IsZero() && now.Sub(p.tried) < time.Second { // one try a second
		return nil, ErrNoProvider
	}
	defer func() { p.tried = p.opt.Now() }()
	found, err := oidc.NewProvider(p.from, p.opt.Issuer)
	if err != nil {
		return nil, fmt.Errorf("%w (%s)", ErrNoProvider, p.opt.Issuer)
	}
	var doc struct {
		JWKS string `json:"jwks_uri"`
	}
	if err := found.Claims(&doc); err != nil || doc.JWKS == "" {
		return nil, fmt.Errorf("%w (%s names no jwks_uri)", ErrNoProvider, p.opt.Issuer)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.found, p.jwks, p.keys, p.born = found, doc.JWKS, oidc.NewRemoteKeySet(p.from, doc.JWKS), p.opt.Now()
	return found, nil
}

// keySet is the provider's keys. Those that are old are replaced while the
// provider answers; while it does not, they go on.
type keySet struct {
	p    *Provider
	down *bool
}

// VerifySignature implements oidc.KeySet.
func (k keySet) VerifySignature(ctx context.Context, jwt string) ([]byte, error) {
	p := k.p
	p.mu.Lock()
	now, keys, fresh := p.opt.Now(), p.keys, (*oidc.RemoteKeySet)(nil)
	if now.Sub(p.born) >= keysLife && now.Sub(p.fetched) >= refetch && !p.renewing {
		fresh, p.renewing = oidc.NewRemoteKeySet(p.from, p.jwks), true
	}
	p.mu.Unlock()
	if fresh != nil {
		payload, err := fresh.VerifySignature(ctx, jwt)
		down := errors.Is(err, unreachable) || errors.Is(err, spared) || ctx.Err() != nil
		p.mu.Lock()
		p.renewing = false
		if down {
			p.born = now.Add(refetch - keysLife) // ask again a little later
		} else {
			p.keys, p.born = fresh, now
		}
		p.mu.Unlock()
		if !down {
			return payload, err
		}
	}
	payload, err := keys.VerifySignature(ctx, jwt)
	if errors.Is(err, unreachable) {
		*k.down = true
	}
	return payload, err
}

// Bearer checks signature, issuer, audience and times of a token, and reads the
// principal from it.
func (p *Provider) Bearer(ctx context.Context, token string) (Principal, error) {
	return p.principal(ctx, token, p.opt.Audience, "oidc", "")
}

// principal of a token for an audience; with a nonce it must be that one.
func (p *Provider) principal(ctx context.Context, token, audience, way, nonce string) (Principal, error) {
	if strings.Count(token, ".") != 2 {
		return Principal{}, ErrBadToken
	}
	if _, err := p.discover(); err != nil {
		return Principal{}, err
	}
	down := false
	// The times are checked below: with one bound for the clocks, and an exp that must be there.
	v := oidc.NewVerifier(p.opt.Issuer, keySet{p, &down}, &oidc.Config{ClientID: audience, SupportedSigningAlgs: algorithms, SkipExpiryCheck: true})
	t, err := v.Verify(ctx, token)
	if err != nil {
		if down {
			return Principal{}, ErrNoProvider
		}
		return Principal{}, ErrBadToken // what is wrong with it helps only whoever forged it
	}
	claims := map[string]any{}
	if err := t.Claims(&claims); err != nil || t.Subject == "" || t.Nonce != nonce && nonce != "" {
		return Principal{}, ErrBadToken
	}
	if err := p.inTime(claims); err != nil {
		return Principal{}, err
	}
	out := Principal{Subject: t.Subject, Way: way, Roles: p.roles(texts(dig(claims, p.opt.RolesPath))),
		Districts: texts(dig(claims, p.opt.DistrictsClaim)), Centres: texts(dig(claims, p.opt.CentresClaim)), Sources: texts(dig(claims, p.opt.SourcesClaim))}
	return out, nil
}

// inTime checks exp, nbf and iat (RFC 7519, 4.1), with the clocks' difference.
func (p *Provider) inTime(claims map[string]any) error {
	now := p.opt.Now()
	at := func(name string) (time.Time, bool) {
		n, ok := claims[name].(float64)
		return time.Unix(int64(n), 0), ok
	}
	exp, ok := at("exp")
	if !ok || !now.Before(exp.Add(p.opt.Skew)) {
		return fmt.Errorf("%w: it has run out", ErrBadToken)
	}
	for _, name := range []string{"nbf", "iat"} {
		if begin, ok := at(name); ok && begin.After(now.Add(p.opt.Skew)) {
			return fmt.Errorf("%w: it is not valid yet", ErrBadToken)
		}
	}
	return nil
}

func (p *Provider) roles(given []string) (all []Role) {
	for _, name := range given {
		ours, mapped := p.opt.Roles[name]
		if !mapped {
			ours, _ = roles([]string{name}) // what is no role of ours is another system's
		}
		for _, r := range ours {
			if !slices.Contains(all, r) {
				all = append(all, r)
			}
		}
	}
	return all
}

// dig follows a path of names with points between. A claim whose own name has
// points, as Auth0's do, is found by its whole name.
func dig(claims map[string]any, path string) any {
	if v, ok := claims[path]; ok || path == "" {
		return v
	}
	name, rest, more := strings.Cut(path, ".")
	inner, _ := claims[name].(map[string]any)
	if !more || inner == nil {
		return nil
	}
	return dig(inner, rest)
}

// texts reads a claim that is a list or one text with spaces or commas.
func texts(v any) (all []string) {
	switch v := v.(type) {
	case string:
		return strings.FieldsFunc(v, func(r rune) bool { return r == ' ' || r == ',' })
	case []any:
		for _, e := range v {
			if s, ok := e.(string); ok && s != "" {
				all = append(all, s)
			}
		}
	}
	return all
}

// oauth is the provider as pages log in with it.
func (p *Provider) oauth(clientID, secret, redirect string) (*oauth2.Config, error) {
	found, err := p.discover()
	if err != nil {
		return nil, err
	}
	return &oauth2.Config{ClientID: clientID, ClientSecret: secret, RedirectURL: redirect, Endpoint: found.Endpoint(), Scopes: []string{oidc.ScopeOpenID}}, nil
}

// ParseRoles reads "name=role|role, /other/name=role".
func ParseRoles(text string) (map[string][]Role, error) {
	out := map[string][]Role{}
	for pair := range strings.SplitSeq(text, ",") {
		if pair = strings.TrimSpace(pair); pair == "" {
			continue
		}
		cut := strings.LastIndex(pair, "=")
		if cut <= 0 {
			return nil, fmt.Errorf("LOTSE_OIDC_ROLES has %q: write the provider's name, =, and ours", pair)
		}
		ours, err := roles(strings.Split(pair[cut+1:], "|"))
		if err != nil {
			return nil, fmt.Errorf("LOTSE_OIDC_ROLES: %w", err)
		}
		out[pair[:cut]] = append(out[pair[:cut]], ours...)
	}
	return out, nil
}
