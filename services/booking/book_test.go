package booking

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/capacity"
)

// These tests wait more than they compute, since a redirect waits a moment for
// models that stand still until the next step: so they run side by side.

var codeOnPage = regexp.MustCompile(`data-code="([0-9A-Z ]+)"`)

// names gives the services names, as a city has them.
func (w *world) names() *world {
	w.Helper()
	w.hear(capacity.CatalogueChanged{Version: 9, Groups: []capacity.ServiceGroup{{Skill: "pass", Name: map[string]string{"de": "Pässe", "en": "Passports"}}}, Services: []capacity.ServiceType{
		{ID: "passport", Name: map[string]string{"de": "Reisepass", "en": "Passport"}, LeiKa: "99085001000000", Skill: "pass", Minutes: 15, Share: 0.8},
		{ID: "licence", Name: map[string]string{"de": "Führerschein", "en": "Licence"}, Skill: "car", Minutes: 10, Share: 1},
		{ID: "move-house", Name: map[string]string{"de": "Umzug", "en": "Moving house"}, Skill: "resident", Minutes: 10, Online: "https://example.org/move", Share: 1}}})
	return w
}

// Words of the walk, by language.
var bookWords = map[string]map[string]string{
	"de": {"next": "Weiter", "day": "Nach Tag", "book": "Termin buchen", "booked": "Ihr Termin ist gebucht", "move": "Termin verschieben", "moved": "Ihr Termin ist verschoben",
		"cancel": "Termin absagen", "keep": "Nein, Termin behalten", "yes": "Ja, Termin absagen", "gone": "Der Termin ist abgesagt", "when": "Montag, 30. November 2026", "step": "Schritt 4 von 5", "until": "Für Sie reserviert bis 7:22", "bring": "Was Sie in Ihrem Fall brauchen, sagt Ihnen das Kundenzentrum"},
	"en": {"next": "Continue", "day": "By day", "book": "Book appointment", "booked": "Your appointment is booked", "move": "Move appointment", "moved": "Your appointment is moved",
		"cancel": "Cancel appointment", "keep": "No, keep it", "yes": "Yes, cancel it", "gone": "The appointment is cancelled", "when": "Monday, 30 November 2026", "step": "Step 4 of 5", "until": "Reserved for you until 07:22", "bring": "What you need in your case the centre tells you"},
	"de-simple": {"next": "Weiter", "day": "Einen Tag suchen", "book": "Termin buchen", "booked": "Sie haben einen Termin", "move": "Termin verschieben", "moved": "Ihr Termin ist verschoben",
		"cancel": "Termin absagen", "keep": "Nein, ich komme", "yes": "Ja, ich sage ab", "gone": "Der Termin ist abgesagt", "when": "Montag, 30. November 2026", "step": "Schritt 4 von 5", "until": "Der Termin wartet auf Sie bis 7:22", "bring": "Vielleicht brauchen Sie noch etwas anderes"},
}

// Where a city has not begun, there is nothing to choose from, and no way on.
func TestNothingIsOfferedYet(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.browser("en").open("/book/").says(http.StatusOK, "There are no appointments here yet")
	w.browser("de").open("/book/slots?visit=passport").says(http.StatusUnprocessableEntity, "Hier gibt es noch keine Termine")
}

