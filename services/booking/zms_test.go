package booking

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app/contact"
)

// zmsFields are the fields of ZMS's public schemas citizenapi/*.json.
var zmsFields = func() (all map[string]struct{ Required, Known []string }) {
	raw := must(os.ReadFile("testdata/zms-fields.json"))
	if err := json.Unmarshal(raw, &all); err != nil {
		panic(err)
	}
	return all
}()

type object = map[string]any

// conforms checks an object's fields against a schema's.
func (w *world) conforms(schema string, x any) object {
	w.Helper()
	o, ok := x.(object)
	if !ok {
		w.Fatalf("%s is no object: %v", schema, x)
	}
	f, ok := zmsFields[schema]
	if !ok {
		w.Fatalf("no schema %s", schema)
	}
	for _, r := range f.Required {
		if o[r] == nil {
			w.Fatalf("%s has no %s: %v", schema, r, o)
		}
	}
	for k := range o {
		if !slices.Contains(f.Known, k) {
			w.Fatalf("%s has no field %s", schema, k)
		}
	}
	return o
}

func each(w *world, schema string, list any) []object {
	w.Helper()
	all, ok := list.([]any)
	if !ok {
		w.Fatalf("no list of %s: %v", schema, list)
	}
	var out []object
	for _, x := range all {
		out = append(out, w.conforms(schema, x))
	}
	return out
}

func (w *world) zms(method, path, body string, status int) object {
	w.Helper()
	var out object
	rec := w.call(method, "/zms/"+path, "", body, nil)
	if rec.Code != status {
		w.Fatalf("%s %s: %d %s", method, path, rec.Code, rec.Body)
	}
	d := json.NewDecoder(rec.Body)
	w.ok(d.Decode(&out))
	return out
}

// refused names the codes of ZMS's errors.
func (w *world) refused(method, path, body string, status int) string {
	w.Helper()
	var codes []string
	for _, e := range each(w, "error", w.zms(method, path, body, status)["errors"]) {
		codes = append(codes, e["errorCode"].(string))
	}
	return strings.Join(codes, ",")
}

// refusedOr is refused, or empty where the answer is a success.
func (w *world) refusedOr(path, body string, status int) string {
	w.Helper()
	if status == http.StatusOK {
		w.zms("POST", path, body, status)
		return ""
	}
	return w.refused("POST", path, body, status)
}

// personalKeys counts the keys that open what is sealed in the log.
func (w *world) personalKeys() (n int) {
	w.Helper()
	events, err := w.store.After(w.ctx, 0, 100000)
	w.ok(err)
	for _, e := range events {
		var sealed struct {
			Key string `json:"contact_key"`
		}
		if json.Unmarshal(e.Data, &sealed) == nil && sealed.Key != "" && e.Type == "booking.intake-noted.v1" {
			if _, err := w.store.PersonalKey(w.ctx, sealed.Key); err == nil {
				n++
			}
		}
	}
	return n
}

// link is the secret in the mail of an appointment.
func (w *world) link(ap string) string {
	w.Helper()
	return must(contact.New(bytes.Repeat([]byte{1}, 32), nil)).Link(id.Appointment(ap))
}

// zmsCity knows the numbers of the city's centres and services.
func (w *world) zmsCity() (office, service map[string]int64) {
	w.Helper()
	all := w.conforms("officeServiceAndRelationList", w.zms("GET", "offices-and-services/", "", 200))
	office, service = map[string]int64{}, map[string]int64{}
	for _, o := range each(w, "office", all["offices"]) {
		office[o["name"].(string)] = int64(o["id"].(float64))
		w.conforms("thinnedProvider", w.conforms("thinnedScope", o["scope"])["provider"])
		if a := o["address"]; a != nil {
			w.conforms("address", a)
		}
	}
	for _, s := range each(w, "service", all["services"]) {
		service[s["name"].(string)] = int64(s["id"].(float64))
	}
	if rel := each(w, "officeServiceRelation", all["relations"]); len(rel) != len(office)*len(service) {
		w.Fatalf("%d relations", len(rel))
	}
	return office, service
}

