package booking

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
)

// switchboard has services with names, and agents' share of what is free.
func switchboard(t *testing.T) *world {
	w := newWorld(t, nil).city()
	w.hear(capacity.CatalogueChanged{Version: 2, Services: []capacity.ServiceType{
		{ID: "passport", Name: map[string]string{"de": "Reisepass beantragen", "en": "Apply for a passport"}, Skill: "pass", Minutes: 15, Share: 0.8},
		{ID: "licence", Name: map[string]string{"de": "Führerschein umschreiben", "en": "Exchange a driving licence"}, Skill: "car", Minutes: 10, Share: 1},
		{ID: "move-house", Name: map[string]string{"de": "Wohnsitz anmelden", "en": "Register a residence"}, Skill: "resident", Minutes: 10, Online: "https://example.org/move", Share: 1}}})
	for _, c := range []struct {
		id, address string
		lat, lon    float64
	}{{"altona", "Platz der Republik 1, 22765 Hamburg", 53.55, 9.93}, {"wandsbek", "Schloßstraße 60, 22041 Hamburg", 53.57, 10.08}} {
		hours := map[int][]day.Span{1: {{From: day.Clock(8, 0), To: day.Clock(18, 0)}}, 2: {{From: day.Clock(8, 0), To: day.Clock(18, 0)}}}
		k := capacity.Centre{Name: strings.ToUpper(c.id[:1]) + c.id[1:], Address: c.address, Hours: hours, Lat: c.lat, Lon: c.lon}
		switch c.id {
		case "altona":
			k.ID, k.District = "altona", "altona"
		default:
			k.ID, k.District = "wandsbek", "wandsbek"
		}
		w.hear(capacity.CentreChanged{Version: 2, Centre: k})
	}
	return w
}

// A booking without a mail address takes few keys: what a caller says is typed, and
// Enter or one digit does the rest. The page puts the focus where the next key goes,
// which is why no Tab is counted.
func TestACallTakesFewKeys(t *testing.T) {
	w := switchboard(t)
	r := w.reader(agent, "de").open("/telephone/").sees(200, "Telefonischer Service", "autofocus")
	keys := 0
	type_ := func(text string) string { keys += len([]rune(text)); return text }
	enter := func() { keys++ }

	name := type_("reise")
	enter()
	r.fill("/telephone/", "q", name).sees(200, "Reisepass beantragen", "Am frühesten, überall", "autofocus>")
	if strings.Count(r.body, "autofocus") != 1 {
		t.Fatal("the focus has no one place:", r.body)
	}
	enter() // the first slot has the focus
	r.fill("/telephone/hold", "slot", r.button("slot", 0)).sees(200, "Freigehalten", "Montag, 30. November 2026", `data-seconds="600"`)
	citizen := type_("Meier")
	enter()
	r.fill("/telephone/book", "name", citizen).sees(200, "Der Termin ist gebucht", "Ihr Termin ist am Montag, 30. November 2026, um 9 Uhr.", "Altona, Platz der Republik 1", "data-code=", "Nächster Anruf")
	t.Logf("%d keys", keys)
	// At 3.5 keys a second, which is slow typing, and with five pages to look at.
	if limit := 20; keys > limit {
		t.Fatalf("%d keys, more than %d", keys, limit)
	}
	// The code is spelled by DIN 5009's towns, and by ICAO's words.
	code := strings.ReplaceAll(between(r.body, `data-code="`, `"`), " ", "")
	if ap, err := w.service.app.ByCode(code); err != nil || len(code) != 10 {
		t.Fatal(code, ap, err)
	}
	if n := strings.Count(r.body, "<li><strong>"); n != 20 {
		t.Fatalf("%d letters", n)
	}
	if !strings.Contains(r.heads.Get("Cache-Control"), "no-store") {
		t.Fatal(r.heads)
	}
}

func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}

func TestThreePlacesSideBySide(t *testing.T) {
	w := switchboard(t)
	r := w.reader(agent, "en").open("/telephone/?q=passport&place=22045&centre=altona&persons=2").sees(200, "Near the caller", "from 22045, estimated", "Earliest, anywhere", "Altona", "Apply for a passport", "30 minutes")
	near, rest, _ := strings.Cut(r.body, `id="column-anywhere"`)
	_, chosen, _ := strings.Cut(rest, `id="column-chosen"`)
	if first := strings.Index(near, "wandsbek 2026-11-30 10:00"); first < 0 || first > strings.Index(near+"altona 2026", "altona 2026") {
		t.Fatal(near)
	}
	if !strings.Contains(chosen, "altona 2026-11-30 09:00") || strings.Contains(chosen, "wandsbek 2026") {
		t.Fatal(chosen)
	}
	for n := 1; n <= 6; n++ {
		if !strings.Contains(r.body, fmt.Sprintf(`data-key="%d"`, n)) {
			t.Fatal("no slot ", n)
		}
	}
	r.open("/telephone/?q=reisepass&day=1.12.&times=ab+10").sees(200, "2026-12-01 10:00").not("2026-11-30")
	r.open("/telephone/?q=reisepass&day=24.12.").sees(200, "Nothing is free like this, but otherwise:")
	r.open("/telephone/?q=reisepass&day=someday&times=soon&place=nowhere").sees(422, "This day is not understood", "This time is not understood", "There is no such place here", `href="#f-day"`)
	r.open("/telephone/?q=wohnsitz").sees(200, "https://example.org/move")
	r.fill("/telephone/online").sees(200, "Counted")
	if all := w.service.app.Spared(day.Period{From: today, Until: today + 1}); len(all) != 1 {
		t.Fatal(all)
	}
	r.open("/telephone/?q="+"%3Cscript%3Ealert(1)%3C/script%3E").sees(422, "There is no service for").not("<script>alert")
	r.open("/telephone/services?q=f%C3%BChr").sees(200, `role="option"`, "Exchange a driving licence").not("<html")
}

