package booking

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app/altcha"
	"github.com/lotse-hamburg/lotse/services/internal/access"
)

// told is a problem document.
type told struct {
	Type, Detail string
	Status       int
	Say          map[string]string
}

// from asks as a citizen from an address, and reads the problem if it is one.
func (w *world) from(address, method, path, body string, headers ...string) (*httptest.ResponseRecorder, told) {
	w.Helper()
	return w.stream(address, method, path, strings.NewReader(body), headers...)
}

func (w *world) stream(address, method, path string, body io.Reader, headers ...string) (*httptest.ResponseRecorder, told) {
	w.Helper()
	r := httptest.NewRequest(method, path, body)
	r.RemoteAddr = address + ":40000"
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	rec := httptest.NewRecorder()
	w.handler().ServeHTTP(rec, r)
	var p told
	if rec.Code >= 400 {
		if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil || p.Type == "" || p.Status != rec.Code {
			w.Fatalf("%s %s: not a problem document: %d %s", method, path, rec.Code, rec.Body)
		}
	}
	return rec, p
}

// refusedAs checks a problem's kind, status, and that it speaks both languages.
func (w *world) refusedAs(p told, status int, kind string) {
	w.Helper()
	if p.Status != status || !strings.HasSuffix(p.Type, "/problems/"+kind) || p.Say["de"] == "" || p.Say["en"] == "" || p.Say["de"] == p.Say["en"] {
		w.Fatalf("want %d %s, got %+v", status, kind, p)
	}
}

func (w *world) holdBody(at day.TimeOfDay) string {
	return fmt.Sprintf(`{"service":"passport","centre":"wandsbek","day":%q,"at":%q}`, monday, at)
}

// wide is a city with many counters, so that only limits refuse.
func wide(t *testing.T) *world {
	w := newWorld(t, nil).city()
	var lines []capacity.Line
	for range 40 {
		lines = append(lines, line(8, 18, "pass", "car"))
	}
	w.offer("wandsbek", monday, false, lines...)
	return w
}

func TestHoldsOfOneClientAreLimited(t *testing.T) {
	w := wide(t)
	var first struct{ Hold string }
	for i := range 10 {
		rec, _ := w.from("192.0.2.1", "POST", "/v1/holds", w.holdBody(nine))
		if rec.Code != http.StatusCreated {
			t.Fatalf("hold %d: %d %s", i, rec.Code, rec.Body)
		}
		if i == 0 {
			w.ok(json.Unmarshal(rec.Body.Bytes(), &first))
		}
	}
	for range 9 {
		_, p := w.from("192.0.2.1", "POST", "/v1/holds", w.holdBody(nine))
		w.refusedAs(p, http.StatusTooManyRequests, "too-many-holds")
	}
	if rec, _ := w.from("192.0.2.2", "POST", "/v1/holds", w.holdBody(nine)); rec.Code != http.StatusCreated {
		t.Fatalf("another client: %d %s", rec.Code, rec.Body)
	}
	w.pass(10 * time.Second)
	if rec, _ := w.from("192.0.2.1", "POST", "/v1/holds/"+first.Hold+"/confirm", `{}`); rec.Code != http.StatusCreated {
		t.Fatalf("confirm: %d %s", rec.Code, rec.Body)
	}
	if rec, _ := w.from("192.0.2.1", "POST", "/v1/holds", w.holdBody(nine)); rec.Code != http.StatusCreated {
		t.Fatalf("a place was given back: %d %s", rec.Code, rec.Body)
	}
	w.pass(11 * time.Minute)
	if rec, _ := w.from("192.0.2.1", "POST", "/v1/holds", w.holdBody(nine)); rec.Code != http.StatusCreated {
		t.Fatalf("all have run out: %d %s", rec.Code, rec.Body)
	}
}