// A citizen books, moves and cancels in each language, without a script.
func TestACitizenBooksMovesAndCancels(t *testing.T) {
	t.Parallel()
	for lang, word := range bookWords {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil).city().names()
			b := w.browser("fr")
			b.open("/book/?lang="+lang).says(http.StatusOK, `lang="`+lang+`"`)
			b.send(word["next"]).says(http.StatusUnprocessableEntity, `href="#f-s"`) // nothing chosen
			b.send(word["next"], "s", "passport").says(http.StatusOK)
			b.send(word["next"], "n.passport", "2").says(http.StatusOK, "× 2", `value="altona~2026-11-30~09:00"`)
			b.follow(word["day"]).says(http.StatusOK, word["when"])
			b.send("slot=altona~2026-11-30~09:00").says(http.StatusOK, word["step"], word["until"], `data-left="600"`, `autocomplete="email"`, `autocomplete="tel"`)
			b.send(word["book"], "name", "Erika Mustermann", "email", "erika@example.org").says(http.StatusOK, word["booked"])
			if strings.Contains(b.at.String(), "code") || strings.Contains(strings.Join(b.seen, " "), "rika") {
				t.Errorf("an address tells too much: %q", b.seen)
			}
			if made := last[booking.AppointmentBooked](w); made.Minutes != 30 || made.Place.At.String() != "09:00" {
				t.Fatalf("%+v", made)
			}
			page, code := b.at.String(), codeOnPage.FindStringSubmatch(b.body())
			if code == nil {
				t.Fatal(b.main())
			}
			if !strings.Contains(b.body(), word["bring"]) { // the list of what to bring claims nothing
				t.Error(b.main())
			}
			ics := w.browser(lang)
			ics.jar = b.jar
			ics.open(strings.TrimSuffix(page, "?new=1")+"/calendar").says(http.StatusOK, "BEGIN:VCALENDAR", "DTSTART;TZID=Europe/Berlin:20261130T090000")

			// On another device, by the code alone.
			c := w.browser("fr")
			c.open("/book/appointment?lang=" + lang).says(http.StatusOK)
			c.ask("POST", "/book/appointment", map[string][]string{"code": {"AAAAAAAAAA"}})
			c.says(http.StatusForbidden, `href="#f-code"`)
			c.ask("POST", "/book/appointment", map[string][]string{"code": {strings.ToLower(code[1])}})
			c.says(http.StatusOK, word["when"])
			c.follow(word["move"]).says(http.StatusOK, `value="altona~2026-11-30~09:30"`)
			c.send("slot=altona~2026-12-01~09:00").says(http.StatusOK, word["moved"], "1")
			if to := last[booking.AppointmentMoved](w).To; to.Day != monday+1 {
				t.Fatalf("%+v", to)
			}
			c.follow(word["cancel"]).says(http.StatusOK).follow(word["keep"]).says(http.StatusOK)
			c.follow(word["cancel"]).send(word["yes"]).says(http.StatusOK, word["gone"])
			if len(said[booking.AppointmentCancelled](w)) != 1 {
				t.Fatal("not cancelled")
			}
		})
	}
}

// Whoever looks in a district and takes a slot in another has asked for the first.
func TestTheDistrictThatIsLookedInIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil).city().names()
	b := w.browser("en").open("/book/slots?visit=passport&near=wandsbek")
	b.send("slot="+nineOnMonday).says(http.StatusOK).send(bookWords["en"]["book"], "name", "Erika Mustermann", "email", "erika@example.org").says(http.StatusOK)
	if made := last[booking.AppointmentBooked](w); made.Centre != "altona" || made.Wanted != "wandsbek" {
		t.Fatalf("%+v", made)
	}
}

// bookUpTo leads to the details of a slot.
func (w *world) details(slot string) *browser {
	w.Helper()
	b := w.browser("de").open("/book/slots?visit=passport")
	return b.send("slot=" + slot)
}

const nineOnMonday = "altona~2026-11-30~09:00"

