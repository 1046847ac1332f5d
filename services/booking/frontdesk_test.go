package booking

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

func TestADeskServesAWalkInAndAnAppointment(t *testing.T) {
	w := office(t)
	ap := w.booked("altona", today, nine, Contact{Name: "Erika Mustermann"})
	r := w.reader(deskOf("altona"), "de").open("/front/altona/").sees(200, "Empfang: Altona", "Erika Mustermann", "Wartenummer ziehen", "Platz wählen").not("Nächste/r aufrufen")
	r.fill("/front/altona/counter", "sign", "Schmidt").sees(422, "Schreiben Sie die Nummer des Schildes")
	r.fill("/front/altona/counter", "sign", "7").sees(200, "Platz 7", "Nächste/r aufrufen")
	r.fill("/front/altona/next").sees(200, "Niemand wartet.")
	r.fill("/front/altona/ticket", "service", "").sees(422, "Bitte füllen Sie dieses Feld aus")
	r.fill("/front/altona/ticket", "service", "licence").sees(200, "Die Wartenummer ist 1.", "/paper")
	wall := w.reader(nobody, "en").open("/front/display/altona").sees(200, "No call at present", "1 person without appointment is waiting")

	r.fill("/front/altona/appointment/"+string(ap.Appointment), "do", "check-in").sees(200, "Die Aufrufnummer ist A 1.")
	r.fill("/front/altona/next").sees(200, "Aufgerufen: A 1 an Platz 7.", "Bedient")
	wall.open("/front/display/altona").sees(200, "A 1", "Counter 7").not("Erika", "Mustermann", string(ap.Appointment))
	r.fill("/front/altona/appointment/"+string(ap.Appointment), "do", "call").sees(200, "Aufgerufen.")
	r.fill("/front/altona/next").sees(200, "Aufgerufen: 1 an Platz 7.")
	r.fill("/front/altona/appointment/"+string(ap.Appointment), "do", "serve").sees(200, "Bedient.")
	wall.open("/front/display/altona").sees(200, "Counter 7").not("A 1")
	w.pass(4 * time.Minute)
	one := strings.Split(strings.Split(r.body, `/front/altona/ticket/`)[1], `"`)[0]
	r.fill("/front/altona/ticket/"+one, "do", "serve").sees(200, "Bedient.", "Zurzeit ist niemand aufgerufen.")
	wall.open("/front/display/altona").sees(200, "No call at present")
}

func TestADeskFindsWhoStandsThere(t *testing.T) {
	w := office(t)
	one := w.booked("altona", today, nine, Contact{Name: "Erika Mustermann"})
	w.booked("altona", today, nine+15, Contact{Name: "Hans <b>Beispiel</b>"})
	later := w.booked("altona", monday, nine, Contact{Name: "Nora Niemand"})
	r := w.reader(deskOf("altona"), "de")
	find := func(who string) *reader { return r.open("/front/altona/").fill("/front/altona/find", "who", who) }
	found := func(r *reader) string {
		return between(r.body, `role="status"><p class="kern-body">`, "Zurück zum Empfang")
	}
	if s := found(find(one.Code).sees(200, "1 Termin gefunden")); !strings.Contains(s, "Erika") || strings.Contains(s, "Hans") {
		t.Fatal(s)
	}
	if s := found(find("9:15").sees(200, "1 Termin gefunden")); !strings.Contains(s, "Hans &lt;b&gt;") {
		t.Fatal(s)
	}
	if s := found(find("muster").sees(200)); !strings.Contains(s, "Erika") {
		t.Fatal(s)
	}
	find("nobody").sees(200, "0 Termine gefunden")
	find(later.Code).sees(200, "nicht heute hier, sondern: Montag, 30. November 2026").not("Nora")
	find("").sees(422)
	if strings.Contains(r.at, "muster") {
		t.Fatal(r.at)
	}
}

func TestAKioskDrawsOnce(t *testing.T) {
	w := office(t)
	r := w.reader(deskOf("altona"), "de").open("/front/kiosk/altona").sees(200, "Wofür kommen Sie?")
	page := r.body
	one := r.fill("/front/kiosk/altona/draw", "service", "passport").sees(200, "Ihre Nummer", "Fertig").at
	r.body = page
	if two := r.fill("/front/kiosk/altona/draw", "service", "passport").at; one != two {
		t.Fatal(one, two)
	}
	r.open(strings.TrimSuffix(one, "?kiosk=yes")).sees(200, "Zurück zum Empfang")
}

// opening counts the keys of contacts that are asked for.
type opening struct {
	eventlog.Store
	keys int
}

