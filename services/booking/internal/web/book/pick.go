package book

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/slots"
	"github.com/lotse-hamburg/lotse/services/booking/internal/web/wishes"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// How much one page shows.
const (
	soonMost     = 12 // slots, of the earliest anywhere
	soonPerPlace = 4
	dayPerPlace  = 6   // slots of one centre among others
	placeMost    = 300 // slots of the day at one centre
	nearestDays  = 3
)

// pick is the free slots as a wish asks for them: what the page shows that changes
// while it is open.
type pick struct {
	Wish   wish
	Post   string // where a chosen slot is sent
	Tabs   []pages.Tab
	Near   string      // the place that was found for what was written
	Lost   bool        // none was found
	Places []placeLine // by place, before one is chosen
	Place  *placeLine  // the chosen one
	Month  *month
	Day    string // the chosen one, in words
	Lists  []slotList
	Total  int // free starts of what the calendar covers
	Days   int // with any
	None   bool
	Nearby []dayLine // the nearest days that have something, where the chosen one has nothing
	Wait   string    // where to ask for an earlier one
	Form   *pages.Form
	Solve  bool // a challenge is to be solved first
}

// placeLine is a centre; Next is the next free day there, in words.
type placeLine struct {
	ID                  id.Centre
	Name, Address, Next string
	Way                 int // minutes; 0: not known
	Accessible          bool
	Href                string
}

// slotList is slots under a heading; More leads to the rest.
type slotList struct {
	ID, Heading, Sub string
	Way              int
	Slots            []slotLine
	More, MoreName   string
}

// slotLine is one free start. The button says Label, and to who hears it Spoken.
type slotLine struct{ ID, Value, Label, Spoken, Where string }

type dayLine struct {
	Text  string
	Count int
	Href  string
}

// city is what a page wants to know of centres, looked up once.
type city struct {
	all   []network.Centre
	by    map[id.Centre]network.Centre
	house string                                  // what all their names begin with
	on    func(id.Centre, day.Day) network.Centre // as it is on a day
	point *slots.Point
}

func (b *book) city() city {
	c := city{all: b.app.Centres(), by: map[id.Centre]network.Centre{}, on: b.app.CentreOn}
	for i, k := range c.all {
		c.by[k.ID] = k
		if first, _, more := strings.Cut(k.Name, " "); more && (i == 0 || c.house == first+" ") {
			c.house = first + " "
		} else {
			c.house = " "
		}
	}
	return c
}

// name of a centre on a day, without what all names begin with.
func (c city) name(k id.Centre, d day.Day) string {
	return cmp.Or(strings.TrimPrefix(c.on(k, d).Name, c.house), string(k))
}

// pick searches for a wish; at is the address of a changed one, post where slots are sent.
func (b *book) pick(ctx context.Context, x *pages.Context, w wish, at func(wish) string, post string) (v pick, err error) {
	c := b.city()
	if _, known := c.by[w.Centre]; !known {
		w.Centre = ""
	}
	v = pick{Wish: w, Post: post}
	for _, by := range []string{soonest, byDay, byPlace} {
		v.Tabs = append(v.Tabs, pages.Tab{Text: x.Say("by." + by), Href: at(w.seen(by)), Current: w.By == by})
	}
	if w.Near != "" {
		if p, found := wishes.Place(c.all, w.Near); found {
			v.Near, c.point = p.Name, &p.Point
		} else {
			v.Lost = true
		}
	}
	switch {
	case w.By == soonest:
		err = b.soon(ctx, x, &v, c, at)
	case w.By == byPlace && w.Centre == "":
		err = b.places(ctx, x, &v, c, at)
	default:
		err = b.onDay(ctx, x, &v, c, at)
	}
	return v, err
}

// soon lists the earliest anywhere, by day.
func (b *book) soon(ctx context.Context, x *pages.Context, v *pick, c city, at func(wish) string) error {
	s := v.Wish.search()
	s.Near, s.Limit, s.PerCentre = c.point, soonMost, soonPerPlace
	offers, err := b.app.Starts(ctx, s)
	if err != nil {
		return err
	}
	for _, o := range offers {
		heading := x.Day(o.Day)
		if n := len(v.Lists); n == 0 || v.Lists[n-1].Heading != heading {
			v.Lists = append(v.Lists, slotList{ID: "on-" + o.Day.String(), Heading: heading, More: at(v.Wish.seen(byDay).on(o.Day)), MoreName: x.Say("slots.all-day", "day", x.DateShort(o.Day))})
		}
		l := &v.Lists[len(v.Lists)-1]
		l.Slots = append(l.Slots, slotOf(x, o, c, true))
	}
	v.None = len(offers) == 0
	return nil
}

// slotOf is one start as a button; placed says where it is, too.
func slotOf(x *pages.Context, o slots.Offer, c city, placed bool) slotLine {
	p := place{o.Centre, o.Day, o.At}
	name := cmp.Or(c.on(o.Centre, o.Day).Name, string(o.Centre))
	l := slotLine{ID: "slot-" + string(o.Centre) + "-" + o.Day.String() + "-" + o.At.String(), Value: p.String(), Label: x.Clock(o.At),
		Spoken: x.Say("slots.at", "day", x.Day(o.Day), "place", name)}
	if placed {
		l.Where, l.Spoken = c.name(o.Centre, o.Day), x.Day(o.Day)
	}
	return l
}

