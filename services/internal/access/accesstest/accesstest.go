// Package accesstest lets tests ask as whom they like, and plays an identity
// provider.
package accesstest

import (
	"context"
	"net/http"

	"github.com/lotse-hamburg/lotse/services/internal/access"
)

// Everyone is a principal of all roles, for everything.
func Everyone() access.Principal {
	return access.Principal{Subject: "test", Roles: access.Roles[1:], Way: "test",
		Districts: []string{access.Any}, Centres: []string{access.Any}, Sources: []string{access.Any}}
}

// Staff serves h to somebody who may do everything that anybody may.
func Staff(h http.Handler) http.Handler { return access.As(h, Everyone()) }

// Token serves h to everybody, and to Everyone whoever sends token as bearer; any
// other token is refused.
func Token(h http.Handler, token string) http.Handler {
	f, err := access.NewFront(access.Options{Tokens: []access.Tokens{one(token)}})
	if err != nil {
		panic(err) // there is nothing in it that could be wrong
	}
	return f.Wrap(h)
}

type one string

func (o one) Bearer(_ context.Context, token string) (access.Principal, error) {
	if token != string(o) {
		return access.Principal{}, access.ErrBadToken
	}
	return Everyone(), nil
}

// Allow opens operations of a service that only a test has.
func Allow(service string, operations ...string) {
	all := map[string][]access.Grant{}
	for _, o := range operations {
		all[o] = []access.Grant{{Role: access.Public}}
	}
	access.Table[service] = all
}