// Ten thousand holds at once from one client: the first few are kept, the rest
// is told when to come back, and nobody else notices.
func TestTenThousandHolds(t *testing.T) {
	w := wide(t)
	codes := map[int]int{}
	kinds := map[string]int{}
	before, heap := must(w.store.Head(w.ctx)).Position, heapInUse()
	for range 10_000 {
		rec, p := w.from("2001:db8::1", "POST", "/v1/holds", w.holdBody(nine))
		codes[rec.Code]++
		kinds[p.Type[strings.LastIndex(p.Type, "/")+1:]]++
		if rec.Code == http.StatusTooManyRequests && strings.HasSuffix(p.Type, "too-many-requests") && rec.Header().Get("Retry-After") != "1" {
			t.Fatalf("Retry-After %q", rec.Header().Get("Retry-After"))
		}
	}
	if codes[http.StatusCreated] != 10 || codes[http.StatusTooManyRequests] != 9990 || kinds["too-many-holds"] != 10 || kinds["too-many-requests"] != 9980 {
		t.Fatalf("%v %v", codes, kinds)
	}
	for _, e := range must(w.store.After(w.ctx, before, 100)) {
		kinds[e.Type]++
	}
	if grown := must(w.store.Head(w.ctx)).Position - before; grown != 10 || kinds["booking.hold-placed.v1"] != 10 {
		t.Fatalf("the log has grown by %d: %v", grown, kinds)
	}
	if more := heapInUse() - heap; more > 4<<20 {
		t.Fatalf("10,000 refused holds keep %d bytes", more)
	}
	if rec, _ := w.from("192.0.2.9", "POST", "/v1/holds", w.holdBody(nine)); rec.Code != http.StatusCreated {
		t.Fatalf("another client: %d %s", rec.Code, rec.Body)
	}
	// The same network of an IPv6 client is the same client.
	_, p := w.from("2001:db8::ffff", "POST", "/v1/holds", w.holdBody(nine))
	w.refusedAs(p, http.StatusTooManyRequests, "too-many-requests")
}

func heapInUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestReadsAreLimitedGenerously(t *testing.T) {
	w := newWorld(t, nil).city()
	served := 0
	for range 500 {
		if rec, p := w.from("192.0.2.1", "GET", "/v1/slots?service=passport", ""); rec.Code == http.StatusOK {
			served++
		} else {
			w.refusedAs(p, http.StatusTooManyRequests, "too-many-requests")
		}
	}
	if served != 200 {
		t.Fatalf("%d of 500 at once were served", served)
	}
	w.pass(time.Second)
	if rec, _ := w.from("192.0.2.1", "GET", "/v1/slots?service=passport", ""); rec.Code != http.StatusOK {
		t.Fatalf("a second later: %d", rec.Code)
	}
}

// Who stands behind a gateway is told apart only when the gateway is trusted.
func TestForwardedClients(t *testing.T) {
	w := newWorld(t, nil)
	w.config.Proxies = "10.0.0.0/8, 192.0.2.7"
	w.start()
	w.city()
	spend := func(remote, forwarded string) (refused int) {
		for range 201 {
			if rec, _ := w.from(remote, "GET", "/v1/services", "", "X-Forwarded-For", forwarded); rec.Code != http.StatusOK {
				refused++
			}
		}
		return refused
	}
	if n := spend("10.1.2.3", "198.51.100.1, 192.0.2.7"); n != 1 {
		t.Fatalf("%d", n)
	}
	if n := spend("10.1.2.3", "198.51.100.2"); n != 1 {
		t.Fatalf("another client behind the same gateway: %d", n)
	}
	if n := spend("203.0.113.5", "198.51.100.3"); n != 1 {
		t.Fatalf("%d", n)
	}
	if n := spend("203.0.113.5", "198.51.100.4"); n != 201 {
		t.Fatalf("a stranger's header was believed: %d", n)
	}
}