// places lists the centres with their next free day, the nearest first where the
// citizen has said from where.
func (b *book) places(ctx context.Context, x *pages.Context, v *pick, c city, at func(wish) string) error {
	s := v.Wish.search()
	s.Near, s.Limit, s.PerCentre = c.point, len(c.all), 1
	offers, err := b.app.Starts(ctx, s)
	if err != nil {
		return err
	}
	next := map[id.Centre]slots.Offer{}
	for _, o := range offers {
		next[o.Centre] = o
	}
	all := slices.Clone(c.all)
	slices.SortStableFunc(all, func(k, l network.Centre) int {
		if c.point != nil {
			return cmp.Compare(way(c, k), way(c, l))
		}
		return cmp.Compare(k.Name, l.Name)
	})
	for _, k := range all {
		p := placeLine{ID: k.ID, Name: k.Name, Address: k.Address, Accessible: k.Accessible, Way: way(c, k)}
		if o, some := next[k.ID]; some {
			there := c.on(k.ID, o.Day)
			p.Name, p.Address, p.Way = there.Name, there.Address, way(c, there)
			p.Next, p.Href = x.Say("places.next", "day", x.Day(o.Day), "time", x.Clock(o.At)), at(v.Wish.with(k.ID))
		}
		v.Places = append(v.Places, p)
	}
	v.None = len(offers) == 0
	return nil
}

func way(c city, k network.Centre) int {
	if c.point == nil || k.Lat == 0 && k.Lon == 0 {
		return 0
	}
	return slots.TravelMinutes(*c.point, slots.Point{Lat: k.Lat, Lon: k.Lon})
}

// onDay shows the calendar, of one centre or of all, and the slots of a day of it.
func (b *book) onDay(ctx context.Context, x *pages.Context, v *pick, c city, at func(wish) string) error {
	s := v.Wish.search()
	if v.Wish.Centre != "" {
		s.Centres = []id.Centre{v.Wish.Centre}
		k := c.by[v.Wish.Centre]
		v.Place = &placeLine{ID: k.ID, Name: k.Name, Address: k.Address, Accessible: k.Accessible, Way: way(c, k), Href: at(v.Wish.seen(byPlace))}
	}
	free, err := b.app.Tally(ctx, s)
	if err != nil {
		return err
	}
	bookable := b.app.Bookable()
	for d := bookable.From; d < bookable.Until; d++ {
		if n := free[d]; n > 0 {
			v.Total, v.Days = v.Total+n, v.Days+1
		}
	}
	v.None = v.Days == 0
	b.settle(v, bookable, free)
	m := calendar(x, v.Wish, bookable, free, at)
	v.Month = &m
	if v.Wish.Day == 0 {
		return nil
	}
	v.Day = x.Day(v.Wish.Day)
	if free[v.Wish.Day] == 0 {
		v.Nearby = nearby(x, v.Wish, bookable, free, at)
		return nil
	}
	return b.ofDay(ctx, x, v, c, s, at)
}

// settle chooses the first free day that the month shows where none was chosen, and
// the month of the day that was.
func (b *book) settle(v *pick, bookable day.Period, free map[day.Day]int) {
	if d := v.Wish.Day; d >= bookable.From && d < bookable.Until {
		v.Wish.Month = max(0, monthOf(d, bookable.From))
		return
	}
	v.Wish.Day = 0
	first, last := firstOf(bookable.From, v.Wish.Month), firstOf(bookable.From, v.Wish.Month+1)
	if v.Wish.Month == 0 { // at first, the month that has something
		for d := bookable.From; d < bookable.Until; d++ {
			if free[d] > 0 {
				v.Wish.Day, v.Wish.Month = d, monthOf(d, bookable.From)
				return
			}
		}
	}
	for d := first; d < last; d++ {
		if free[d] > 0 {
			v.Wish.Day = d
			return
		}
	}
}

func (b *book) ofDay(ctx context.Context, x *pages.Context, v *pick, c city, s app.Search, at func(wish) string) error {
	next := v.Wish.Day + 1
	s.From, s.Until, s.Near = &v.Wish.Day, &next, c.point
	if s.Limit = placeMost; v.Place == nil {
		s.PerCentre, s.Limit = dayPerPlace+1, (dayPerPlace+1)*max(1, len(c.all))
	}
	offers, err := b.app.Starts(ctx, s)
	if err != nil {
		return err
	}
	of := map[id.Centre]int{}
	for _, o := range offers {
		i, known := of[o.Centre]
		if !known {
			i = len(v.Lists)
			of[o.Centre] = i
			k := c.on(o.Centre, o.Day)
			l := slotList{ID: "at-" + string(o.Centre), Heading: cmp.Or(k.Name, string(o.Centre)), Sub: k.Address, Way: way(c, k)}
			if v.Place != nil { // which stands above
				l = slotList{ID: "at-" + string(o.Centre), Heading: v.Day}
				v.Day = ""
			}
			v.Lists = append(v.Lists, l)
		}
		l := &v.Lists[i]
		if v.Place == nil && len(l.Slots) == dayPerPlace {
			to := v.Wish.seen(byPlace).with(o.Centre).on(v.Wish.Day)
			l.More, l.MoreName = at(to), x.Say("slots.all-place", "place", l.Heading)
			continue
		}
		l.Slots = append(l.Slots, slotOf(x, o, c, false))
	}
	slices.SortStableFunc(v.Lists, func(k, l slotList) int { return cmp.Or(cmp.Compare(k.Way, l.Way), cmp.Compare(k.Heading, l.Heading)) })
	return nil
}

// nearby are the days next to a wish's that have something free.
func nearby(x *pages.Context, w wish, bookable day.Period, free map[day.Day]int, at func(wish) string) (all []dayLine) {
	for ahead := day.Day(1); ahead < bookable.Until-bookable.From && len(all) < nearestDays; ahead++ {
		for _, d := range []day.Day{w.Day - ahead, w.Day + ahead} {
			if free[d] > 0 && d >= bookable.From && d < bookable.Until && len(all) < nearestDays {
				all = append(all, dayLine{x.Day(d), free[d], at(w.on(d))})
			}
		}
	}
	return all
}
