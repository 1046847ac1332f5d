package zms

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/slots"
)

// asked is what the three queries for free appointments share.
type asked struct {
	city
	offices []id.Centre
	visit   []app.Item
}

// asked reads officeId, serviceId and serviceCount, lists with commas; both
// spellings of each, singular and plural, are in use.
func (h *handler) asked(q url.Values) (a asked, bad failures) {
	a.city = h.city()
	for _, n := range list(q, "officeId", "officeIds") {
		if c, ok := find(a.centre, n); ok && !slices.Contains(a.offices, c) {
			a.offices = append(a.offices, c)
		} else if !ok {
			bad = append(bad, errOfficeID)
			break
		}
	}
	if len(a.offices) == 0 && len(bad) == 0 {
		bad = append(bad, errOfficeID)
	}
	visit, why := a.items(list(q, "serviceId", "serviceIds"), list(q, "serviceCount", "serviceCounts"))
	a.visit = visit
	return a, append(bad, why...)
}

// items of a visit; without counts each is for one person.
func (c city) items(services, counts []string) (visit []app.Item, bad failures) {
	if len(services) == 0 {
		bad = append(bad, errServiceID)
	}
	if len(counts) != 0 && len(counts) != len(services) {
		return nil, append(bad, errServiceCount)
	}
	for i, n := range services {
		s, ok := find(c.service, n)
		if !ok {
			return nil, append(bad, errServiceID)
		}
		it := app.Item{Service: s, Persons: 1}
		if len(counts) > 0 {
			k, err := strconv.Atoi(counts[i])
			if err != nil || k < 0 || k > maxQuantity {
				return nil, append(bad, errServiceCount)
			}
			if it.Persons = k; k == 0 {
				continue
			}
		}
		visit = append(visit, it)
	}
	if len(visit) == 0 && len(bad) == 0 {
		bad = append(bad, errServiceCount)
	}
	return visit, bad
}

func list(q url.Values, names ...string) (all []string) {
	for _, name := range names {
		for _, v := range q[name] {
			for _, part := range strings.Split(v, ",") {
				if part = strings.TrimSpace(part); part != "" {
					all = append(all, part)
				}
			}
		}
	}
	return all
}

func find[T ~string](n numbers[T], text string) (name T, ok bool) {
	k, err := strconv.ParseInt(text, 10, 32)
	if err != nil {
		return "", false
	}
	name, ok = n.is[int32(k)]
	return name, ok
}

// window reads two dates, of which the second counts.
func window(q url.Values, from, to string) (p day.Period, bad failures) {
	first, err := day.Parse(q.Get(from))
	if err != nil {
		bad = append(bad, errStartDate)
	}
	last, err := day.Parse(q.Get(to))
	if err != nil {
		bad = append(bad, errEndDate)
	}
	if len(bad) > 0 {
		return p, bad
	}
	if last < first {
		bad = append(bad, errDateOrder)
	}
	if last-first > 365 {
		bad = append(bad, errDateRange)
	}
	return day.Period{From: first, Until: last + 1}, bad
}

// starts of the visit on the days asked for.
func (h *handler) starts(r *http.Request, a asked, p day.Period, perDay int) (all []slots.Offer, err error) {
	for d := p.From; d < p.Until; d++ {
		until := d + 1
		limit := 288 * len(a.offices)
		if perDay > 0 {
			limit = perDay * len(a.offices)
		}
		f, err := h.app.Starts(r.Context(), app.Search{Visit: a.visit, Centres: a.offices, From: &d, Until: &until, Limit: limit, PerCentre: perDay})
		if err != nil {
			return nil, err
		}
		all = append(all, f...)
	}
	return all, nil
}

// bookable bounds a period by what can be booked at all.
func (h *handler) bookable(p day.Period) day.Period {
	b := h.app.Bookable()
	return day.Period{From: max(p.From, b.From), Until: min(p.Until, b.Until)}
}

type freeDay struct {
	Time      string `json:"time"`
	Providers string `json:"providerIDs"`
}

// availableDays: availableDaysByOffice.json.
func (h *handler) availableDays(r *http.Request) (any, error) {
	a, bad := h.asked(r.URL.Query())
	p, why := window(r.URL.Query(), "startDate", "endDate")
	if bad = append(bad, why...); len(bad) > 0 {
		return nil, bad
	}
	offers, err := h.starts(r, a, h.bookable(p), 1)
	if err != nil {
		return nil, err
	}
	days := []freeDay{}
	for _, d := range byDay(offers) {
		days = append(days, freeDay{d.day.String(), a.providers(d.offers)})
	}
	if len(days) == 0 {
		h.inVain(r, a, p)
		return nil, errNoDays
	}
	return map[string]any{"availableDays": days}, nil
}

type dayOf struct {
	day    day.Day
	offers []slots.Offer
}

// byDay groups offers, which come in order of days.
func byDay(offers []slots.Offer) (days []dayOf) {
	for _, o := range offers {
		if n := len(days); n == 0 || days[n-1].day != o.Day {
			days = append(days, dayOf{day: o.Day})
		}
		days[len(days)-1].offers = append(days[len(days)-1].offers, o)
	}
	return days
}

