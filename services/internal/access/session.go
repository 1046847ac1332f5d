package access

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// SessionOptions of pages that people log in to.
type SessionOptions struct {
	Provider *Provider
	ClientID string
	Secret   string // empty for a public client; PKCE is used in any case
	URL      string // where browsers reach this process; callbacks come to URL/auth/callback
	Key      []byte // 32 bytes or more, the same for all replicas
	Life     time.Duration
	Now      func() time.Time
	// Pasted recognises tokens that people paste into a page, where there is no
	// Provider: for development only.
	Pasted Tokens
}

// Sessions keeps who has logged in in a sealed cookie: replicas share the key
// and nothing else. A log-out is remembered by the replica that was asked, until
// the session would have ended.
type Sessions struct {
	opt  SessionOptions
	seal cipher.AEAD

	ask    func(w http.ResponseWriter, r *http.Request, back string, refused error) // the page for tokens
	refuse Refuser

	mu    sync.Mutex
	ended map[string]time.Time
}

// Names of the cookies. __Host- makes browsers insist on Secure, on the whole
// host's path, and on no other host of the domain having set them. Chromium and
// Firefox take them from http://127.0.0.1 and http://localhost, too, as secure
// contexts; Safari does not, and cannot be used for development without TLS.
const (
	sessionCookie = "__Host-lotse"
	loginCookie   = "__Host-lotse-login"
)

// loginLife is how long a log-in may take.
const loginLife = 10 * time.Minute