// Whatever a citizen writes stands in the page as text, and nothing of it in an address.
func TestHostileWordsAreWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil).city().names()
	b := w.details(nineOnMonday)
	evil := `"><script>alert(1)</script>`
	b.send("Termin buchen", "name", evil, "email", evil).says(http.StatusUnprocessableEntity, `href="#f-email"`)
	if strings.Contains(b.body(), "<script>alert") || !strings.Contains(b.body(), "&lt;script&gt;alert") {
		t.Fatal(b.main())
	}
	b.send("Termin buchen", "email", "").says(http.StatusOK, "Ihr Termin ist gebucht")
	for _, to := range []string{"/book/?q=" + "%22%3E%3Cscript%3E", "/book/slots?visit=passport&near=%3Cscript%3E&by=place", "/book/slots?visit=%3Cscript%3E", "/book/slots?visit=passport&centre=%3Cscript%3E&day=x&month=-7",
		"/book/slots", "/book/people?s=%00", "/book/details?hold=..%2F..", "/book/details", "/book/pending?hold=x.2026-12-01.y", "/book/appointment/..%2Fx", "/book/waiting?visit=passport&centre=%3Cscript%3E", "/book/online/passport", "/book/waiting/x", "/book/slots?visit=passport&by=day&day=1999-01-01",
		"/book/slots?visit=passport:99999,licence:-4"} {
		if b.open(to); b.page.Code >= 500 || strings.Contains(b.body(), "<script>\"") || strings.Contains(b.main(), "<script>") {
			t.Errorf("%s: %d %s", to, b.page.Code, b.main())
		}
	}
	for _, to := range []string{"/book/hold", "/book/details", "/book/extend", "/book/release", "/book/waiting", "/book/appointment", "/book/appointment/x/cancel", "/book/appointment/x/forget", "/book/waiting/x/leave", "/book/online/move-house", "/book/appointment/x/opt-in"} {
		for _, form := range []map[string][]string{nil, {"slot": {"x~y~z"}, "visit": {"passport"}, "hold": {"%"}, "name": {strings.Repeat("x", 5000)}}} {
			if b.ask("POST", to, form); b.page.Code >= 500 {
				t.Errorf("%s: %d %s", to, b.page.Code, b.main())
			}
		}
	}
}

// A double click books once; so does who goes back and presses again.
func TestPressedTwiceIsBookedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil).city().names()
	b := w.browser("de").open("/book/slots?visit=passport")
	to, _, sent := b.form("slot=" + nineOnMonday)
	b.ask("POST", to, sent)
	b.ask("POST", to, sent)
	b.says(http.StatusOK, "Wer kommt?")
	to, _, sent = b.form("Termin buchen")
	sent.Set("name", "Erika")
	b.ask("POST", to, sent)
	first := b.at.String()
	b.ask("POST", to, sent)
	if b.says(http.StatusOK, "Ihr Termin ist gebucht"); b.at.String() != first {
		t.Fatalf("%s, then %s", first, b.at)
	}
	sent.Set("name", "Erika M.") // back, and changed
	b.ask("POST", to, sent)
	b.says(http.StatusOK, "Ihr Termin")
	b.ask("GET", "/book/details?visit=passport&hold="+sent.Get("hold"), nil)
	b.says(http.StatusOK, "Ihr Termin")
	if n := len(said[booking.AppointmentBooked](w)); n != 1 {
		t.Fatalf("booked %d times", n)
	}
	if free := w.holds(); free != 0 {
		t.Fatalf("%d holds are left", free)
	}
}

// holds counts those that stand.
func (w *world) holds() (n int) {
	w.service.Node().View(func() { n = len(w.service.app.Models().Holds.Due(w.now().Add(24 * time.Hour))) })
	return n
}

// Another slot takes the place of the one that was kept before.
func TestGoingBackGivesTheSlotBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil).city().names()
	b := w.details(nineOnMonday)
	kept := b.at.String()
	b.open("/book/slots?visit=passport").says(http.StatusOK, "schon ein Termin bis 7:22")
	b.send("slot=altona~2026-11-30~09:15").says(http.StatusOK, "9:15")
	other := w.browser("de").open("/book/slots?visit=passport")
	other.says(http.StatusOK, `value="`+nineOnMonday+`"`)
	b.open(kept).says(http.StatusGone, "Reservierung ist abgelaufen")
	b.open("/book/slots?visit=passport").follow("Weiter mit diesem Termin").send("Andere Zeit wählen").says(http.StatusOK, "Die Reservierung ist aufgehoben", `value="altona~2026-11-30~09:15"`)
}

