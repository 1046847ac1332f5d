package book

import (
	"net/http"
	"regexp"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// Cookies. None outlives the day, none is readable by a script.
const (
	// proofCookie has an appointment's code, or its link's secret, and is sent to
	// that appointment's pages only.
	proofCookie = "lotse-proof"
	// holdCookie names the slot that is kept at present, so that another one that is
	// chosen takes its place.
	holdCookie = "lotse-hold"
)

const proofFor = 4 * time.Hour

// Where appointments and places on the waiting list have their pages.
const (
	appointments = "/book/appointment"
	waitings     = "/book/waiting"
)

// plainID is what the ids are made of that may stand in a path of ours.
var plainID = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,160}$`)

// prove lets the browser see what stands under an id for a while.
func prove(w http.ResponseWriter, r *http.Request, under, id, secret string) bool {
	if !plainID.MatchString(id) || len(secret) > 200 {
		return false
	}
	http.SetCookie(w, &http.Cookie{Name: proofCookie, Value: secret, Path: under + "/" + id, MaxAge: int(proofFor.Seconds()),
		HttpOnly: true, Secure: pages.Encrypted(r), SameSite: http.SameSiteLaxMode})
	return true
}

// forgetProof takes it back, on a computer that others use, too.
func forgetProof(x *pages.Context, under, id string) {
	http.SetCookie(x.W, &http.Cookie{Name: proofCookie, Path: under + "/" + id, MaxAge: -1, HttpOnly: true, Secure: pages.Encrypted(x.R), SameSite: http.SameSiteLaxMode})
}

// proof is the secret that the browser has shown; "": none.
func proof(r *http.Request) string {
	c, err := r.Cookie(proofCookie)
	if err != nil {
		return ""
	}
	return c.Value
}

func rememberHold(x *pages.Context, hold string, until time.Duration) {
	c := &http.Cookie{Name: holdCookie, Value: hold, Path: "/book", MaxAge: int(until.Seconds()), HttpOnly: true, Secure: pages.Encrypted(x.R), SameSite: http.SameSiteLaxMode}
	if hold == "" {
		c.MaxAge = -1
	}
	http.SetCookie(x.W, c)
}

func heldBefore(r *http.Request) string {
	c, err := r.Cookie(holdCookie)
	if err != nil || !plainID.MatchString(c.Value) {
		return ""
	}
	return c.Value
}
