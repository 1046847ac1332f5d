package httpapi

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/slots"
)

func TestAnAnswerWritesItselfAsEncodingJSONWould(t *testing.T) {
	d := day.Date(2026, 12, 1)
	some := []slots.Offer{{Centre: "altona", Day: d, At: day.Clock(8, 5), Minutes: 15, Free: 3},
		{Centre: "mitte", Day: d + 1, At: day.Clock(17, 45), Minutes: 120, Free: 1, Travel: 27}}
	full := searchAnswer{Service: "pass", Minutes: 15, Offers: some, Parts: []booking.Part{{Service: "pass", Skill: "id", Minutes: 15}},
		Online: "https://example.org/?a=1&b=2", OnlineAlso: []app.Online{{Service: "pass", Link: `"offers":null`}}, Last: d + 60}
	none := searchAnswer{Service: `"offers":null`, Offers: []slots.Offer{}, Later: some[:1], Unmet: true, Say: map[string]string{"de": "Bis … „frei“ <b>"}, Last: d}
	odd := searchAnswer{Offers: []slots.Offer{{Centre: "a\"\\\n<ü\x7f\xff&>", Day: d}}}
	type plain searchAnswer
	for name, a := range map[string]searchAnswer{"full": full, "none": none, "odd": odd, "nothing": {}} {
		want, err := json.Marshal(plain(a))
		if err != nil {
			t.Fatal(err)
		}
		got, err := a.AppendJSON([]byte("before "))
		if err != nil || string(got) != "before "+string(want) {
			t.Errorf("%s:\n%s (%v)\nwant\n%s", name, got, err, want)
		}
	}
	if _, err := (searchAnswer{Offers: []slots.Offer{{At: -1}}}).AppendJSON(nil); err == nil || !strings.Contains(err.Error(), "time of day") {
		t.Errorf("a time that cannot be read back was written: %v", err)
	}
}