// Who is slow keeps what was written: the same slot is taken if it is free still,
// else others are offered beside it.
func TestAHoldThatRunsOutLosesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil).city().names()
	b := w.details(nineOnMonday)
	b.send("10 Minuten mehr Zeit", "name", "Erika Mustermann").says(http.StatusOK, "bis 7:32", `value="Erika Mustermann"`)
	if strings.Contains(b.body(), "mehr Zeit</span>") {
		t.Fatal("more than once")
	}
	w.pass(21 * time.Minute)
	b.send("Termin buchen", "name", "Erika Mustermann").says(http.StatusOK, "Ihr Termin ist gebucht")

	b = w.details("altona~2026-11-30~09:15")
	w.pass(11 * time.Minute)
	w.booked("altona", monday, nine+15, Contact{})
	b.send("Termin buchen", "name", "Max Muster", "email", "max@example.org", "phone", "040 1").says(http.StatusConflict, "nicht mehr frei", `value="Max Muster"`, `value="max@example.org"`, `value="040 1"`, `value="altona~2026-11-30~09:30"`)
	b.send("Termin buchen").says(http.StatusUnprocessableEntity, "Bitte wählen", `value="Max Muster"`)
	to, _, sent := b.form("Termin buchen")
	sent.Set("other", "altona~2026-11-30~09:30")
	b.ask("POST", to, sent)
	b.ask("POST", to, sent) // twice
	b.says(http.StatusOK, "Ihr Termin ist gebucht", "9:30 bis 9:45")
	if n := len(said[booking.AppointmentBooked](w)); n != 3 {
		t.Fatalf("%d", n)
	}
}

// A slot that goes while somebody looks: the nearest others are offered.
func TestASlotThatHasGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil).city().names()
	b := w.browser("de").open("/book/slots?visit=passport&by=day")
	to, _, sent := b.form("slot=" + nineOnMonday)
	w.booked("altona", monday, nine, Contact{})
	b.ask("POST", to, sent)
	b.says(http.StatusConflict, "gerade vergeben", "Stattdessen frei", `value="altona~2026-11-30~09:15"`)
	b.send("slot=altona~2026-11-30~09:15").says(http.StatusOK, "Wer kommt?")
	// Nothing at all: the waiting list.
	w.offer("altona", monday, false)
	w.offer("altona", monday+1, false)
	w.offer("wandsbek", monday, false)
	w.offer("wandsbek", monday+1, false)
	b.open("/book/slots?visit=passport").says(http.StatusOK, "kein Termin frei").follow("Auf die Warteliste").says(http.StatusOK)
	b.send("Auf die Warteliste setzen", "name", "Erika").says(http.StatusUnprocessableEntity, `href="#f-email"`)
	b.send("Auf die Warteliste setzen", "email", "erika@example.org").says(http.StatusOK, "Sie stehen auf der Warteliste", "Vor Ihnen warten 0")
	w.offer("altona", monday, false, line(9, 10, "pass"))
	b.open(b.at.String()).says(http.StatusOK, "für Sie freigehalten", "Montag, 30. November 2026, 9:15")
	b.send("Diesen Termin nehmen").says(http.StatusOK, "Ihr Termin ist gebucht")
}

