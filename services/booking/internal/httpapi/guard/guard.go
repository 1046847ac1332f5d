// Package guard stands before booking's HTTP API: it keeps clients to their
// rates, slows who tries codes, and refuses bodies nobody needs. Who asks it is
// told by package access, which also says what they may do. It knows clients by
// a pseudonym of their address only, made with a key that lives in memory for a
// day: nothing of it is stored or logged.
//
// Limits are kept per replica. What must hold across all of them, open
// appointments per contact, is decided in the log (domain/quota).
package guard

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"math"
	"net/http"
	"net/netip"
	"path"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/problem"
)

// Refusals.
var (
	ErrTooManyRequests = errors.New("too many requests from your address: wait as long as Retry-After says")
	ErrTooManyAttempts = errors.New("too many wrong codes from your address: wait as long as Retry-After says, or telephone")
	ErrTooManyStreams  = errors.New("too many pages from your address are told of changes at present: this one shows them when it is loaded again")
	ErrBodyTooLarge    = errors.New("the body is too large: send less")
	errNoSuchPath      = errors.New("there is nothing at this path: see openapi.json of the service")
)

// Options of a Guard. Zero rates mean no limit.
type Options struct {
	Reads, Commands Rate
	// Failures are proofs of an appointment that were wrong.
	Failures Rate
	// Streams is how many streams of changes one client may have open at once.
	Streams int
	// Proxies are trusted to say, in X-Forwarded-For, whom they speak for.
	Proxies []netip.Prefix
	Now     func() time.Time
	Random  io.Reader
}

// Guard may be used by several goroutines.
type Guard struct {
	opt                       Options
	reads, commands, failures *meter
	streams                   *streams

	mu   sync.Mutex
	key  []byte
	born time.Time
}

// keyLife is how long a client's pseudonym stays the same.
const keyLife = 24 * time.Hour

// maxBody is more than any operation takes; operations have smaller bounds.
const maxBody = 16 << 20

// New makes a guard.
func New(opt Options) *Guard {
	return &Guard{opt: opt, reads: newMeter(opt.Reads), commands: newMeter(opt.Commands), failures: newMeter(opt.Failures), streams: newStreams(opt.Streams)}
}

// Wrap puts the guard before next.
func (g *Guard) Wrap(next http.Handler) http.Handler {
	return g.WrapPages(next, func(w http.ResponseWriter, _ *http.Request, err error) { Refuse(w, err, 0) })
}

// WrapPages does, and has refusals answered by refuse, which need not speak of when
// to try again.
func (g *Guard) WrapPages(next http.Handler, refuse access.Refuser) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		client, err := g.client(r)
		if err != nil {
			refuse(w, r, err)
			return
		}
		who := app.Caller{Client: client, Staff: access.Of(r.Context()).Is(access.TelephoneAgent, access.Desk), Solution: r.Header.Get("Lotse-Altcha")}
		if err, wait := g.check(r, who); err != nil {
			if wait > 0 {
				w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
			}
			refuse(w, r, err)
			return
		}
		if listens(r) && !access.Of(r.Context()).Known() {
			if !g.streams.enter(client) {
				refuse(w, r, ErrTooManyStreams)
				return
			}
			defer g.streams.leave(client)
		}
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		ctx := context.WithValue(app.WithCaller(r.Context(), who), guardKey{}, g)
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

func (g *Guard) check(r *http.Request, who app.Caller) (error, time.Duration) {
	if p := path.Clean(r.URL.Path); p != r.URL.Path && p+"/" != r.URL.Path {
		return errNoSuchPath, 0
	}
	if r.ContentLength > maxBody {
		return ErrBodyTooLarge, 0
	}
	now := g.opt.Now()
	// Staff need no codes; whoever else is known by a token may not try them at will.
	if wait := g.failures.wait(who.Client, now, true); wait > 0 && !who.Staff && proves(r) {
		return ErrTooManyAttempts, wait
	}
	if access.Of(r.Context()).Known() {
		return nil, 0
	}
	m := g.commands
	if r.Method == http.MethodGet || r.Method == http.MethodHead || r.Method == http.MethodOptions {
		m = g.reads
	}
	if wait := m.wait(who.Client, now, false); wait > 0 {
		return ErrTooManyRequests, wait
	}
	return nil, 0
}