// A code cannot be tried: an appointment that is not there is answered as a
// wrong code is, and after some of them the client waits.
func TestBruteForce(t *testing.T) {
	w := newWorld(t, nil).city()
	c := w.booked("altona", monday, nine, Contact{Name: "Erika"})
	path := "/v1/appointments/" + string(c.Appointment)
	unknown := "/v1/appointments/altona." + monday.String() + ".0123456789abcdef0123456789abcdef"
	a, _ := w.from("192.0.2.1", "GET", path+"?code=0000000000", "")
	b, _ := w.from("192.0.2.1", "GET", unknown+"?code=0000000000", "")
	if a.Code != http.StatusForbidden || a.Code != b.Code || a.Body.String() != b.Body.String() {
		t.Fatalf("%d %s\n%d %s", a.Code, a.Body, b.Code, b.Body)
	}
	for _, try := range []struct{ method, path, body string }{{"POST", path + "/cancel", `{"code":"x"}`}, {"POST", unknown + "/cancel", `{"code":"x"}`},
		{"POST", path + "/move", fmt.Sprintf(`{"code":"x","centre":"altona","day":%q,"at":"09:15"}`, monday)}, {"GET", path + "/calendar?code=x", ""}} {
		_, p := w.from("192.0.2.1", try.method, try.path, try.body)
		w.refusedAs(p, http.StatusForbidden, "wrong-code")
	}
	tried := 6
	for ; tried < 40; tried++ {
		if rec, p := w.from("192.0.2.1", "GET", fmt.Sprintf("%s?code=%010d", path, tried), ""); rec.Code == http.StatusTooManyRequests {
			w.refusedAs(p, http.StatusTooManyRequests, "too-many-attempts")
			if rec.Header().Get("Retry-After") != "180" {
				t.Fatalf("Retry-After %q", rec.Header().Get("Retry-After"))
			}
			break
		}
		w.pass(time.Millisecond)
	}
	if tried != 20 {
		t.Fatalf("slowed after %d", tried)
	}
	if _, p := w.from("192.0.2.1", "GET", path+"?code="+c.Code, ""); p.Status != http.StatusTooManyRequests {
		t.Fatal("the right code tells itself from the wrong ones while the client waits")
	}
	if rec, _ := w.from("192.0.2.2", "GET", path+"?code="+c.Code, ""); rec.Code != http.StatusOK {
		t.Fatalf("the citizen is kept out: %d", rec.Code)
	}
	w.pass(3 * time.Minute)
	if rec, _ := w.from("192.0.2.1", "GET", path+"?code="+c.Code, ""); rec.Code != http.StatusOK {
		t.Fatalf("after waiting: %d", rec.Code)
	}
}

// Every operation that there is is for staff, unless it is listed as public.
func TestOperationsAreForStaffUnlessListed(t *testing.T) {
	w := newWorld(t, nil).city()
	var doc struct{ Paths map[string]map[string]any }
	w.call("GET", "/openapi.json", "", "", &doc)
	public, n := 0, 0
	for path, methods := range doc.Paths {
		for method := range methods {
			method = strings.ToUpper(method)
			target := strings.NewReplacer("{id}", "x", "{secret}", "x", "{what}", "show").Replace(path)
			var op struct {
				OperationID string `json:"operationId"`
			}
			raw, _ := json.Marshal(methods[strings.ToLower(method)])
			w.ok(json.Unmarshal(raw, &op))
			_, listed := access.Allows("booking", op.OperationID, nil)
			if listed {
				public++
				continue
			}
			n++ // a client each, for the sake of the rate
			client := fmt.Sprintf("192.0.2.%d", n)
			rec, p := w.from(client, method, target, "{}")
			w.refusedAs(p, http.StatusUnauthorized, "not-authenticated")
			if rec.Header().Get("WWW-Authenticate") == "" {
				t.Errorf("%s %s does not say how", method, path)
			}
			if _, p := w.from(client, method, target, "{}", "Authorization", "Bearer guess"); p.Status != http.StatusUnauthorized {
				t.Errorf("%s %s takes any token: %d", method, path, p.Status)
			}
		}
	}
	if public < 12 {
		t.Fatalf("%d public operations", public)
	}
	for _, must := range []string{"/v1/at-risk", "/v1/letters/undelivered", "/v1/parked", "/v1/centres/altona/queue"} {
		_, p := w.from("192.0.2.1", "GET", must, "")
		w.refusedAs(p, http.StatusUnauthorized, "not-authenticated")
	}
	for _, odd := range []string{"/v1//at-risk", "/v1/slots/../at-risk", "/v1/at-risk/"} {
		if rec, _ := w.from("192.0.2.1", "GET", odd, ""); rec.Code == http.StatusOK || rec.Code == http.StatusMovedPermanently {
			t.Errorf("%s: %d", odd, rec.Code)
		}
	}
}