// Where a challenge is wanted, a browser without scripts gets one slot at a time.
func TestBrowsersWithoutScriptsWhereAChallengeIsWanted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil).city().names()
	w.hear(capacity.PolicyChanged{Version: 2, Policy: capacity.Policy{LimitDays: 14, HorizonDays: 60, HoldMinutes: 10, Booking: &capacity.BookingPolicy{Captcha: true}}})
	b := w.browser("de").open("/book/slots?visit=passport")
	b.says(http.StatusOK, `data-challenge="/book/challenge"`).send("slot="+nineOnMonday).says(http.StatusOK, "Wer kommt?")
	bot := w.browser("de") // of the same address, without the cookie
	bot.open("/book/slots?visit=passport").send("slot=altona~2026-11-30~09:15").says(http.StatusTooManyRequests, "zu viele Termine")
	b.open("/book/slots?visit=passport").send("slot=altona~2026-11-30~09:30").says(http.StatusOK, "9:30") // instead of the first
	bot.ask("GET", "/book/challenge", nil)
	bot.says(http.StatusOK, `"maxnumber"`)
	bot.open("/book/slots?visit=passport").send("slot=altona~2026-11-30~09:15", "altcha", "bm9uc2Vuc2U=").says(http.StatusForbidden, "Prüfung")
}

// The way without a visit stands first, is counted, and leads away by a link only.
func TestTheWayWithoutAVisit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil).city().names()
	b := w.browser("de").open("/book/people?s=move-house").says(http.StatusOK, "Das geht ohne Termin")
	b.send("Online erledigen: Umzug").says(http.StatusOK, `href="https://example.org/move"`, "example.org")
	if n := len(said[booking.OnlineTaken](w)); n != 1 {
		t.Fatal(n)
	}
	b.open("/book/people?s=move-house").says(http.StatusOK, "hat das 1 Person")
}

// Codes are not tried at will, here as little as in the API.
func TestThePagesSlowWhoTriesCodes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil).city().names()
	w.booked("altona", monday, nine, Contact{})
	b := w.browser("de")
	for range 25 {
		b.ask("POST", "/book/appointment", map[string][]string{"code": {"AAAAAAAAAA"}})
	}
	b.says(http.StatusTooManyRequests)
	if b.page.Header().Get("Retry-After") == "" {
		t.Error("it is not said when to try again")
	}
	b.open("/book/").says(http.StatusOK)
}

