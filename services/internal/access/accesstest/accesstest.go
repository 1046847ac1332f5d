// Package accesstest lets tests ask as whom they like, and plays an identity
// provider.
package accesstest

import (
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

// Role serves h to somebody of one role, bound to nothing.
func Role(h http.Handler, r access.Role) http.Handler {
	return access.As(h, access.Principal{Subject: "test", Roles: []access.Role{r}, Way: "test"})
}
