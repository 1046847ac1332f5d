package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/slots"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
)

type searchInput struct {
	httpserver.ReadInput
	Service    []string `query:"service" required:"true" maxItems:"8" doc:"What the citizen comes for; several services of one visit are separated by commas, persons follow a colon: passport:2,licence"`
	Centre     []string `query:"centre" maxItems:"100" doc:"Only these centres"`
	District   []string `query:"district" maxItems:"100" doc:"Only centres of these districts"`
	Near       string   `query:"near" doc:"Latitude and longitude in degrees: 53.5503,9.9353; the offers then tell the way"`
	Travel     int      `query:"travel_minutes" minimum:"0" maximum:"600" doc:"Only centres within so many minutes of near, by public transport, estimated"`
	Accessible bool     `query:"accessible" doc:"Only centres without barriers"`
	Day        string   `query:"day" doc:"Only this day; instead of from and until"`
	From       string   `query:"from" doc:"First day, 2026-12-01; default: the first that can be booked"`
	Until      string   `query:"until" doc:"First day that does not count; default: the end of the horizon"`
	Times      []string `query:"times" maxItems:"12" doc:"Times of day in which the visit must lie: 08:00-10:00,16:00-19:00"`
	Weekdays   []int    `query:"weekdays" maxItems:"7" doc:"1 Monday to 7 Sunday: 6 for Saturdays only"`
	Order      string   `query:"order" default:"earliest" enum:"earliest,distance"`
	Channel    string   `query:"channel" default:"online" enum:"online,telephone,desk"`
	Limit      int      `query:"limit" default:"10" minimum:"1" maximum:"500"`
	PerCentre  int      `query:"per_centre" minimum:"0" maximum:"500" doc:"Of one centre at most so many"`
}

type searchOutput struct{ Body searchAnswer }

type searchAnswer struct {
	Service id.Service     `json:"service"`
	Minutes day.Minutes    `json:"minutes" doc:"Of the whole visit"`
	Parts   []booking.Part `json:"parts,omitempty" doc:"Of a visit for several services or persons, in the order in which they are served"`
	// Online comes first where no visit is needed.
	Online     string            `json:"online,omitempty" doc:"Link, where the whole visit can be spared"`
	OnlineAlso []app.Online      `json:"online_services,omitempty" doc:"Which of the services need no visit"`
	Offers     []slots.Offer     `json:"offers" doc:"In the order asked for"`
	Elsewhere  []slots.Offer     `json:"elsewhere,omitempty" doc:"Where nothing is free: the earliest in the same days at all centres"`
	Later      []slots.Offer     `json:"later,omitempty" doc:"Where nothing is free: the earliest after the days asked for"`
	OtherTimes []slots.Offer     `json:"other_times,omitempty" doc:"Where nothing is free: the earliest in the same days at any time of day and weekday"`
	Anywhere   []slots.Offer     `json:"anywhere,omitempty" doc:"Where none of the above is free: the earliest of all"`
	Unmet      bool              `json:"unmet" doc:"At these places nothing is free within the promise"`
	Say        map[string]string `json:"say,omitempty" doc:"Where nothing is free: one sentence about it, in German and English"`
	Last       day.Day           `json:"last_day" doc:"The last day that can be booked at present"`
}

func (h *api) slots(s *httpserver.API) {
	huma.Register(s, op(http.MethodGet, "/v1/slots", "search-slots", "The earliest slots, anywhere or at a place",
		"One query for any mix of services, persons, places, days and times. Without centre, district and near all centres count. "+
			"Where nothing is free the answer has alternatives, each of which leaves one wish out.", 0),
		func(ctx context.Context, in *searchInput) (*searchOutput, error) {
			if err := h.wait(ctx, in.ReadInput); err != nil {
				return nil, err
			}
			q, err := in.search()
			if err != nil {
				return nil, problems.From(err)
			}
			f, err := h.app.Search(ctx, q)
			if err != nil {
				return nil, problems.From(err)
			}
			out := &searchOutput{}
			b := &out.Body
			b.Service, b.Minutes, b.Parts, b.OnlineAlso, b.Last = f.Service, f.Minutes, f.Parts, f.Online, f.Last
			b.Elsewhere, b.Later, b.OtherTimes, b.Anywhere, b.Unmet = f.Elsewhere, f.Later, f.OtherTimes, f.Anywhere, f.Unmet
			if len(f.Online) > 0 && len(f.Online) == max(1, len(f.Parts)) {
				b.Online = f.Online[0].Link
			}
			if b.Offers = f.Offers; b.Offers == nil {
				b.Offers = []slots.Offer{}
				b.Say = sorry(f)
			}
			return out, nil
		})
}