func TestZMSFrontend(t *testing.T) {
	w := newWorld(t, nil).city()
	w.hear(capacity.CentreChanged{Version: 2, Centre: capacity.Centre{ID: "altona", Name: "Altona", District: "altona", Address: "Platz der Republik 1, 22765 Hamburg", Lat: 53.55, Lon: 9.93}})
	office, service := w.zmsCity()
	if len(office) != 2 || len(service) != 3 {
		t.Fatal(office, service)
	}
	each(w, "service", w.zms("GET", fmt.Sprintf("services-by-office/?officeId=%d", office["Altona"]), "", 200)["services"])
	each(w, "office", w.zms("GET", fmt.Sprintf("offices-by-service/?serviceId=%d", service["passport"]), "", 200)["offices"])
	ask := fmt.Sprintf("?officeId=%d,%d&serviceId=%d&serviceCount=1&startDate=%s&endDate=%s", office["Altona"], office["Wandsbek"], service["passport"], today, today+60)

	days := each(w, "availableDay", w.conforms("availableDaysByOffice", w.zms("GET", "available-days/"+ask, "", 200))["availableDays"])
	if len(days) != 2 || days[0]["time"] != monday.String() || days[0]["providerIDs"] != fmt.Sprintf("%d,%d", office["Altona"], office["Wandsbek"]) {
		t.Fatal(days)
	}
	calendar := w.conforms("availableCalendar", w.zms("GET", "available-calendar"+ask, "", 200))
	each(w, "availableCalendarOffice", each(w, "availableCalendarDay", calendar["availableDays"])[0]["offices"])
	empty := w.conforms("availableCalendar", w.zms("GET", strings.Replace("available-calendar"+ask, "endDate="+(today+60).String(), "endDate="+(today+3).String(), 1), "", 200))
	if empty["nextBookableDate"] != monday.String() || len(empty["availableDays"].([]any)) != 0 {
		t.Fatal(empty)
	}
	one := fmt.Sprintf("?officeId=%d&serviceId=%d&serviceCount=1&date=%s", office["Altona"], service["passport"], monday)
	times := w.conforms("availableAppointments", w.zms("GET", "available-appointments/"+one, "", 200))["appointmentTimestamps"].([]any)
	first := time.Unix(int64(times[0].(float64)), 0).In(berlin)
	if len(times) != 4 || !first.Equal(monday.At(nine, berlin)) {
		t.Fatal(first, times)
	}
	w.conforms("availableAppointmentsByOffice", w.zms("GET", "available-appointments-by-office/"+one, "", 200))

	// As ZMS's frontend sends it: texts and numbers as they come.
	reserve := fmt.Sprintf(`{"timestamp":%d,"serviceCount":["1"],"officeId":"%d","serviceId":["%d"],"captchaToken":null}`, first.Unix(), office["Altona"], service["passport"])
	p := w.conforms("thinnedProcess", w.zms("POST", "reserve-appointment/", reserve, 200))
	w.conforms("thinnedScope", p["scope"])
	if p["status"] != "reserved" || p["timestamp"] != strconv.FormatInt(first.Unix(), 10) || p["reservationDuration"] != 10.0 {
		t.Fatal(p)
	}
	if got := w.refused("POST", "reserve-appointment/", reserve, 404); got != "appointmentNotAvailable" {
		t.Fatal(got)
	}
	who := func(key string, more string) string {
		return fmt.Sprintf(`{"processId":"%.0f","authKey":"%s"%s}`, p["processId"], key, more)
	}
	key := p["authKey"].(string)
	if got := w.refused("POST", "confirm-appointment/", who(key, ""), 400); got != "invalidFamilyName" {
		t.Fatal(got)
	}
	if got := w.refused("POST", "update-appointment/", who(key, `,"familyName":" ","email":"x","telephone":"12","customTextfield":"y"`), 400); got != "invalidFamilyName,invalidEmail,invalidTelephone,invalidCustomTextfield" {
		t.Fatal(got)
	}
	w.zms("POST", "update-appointment/", who(key, `,"familyName":"Erika","email":"e@example.org"`), 200)
	p = w.zms("POST", "update-appointment/", who(key, `,"familyName":"Erika Muster","telephone":"+4940123456"`), 200)
	if p["familyName"] != "Erika Muster" || p["email"] != "e@example.org" || p["telephone"] != "+4940123456" {
		t.Fatal(p)
	}
	for _, path := range []string{"preconfirm-appointment/", "confirm-appointment/", "confirm-appointment"} {
		if p = w.conforms("thinnedProcess", w.zms("POST", path, who(key, ""), 200)); p["status"] != "confirmed" || p["authKey"] != key || p["familyName"] != "Erika Muster" {
			t.Fatal(path, p)
		}
	}
	w.step()
	if got := said[booking.AppointmentBooked](w); len(got) != 1 || got[0].At != nine {
		t.Fatal(got)
	}
	get := fmt.Sprintf("appointment/?processId=%.0f&authKey=%s", p["processId"], key)
	if p = w.conforms("thinnedProcess", w.zms("GET", get, "", 200)); p["status"] != "confirmed" {
		t.Fatal(p)
	}
	if p = w.zms("POST", "cancel-appointment/", who(key, ""), 200); p["status"] != "deleted" {
		t.Fatal(p)
	}
	w.zms("POST", "cancel-appointment/", who(key, ""), 200)
	if got := w.refused("POST", "confirm-appointment/", who(key, ""), 409); got != "processNotReservedAnymore" {
		t.Fatal(got)
	}
	w.step()
	w.zms("POST", "reserve-appointment/", reserve, 200) // free again
}