// Naming a staff channel is no proof.
func TestStaffChannelsNeedTheToken(t *testing.T) {
	w := newWorld(t, nil).city()
	c := w.booked("altona", monday, nine, Contact{Name: "Erika"})
	path := "/v1/appointments/" + string(c.Appointment)
	for _, try := range []struct{ method, path, body string }{
		{"GET", path + "?channel=telephone", ""}, {"GET", path + "/calendar?channel=desk", ""},
		{"POST", path + "/cancel", `{"channel":"telephone"}`}, {"POST", path + "/cancel", `{"ch\u0061nnel":"desk"}`},
		{"POST", path + "/move", fmt.Sprintf(`{"channel":"desk","centre":"altona","day":%q,"at":"09:15"}`, monday)},
		{"POST", "/v1/holds", strings.Replace(w.holdBody(day.Clock(10, 0)), "{", `{"channel":"telephone",`, 1)},
		{"GET", "/v1/slots?service=passport&channel=desk", ""},
	} {
		_, p := w.from("192.0.2.1", try.method, try.path, try.body)
		w.refusedAs(p, http.StatusUnauthorized, "staff-only")
		if rec, _ := w.from("192.0.2.1", try.method, try.path, try.body, "Authorization", "Bearer "+staffToken); rec.Code >= 400 && !strings.Contains(try.path, "move") && !strings.Contains(try.path, "cancel") {
			t.Errorf("%s %s with the token: %d %s", try.method, try.path, rec.Code, rec.Body)
		}
	}
}

// endless is a body without end.
type endless struct{ read int }

func (e *endless) Read(p []byte) (int, error) {
	e.read += len(p)
	return copy(p, bytes.Repeat([]byte("x"), len(p))), nil
}

func TestAHundredMegabytes(t *testing.T) {
	w := newWorld(t, nil).city()
	for _, path := range []string{"/v1/holds", "/v1/holds/x/confirm", "/v1/appointments/x/cancel"} {
		body := &endless{}
		_, p := w.stream("192.0.2.1", "POST", path, io.LimitReader(body, 100<<20))
		w.refusedAs(p, http.StatusRequestEntityTooLarge, "body-too-large")
		if body.read > 4<<20 {
			t.Errorf("%s: %d bytes were read", path, body.read)
		}
		r := httptest.NewRequest(http.MethodPost, path, nil)
		r.ContentLength = 100 << 20
		rec := httptest.NewRecorder()
		w.handler().ServeHTTP(rec, r)
		if rec.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("announced to %s: %d", path, rec.Code)
		}
	}
}

