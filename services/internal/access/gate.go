package access

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/problem"
)

// Refusals.
var (
	ErrUnknown     = errors.New("this needs to know who asks: send a token as Authorization: Bearer, or log in")
	ErrForbidden   = errors.New("your roles do not allow this")
	ErrBadToken    = errors.New("the token is not valid here: get a new one")
	ErrTokenInURL  = errors.New("a token in the address ends up in logs: send it as Authorization: Bearer, and have this one replaced")
	ErrNoProvider  = errors.New("the identity provider cannot be reached, so the token cannot be checked: try again in a moment")
	errNoSuchPath  = errors.New("there is nothing at this path: see openapi.json of the service")
	errMethod      = errors.New("this path does not know the method: see the header Allow")
	ErrCrossOrigin = errors.New("a page of another origin asked for this: open it here")
)

// Problems is how refusals of who asks are answered.
var Problems = problem.Table{
	{Err: ErrUnknown, Status: http.StatusUnauthorized, Type: "not-authenticated", De: "Dafür muss bekannt sein, wer fragt: Senden Sie ein Token als Authorization: Bearer, oder melden Sie sich an."},
	{Err: ErrBadToken, Status: http.StatusUnauthorized, Type: "token-invalid", De: "Das Token gilt hier nicht: Holen Sie ein neues."},
	{Err: ErrTokenInURL, Status: http.StatusUnauthorized, Type: "token-in-address", De: "Ein Token in der Adresse gelangt in Protokolle: Senden Sie es als Authorization: Bearer, und lassen Sie dieses ersetzen."},
	{Err: ErrForbidden, Status: http.StatusForbidden, Type: "forbidden", De: "Ihre Rollen erlauben das nicht."},
	{Err: ErrNotYours, Status: http.StatusForbidden, Type: "not-yours", De: "Das gehört nicht zu Ihrem Bereich."},
	{Err: ErrCrossOrigin, Status: http.StatusForbidden, Type: "cross-origin", De: "Eine Seite von woanders hat darum gebeten: Öffnen Sie es hier."},
	{Err: errNoSuchPath, Status: http.StatusNotFound, Type: "no-such-path", De: "Unter diesem Pfad gibt es nichts: siehe openapi.json des Dienstes."},
	{Err: errMethod, Status: http.StatusMethodNotAllowed, Type: "method-not-allowed", De: "Diese Methode kennt der Pfad nicht: siehe den Header Allow."},
	{Err: ErrNoProvider, Status: http.StatusServiceUnavailable, Type: "identity-provider-unreachable", De: "Der Anmeldedienst ist nicht erreichbar, das Token lässt sich nicht prüfen: Versuchen Sie es gleich noch einmal."},
}

// Gate holds requests to the table.
type Gate struct {
	Service string
	// Operations are the operation ids by the pattern of their route; a route
	// that is not listed is asked for by its pattern.
	Operations map[string]string
	// Refuse answers whoever may not pass; nil: a problem document.
	Refuse Refuser
}

// Refuser answers a request that is refused, with one of Problems.
type Refuser func(w http.ResponseWriter, r *http.Request, err error)

// refuse is the answer of who has no other.
func (own Refuser) refuse(w http.ResponseWriter, r *http.Request, err error) {
	if own != nil {
		own(w, r, err)
		return
	}
	Refuse(w, err, 0)
}

// Wrap serves of mux what the table allows.
func (g Gate) Wrap(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, pattern := mux.Handler(r)
		if pattern == "" {
			absent := &nothing{header: http.Header{}}
			mux.ServeHTTP(absent, r)
			if allow := absent.header["Allow"]; allow != nil {
				w.Header()["Allow"] = allow
			}
			g.Refuse.refuse(w, r, map[bool]error{true: errMethod, false: errNoSuchPath}[absent.status == http.StatusMethodNotAllowed])
			return
		}
		operation, named := g.Operations[pattern]
		if !named {
			operation = pattern
		}
		p := Of(r.Context())
		by, ok := Allows(g.Service, operation, p.Roles)
		switch {
		case !ok && !p.Known():
			g.Refuse.refuse(w, r, fmt.Errorf("%w (who may: %s)", ErrUnknown, whoMay(g.Service, operation)))
			return
		case !ok:
			g.Refuse.refuse(w, r, fmt.Errorf("%w: %s of %s is for %s", ErrForbidden, operation, g.Service, whoMay(g.Service, operation)))
			return
		}
		if p.Known() {
			as := by.Role
			if as == Public {
				as = p.Roles[0]
			}
			ctx := journal.WithCaller(r.Context(), journal.Caller{Actor: string(as) + ":" + p.Subject, From: p.From()})
			r = r.WithContext(withPassed(ctx, passed{by.Role, by.Bound}))
		}
		mux.ServeHTTP(w, r)
	})
}

// nothing takes what a mux says of a path or method that it does not know.
type nothing struct {
	header http.Header
	status int
}

func (n *nothing) Header() http.Header         { return n.header }
func (n *nothing) WriteHeader(status int)      { n.status = status }
func (n *nothing) Write(b []byte) (int, error) { return len(b), nil }

// Refuse answers with a problem document.
func Refuse(w http.ResponseWriter, err error, wait time.Duration) {
	RefuseBy(w, Problems, err, wait)
}

// RefuseBy answers outside of huma with what a table knows.
func RefuseBy(w http.ResponseWriter, table problem.Table, err error, wait time.Duration) {
	var status huma.StatusError
	if !errors.As(table.From(err), &status) {
		return
	}
	if wait > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	} else if status.GetStatus() == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "1")
	}
	if status.GetStatus() == http.StatusUnauthorized {
		challenge := `Bearer realm="lotse"`
		if errors.Is(err, ErrBadToken) {
			challenge += `, error="invalid_token"`
		}
		w.Header().Set("WWW-Authenticate", challenge)
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status.GetStatus())
	_ = json.NewEncoder(w).Encode(status) // who does not read it has gone
}