// proves reports whether a request may try a code.
func proves(r *http.Request) bool {
	for _, p := range []string{"/v1/appointments", "/v1/links", "/v1/holds/", "/v1/waiting/", "/zms/appointment", "/zms/update", "/zms/preconfirm", "/zms/confirm", "/zms/cancel"} {
		if strings.HasPrefix(r.URL.Path, p) {
			return true
		}
	}
	if rest, ours := strings.CutPrefix(r.URL.Path, "/book/"); ours {
		return strings.HasPrefix(rest, "waiting/") || strings.HasPrefix(rest, "appointment") && (r.Method == http.MethodPost || rest != "appointment")
	}
	return r.URL.Query().Has("code") || strings.Contains(r.URL.Path, "-offers/")
}

type guardKey struct{}

// Tried notes how a request's proof was judged, and makes an unknown
// appointment look like a wrong code to everybody but staff.
func Tried(ctx context.Context, err error) error {
	unknown := errors.Is(err, centreday.ErrNoSuchAppointment)
	if !unknown && !errors.Is(err, app.ErrWrongCode) {
		return err
	}
	who, found := app.CallerOf(ctx)
	if !found || who.Staff {
		return err
	}
	if g, ok := ctx.Value(guardKey{}).(*Guard); ok {
		g.failures.wait(who.Client, g.opt.Now(), false)
	}
	return app.ErrWrongCode
}

// client is a pseudonym of the address that a request comes from; an IPv6
// network of 64 bits is one.
func (g *Guard) client(r *http.Request) (string, error) {
	addr := access.Address(r, g.opt.Proxies)
	if addr.Is6() {
		p, _ := addr.Prefix(64) // 64 bits are never too many of 128
		addr = p.Addr()
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if now := g.opt.Now(); g.key == nil || now.Sub(g.born) >= keyLife {
		key := make([]byte, 32)
		if _, err := io.ReadFull(g.opt.Random, key); err != nil {
			return "", err
		}
		g.key, g.born = key, now
	}
	mac := hmac.New(sha256.New, g.key)
	mac.Write(addr.AsSlice())
	return hex.EncodeToString(mac.Sum(nil)[:12]), nil
}

// Problems is how refusals of who asks, or how often, are answered.
var Problems = problem.Table{
	{Err: app.ErrStaffOnly, Status: http.StatusUnauthorized, Type: "staff-only", De: "Das ist dem Personal vorbehalten: Melden Sie sich an, oder senden Sie ein Token als Authorization: Bearer."},
	{Err: app.ErrTooManyHolds, Status: http.StatusTooManyRequests, Type: "too-many-holds", De: "Sie halten zu viele Termine zugleich: Bestätigen Sie einen, geben Sie einen zurück, oder warten Sie, bis er abläuft."},
	{Err: app.ErrCaptchaNeeded, Status: http.StatusForbidden, Type: "captcha-needed", De: "Lösen Sie zuerst eine Aufgabe: GET /v1/captcha, die Lösung gehört in den Header Lotse-Altcha."},
	{Err: app.ErrCaptchaWrong, Status: http.StatusForbidden, Type: "captcha-wrong", De: "Die Lösung in Lotse-Altcha ist falsch, abgelaufen oder schon benutzt: GET /v1/captcha gibt eine neue Aufgabe."},
	{Err: app.ErrTooManyAppointments, Status: http.StatusConflict, Type: "too-many-appointments", De: "Für diese Adresse gibt es schon so viele offene Termine dieser Art, wie erlaubt sind: Sagen Sie einen ab, oder rufen Sie an."},
	{Err: ErrTooManyRequests, Status: http.StatusTooManyRequests, Type: "too-many-requests", De: "Zu viele Anfragen von Ihrer Adresse: Warten Sie so lange, wie Retry-After sagt."},
	{Err: ErrTooManyAttempts, Status: http.StatusTooManyRequests, Type: "too-many-attempts", De: "Zu viele falsche Codes von Ihrer Adresse: Warten Sie so lange, wie Retry-After sagt, oder rufen Sie an."},
	{Err: ErrTooManyStreams, Status: http.StatusTooManyRequests, Type: "too-many-streams", De: "Zu viele Seiten von Ihrer Adresse erfahren gerade von Änderungen: Diese zeigt sie, wenn sie neu geladen wird."},
	{Err: ErrBodyTooLarge, Status: http.StatusRequestEntityTooLarge, Type: "body-too-large", De: "Der Inhalt der Anfrage ist zu groß: Senden Sie weniger."},
	{Err: errNoSuchPath, Status: http.StatusNotFound, Type: "no-such-path", De: "Unter diesem Pfad gibt es nichts: siehe openapi.json des Dienstes."},
}

// Refuse answers with a problem document outside of huma.
func Refuse(w http.ResponseWriter, err error, wait time.Duration) {
	access.RefuseBy(w, Problems, err, wait)
}