// A contact that was never confirmed is forgotten with its hold, and who knows
// the number alone knows nothing.
func TestZMSKeepsNothingAndTellsNothing(t *testing.T) {
	w := newWorld(t, nil).city()
	office, service := w.zmsCity()
	reserve := func(at string) object {
		w.Helper()
		return w.zms("POST", "reserve-appointment", fmt.Sprintf(`{"timestamp":%d,"officeId":%d,"serviceId":[%d]}`,
			monday.At(nine, berlin).Unix(), office[at], service["passport"]), 200)
	}
	p := reserve("Altona")
	key := p["authKey"].(string)
	noted := func(n float64, key string, status int) string {
		return w.refusedOr("update-appointment", fmt.Sprintf(`{"processId":%.0f,"authKey":"%s","familyName":"Erika"}`, n, key), status)
	}
	if got := noted(p["processId"].(float64), key, 200); got != "" {
		t.Fatal(got)
	}
	wrong := key[:len(key)-1] + "0"
	if strings.HasSuffix(key, "0") {
		wrong = key[:len(key)-1] + "1"
	}
	elsewhere := strings.Replace(key, "altona", "wandsbek", 1)
	for _, try := range []struct {
		n   float64
		key string
	}{{p["processId"].(float64) + 1, key}, {p["processId"].(float64), wrong}, {p["processId"].(float64), elsewhere}, {1, "altona.2026-12-01.ff.x"}, {7, "x"}} {
		if got := noted(try.n, try.key, 404); got != "appointmentNotFound" {
			t.Fatal(try, got)
		}
	}
	w.pass(time.Second)
	if w.personalKeys() != 1 {
		t.Fatalf("%d keys while the hold stands", w.personalKeys())
	}
	w.pass(11 * time.Minute)
	w.pass(time.Second)
	if w.personalKeys() != 0 {
		t.Fatalf("%d keys after the hold", w.personalKeys())
	}
	if got := noted(p["processId"].(float64), key, 404); got != "appointmentNotFound" {
		t.Fatal(got)
	}
}

