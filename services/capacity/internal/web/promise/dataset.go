package promise

import (
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/promise"
)

// dataset is the JSON form: what the data is, as DCAT-AP.de says it, and the rows.
type dataset struct {
	Context     map[string]string `json:"@context"`
	Type        string            `json:"@type"`
	Title       map[string]string `json:"dct:title"`
	Description map[string]string `json:"dct:description"`
	Publisher   publisher         `json:"dct:publisher"`
	Licence     string            `json:"dct:license"`
	LicenceName string            `json:"license_name"`
	Theme       string            `json:"dcat:theme"`
	Frequency   string            `json:"dct:accrualPeriodicity"`
	Temporal    temporal          `json:"dct:temporal"`
	Modified    day.Day           `json:"dct:modified"`
	Keywords    []string          `json:"dcat:keyword"`
	Files       []distribution    `json:"dcat:distribution"`
	Fields      []field           `json:"fields"`
	Districts   map[string]string `json:"districts"`
	Groups      map[string]words  `json:"service_groups"`
	Rows        []row             `json:"rows"`
}

type (
	publisher struct {
		Type string `json:"@type"`
		Name string `json:"foaf:name"`
	}
	temporal struct {
		Type  string  `json:"@type"`
		Start day.Day `json:"dcat:startDate"`
		End   day.Day `json:"dcat:endDate"`
	}
	distribution struct {
		Type    string `json:"@type"`
		URL     string `json:"dcat:accessURL"`
		Media   string `json:"dcat:mediaType"`
		Licence string `json:"dct:license"`
	}
	words map[string]string
	// field documents one column.
	field struct {
		Name string `json:"name"`
		Type string `json:"type"`
		Unit string `json:"unit,omitempty"`
		De   string `json:"de"`
		En   string `json:"en"`
	}
)

// fields in the order of the columns.
var fields = []field{
	{"date", "date", "", "Tag", "day"},
	{"district", "string", "", "Bezirk, siehe districts", "district, see districts"},
	{"service_group", "string", "", "Dienstleistungsgruppe, siehe service_groups", "service group, see service_groups"},
	{"measured", "boolean", "", "ob an dem Tag gemessen wurde", "whether the day was measured"},
	{"on_offer", "boolean", "", "ob es um 12 Uhr einen dritten freien Termin gab", "whether there was a third free appointment at noon"},
	{"lead_time_days", "integer", "day", "Tage bis zum dritten freien Termin um 12 Uhr; leer: keiner im Angebot", "days to the third next available appointment at noon; empty: none on offer"},
	{"worst_on_offer", "boolean", "", "ob es den ganzen Tag über einen dritten freien Termin gab", "whether there was one throughout the day"},
	{"worst_lead_time_days", "integer", "day", "größter Wert des Tages; leer: zeitweise keiner im Angebot", "greatest value of the day; empty: at times none on offer"},
	{"goal_days", "integer", "day", "Ziel an dem Tag", "aim on that day"},
	{"limit_days", "integer", "day", "Versprechen an dem Tag", "promise on that day"},
	{"kept", "boolean", "", "lead_time_days höchstens limit_days", "lead_time_days at most limit_days"},
	{"goal_met", "boolean", "", "lead_time_days höchstens goal_days", "lead_time_days at most goal_days"},
	{"bookings_suppressed", "boolean", "", "1 bis 4 Buchungen: nicht angegeben", "1 to 4 bookings: not told"},
	{"bookings", "integer", "", "an dem Tag gebuchte Termine, auf 5 gerundet", "appointments booked on that day, rounded to 5"},
	{"booked_lead_time_days", "number", "day", "Vorlaufzeit: Tage von der Buchung bis zum Termin, Mittel", "booked lead time: days from booking to appointment, mean"},
	{"share_within_goal", "number", "", "Anteil der Buchungen für höchstens goal_days später, 0 bis 1", "share of bookings at most goal_days ahead, 0 to 1"},
	{"share_within_limit", "number", "", "Anteil der Buchungen für höchstens limit_days später, 0 bis 1", "share of bookings at most limit_days ahead, 0 to 1"},
	{"final", "boolean", "", "der Tag ist vorbei", "the day is over"},
}

// dataset without rows; it is called inside node.View.
func (d *desk) dataset(p day.Period) dataset {
	licence := Licences[d.opt.Licence]
	s := dataset{
		Context: map[string]string{"dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/"},
		Type:    "dcat:Dataset",
		Title:   words{"de": "Leistungsversprechen der Kundenzentren: Wartezeit auf Termine", "en": "Promise of the citizens' offices: lead time of appointments"},
		Description: words{
			"de": "Je Tag, Bezirk und Dienstleistungsgruppe: Tage bis zum dritten freien Termin, ob das Versprechen gehalten wurde, und wie weit im Voraus gebucht wurde.",
			"en": "Per day, district and service group: days to the third next available appointment, whether the promise was kept, and how far ahead was booked."},
		Publisher: publisher{"foaf:Organization", d.opt.Publisher}, Licence: licence, LicenceName: d.opt.Licence,
		Theme: "http://publications.europa.eu/resource/authority/data-theme/GOVE", Frequency: "http://publications.europa.eu/resource/authority/frequency/DAILY",
		Temporal: temporal{"dct:PeriodOfTime", p.From, p.Until - 1}, Modified: d.app.History.Today,
		Keywords: []string{"Kundenzentrum", "Wartezeit", "Termin", "Leistungsversprechen"}, Fields: fields, Districts: map[string]string{}, Groups: map[string]words{},
	}
	for _, f := range []struct{ name, media string }{{"data.csv", "text/csv"}, {"data.json", "application/json"}} {
		s.Files = append(s.Files, distribution{"dcat:Distribution", d.opt.URL + "/promise/" + f.name, "https://www.iana.org/assignments/media-types/" + f.media, licence})
	}
	for _, r := range d.app.City.Policy.Districts {
		s.Districts[string(r.ID)] = r.Name
	}
	for _, g := range d.app.City.Catalogue.Groups {
		s.Groups[string(g.Skill)] = words(g.Name)
	}
	return s
}

// methodData is what the page about the method shows.
type methodData struct {
	Goal, Limit, Window, Least, Most int
	Objective                        float64
	Licence, Address, Publisher      string
	Fields                           []field
}

func (d *desk) methodData() methodData {
	b := d.board()
	return methodData{Goal: b.Goal, Limit: b.Limit, Window: promise.Window, Least: promise.Least, Most: mostDays, Objective: promise.Objective,
		Licence: d.opt.Licence, Address: Licences[d.opt.Licence], Publisher: d.opt.Publisher, Fields: fields}
}