func (a asked) providers(offers []slots.Offer) string {
	var all []string
	for _, c := range a.offices {
		if slices.ContainsFunc(offers, func(o slots.Offer) bool { return o.Centre == c }) {
			all = append(all, fmt.Sprint(a.office(c)))
		}
	}
	return strings.Join(all, ",")
}

type freeOffice struct {
	ID           string  `json:"officeId"`
	Appointments []int64 `json:"appointments"`
}

func (h *handler) byOffice(a asked, offers []slots.Offer) []freeOffice {
	all := []freeOffice{}
	for _, c := range a.offices {
		f := freeOffice{ID: fmt.Sprint(a.office(c))}
		for _, o := range offers {
			if o.Centre == c {
				f.Appointments = append(f.Appointments, h.app.Instant(o.Day, o.At).Unix())
			}
		}
		if len(f.Appointments) > 0 {
			all = append(all, f)
		}
	}
	return all
}

// availableAppointments: availableAppointments.json, and by-office's form.
func (h *handler) availableAppointments(grouped bool) func(*http.Request) (any, error) {
	return func(r *http.Request) (any, error) {
		a, bad := h.asked(r.URL.Query())
		d, err := day.Parse(r.URL.Query().Get("date"))
		if err != nil {
			bad = append(failures{errDate}, bad...)
		}
		if len(bad) > 0 {
			return nil, bad
		}
		offers, err := h.starts(r, a, h.bookable(day.Period{From: d, Until: d + 1}), 0)
		if err != nil {
			return nil, err
		}
		if len(offers) == 0 {
			return nil, errNotAvailable
		}
		offices := h.byOffice(a, offers)
		if grouped {
			return map[string]any{"offices": offices}, nil
		}
		var all []int64
		for _, o := range offices {
			all = append(all, o.Appointments...)
		}
		slices.Sort(all)
		return map[string]any{"appointmentTimestamps": slices.Compact(all)}, nil
	}
}

type calendarDay struct {
	Time      string       `json:"time"`
	Date      string       `json:"date"`
	Providers string       `json:"providerIDs"`
	Offices   []freeOffice `json:"offices"`
}

type calendar struct {
	Start      string        `json:"startDate"`
	End        string        `json:"endDate"`
	SlotsStart string        `json:"slotsStartDate"`
	SlotsEnd   string        `json:"slotsEndDate"`
	Prev       *string       `json:"prevBookableDate"`
	Next       *string       `json:"nextBookableDate"`
	Days       []calendarDay `json:"availableDays"`
}

// availableCalendar: availableCalendar.json and availableCalendarByOffice.json.
// The days of the range are told; their appointments in the slots' window, the
// range where none is given. A range without a free day has no days, and says
// where the next one lies.
func (h *handler) availableCalendar(r *http.Request) (any, error) {
	q := r.URL.Query()
	a, bad := h.asked(q)
	p, why := window(q, "startDate", "endDate")
	bad = append(bad, why...)
	times := p
	if q.Has("slotsStartDate") || q.Has("slotsEndDate") {
		times, why = window(q, "slotsStartDate", "slotsEndDate")
		bad = append(bad, why...)
	}
	if len(bad) > 0 {
		return nil, bad
	}
	out := calendar{Start: p.From.String(), End: (p.Until - 1).String(), SlotsStart: times.From.String(), SlotsEnd: (times.Until - 1).String(), Days: []calendarDay{}}
	days, err := h.starts(r, a, h.bookable(p), 1)
	if err != nil {
		return nil, err
	}
	for _, d := range byDay(days) {
		k := calendarDay{d.day.String(), d.day.String(), a.providers(d.offers), []freeOffice{}}
		if d.day >= times.From && d.day < times.Until {
			offers, err := h.starts(r, a, day.Period{From: d.day, Until: d.day + 1}, 0)
			if err != nil {
				return nil, err
			}
			k.Offices = h.byOffice(a, offers)
		}
		out.Days = append(out.Days, k)
	}
	if len(out.Days) == 0 {
		h.inVain(r, a, p)
	}
	all := h.bookable(day.Period{From: times.From - 366, Until: times.Until + 366})
	for d := times.From - 1; d >= all.From && out.Prev == nil; d-- {
		if out.Prev, err = h.free(r, a, d); err != nil {
			return nil, err
		}
	}
	for d := max(times.Until, all.From); d < all.Until && out.Next == nil; d++ {
		if out.Next, err = h.free(r, a, d); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// free is the day where anything is.
func (h *handler) free(r *http.Request, a asked, d day.Day) (*string, error) {
	offers, err := h.starts(r, a, h.bookable(day.Period{From: d, Until: d + 1}), 1)
	if err != nil || len(offers) == 0 {
		return nil, err
	}
	text := d.String()
	return &text, nil
}

// inVain has a search noted that found no day at all.
func (h *handler) inVain(r *http.Request, a asked, p day.Period) {
	_, _ = h.app.Search(r.Context(), app.Search{Visit: a.visit, Centres: a.offices, From: &p.From, Until: &p.Until, Limit: 1}) // it answered before
}