func TestCaptcha(t *testing.T) {
	w := wide(t)
	w.hear(capacity.PolicyChanged{Version: 2, Policy: capacity.Policy{LimitDays: 14, HorizonDays: 60, HoldMinutes: 10, Booking: &capacity.BookingPolicy{Captcha: true}}})
	solve := func() string {
		var c struct {
			altcha.Challenge
			Wanted bool
		}
		rec, _ := w.from("192.0.2.1", "GET", "/v1/captcha", "")
		w.ok(json.Unmarshal(rec.Body.Bytes(), &c))
		text, found := altcha.Solve(c.Challenge)
		if !found || !c.Wanted {
			t.Fatalf("%s", rec.Body)
		}
		return text
	}
	_, p := w.from("192.0.2.1", "POST", "/v1/holds", w.holdBody(nine))
	w.refusedAs(p, http.StatusForbidden, "captcha-needed")
	_, p = w.from("192.0.2.1", "POST", "/v1/holds", w.holdBody(nine), "Lotse-Altcha", "bm9uc2Vuc2U=")
	w.refusedAs(p, http.StatusForbidden, "captcha-wrong")
	text := solve()
	if rec, _ := w.from("192.0.2.1", "POST", "/v1/holds", w.holdBody(nine), "Lotse-Altcha", text, "Idempotency-Key", "k"); rec.Code != http.StatusCreated {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	if rec, _ := w.from("192.0.2.1", "POST", "/v1/holds", w.holdBody(nine), "Lotse-Altcha", text, "Idempotency-Key", "k"); rec.Code != http.StatusCreated {
		t.Fatalf("the same command again: %d %s", rec.Code, rec.Body)
	}
	w.start() // as another replica would
	_, p = w.from("192.0.2.1", "POST", "/v1/holds", w.holdBody(nine), "Lotse-Altcha", text)
	w.refusedAs(p, http.StatusForbidden, "captcha-wrong")
	late := solve()
	w.pass(21 * time.Minute)
	_, p = w.from("192.0.2.1", "POST", "/v1/holds", w.holdBody(nine), "Lotse-Altcha", late)
	w.refusedAs(p, http.StatusForbidden, "captcha-wrong")
	if rec, _ := w.from("192.0.2.1", "POST", "/v1/holds", w.holdBody(nine), "Authorization", "Bearer "+staffToken); rec.Code != http.StatusCreated {
		t.Fatalf("staff: %d %s", rec.Code, rec.Body)
	}

	// ZMS's way.
	token := solve()
	var verified struct{ Token string }
	rec, _ := w.from("192.0.2.1", "POST", "/zms/captcha-verify/", `{"payload":"`+token+`"}`)
	w.ok(json.Unmarshal(rec.Body.Bytes(), &verified))
	office, service := w.zmsCity()
	reserve := func(token string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, "/zms/reserve-appointment/", strings.NewReader(fmt.Sprintf(`{"timestamp":%d,"officeId":%d,"serviceId":[%d],"captchaToken":%q}`,
			monday.At(nine, berlin).Unix(), office["Wandsbek"], service["passport"], token)))
		rec := httptest.NewRecorder()
		w.handler().ServeHTTP(rec, r)
		return rec
	}
	if rec := reserve(""); rec.Code != http.StatusBadRequest || !strings.Contains(rec.Body.String(), "captchaMissing") {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	if rec := reserve(verified.Token); rec.Code != http.StatusOK {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	if rec := reserve(verified.Token); rec.Code != http.StatusBadRequest || !strings.Contains(rec.Body.String(), "captchaVerificationFailed") {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
}

// One contact may have so many open appointments for one service, whatever
// client it books from, and however the address is written.
func TestOpenAppointmentsPerContact(t *testing.T) {
	w := wide(t)
	w.offer("wandsbek", monday+7, false, line(8, 18, "pass", "car"), line(8, 18, "pass", "car")) // in December
	n := 0
	book := func(d day.Day, service, mail string) (told, string) {
		t.Helper()
		n++
		w.pass(11 * time.Second)
		client := fmt.Sprintf("192.0.2.%d", n)
		rec, p := w.from(client, "POST", "/v1/holds", fmt.Sprintf(`{"service":%q,"centre":"wandsbek","day":%q,"at":"09:00"}`, service, d))
		if rec.Code != http.StatusCreated {
			rec, p = w.from(client, "POST", "/v1/holds", fmt.Sprintf(`{"service":%q,"centre":"wandsbek","day":%q,"at":"10:00"}`, service, d))
		}
		var h struct{ Hold, Appointment, Code string }
		if rec.Code != http.StatusCreated {
			t.Fatalf("%+v", p)
		}
		w.ok(json.Unmarshal(rec.Body.Bytes(), &h))
		rec, p = w.from(client, "POST", "/v1/holds/"+h.Hold+"/confirm", fmt.Sprintf(`{"email":%q}`, mail))
		if rec.Code == http.StatusCreated {
			w.ok(json.Unmarshal(rec.Body.Bytes(), &h))
		}
		w.step()
		return p, h.Appointment + "?code=" + h.Code
	}
	var ticket string
	for i, mail := range []string{"e@example.org", "E@Example.org", "e+1@example.org", " e@example.org", "e@example.org"} {
		d := monday + day.Day(7*(i%2))
		p, kept := book(d, "passport", strings.TrimSpace(mail))
		if p.Status != 0 {
			t.Fatalf("%d: %+v", i, p)
		}
		ticket = kept
	}
	p, _ := book(monday, "passport", "e@example.org")
	w.refusedAs(p, http.StatusConflict, "too-many-appointments")
	for _, other := range []struct{ service, mail string }{{"licence", "e@example.org"}, {"passport", "f@example.org"}} {
		if p, _ := book(monday, other.service, other.mail); p.Status != 0 {
			t.Fatalf("%v: %+v", other, p)
		}
	}
	ap, code, _ := strings.Cut(ticket, "?code=")
	if rec, _ := w.from("192.0.2.200", "POST", "/v1/appointments/"+ap+"/move", fmt.Sprintf(`{"code":%q,"centre":"wandsbek","day":%q,"at":"11:00"}`, code, monday+7)); rec.Code != http.StatusOK {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	p, _ = book(monday, "passport", "e@example.org")
	w.refusedAs(p, http.StatusConflict, "too-many-appointments")
	if rec, _ := w.from("192.0.2.200", "POST", "/v1/appointments/"+ap+"/cancel", `{"code":"`+code+`"}`); rec.Code != http.StatusNoContent {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	if p, _ := book(monday, "passport", "e@example.org"); p.Status != 0 {
		t.Fatalf("one was cancelled: %+v", p)
	}
	p, _ = book(monday, "passport", "e@example.org")
	w.refusedAs(p, http.StatusConflict, "too-many-appointments")
	_, err := w.service.Confirm(w.ctx, "", must(w.service.Hold(w.ctx, "", w.wish("wandsbek", monday, nine))).Hold, Contact{Email: "e@example.org"})
	w.ok(err) // the same process, such as a simulation, is not counted

	// No stream's name tells whose it is, and the month's key ages out.
	events := must(w.store.After(w.ctx, 0, 100000))
	for _, e := range events {
		if strings.Contains(e.Stream, "example") || strings.HasPrefix(e.Stream, "quota") && !strings.HasPrefix(e.Stream, "quota-2026-") {
			t.Fatal(e.Stream)
		}
	}
	if _, err := w.store.PersonalKey(w.ctx, "quota/2026-11"); err != nil {
		t.Fatal(err)
	}
	w.pass(70 * 24 * time.Hour)
	if _, err := w.store.PersonalKey(w.ctx, "quota/2026-11"); err == nil {
		t.Fatal("the key of November is still there in February")
	}
}

// Wherever one can try a code, trying is slowed: links, the waiting list, ZMS.
func TestBruteForceEverywhere(t *testing.T) {
	w := newWorld(t, nil).city()
	pages := w.pages()
	for i, try := range []struct{ method, path, body string }{
		{"GET", "/book/appointment/altona.2026-12-01.00", ""}, {"POST", "/book/appointment/altona.2026-12-01.00/cancel", ""}, {"GET", "/book/appointment/altona.2026-12-01.00/move", ""},
		{"GET", "/book/waiting/waiting.00/earlier", ""}, {"GET", "/v1/waiting/waiting.00?code=guess", ""}, {"POST", "/v1/waiting/waiting.00/take", `{"code":"guess"}`},
		{"POST", "/v1/appointments/altona.2026-12-01.00/accept", `{"code":"guess","hold":"altona.2026-12-01.00"}`}, {"POST", "/zms/cancel-appointment/", `{"processId":1,"authKey":"altona.2026-12-01.00.guess"}`},
	} {
		client, slowed := fmt.Sprintf("198.51.100.%d:1", i), 0
		for n := range 40 {
			r := httptest.NewRequest(try.method, try.path, strings.NewReader(try.body))
			r.Header.Set("Content-Type", "application/json")
			r.RemoteAddr = client
			rec := httptest.NewRecorder()
			h := w.service.Handler()
			if strings.HasPrefix(try.path, "/book/") { // where a link of a letter leads
				h = pages
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				r.Header.Set("Cookie", "lotse-proof=guess")
			}
			h.ServeHTTP(rec, r)
			if rec.Code == http.StatusTooManyRequests && rec.Header().Get("Retry-After") != "" && (strings.Contains(rec.Body.String(), "too-many-attempts") || strings.Contains(rec.Body.String(), "falsche Codes")) {
				slowed = n
				break
			}
			w.pass(250 * time.Millisecond) // not the rate of commands
		}
		if slowed < 15 || slowed > 25 {
			t.Errorf("%s %s: slowed after %d", try.method, try.path, slowed)
		}
	}
}