func TestTwoClicksBookOnce(t *testing.T) {
	w := switchboard(t)
	r := w.reader(agent, "de").open("/telephone/?q=reisepass")
	page, at := r.body, r.at
	one := r.fill("/telephone/hold", "slot", r.button("slot", 0)).at
	r.body, r.at = page, at
	if two := r.fill("/telephone/hold", "slot", r.button("slot", 0)).at; one != two {
		t.Fatal(one, two)
	}
	form := r.body
	first := r.fill("/telephone/book", "name", "Erika <script>alert(1)</script>").sees(200, "gebucht").at
	r.body = form
	if again := r.fill("/telephone/book", "name", "Erika <script>alert(1)</script>").sees(200, "gebucht").at; again != first {
		t.Fatal(again, first)
	}
	r.not("<script>alert")
	r.body = form
	r.fill("/telephone/book", "name", "").sees(422, "Bitte füllen Sie dieses Feld aus")
}

func TestASlotThatIsGoneIsSaid(t *testing.T) {
	w := switchboard(t)
	a, b := w.reader(agent, "de").open("/telephone/?q=reisepass"), w.reader(agent, "de").open("/telephone/?q=reisepass")
	slot := a.button("slot", 0)
	a.fill("/telephone/hold", "slot", slot).sees(200, "Freigehalten")
	b.fill("/telephone/hold", "slot", slot).sees(409, "Wählen Sie einen anderen Termin", "Freie Termine").not(`value="` + slot + `"`)
	w.pass(11 * time.Minute)
	a.fill("/telephone/book", "name", "Erika").sees(410, "abgelaufen", "Freie Termine")
}

func TestAnAgentFindsMovesAndCancels(t *testing.T) {
	w := switchboard(t)
	one := w.booked("altona", monday, nine, Contact{Name: "Erika Mustermann", Phone: "040 1234"})
	r := w.reader(agent, "de").open("/telephone/find")
	r.fill("/telephone/find", "code", "AAAAAAAAAA").sees(404, "Zu diesem Code gibt es keinen Termin")
	r.open("/telephone/find").fill("/telephone/find", "code", strings.ToLower(one.Code)).sees(200, "Erika Mustermann", "040 1234", "Verschieben").not("data-code")
	r.open("/telephone/find").fill("/telephone/find", "name", "muster", "day", "30.11.").sees(422) // without the code: the first form
	r.ask("POST", "/telephone/find", map[string][]string{"name": {"muster"}, "day": {"30.11."}}).sees(422, "Nennen Sie auch den Standort")
	r.ask("POST", "/telephone/find", map[string][]string{"name": {"muster"}, "day": {"30.11."}, "centre": {"altona"}}).sees(200, "1 Termin gefunden", "Erika Mustermann")
	if strings.Contains(r.at, "muster") {
		t.Fatal("a name in the address: ", r.at)
	}
	r.open("/telephone/?move="+string(one.Appointment)).sees(200, "Neuen Termin wählen", "Erika Mustermann")
	r.fill("/telephone/move", "slot", "wandsbek 2026-12-01 10:00").sees(200, "verschoben", "Dienstag, 1. Dezember 2026, um 10 Uhr", "Wandsbek")
	r.fill("/telephone/appointment/").sees(200, "Der Termin ist abgesagt")
}

func TestAgentsTellWhomNoLetterReaches(t *testing.T) {
	w := switchboard(t)
	one := w.booked("altona", monday, nine, Contact{Name: "Max <i>Muster</i>", Phone: "040 / 12 34"})
	r := w.reader(agent, "de").open("/telephone/calls").sees(200, "Niemand ist anzurufen")
	w.offer("altona", monday, false)
	w.pass(10 * time.Minute)
	r.open("/telephone/calls").sees(200, "Max <i>Muster</i>", `href="tel:0401234"`, "Freigehalten sind:", "Wandsbek").not("<i>Muster", "data-code", one.Code)
	page := r.body
	r.fill("/telephone/calls/"+string(one.Appointment), "outcome", "calling").sees(200, "Notiert.", "Niemand ist anzurufen")
	r.open("/telephone/calls?all=yes").sees(200, "jemand ruft gerade an")
	r.body = page
	r.fill("/telephone/calls/"+string(one.Appointment), "outcome", "nonsense").sees(422)
	r.body = page
	r.fill("/telephone/calls/"+string(one.Appointment), "outcome", r.button("outcome", 0)).sees(200, "Der Termin ist verschoben", "Wandsbek", "Max")
	r.body = page // the other offer is free again, and nobody is at risk
	r.fill("/telephone/calls/"+string(one.Appointment), "outcome", "declined").sees(409, "nicht (mehr) gefährdet")
}
