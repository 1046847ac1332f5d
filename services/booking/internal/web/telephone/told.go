package telephone

import (
	"strings"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/web/spelling"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// told is an appointment or a slot in sentences to read aloud.
type told struct {
	Appointment id.Appointment
	Sentences   []string
	Services    []string
	When        string
	Where       string
	Name        string
	Email       string
	Phone       string
	Life        string
	AtRisk      bool
	Code        string
	Spelled     []spelling.Sign
	Other       []spelling.Sign // in the other language
	Offers      []offer
}

// offer is a slot kept for the citizen of an appointment at risk.
type offer struct {
	Hold        string
	When, Where string
}

func (d *desk) tell(x *pages.Context, v app.View) told {
	lang := x.Pick("de", "en")
	visit := d.app.Describe(v, lang)
	t := told{Appointment: v.Appointment, Services: visit.Services, When: x.Day(v.Day) + ", " + x.Clock(v.At), Where: strings.TrimSuffix(visit.Centre+", "+visit.Address, ", "),
		Name: v.Contact.Name, Email: v.Contact.Email, Phone: v.Contact.Phone, Life: v.Life, AtRisk: v.AtRisk}
	t.Sentences = []string{
		x.Say("read.when", "day", x.Day(v.Day), "time", aloud(x, v.Place)),
		x.Say("read.where", "centre", visit.Centre, "address", visit.Address),
		x.Say("read.what", "services", strings.Join(visit.Services, ", "), "minutes", x.Minutes(int(v.Minutes))),
	}
	for _, s := range v.Offers {
		there := v
		there.Place = s.Place
		at := d.app.Describe(there, lang)
		t.Offers = append(t.Offers, offer{string(s.Hold), x.Day(s.Place.Day) + ", " + x.Clock(s.Place.At), strings.TrimSuffix(at.Centre+", "+at.Address, ", ")})
	}
	return t
}

// aloud is a time of day as one says it: 8 Uhr 15.
func aloud(x *pages.Context, p booking.Place) string {
	h, m := int(p.At)/60, int(p.At)%60
	switch {
	case m == 0:
		return x.Say("read.hour", "h", h)
	case m < 10:
		return x.Say("read.time", "h", h, "m", x.Say("read.zero", "m", m))
	}
	return x.Say("read.time", "h", h, "m", m)
}

func (t *told) spell(x *pages.Context, code string) {
	t.Code = spelling.Grouped(code)
	t.Spelled, t.Other = spelling.Out(code, x.Pick("de", "en")), spelling.Out(code, x.Pick("en", "de"))
}