// sorry says in a sentence what to do where nothing is free.
func sorry(f app.Found) map[string]string {
	var de, en []string
	for _, alt := range []struct {
		some   bool
		de, en string
	}{
		{len(f.OtherTimes) > 0, "zu anderen Zeiten", "at other times"},
		{len(f.Later) > 0, "an späteren Tagen", "on later days"},
		{len(f.Elsewhere) > 0, "an anderen Standorten", "at other centres"},
		{len(f.Anywhere) > 0, "an einem anderen Tag oder Standort", "on another day or at another centre"},
	} {
		if alt.some {
			de, en = append(de, alt.de), append(en, alt.en)
		}
	}
	if len(de) == 0 {
		last := f.Last.String()
		return map[string]string{"de": "Bis " + last + " ist kein Termin mehr frei. Abgesagte Termine werden sofort wieder angeboten.",
			"en": "Nothing is free any more until " + last + ". Cancelled appointments are offered again at once."}
	}
	return map[string]string{"de": "So ist kein Termin frei, wohl aber " + strings.Join(de, ", ") + ".",
		"en": "Nothing is free like this, but there is " + strings.Join(en, ", ") + "."}
}

// search reads the query's parameters.
func (in *searchInput) search() (q app.Search, err error) {
	q = app.Search{Within: in.Travel, Accessible: in.Accessible, Weekdays: in.Weekdays, Order: in.Order, Channel: in.Channel, Limit: in.Limit, PerCentre: in.PerCentre}
	if q.Visit, err = visit(in.Service); err != nil {
		return q, err
	}
	for _, c := range in.Centre {
		q.Centres = append(q.Centres, id.Centre(c))
	}
	for _, d := range in.District {
		q.Districts = append(q.Districts, id.District(d))
	}
	if q.Near, err = point(in.Near); err != nil {
		return q, err
	}
	for _, t := range in.Times {
		span, err := span(t)
		if err != nil {
			return q, err
		}
		q.Times = append(q.Times, span)
	}
	if in.Day != "" {
		if in.From != "" || in.Until != "" {
			return q, &events.FieldError{Field: "day", Value: in.Day, Reason: "stands beside from or until: name the days one way or the other"}
		}
		if q.From, err = date("day", in.Day); err != nil {
			return q, err
		}
		next := *q.From + 1
		q.Until = &next
		return q, nil
	}
	if q.From, err = date("from", in.From); err == nil {
		q.Until, err = date("until", in.Until)
	}
	return q, err
}

// visit reads passport:2 for passports of two persons.
func visit(services []string) (items []app.Item, err error) {
	for _, s := range services {
		name, persons, many := strings.Cut(s, ":")
		it := app.Item{Service: id.Service(name), Persons: 1}
		if many {
			if it.Persons, err = strconv.Atoi(persons); err != nil || it.Persons < 1 {
				return nil, &events.FieldError{Field: "service", Value: s, Reason: "has no number of persons after the colon: write passport:2"}
			}
		}
		items = append(items, it)
	}
	return items, nil
}

func point(text string) (*slots.Point, error) {
	if text == "" {
		return nil, nil
	}
	lat, lon, found := strings.Cut(text, ",")
	var p slots.Point
	var err1, err2 error
	p.Lat, err1 = strconv.ParseFloat(strings.TrimSpace(lat), 64)
	p.Lon, err2 = strconv.ParseFloat(strings.TrimSpace(lon), 64)
	if !found || err1 != nil || err2 != nil {
		return nil, &events.FieldError{Field: "near", Value: text, Reason: "is not a place: write latitude and longitude in degrees, 53.5503,9.9353"}
	}
	return &p, nil
}

func span(text string) (s day.Span, err error) {
	from, to, found := strings.Cut(text, "-")
	if found {
		if s.From, err = day.ParseTime(from); err == nil {
			s.To, err = day.ParseTime(to)
		}
	}
	if !found || err != nil {
		return s, &events.FieldError{Field: "times", Value: text, Reason: "is not a time of day with beginning and end: write 08:00-12:00, on the city's clock and without an offset"}
	}
	return s, nil
}
