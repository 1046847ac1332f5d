package pages

import (
	"net/http"
	"net/url"
	"slices"
	"time"

	"golang.org/x/text/language"
)

// languageCookie remembers a choice of language, and nothing else.
const languageCookie = "lotse-lang"

var matcher = language.NewMatcher([]language.Tag{language.German, language.English})

// tongue is the language of a request: as it wishes, as was chosen before, as the
// browser prefers, German. A wish is remembered.
func tongue(w http.ResponseWriter, r *http.Request) string {
	if wish := r.URL.Query().Get("lang"); slices.Contains(Languages, wish) {
		http.SetCookie(w, &http.Cookie{Name: languageCookie, Value: wish, Path: "/", MaxAge: int((365 * 24 * time.Hour).Seconds()),
			HttpOnly: true, Secure: Encrypted(r), SameSite: http.SameSiteLaxMode})
		return wish
	}
	if c, err := r.Cookie(languageCookie); err == nil && slices.Contains(Languages, c.Value) {
		return c.Value
	}
	if wishes, _, err := language.ParseAcceptLanguage(r.Header.Get("Accept-Language")); err == nil && len(wishes) > 0 {
		if _, i, sure := matcher.Match(wishes...); sure != language.No {
			return Languages[i]
		}
	}
	return German
}

// with is an address of ours with one parameter of its query set anew.
func with(u *url.URL, name, value string) string {
	q := u.Query()
	q.Set(name, value)
	return (&url.URL{Path: u.Path, RawQuery: q.Encode()}).String()
}