func (o *opening) PersonalKey(ctx context.Context, key string) (eventlog.Key, error) {
	if strings.HasPrefix(key, "contact/") {
		o.keys++
	}
	return o.Store.PersonalKey(ctx, key)
}

// A desk opens no more contacts than it shows, and its other parts open none.
func TestADeskOpensFewContacts(t *testing.T) {
	w := office(t)
	o := &opening{Store: w.store}
	w.store = o
	w.start()
	for at := nine; at < nine+180; at += 15 {
		w.booked("altona", today, at, Contact{Name: "Citizen Somebody"})
	}
	r := w.reader(deskOf("altona"), "de")
	for part, keys := range map[string]int{"": 10, "arrivals": 10, "now": 0, "queue": 0, "load": 0} {
		r.part, o.keys = part, 0
		r.open("/front/altona/").sees(200)
		if names := strings.Count(r.body, "<strong>Citizen Somebody"); names != keys || o.keys != keys {
			t.Errorf("part %q opens %d contacts and shows %d, not %d", part, o.keys, names, keys)
		}
	}
	r.part, o.keys = "", 0
	r.open("/front/altona/").sees(200, "Noch 2 Personen haben heute einen Termin")
	w.reader(nobody, "de").open("/front/display/altona").sees(200)
	if o.keys != 10 {
		t.Errorf("a display opens contacts: %d", o.keys)
	}
}

// A part is fetched alone, and only arrivals open contacts.
func TestPartsOfADeskAreFetchedAlone(t *testing.T) {
	w := office(t)
	w.booked("altona", today, nine, Contact{Name: "Erika Mustermann"})
	r := w.reader(deskOf("altona"), "en")
	for part, names := range map[string]bool{"now": false, "queue": false, "load": false, "arrivals": true} {
		r.part = part
		r.open("/front/altona/").sees(200, `id="`+part+`"`).not("<html", "<h1")
		if got := strings.Contains(r.body, "Erika"); got != names {
			t.Errorf("%s names citizens: %v", part, got)
		}
	}
	r.part = ""
	a, b := w.service.app.Stir("altona"), w.service.app.Stir("wandsbek")
	r.open("/front/altona/").fill("/front/altona/ticket", "service", "pickup").sees(200, "The ticket is number 1.")
	if w.service.app.Stir("altona") == a || w.service.app.Stir("wandsbek") != b {
		t.Fatal("who listens is told of the wrong centre")
	}
}

func TestADeskSetsAsideAndGivesUp(t *testing.T) {
	w := office(t)
	ap := w.booked("altona", today, nine, Contact{Name: "Erika Mustermann"})
	one := string(w.ticket("passport").Ticket)
	r := w.reader(deskOf("altona"), "en").open("/front/altona/")
	r.fill("/front/altona/ticket/"+one, "do", "call").sees(422, "Choose your counter first")
	r.open("/front/altona/").fill("/front/altona/counter", "sign", "a-2", "use", "walk-in").sees(200, "Counter A-2")
	r.fill("/front/altona/next").sees(200, "Called: 1 to counter A-2.")
	r.fill("/front/altona/ticket/"+one, "do", "park").sees(200, "Set aside.", "set aside")
	r.fill("/front/altona/ticket/"+one, "do", "resume").sees(200, "Back in line.")
	r.fill("/front/altona/ticket/"+one, "do", "call").sees(200, "Called.")
	r.fill("/front/altona/ticket/"+one, "do", "miss").sees(200, "Did not come.")
	r.ask("POST", "/front/altona/ticket/"+one, map[string][]string{"do": {"serve"}, "key": {"again"}}).sees(409)
	r.ask("POST", "/front/altona/ticket/"+one, map[string][]string{"do": {"juggle"}}).sees(404)
	r.open("/front/altona/").fill("/front/altona/appointment/"+string(ap.Appointment), "do", "miss").sees(200, "Did not come.")
	// Who comes after all is checked in.
	r.fill("/front/altona/find", "who", "9:00").fill("/front/altona/appointment/"+string(ap.Appointment), "do", "check-in").sees(200, "The call number is A 1.", "came late")
	// Nobody acts on what belongs to others.
	other := w.reader(deskOf("wandsbek"), "en")
	other.ask("POST", "/front/wandsbek/ticket/"+one, map[string][]string{"do": {"serve"}}).sees(403)
	other.ask("POST", "/front/wandsbek/appointment/"+string(ap.Appointment), map[string][]string{"do": {"serve"}}).sees(403)
}