// An open page is told of what changes in what it shows, and of nothing else.
func TestAnOpenPageHearsOfItsSlots(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil).city().names()
	b := w.browser("de").open("/book/slots?visit=passport")
	b.says(http.StatusOK, `sse-connect="/book/live?visit=passport`, `id="free"`)
	b.ask("GET", "/book/slots?visit=passport", nil, "HX-Request", "true", "HX-Target", "free")
	part := b.body()
	if !strings.HasPrefix(strings.TrimSpace(part), `<section id="free"`) || strings.Contains(part, "<main") {
		t.Fatal(part)
	}
	server := httptest.NewServer(b.site)
	defer server.Close()
	ctx, cancel := context.WithTimeout(w.ctx, 20*time.Second)
	defer cancel()
	res, err := http.DefaultClient.Do(must(http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/book/live?visit=passport&by=day&day="+monday.String(), nil)))
	w.ok(err)
	defer func() { _ = res.Body.Close() }()
	lines := bufio.NewScanner(res.Body)
	next := func(want string) (between []string) {
		for lines.Scan() {
			if lines.Text() == want {
				return between
			}
			between = append(between, lines.Text())
		}
		t.Fatalf("no %q after %q: %v", want, between, lines.Err())
		return nil
	}
	next(": listening")
	w.booked("altona", monday, nine, Contact{})
	if between := next("event: free"); len(between) > 3 {
		t.Errorf("before it: %q", between)
	}
}

// Where the policy wants it, an appointment is the citizen's only by the link in the
// mail, and the pages say so.
func TestTheLinkInTheMailMakesTheAppointment(t *testing.T) {
	t.Parallel()
	w, office := withMail(t, &capacity.BookingPolicy{DoubleOptIn: true, OptInMinutes: 30})
	b := w.browser("de").open("/book/slots?visit=passport").send("slot=" + nineOnMonday)
	b.send("Termin buchen", "name", "Erika").says(http.StatusUnprocessableEntity, `href="#f-email"`)
	b.send("Termin buchen", "email", "erika@example.org").says(http.StatusOK, "Bitte bestätigen Sie per E-Mail", "bis 7:42")
	waits := b.at.String()
	if len(said[booking.AppointmentBooked](w)) != 0 {
		t.Fatal("booked without the link")
	}
	link := "/booking" + linkIn(t, office.Letters()[0], "opt-in")
	m := w.browser("de").open(link).says(http.StatusOK, "Ein Klick genügt", "Montag, 30. November 2026")
	if len(said[booking.AppointmentBooked](w)) != 0 {
		t.Fatal("opening the link has booked")
	}
	m.send("Termin bestätigen").says(http.StatusOK, "Ihr Termin ist gebucht")
	if strings.Contains(m.at.String(), link[len(link)-30:len(link)-7]) {
		t.Errorf("the address still has the secret: %s", m.at)
	}
	b.open(waits).says(http.StatusOK, "Sie haben den Link geöffnet")
	m.open(link).says(http.StatusOK, "Ihr Termin")

	b = w.browser("de").open("/book/slots?visit=passport").send("slot=altona~2026-11-30~09:15").send("Termin buchen", "name", "Max", "email", "max@example.org")
	waits = b.at.String()
	w.pass(31 * time.Minute)
	b.open(waits).says(http.StatusOK, "Die Zeit ist abgelaufen")
	letters := office.Letters()
	late := "/booking" + linkIn(t, letters[len(letters)-1], "opt-in")
	w.browser("de").open(late).says(http.StatusGone, "Die Zeit ist abgelaufen")
}

// Whose appointment is at risk sees on its page what is kept, and takes it there.
func TestAPageOffersWhatIsKeptForWhoIsAtRisk(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil).city().names()
	b := w.details(nineOnMonday).send("Termin buchen", "name", "Erika")
	page := strings.TrimSuffix(b.at.String(), "?new=1")
	w.offer("altona", monday, false)
	b.open(page).says(http.StatusOK, "Dieser Termin ist gefährdet", "gleich selbst verschieben")
	w.pass(10 * time.Minute)
	b.open(page).says(http.StatusOK, "Diese Termine sind für Sie freigehalten", "2026, 10:00", "Wandsbek")
	b.send("Diesen Termin nehmen").says(http.StatusOK, "Ihr Termin ist verschoben", "Wandsbek")
	b.open(page+"/cancel").send("Ja, Termin absagen").says(http.StatusOK, "Der Termin ist abgesagt")
	if b.open(page); strings.Contains(b.body(), "data-code") {
		t.Error("the code of what is over is shown")
	}
	b.open(page+"/move").says(http.StatusOK, "Der Termin ist abgesagt")
	w.browser("de").open(page).says(http.StatusOK, "Bitte geben Sie den Code Ihres Termins ein")
}

// Going back shows what was there; nothing on the way is booked or lost by it.
func TestGoingBackLosesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil).city().names()
	b := w.browser("de").open("/book/?q=pass").says(http.StatusOK, "1 Dienstleistung passt zu „pass“")
	b.send("Weiter", "s", "passport").send("Weiter", "n.passport", "2").follow("Nach Ort").says(http.StatusOK, "Nächster Termin: Montag, 30. November 2026, 9:00")
	b.open("/book/slots?visit=passport:2&by=place&centre=altona").says(http.StatusOK, `value="altona~2026-11-30~09:00"`)
	way := append([]string{}, b.seen...)
	b.follow("Ändern").says(http.StatusOK, `<option value="2" selected>`).follow("Zurück").says(http.StatusOK, `value="passport" checked`)
	for i := len(way) - 1; i >= 0; i-- {
		if b.open(way[i]); b.page.Code != http.StatusOK {
			t.Errorf("%s: %d", way[i], b.page.Code)
		}
	}
	if n := w.holds(); n != 0 {
		t.Errorf("%d holds", n)
	}
}
