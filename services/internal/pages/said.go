package pages

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// saidCookie carries from a change to the page after it the position that it
// shall show, and a sentence. It says nothing that is not shown at once.
const saidCookie = "lotse-said"

func (x *Context) leave(said string, position int64) {
	if said == "" && position == 0 {
		return
	}
	v := strconv.FormatInt(position, 10) + "." + x.site.opt.Service + "." + base64.RawURLEncoding.EncodeToString([]byte(said[:min(len(said), 600)]))
	http.SetCookie(x.W, &http.Cookie{Name: saidCookie, Value: v, Path: "/", MaxAge: 60, HttpOnly: true, Secure: Encrypted(x.R), SameSite: http.SameSiteLaxMode})
}

// settle takes what the request before has left, and waits for its position.
func (x *Context) settle() {
	c, err := x.R.Cookie(saidCookie)
	if err != nil || x.R.Method != http.MethodGet || x.part() != "" {
		return
	}
	http.SetCookie(x.W, &http.Cookie{Name: saidCookie, Path: "/", MaxAge: -1, HttpOnly: true, Secure: Encrypted(x.R), SameSite: http.SameSiteLaxMode})
	f := strings.SplitN(c.Value, ".", 3)
	if len(f) != 3 {
		return
	}
	if position, err := strconv.ParseInt(f[0], 10, 64); err == nil && position > 0 && f[1] == x.site.opt.Service && x.site.opt.Node != nil {
		_ = x.site.opt.Node.WaitFor(x.R.Context(), position) // else the page shows what there is
		x.at = x.site.opt.Node.Applied()
	}
	if said, err := base64.RawURLEncoding.DecodeString(f[2]); err == nil {
		x.said = strings.ToValidUTF8(string(said), "")
	}
}

// Live is an address of a stream with the position that the page shows.
func (x *Context) live(stream string) string {
	if stream == "" {
		return ""
	}
	sign := "?"
	if strings.Contains(stream, "?") {
		sign = "&"
	}
	return fmt.Sprintf("%s%sat=%d", stream, sign, x.at)
}

// Encrypted reports whether the browser's connection is: with us, or with the gateway
// before us, as it says. Cookies are then never sent without. Whoever says so and has
// none keeps only themselves from being known again.
func Encrypted(r *http.Request) bool {
	return r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
}
