package zms

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/occupancy"
)

// Bounds of a visit, as Lotse's search has them.
const (
	maxQuantity = 20
	maxMinutes  = 240
)

// office, service, relation, scope, provider: office.json, service.json,
// officeServiceRelation.json, thinnedScope.json, thinnedProvider.json.
type office struct {
	ID           int32    `json:"id"`
	Name         string   `json:"name"`
	Address      *address `json:"address"`
	Alternatives []string `json:"displayNameAlternatives"`
	Organization *string  `json:"organization"`
	Unit         string   `json:"organizationUnit"`
	SlotTime     int      `json:"slotTimeInMinutes"`
	Geo          *geo     `json:"geo"`
	Scope        scope    `json:"scope"`
	MaxSlots     string   `json:"maxSlotsPerAppointment"`
}

type address struct {
	Number string `json:"house_number"`
	City   string `json:"city"`
	Code   string `json:"postal_code"`
	Street string `json:"street"`
	Hint   bool   `json:"hint"`
}

type geo struct {
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`
}

type service struct {
	ID         int32              `json:"id"`
	Name       string             `json:"name"`
	Max        int                `json:"maxQuantity"`
	Combinable map[string][]int32 `json:"combinable"`
	Public     bool               `json:"public"`
}

type relation struct {
	Office  int32 `json:"officeId"`
	Service int32 `json:"serviceId"`
	Slots   int   `json:"slots"`
}

type scope struct {
	ID                int32    `json:"id"`
	Provider          provider `json:"provider"`
	ShortName         string   `json:"shortName"`
	EmailFrom         string   `json:"emailFrom"`
	EmailRequired     bool     `json:"emailRequired"`
	Telephone         bool     `json:"telephoneActivated"`
	TelephoneRequired bool     `json:"telephoneRequired"`
	Textfield         bool     `json:"customTextfieldActivated"`
	TextfieldRequired bool     `json:"customTextfieldRequired"`
	TextfieldLabel    *string  `json:"customTextfieldLabel"`
	Captcha           bool     `json:"captchaActivatedRequired"`
	DisplayInfo       *string  `json:"displayInfo"`
}

type provider struct {
	ID      string         `json:"id"`
	Name    string         `json:"name"`
	Lat     *float64       `json:"lat"`
	Lon     *float64       `json:"lon"`
	Source  string         `json:"source"`
	Contact map[string]any `json:"contact"`
}

type catalogue struct {
	Offices   []office   `json:"offices"`
	Services  []service  `json:"services"`
	Relations []relation `json:"relations"`
}

// written is how the network's addresses look: street number, code city.
var written = regexp.MustCompile(`^(.+?)\s+(\d\S*),\s*(\d{5})\s+(.+)$`)

func addressOf(text string) *address {
	if text == "" {
		return nil
	}
	if m := written.FindStringSubmatch(text); m != nil {
		return &address{Street: m[1], Number: m[2], Code: m[3], City: m[4]}
	}
	return &address{Street: text}
}

func (h *handler) scopeOf(c city, k network.Centre) scope {
	n := c.office(k.ID)
	p := provider{ID: fmt.Sprint(n), Name: k.Name, Source: "lotse", Contact: map[string]any{"name": k.Name}}
	if k.Lat != 0 || k.Lon != 0 {
		p.Lat, p.Lon = &k.Lat, &k.Lon
	}
	if a := addressOf(k.Address); a != nil {
		p.Contact = map[string]any{"name": k.Name, "street": a.Street, "streetNumber": a.Number, "postalCode": a.Code, "city": a.City}
	}
	return scope{ID: n, Provider: p, ShortName: k.Name, EmailRequired: h.app.MailWanted(), Telephone: true, Captcha: h.captchaWanted()}
}

func (h *handler) offices(c city) (all []office) {
	for _, k := range c.centres {
		o := office{ID: c.office(k.ID), Name: k.Name, Address: addressOf(k.Address), Alternatives: []string{}, Unit: string(k.District),
			SlotTime: occupancy.Tick, Scope: h.scopeOf(c, k), MaxSlots: fmt.Sprint(maxMinutes / occupancy.Tick)}
		if k.Lat != 0 || k.Lon != 0 {
			o.Geo = &geo{k.Lat, k.Lon}
		}
		all = append(all, o)
	}
	return all
}

// services can all be combined with each other: a visit is served part by part.
func (c city) list(lang string) (all []service) {
	var everywhere []int32
	for _, k := range c.centres {
		everywhere = append(everywhere, c.office(k.ID))
	}
	combinable := map[string][]int32{}
	for _, s := range c.services {
		combinable[fmt.Sprint(c.request(s.ID))] = everywhere
	}
	for _, s := range c.services {
		all = append(all, service{c.request(s.ID), nameOf(s, lang), maxQuantity, combinable, true})
	}
	return all
}

func nameOf(s network.ServiceType, lang string) string {
	if n := s.Name[lang]; n != "" {
		return n
	}
	if n := s.Name["de"]; n != "" {
		return n
	}
	return string(s.ID)
}

func (c city) name(s id.Service, lang string) string {
	for _, t := range c.services {
		if t.ID == s {
			return nameOf(t, lang)
		}
	}
	return string(s)
}

// relations: every centre may offer every service; the search knows where and
// when somebody is there who can.
func (c city) relations() (all []relation) {
	for _, k := range c.centres {
		for _, s := range c.services {
			all = append(all, relation{c.office(k.ID), c.request(s.ID), int(s.Minutes) / occupancy.Tick})
		}
	}
	return all
}

func (h *handler) officesAndServices(r *http.Request) (any, error) {
	c := h.city()
	return catalogue{some(h.offices(c)), some(c.list(language(r))), some(c.relations())}, nil
}

// servicesAt is serviceList.json, of an office where one is named: each serves
// all, as far as somebody is there who can.
func (h *handler) servicesAt(r *http.Request) (any, error) {
	c, q := h.city(), r.URL.Query()
	if strings.Contains(r.URL.Path, "by-office") {
		if _, ok := find(c.centre, q.Get("officeId")); !ok {
			return nil, errOfficeID
		}
	}
	return map[string]any{"services": some(c.list(language(r)))}, nil
}

// officesFor is officeList.json, for a service where one is named.
func (h *handler) officesFor(r *http.Request) (any, error) {
	c, q := h.city(), r.URL.Query()
	if strings.Contains(r.URL.Path, "by-service") {
		if _, ok := find(c.service, q.Get("serviceId")); !ok {
			return nil, errServiceID
		}
	}
	return map[string]any{"offices": some(h.offices(c))}, nil
}

// some is never null.
func some[T any](all []T) []T {
	if all == nil {
		return []T{}
	}
	return all
}
