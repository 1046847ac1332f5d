package demo

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/tools/network"
)

// appointment is one line of booking's import.
type appointment struct {
	External string        `json:"external_id"`
	Service  id.Service    `json:"service"`
	Centre   id.Centre     `json:"centre"`
	Day      day.Day       `json:"day"`
	At       day.TimeOfDay `json:"at"`
	Channel  string        `json:"channel"`
	BookedOn day.Day       `json:"booked_on"`
}

// importAnswer is what booking says of an import.
type importAnswer struct {
	Booked  int `json:"booked"`
	Already int `json:"already"`
	Refused []struct {
		Reason string `json:"reason"`
	} `json:"refused"`
}

// Book fills the slots on offer, keyed by the events' subjects, with the
// appointments that seed draws, every one of which stands for oneOf, and returns
// how many booking took.
func Book(ctx context.Context, url string, n *network.Network, slots map[string]booking.SlotsChanged, today day.Day, seed uint64, oneOf int) (int, error) {
	byPlace := make(map[centreDay]booking.SlotsChanged, len(slots))
	for _, s := range slots {
		byPlace[centreDay{s.Centre, s.Day}] = s
	}
	var some []appointment
	for i, a := range wishes(n, byPlace, newCalendar(today, n), seed) {
		if i%oneOf == 0 {
			some = append(some, a)
		}
	}
	return book(ctx, url, some)
}

// book sends appointments in pages; a page that is sent again books nothing twice.
func book(ctx context.Context, url string, all []appointment) (booked int, err error) {
	for part := range slices.Chunk(all, 2000) {
		var a importAnswer
		if err := post(ctx, url+"/booking/v1/imports/appointments", "demo-"+part[0].External, map[string]any{"appointments": part}, &a); err != nil {
			return booked, fmt.Errorf("book: %w", err)
		}
		booked += a.Booked + a.Already
	}
	return booked, nil
}

// bookedOut: where what citizens ask for takes more than this share of what the
// people on the roster could serve, nothing is left once walk-ins, express
// counters, absences and the gaps between appointments have had theirs.
const bookedOut = 0.7

// fullness is how full a district's next days are, 0 to 1: what its citizens ask
// for, and a fair part of what accepts any centre, against what its people can
// serve. Districts differ much, and that is what steering across them lives on.
func fullness(n *network.Network) map[id.District]float64 {
	district := map[id.Centre]id.District{}
	for _, c := range n.Centres {
		district[c.ID] = c.District
	}
	minutes := map[id.District]float64{}
	var all, pool float64
	for _, e := range n.Employees {
		for _, week := range e.Rotation {
			for _, shift := range week {
				m := float64(shift.CounterMinutes()) / float64(5*len(e.Rotation))
				minutes[district[e.Home]] += m
				all += m
			}
		}
	}
	for _, d := range n.Districts {
		for _, m := range d.DailyDemand {
			pool += d.AnyShare * float64(m)
		}
	}
	full := map[id.District]float64{}
	for _, d := range n.Districts {
		own := 0.0
		for _, m := range d.DailyDemand {
			own += (1 - d.AnyShare) * float64(m)
		}
		full[d.ID] = min(0.95, (own+pool*minutes[d.ID]/all)/max(1, minutes[d.ID]))
	}
	return full
}

// wishes draws appointments for the slots on offer: the first days as full as
// the district is, thinner after a lead time that differs by centre, as booked
// calendars look. The same seed and slots draw the same.
func wishes(n *network.Network, slots map[centreDay]booking.SlotsChanged, c calendar, seed uint64) []appointment {
	dice := rand.New(rand.NewPCG(seed, 4))
	full := fullness(n)
	lead := map[id.Centre]int{}
	for _, k := range n.Centres {
		lead[k.ID] = 2 + int(8*full[k.District]) + dice.IntN(3)
	}
	home := map[id.Centre]id.District{}
	for _, k := range n.Centres {
		home[k.ID] = k.District
	}
	places := make([]centreDay, 0, len(slots))
	for p := range slots {
		places = append(places, p)
	}
	slices.SortFunc(places, func(a, b centreDay) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Centre, b.Centre))
	})
	var all []appointment
	for _, p := range places {
		if p.Day <= c.today {
			continue
		}
		ahead := 0
		for d := c.today + 1; d <= p.Day; d++ {
			if c.works(d) {
				ahead++
			}
		}
		fill := full[home[p.Centre]]
		if fill > bookedOut {
			fill = 4 // far more want one than there are: the day fills to the last slot
		}
		if over := ahead - lead[p.Centre]; over > 0 {
			fill = max(0.04, full[home[p.Centre]]-0.2*float64(over))
		}
		most := 0
		for _, k := range slots[p].FreeSlots {
			most = max(most, k)
		}
		for range int(fill * float64(most)) {
			if a, ok := wish(n, slots[p], dice); ok {
				a.External = fmt.Sprintf("demo-%06d", len(all)+1)
				a.Channel = []string{booking.Online, booking.Online, booking.Online, booking.Telephone}[dice.IntN(4)]
				a.BookedOn = max(c.today-20, c.today-day.Day(dice.IntN(10)))
				all = append(all, a)
			}
		}
	}
	return all
}

// wish draws a service by its share and a start where it is free.
func wish(n *network.Network, s booking.SlotsChanged, dice *rand.Rand) (appointment, bool) {
	group := n.Catalogue.Groups[dice.IntN(len(n.Catalogue.Groups))].Skill
	var offered []capacity.ServiceType
	for _, k := range n.Catalogue.Services {
		if k.Skill == group && k.Online == "" {
			offered = append(offered, k)
		}
	}
	if len(offered) == 0 {
		return appointment{}, false
	}
	service := offered[dice.IntN(len(offered))]
	for _, f := range s.Free {
		if f.Skill != group || f.Minutes != service.Minutes {
			continue
		}
		var starts []day.TimeOfDay
		for i, count := range f.Counts {
			if count > 0 {
				starts = append(starts, f.From+day.TimeOfDay(i*int(f.Step)))
			}
		}
		if len(starts) == 0 {
			return appointment{}, false
		}
		return appointment{Service: service.ID, Centre: s.Centre, Day: s.Day, At: starts[dice.IntN(len(starts))]}, true
	}
	return appointment{}, false
}

// post sends JSON to one of the services and reads the answer into out.
type tokenKey struct{}

// WithToken lets what is done under ctx show a token that may do it all.
func WithToken(ctx context.Context, token string) context.Context {
	return context.WithValue(ctx, tokenKey{}, token)
}

func post(ctx context.Context, url, key string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	return answer(req, out)
}

func get(ctx context.Context, url string, out any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	return answer(req, out)
}

func answer(req *http.Request, out any) error {
	if token, ok := req.Context().Value(tokenKey{}).(string); ok {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	raw, err := io.ReadAll(io.LimitReader(res.Body, 64<<20))
	if err != nil {
		return err
	}
	if res.StatusCode >= 300 {
		var p struct{ Title, Detail string }
		_ = json.Unmarshal(raw, &p)
		return fmt.Errorf("%s %s: %s %s", req.Method, req.URL.Path, cmp.Or(p.Title, res.Status), p.Detail)
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(raw, out)
}
