package access

import (
	"context"
	"fmt"
	"net/http"
	"net/netip"
	"strings"
)

// Tokens recognises the bearer of a token. It answers ErrBadToken for a token
// that is none of its own, ErrNoProvider if it cannot know at present.
type Tokens interface {
	Bearer(ctx context.Context, token string) (Principal, error)
}

// Options of a Front. Without any of them everybody is public.
type Options struct {
	// Tokens are asked in turn.
	Tokens []Tokens
	// Certificates recognises clients by the certificate that the TLS layer
	// has verified; nil: by none.
	Certificates *File
	// Sessions of pages; nil: there are none.
	Sessions *Sessions
	// Origins other than our own whose pages may change things.
	Origins []string
	// Proxies are trusted to say, in X-Forwarded-For, whom they speak for.
	Proxies []netip.Prefix
	// Refuse answers whoever is not let in; nil: a problem document.
	Refuse Refuser
}

// Front finds out who asks.
type Front struct {
	opt   Options
	cross *http.CrossOriginProtection
}

// NewFront makes a front. An origin that is none is an error.
func NewFront(opt Options) (*Front, error) {
	f := &Front{opt: opt, cross: http.NewCrossOriginProtection()}
	for _, o := range opt.Origins {
		if err := f.cross.AddTrustedOrigin(o); err != nil {
			return nil, fmt.Errorf("LOTSE_TRUSTED_ORIGINS has %q: write scheme and host, https://example.org", o)
		}
	}
	return f, nil
}

// Refusing has refusals answered by refuse, as pages want it.
func (f *Front) Refusing(refuse Refuser) *Front {
	opt := f.opt
	opt.Refuse = refuse
	return &Front{opt: opt, cross: f.cross}
}

// Wrap puts the front before next: the principal is in the request's context.
// Whoever shows something that is not valid is refused, also where everybody
// may: a client shall learn that its token has run out. Pages of other origins
// change nothing (net/http.CrossOriginProtection).
func (f *Front) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f.cross.Check(r) != nil {
			f.opt.Refuse.refuse(w, r, ErrCrossOrigin)
			return
		}
		p, err := f.who(r)
		if err != nil {
			f.opt.Refuse.refuse(w, r, err)
			return
		}
		if p.Known() {
			if len(p.Roles) == 0 {
				p.Roles = []Role{Public}
			}
			p.Network = Network(Address(r, f.opt.Proxies))
			w.Header().Set("Cache-Control", "no-store") // answers are for one person
			r = r.WithContext(With(r.Context(), p))
		}
		next.ServeHTTP(w, r)
	})
}

func (f *Front) who(r *http.Request) (Principal, error) {
	if strings.Contains(r.URL.RawQuery, "token") {
		for _, name := range []string{"access_token", "id_token", "token"} {
			if r.URL.Query().Has(name) {
				return Principal{}, ErrTokenInURL
			}
		}
	}
	switch given := r.Header.Values("Authorization"); {
	case len(given) > 1:
		return Principal{}, fmt.Errorf("%w: Authorization stands there %d times", ErrBadToken, len(given))
	case len(given) == 1:
		scheme, token, _ := strings.Cut(given[0], " ")
		if strings.EqualFold(scheme, "Bearer") {
			return f.bearer(r.Context(), strings.TrimSpace(token))
		}
	}
	if f.opt.Sessions != nil {
		if p, ok, err := f.opt.Sessions.of(r); ok || err != nil {
			return p, err
		}
	}
	if f.opt.Certificates != nil && r.TLS != nil && len(r.TLS.VerifiedChains) > 0 {
		if p, ok := f.opt.Certificates.certificate(r.TLS.VerifiedChains[0][0]); ok {
			return p, nil
		}
		return Principal{}, fmt.Errorf("%w: the certificate's subject is not listed", ErrBadToken)
	}
	return Principal{}, nil
}

// longest token that is looked at, in bytes.
const longest = 16 << 10

func (f *Front) bearer(ctx context.Context, token string) (Principal, error) {
	if token == "" || len(token) > longest {
		return Principal{}, ErrBadToken
	}
	err := ErrBadToken
	for _, t := range f.opt.Tokens {
		p, refused := t.Bearer(ctx, token)
		if refused == nil {
			return p, nil
		}
		err = refused
	}
	return Principal{}, err
}

// Address of the client: the last one that no trusted proxy has.
func Address(r *http.Request, proxies []netip.Prefix) netip.Addr {
	from := netip.Addr{}
	if ap, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		from = ap.Addr().Unmap().WithZone("")
	}
	trusted := func(a netip.Addr) bool {
		for _, p := range proxies {
			if p.Contains(a) {
				return true
			}
		}
		return false
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && trusted(from); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		from = next.Unmap().WithZone("")
	}
	return from
}

// Network of an address: 24 bits of IPv4, 48 of IPv6; "" for none.
func Network(a netip.Addr) string {
	bits := 24
	if a.Is6() {
		bits = 48
	}
	p, err := a.Prefix(bits)
	if err != nil || !p.IsValid() {
		return ""
	}
	return p.String()
}

// Prefixes reads addresses and networks with commas between.
func Prefixes(field, list string) (all []netip.Prefix, err error) {
	for text := range strings.SplitSeq(list, ",") {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		p, err := netip.ParsePrefix(text)
		if addr, alone := netip.ParseAddr(text); alone == nil {
			p, err = addr.Prefix(addr.BitLen())
		}
		if err != nil {
			return nil, fmt.Errorf("%s has %q: write addresses or networks, such as 10.0.0.0/8", field, text)
		}
		all = append(all, p)
	}
	return all, nil
}
