package access

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"
)

// Config is who is believed, read from the environment by envconfig.
type Config struct {
	TokensFile     string        `envconfig:"TOKENS_FILE" desc:"file that lists hashed tokens and certificates of machines with their roles, see docs/rights.md; read again when it changes; empty: none"`
	OIDCIssuer     string        `envconfig:"OIDC_ISSUER" desc:"address of the identity provider, https://id.example.org/realms/city; empty: no tokens of a provider are taken"`
	OIDCAudience   string        `envconfig:"OIDC_AUDIENCE" default:"lotse" desc:"what tokens for Lotse have in aud"`
	OIDCRolesPath  string        `envconfig:"OIDC_ROLES_PATH" default:"realm_access.roles" desc:"claim that holds the roles; points lead into objects"`
	OIDCRoles      string        `envconfig:"OIDC_ROLES" desc:"the provider's names for roles, name=role|role, with commas; names that are not listed count if they are ours"`
	OIDCDistricts  string        `envconfig:"OIDC_DISTRICTS_CLAIM" default:"lotse_districts" desc:"claim that holds the districts a district planner is bound to"`
	OIDCCentres    string        `envconfig:"OIDC_CENTRES_CLAIM" default:"lotse_centres" desc:"claim that holds the centres a desk is bound to"`
	OIDCSources    string        `envconfig:"OIDC_SOURCES_CLAIM" default:"lotse_sources" desc:"claim that holds the HR sources an importer is bound to"`
	OIDCSkew       time.Duration `envconfig:"OIDC_SKEW" default:"30s" desc:"how far the provider's clock and ours may differ, at most 2m"`
	ClientID       string        `envconfig:"OIDC_CLIENT_ID" desc:"client by which people log in to pages; empty: there is no log-in"`
	ClientSecret   string        `envconfig:"OIDC_CLIENT_SECRET_FILE" desc:"file that holds the client's secret; empty: a public client"`
	SessionURL     string        `envconfig:"SESSION_URL" desc:"where browsers reach this process; the provider sends them to /auth/callback below it"`
	SessionKey     string        `envconfig:"SESSION_KEY_FILE" desc:"file of 32 random bytes or more that seal the cookies, the same for all replicas"`
	SessionLife    time.Duration `envconfig:"SESSION_LIFE" default:"8h" desc:"after which people log in again; roles that the provider takes away go on that long in a session"`
	TrustedOrigins string        `envconfig:"TRUSTED_ORIGINS" desc:"origins with commas, https://desk.example.org, whose pages may change things here; our own always may"`
	Proxies        string        `envconfig:"TRUSTED_PROXIES" desc:"addresses or networks, with commas, of gateways whose X-Forwarded-For is believed; without them all clients behind a gateway share booking's limits"`
}

// DefaultConfig believes nobody.
func DefaultConfig() Config {
	return Config{OIDCAudience: "lotse", OIDCRolesPath: "realm_access.roles", OIDCDistricts: "lotse_districts", OIDCCentres: "lotse_centres",
		OIDCSources: "lotse_sources", OIDCSkew: 30 * time.Second, SessionLife: 8 * time.Hour}
}

// Empty reports whether nobody can be recognised by it.
func (c Config) Empty() bool { return c.TokensFile == "" && c.OIDCIssuer == "" }

// Front makes what it says, beside further tokens. problem is told of files that
// cannot be used later on. Errors name the field, its value and the cure.
func (c Config) Front(now func() time.Time, problem func(error), further ...Tokens) (*Front, *Sessions, error) {
	opt := Options{Tokens: further}
	var errs []error
	for o := range strings.SplitSeq(c.TrustedOrigins, ",") {
		if o = strings.TrimSpace(o); o != "" {
			opt.Origins = append(opt.Origins, o)
		}
	}
	var err error
	if opt.Proxies, err = Prefixes("LOTSE_TRUSTED_PROXIES", c.Proxies); err != nil {
		errs = append(errs, err)
	}
	if c.TokensFile != "" {
		f, err := OpenFile(c.TokensFile, now, problem)
		if err != nil {
			errs = append(errs, err)
		}
		opt.Tokens, opt.Certificates = append(opt.Tokens, f), f
	}
	if c.OIDCIssuer != "" {
		p, err := c.provider(now)
		if err != nil {
			errs = append(errs, err)
		} else {
			opt.Tokens = append(opt.Tokens, p)
			if opt.Sessions, err = c.sessions(p, now); err != nil {
				errs = append(errs, err)
			}
		}
	} else if c.ClientID != "" {
		errs = append(errs, fmt.Errorf("LOTSE_OIDC_CLIENT_ID is %q and LOTSE_OIDC_ISSUER is empty: name the provider too", c.ClientID))
	}
	f, err := NewFront(opt)
	if err = errors.Join(append(errs, err)...); err != nil {
		return nil, nil, err
	}
	return f, opt.Sessions, nil
}

func (c Config) provider(now func() time.Time) (*Provider, error) {
	named, err := ParseRoles(c.OIDCRoles)
	if err != nil {
		return nil, err
	}
	return NewProvider(ProviderOptions{Issuer: c.OIDCIssuer, Audience: c.OIDCAudience, RolesPath: c.OIDCRolesPath, Roles: named,
		DistrictsClaim: c.OIDCDistricts, CentresClaim: c.OIDCCentres, SourcesClaim: c.OIDCSources, Skew: c.OIDCSkew, Now: now})
}

// sessions are nil where nobody logs in.
func (c Config) sessions(p *Provider, now func() time.Time) (*Sessions, error) {
	if c.ClientID == "" {
		return nil, nil
	}
	if c.ClientID == c.OIDCAudience { // tokens that say who logged in would open what access tokens open
		return nil, fmt.Errorf("LOTSE_OIDC_CLIENT_ID and LOTSE_OIDC_AUDIENCE are both %q: give the client of the log-in a name of its own", c.ClientID)
	}
	if c.SessionKey == "" {
		return nil, errors.New("LOTSE_SESSION_KEY_FILE is empty and LOTSE_OIDC_CLIENT_ID is not: name a file of 32 random bytes or more that seal the cookies")
	}
	key, err := os.ReadFile(c.SessionKey)
	if err != nil {
		return nil, fmt.Errorf("LOTSE_SESSION_KEY_FILE: %w", err)
	}
	secret := []byte(nil)
	if c.ClientSecret != "" {
		if secret, err = os.ReadFile(c.ClientSecret); err != nil {
			return nil, fmt.Errorf("LOTSE_OIDC_CLIENT_SECRET_FILE: %w", err)
		}
	}
	return NewSessions(SessionOptions{Provider: p, ClientID: c.ClientID, Secret: string(bytes.TrimSpace(secret)), URL: c.SessionURL, Key: key, Life: c.SessionLife, Now: now})
}
