// Package access says who asks and what they may do. It has three parts:
//
//   - a Front finds out who asks: by a token of the identity provider (OIDC), a
//     token or certificate listed in a file, or the session of a page;
//   - Table says, in one place, which roles may use which operation;
//   - a Gate holds every request of a service to the table. What the table
//     does not name is refused.
//
// Whether a district, a centre or an HR source is one of the principal's own is
// asked where it is known, by District, Centre and Source.
package access

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// Role is what a principal may act as.
type Role string

// The roles. Whoever shows nothing is Public, and every role may what Public
// may.
const (
	Public          Role = "public"
	CentralPlanner  Role = "central-planner"
	DistrictPlanner Role = "district-planner" // bound to districts
	TelephoneAgent  Role = "telephone-agent"
	Desk            Role = "desk"        // bound to centres
	HRImporter      Role = "hr-importer" // bound to sources
	Auditor         Role = "auditor"     // reads, changes nothing
	Operator        Role = "operator"    // keeps Lotse running: parked messages, imports from other systems
	Monitor         Role = "monitor"     // reads metrics
)

// Roles are all of them, in the order of the matrix.
var Roles = []Role{Public, CentralPlanner, DistrictPlanner, TelephoneAgent, Desk, HRImporter, Auditor, Operator, Monitor}

// Any as a binding stands for all districts, centres or sources.
const Any = "*"

// Principal is who asks.
type Principal struct {
	// Subject is a pseudonym that stays the same, such as the provider's sub.
	Subject string `json:"sub"`
	Roles   []Role `json:"roles"`
	// Districts, Centres and Sources are what bound roles may act for.
	Districts []string `json:"districts,omitempty"`
	Centres   []string `json:"centres,omitempty"`
	Sources   []string `json:"sources,omitempty"`
	// Way is how the principal was recognised: token, oidc, certificate,
	// session or development.
	Way string `json:"-"`
	// Network is where the request came from, without the client's own bits:
	// 192.0.2.0/24 or 2001:db8::/48.
	Network string `json:"-"`
}

// Known reports whether the principal has shown who they are.
func (p Principal) Known() bool { return p.Subject != "" }

// Is reports whether the principal has one of the roles.
func (p Principal) Is(roles ...Role) bool {
	return slices.ContainsFunc(p.Roles, func(r Role) bool { return slices.Contains(roles, r) })
}

// From says the way and the network, as events keep it: "oidc 192.0.2.0/24".
func (p Principal) From() string { return strings.TrimSpace(p.Way + " " + p.Network) }

type principalKey struct{}

// With puts a principal into a request's context; only a Front and tests do.
func With(ctx context.Context, p Principal) context.Context {
	return context.WithValue(ctx, principalKey{}, p)
}

// Of is who asks; the zero Principal, who is public, when nobody said.
func Of(ctx context.Context) Principal {
	p, _ := ctx.Value(principalKey{}).(Principal)
	return p
}

// As serves next in the name of p, whatever the request shows. It is for
// simulations and tests that call a handler without a Front.
func As(next http.Handler, p Principal) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(With(r.Context(), p)))
	})
}

// ErrNotYours: the role is right, and what it would act on belongs to others.
var ErrNotYours = errors.New("this is not in your keeping")

// passed is how a request got through the gate.
type passed struct {
	as    Role
	bound bool // to what is the principal's own
}

type passedKey struct{}

func withPassed(ctx context.Context, how passed) context.Context {
	return context.WithValue(ctx, passedKey{}, how)
}

// Bound reports whether the request may act only on what belongs to r's
// bindings, and the principal. Calls from within the process are not bound.
func Bound(ctx context.Context, r Role) (Principal, bool) {
	how, _ := ctx.Value(passedKey{}).(passed)
	return Of(ctx), how.bound && how.as == r
}

// The three below answer with a problem document, which every service's table
// passes on.

// District refuses a district planner what is not all in their own districts.
func District[S ~string](ctx context.Context, ids ...S) error {
	p, bound := Bound(ctx, DistrictPlanner)
	return own(bound, "district", p.Districts, ids)
}

// Centre refuses a desk what belongs to other centres than its own.
func Centre[S ~string](ctx context.Context, ids ...S) error {
	p, bound := Bound(ctx, Desk)
	return own(bound, "centre", p.Centres, ids)
}

// DeskAt refuses a desk what belongs to other centres, also of operations that
// everybody may use, where being a desk stands in for the citizen's code.
func DeskAt[S ~string](ctx context.Context, centre S) error {
	p := Of(ctx)
	return own(p.Known(), "centre", p.Centres, []S{centre})
}

// Source refuses an HR importer what belongs to other sources than its own.
func Source[S ~string](ctx context.Context, ids ...S) error {
	p, bound := Bound(ctx, HRImporter)
	return own(bound, "source", p.Sources, ids)
}

func own[S ~string](bound bool, what string, have []string, ids []S) error {
	if !bound || slices.Contains(have, Any) {
		return nil
	}
	if len(ids) == 0 {
		return Problems.From(fmt.Errorf("%w: it belongs to no %s", ErrNotYours, what))
	}
	for _, id := range ids {
		if !slices.Contains(have, string(id)) {
			return Problems.From(fmt.Errorf("%w: %s %q is not one of %s", ErrNotYours, what, string(id), named(have)))
		}
	}
	return nil
}

// NotYours refuses what is in others' keeping.
func NotYours(format string, a ...any) error {
	return Problems.From(fmt.Errorf("%w: %s", ErrNotYours, fmt.Sprintf(format, a...)))
}

// Owns reports whether id is among a binding's.
func Owns[S ~string](have []string, id S) bool {
	return slices.Contains(have, Any) || slices.Contains(have, string(id))
}

func named(have []string) string {
	if len(have) == 0 {
		return "yours, for your token names none"
	}
	return "yours (" + strings.Join(have, ", ") + ")"
}
