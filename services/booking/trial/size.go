package trial

import (
	"context"
	"fmt"
	"math/rand/v2"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking"
)

// Size of a city on trial. The zero value is not a city; see Hamburg.
type Size struct {
	Centres  int
	Counters int // per centre
	Days     int // horizon
	// FullDays from tomorrow on are booked to the share Full.
	FullDays int
	Full     float64
	Seed     uint64
}

// Hamburg is the city of the benchmarks: 120 counters, sixty days.
var Hamburg = Size{Centres: 20, Counters: 6, Days: 60, FullDays: 14, Full: 0.7, Seed: 1}

// What citizens come for. Everybody's length is 10, 15 or 20 minutes; a
// registrar's is 30, one counter of each centre has it, and it is booked out.
var (
	skills   = []id.Skill{"pass", "car", "resident", "business", "other"}
	lengths  = []day.Minutes{10, 15, 20}
	opens    = day.Clock(8, 0)
	closes   = day.Clock(18, 0)
	rare     = id.Skill("registrar")
	BookedUp = id.Service("registrar30")
	Usual    = id.Service("pass15")
)

// Centre is the id of one, from 0.
func Centre(n int) id.Centre { return id.Centre(fmt.Sprintf("centre-%02d", n)) }

func catalogue() []capacity.ServiceType {
	var all []capacity.ServiceType
	for i, k := range skills {
		for _, m := range lengths {
			all = append(all, capacity.ServiceType{ID: id.Service(fmt.Sprint(k, m)), Skill: k, Minutes: m, Share: float64(i + 1)})
		}
	}
	return append(all, capacity.ServiceType{ID: BookedUp, Skill: rare, Minutes: 30, Share: 1})
}

// lines of a centre with so many counters; the first has every skill.
func lines(counters int) []capacity.Line {
	all := make([]capacity.Line, counters)
	for i := range all {
		all[i] = capacity.Line{Span: day.Span{From: opens, To: closes}, Skills: skills[:len(skills)-i%3], Use: capacity.ForAppointments}
	}
	if counters > 0 {
		all[0].Skills = append(append([]id.Skill{}, skills...), rare)
	}
	return all
}

// found says what every city begins with.
func found(s Size) []events.Event {
	hours := map[int][]day.Span{}
	for d := 1; d <= 7; d++ {
		hours[d] = []day.Span{{From: opens, To: closes}}
	}
	all := []events.Event{
		capacity.PolicyChanged{Version: 1, Policy: capacity.Policy{GoalDays: 10, LimitDays: 14, HorizonDays: s.Days, MinLeadDays: 1, HoldMinutes: 10,
			Booking: &capacity.BookingPolicy{OpenPerContact: -1}}},
		capacity.CatalogueChanged{Version: 1, Services: catalogue()},
	}
	for c := range s.Centres {
		all = append(all, capacity.CentreChanged{Version: 1, Centre: capacity.Centre{ID: Centre(c), Name: string(Centre(c)),
			District: id.District(fmt.Sprint("district-", c%7)), Hours: hours}})
	}
	return all
}

// build founds the city, offers every day of the horizon and fills the first.
func (c *City) build(ctx context.Context) error {
	s := c.options.Size
	for _, e := range found(s) {
		if err := c.hear(ctx, e); err != nil {
			return err
		}
	}
	for d := range s.Days {
		for n := range s.Centres {
			if err := c.Offer(ctx, Centre(n), c.today+1+day.Day(d), s.Counters); err != nil {
				return err
			}
		}
	}
	return c.fill(ctx)
}

// Offer says how many counters a centre has on a day.
func (c *City) Offer(ctx context.Context, centre id.Centre, d day.Day, counters int) error {
	k := string(centre) + "." + d.String()
	c.offered[k]++
	return c.hear(ctx, capacity.OfferingChanged{Centre: centre, Day: d, Version: c.offered[k], Lines: lines(counters)})
}

// fill books the registrars out, and of the others' first days the share that
// the size says, at random.
func (c *City) fill(ctx context.Context) error {
	s := c.options.Size
	dice := rand.New(rand.NewPCG(s.Seed, 7))
	var all []booking.ImportAppointment
	book := func(service id.Service, centre id.Centre, d day.Day, at day.TimeOfDay) {
		all = append(all, booking.ImportAppointment{External: fmt.Sprint(len(all)), Service: service, Centre: centre, Day: d, At: at})
	}
	for d := range s.Days {
		on := c.today + 1 + day.Day(d)
		for n := range s.Centres {
			for at := opens; at < closes; at += 30 {
				book(BookedUp, Centre(n), on, at)
			}
			if d >= s.FullDays {
				continue
			}
			for range s.Counters - 1 {
				for at := opens; at < closes; at += 15 {
					if dice.Float64() < s.Full {
						book(id.Service(fmt.Sprint(skills[dice.IntN(3)], 15)), Centre(n), on, at)
					}
				}
			}
		}
	}
	if err := c.service.Node().Fold(ctx); err != nil { // the import looks the services up
		return err
	}
	r, err := c.service.Import(ctx, all)
	if err == nil && r.Booked < len(all)*99/100 {
		err = fmt.Errorf("only %d of %d appointments fit, the first refusal: %+v", r.Booked, len(all), r.Refused[0])
	}
	if err == nil {
		err = c.service.Node().Fold(ctx)
	}
	return err
}