// NewSessions makes sessions.
func NewSessions(opt SessionOptions) (*Sessions, error) {
	if len(opt.Key) < 32 {
		return nil, errors.New("LOTSE_SESSION_KEY_FILE holds fewer than 32 bytes: write head -c 32 /dev/urandom into it")
	}
	if opt.Life <= 0 || opt.Life > 24*time.Hour {
		return nil, fmt.Errorf("LOTSE_SESSION_LIFE is %s: it must be more than 0 and at most 24h", opt.Life)
	}
	if u, err := url.Parse(opt.URL); opt.Pasted == nil && (err != nil || u.Scheme != "https" && !(u.Scheme == "http" && Loopback(hostPort(u))) || u.RawQuery != "") {
		return nil, fmt.Errorf("LOTSE_SESSION_URL is %q: write it as https://lotse.example.org", opt.URL)
	}
	opt.URL = strings.TrimSuffix(opt.URL, "/")
	key, err := hkdf.Key(sha256.New, opt.Key, nil, "lotse session", 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	gcm, err := cipher.NewGCM(block)
	return &Sessions{opt: opt, seal: gcm, ended: map[string]time.Time{}}, err
}

// login is a log-in under way; session is one that was made.
type (
	login struct {
		State    string    `json:"s"`
		Nonce    string    `json:"n"`
		Verifier string    `json:"v"`
		Back     string    `json:"b"`
		Until    time.Time `json:"u"`
	}
	session struct {
		ID        string    `json:"i"`
		Principal Principal `json:"p"`
		Until     time.Time `json:"u"`
	}
)

func (s *Sessions) put(w http.ResponseWriter, name string, v any, life time.Duration) error {
	plain, err := json.Marshal(v)
	if err != nil {
		return err
	}
	nonce := make([]byte, s.seal.NonceSize())
	_, _ = rand.Read(nonce) // never fails
	sealed := base64.RawURLEncoding.EncodeToString(s.seal.Seal(nonce, nonce, plain, []byte(name)))
	if len(sealed) > 3800 {
		return fmt.Errorf("%w: the provider names too many districts, centres or sources for a cookie", ErrForbidden)
	}
	http.SetCookie(w, &http.Cookie{Name: name, Value: sealed, Path: "/", MaxAge: int(life.Seconds()), Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
	return nil
}

func (s *Sessions) take(r *http.Request, name string, into any) bool {
	c, err := r.Cookie(name)
	if err != nil {
		return false
	}
	sealed, err := base64.RawURLEncoding.DecodeString(c.Value)
	n := s.seal.NonceSize()
	if err != nil || len(sealed) < n {
		return false
	}
	plain, err := s.seal.Open(nil, sealed[:n], sealed[n:], []byte(name))
	return err == nil && json.Unmarshal(plain, into) == nil
}

func drop(w http.ResponseWriter, name string) {
	http.SetCookie(w, &http.Cookie{Name: name, Path: "/", MaxAge: -1, Secure: true, HttpOnly: true, SameSite: http.SameSiteLaxMode})
}

// of is who is logged in. Whoever changes something by a cookie must come from
// a page of ours, and the browser must say so.
func (s *Sessions) of(r *http.Request) (Principal, bool, error) {
	var at session
	if !s.take(r, sessionCookie, &at) || !s.opt.Now().Before(at.Until) {
		return Principal{}, false, nil
	}
	s.mu.Lock()
	_, over := s.ended[at.ID]
	s.mu.Unlock()
	if over {
		return Principal{}, false, nil
	}
	safe := r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions
	if !safe && r.Header.Get("Sec-Fetch-Site") == "" && r.Header.Get("Origin") == "" {
		return Principal{}, false, ErrCrossOrigin
	}
	at.Principal.Way = "session"
	return at.Principal, true, nil
}

// Routes are the pages' log-in, by pattern.
func (s *Sessions) Routes() map[string]http.HandlerFunc {
	all := map[string]http.HandlerFunc{"GET /auth/me": s.me, "POST /auth/logout": s.logout}
	if s.opt.Pasted == nil {
		all["GET /auth/login"], all["GET /auth/callback"] = s.login, s.callback
	} else {
		all["GET /auth/login"], all["POST /auth/login"] = s.asked, s.pasted
	}
	return all
}

// Pages sets what log-in looks like: ask shows the page for a token, refuse answers
// what fails. Without them there is no page, and problem documents answer.
func (s *Sessions) Pages(ask func(w http.ResponseWriter, r *http.Request, back string, refused error), refuse Refuser) {
	s.ask, s.refuse = ask, refuse
}

func (s *Sessions) login(w http.ResponseWriter, r *http.Request) {
	with, err := s.opt.Provider.oauth(s.opt.ClientID, s.opt.Secret, s.opt.URL+"/auth/callback")
	if err != nil {
		s.refuse.refuse(w, r, err)
		return
	}
	l := login{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier(), Back: local(r.URL.Query().Get("back")), Until: s.opt.Now().Add(loginLife)}
	if err := s.put(w, loginCookie, l, loginLife); err != nil {
		s.refuse.refuse(w, r, err)
		return
	}
	s.send(w, r, with.AuthCodeURL(l.State, oidc.Nonce(l.Nonce), oauth2.S256ChallengeOption(l.Verifier)))
}

func (s *Sessions) send(w http.ResponseWriter, r *http.Request, where string) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Referrer-Policy", "no-referrer")
	http.Redirect(w, r, where, http.StatusSeeOther)
}

// local keeps a path of ours; anything else becomes "/".
func local(back string) string {
	u, err := url.Parse(back)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(back, "/") || strings.HasPrefix(back, "//") || strings.ContainsAny(back, "\\\r\n\t") {
		return "/"
	}
	return back
}

func (s *Sessions) callback(w http.ResponseWriter, r *http.Request) {
	var l login
	q := r.URL.Query()
	begun := s.take(r, loginCookie, &l) && s.opt.Now().Before(l.Until)
	drop(w, loginCookie)
	if !begun || subtle.ConstantTimeCompare([]byte(l.State), []byte(q.Get("state"))) != 1 || q.Get("code") == "" {
		s.refuse.refuse(w, r, fmt.Errorf("%w: this log-in was not begun here, or took too long: begin anew at /auth/login", ErrBadToken))
		return
	}
	with, err := s.opt.Provider.oauth(s.opt.ClientID, s.opt.Secret, s.opt.URL+"/auth/callback")
	if err != nil {
		s.refuse.refuse(w, r, err)
		return
	}
	ctx, given := context.WithValue(r.Context(), oauth2.HTTPClient, s.opt.Provider.client), ""
	token, err := with.Exchange(ctx, q.Get("code"), oauth2.VerifierOption(l.Verifier))
	if err == nil {
		given, _ = token.Extra("id_token").(string)
	}
	var refused *oauth2.RetrieveError
	switch {
	case err != nil && !errors.As(err, &refused):
		s.refuse.refuse(w, r, ErrNoProvider)
		return
	case err != nil:
		s.refuse.refuse(w, r, fmt.Errorf("%w: the provider did not take the code", ErrBadToken))
		return
	}
	p, err := s.opt.Provider.principal(ctx, given, s.opt.ClientID, "session", l.Nonce)
	if err != nil {
		s.refuse.refuse(w, r, err)
		return
	}
	if err := s.put(w, sessionCookie, session{rand.Text(), p, s.opt.Now().Add(s.opt.Life)}, s.opt.Life); err != nil {
		s.refuse.refuse(w, r, err)
		return
	}
	s.send(w, r, l.Back)
}

// me tells a page who is logged in: for what to show, never for what to allow.
func (s *Sessions) me(w http.ResponseWriter, r *http.Request) {
	p := Of(r.Context())
	if !p.Known() {
		Refuse(w, ErrUnknown, 0)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(p) // who does not read it has gone
}

func (s *Sessions) logout(w http.ResponseWriter, r *http.Request) {
	var at session
	if s.take(r, sessionCookie, &at) {
		now := s.opt.Now()
		s.mu.Lock()
		for id, until := range s.ended {
			if !now.Before(until) {
				delete(s.ended, id)
			}
		}
		s.ended[at.ID] = at.Until
		s.mu.Unlock()
	}
	drop(w, sessionCookie)
	s.send(w, r, "/")
}