// With double opt-in the reservation's key does not confirm: the link's does.
func TestZMSDoubleOptIn(t *testing.T) {
	w := newWorld(t, nil).city()
	w.hear(capacity.PolicyChanged{Version: 2, Policy: capacity.Policy{LimitDays: 14, HorizonDays: 60, MinLeadDays: 1, HoldMinutes: 10, Booking: &capacity.BookingPolicy{DoubleOptIn: true}}})
	office, service := w.zmsCity()
	p := w.zms("POST", "reserve-appointment", fmt.Sprintf(`{"timestamp":%d,"officeId":%d,"serviceId":%d,"serviceCount":2}`,
		monday.At(nine, berlin).Unix(), office["Altona"], service["passport"]), 200)
	key := p["authKey"].(string)
	who := func(key, more string) string {
		return fmt.Sprintf(`{"processId":%.0f,"authKey":"%s"%s}`, p["processId"], key, more)
	}
	if got := w.refused("POST", "update-appointment", who(key, `,"familyName":"Erika"`), 400); got != "invalidEmail" {
		t.Fatal(got)
	}
	w.zms("POST", "update-appointment", who(key, `,"familyName":"Erika","email":"e@example.org"`), 200)
	if p = w.zms("POST", "preconfirm-appointment", who(key, ""), 200); p["status"] != "preconfirmed" || p["serviceCount"] != 2.0 || p["familyName"] != "Erika" {
		t.Fatal(p)
	}
	if got := w.refused("POST", "confirm-appointment", who(key, ""), 409); got != "processNotPreconfirmedAnymore" {
		t.Fatal(got)
	}
	link := key[:strings.LastIndex(key, ".")+1] + w.link(key[:strings.LastIndex(key, ".")])
	if p = w.zms("POST", "confirm-appointment", who(link, ""), 200); p["status"] != "confirmed" {
		t.Fatal(p)
	}
	if got := w.refused("POST", "cancel-appointment", who(key, ""), 404); got != "appointmentNotFound" {
		t.Fatal(got)
	}
	w.zms("POST", "cancel-appointment", who(link, ""), 200)
}

func TestZMSBadInput(t *testing.T) {
	w := newWorld(t, nil).city()
	office, service := w.zmsCity()
	o, s := office["Altona"], service["passport"]
	for _, x := range []struct {
		method, path, body string
		status             int
		codes              string
	}{
		{"GET", "available-days/?serviceId=1&startDate=2026-13-01", "", 400, "invalidOfficeId,invalidServiceId,invalidStartDate,invalidEndDate"},
		{"GET", fmt.Sprintf("available-days/?officeId=%d&serviceId=%d&serviceCount=1,2&startDate=2026-12-02&endDate=2026-12-01", o, s), "", 400, "invalidServiceCount,startDateAfterEndDate"},
		{"GET", fmt.Sprintf("available-calendar/?officeId=%d&serviceId=%d&serviceCount=1&startDate=2026-12-02&endDate=2028-12-01", o, s), "", 400, "dateRangeTooLarge"},
		{"GET", fmt.Sprintf("available-days/?officeId=%d&serviceId=%d&serviceCount=1&startDate=2026-12-12&endDate=2026-12-13", o, s), "", 404, "noAppointmentForThisDay"},
		{"GET", "services-by-office/?officeId=1", "", 400, "invalidOfficeId"},
		{"GET", "offices-by-service/", "", 400, "invalidServiceId"},
		{"GET", "appointment/?processId=x", "", 400, "invalidProcessId,invalidAuthKey"},
		{"POST", "reserve-appointment", "{", 400, "invalidRequest"},
		{"POST", "reserve-appointment", `{"timestamp":1,"officeId":5,"serviceId":[6]}`, 400, "invalidOfficeId,invalidServiceId,invalidTimestamp"},
		{"POST", "reserve-appointment", `{"x":"` + string(bytes.Repeat([]byte("x"), 70<<10)) + `"}`, 413, "requestEntityTooLarge"},
	} {
		if got := w.refused(x.method, x.path, x.body, x.status); got != x.codes {
			t.Errorf("%s %s: %s, want %s", x.method, x.path, got, x.codes)
		}
	}
	if rec := w.call("GET", "/zms/nonsense", "", "", nil); rec.Code != http.StatusNotFound {
		t.Errorf("%d", rec.Code)
	}
}
