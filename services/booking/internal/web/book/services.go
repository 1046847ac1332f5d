package book

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/network"
	"github.com/lotse-hamburg/lotse/services/booking/internal/web/wishes"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// popular is how many services stand before all groups: those that are asked for
// most within theirs.
const popular = 5

// maxWords bounds a search for services.
const maxWords = 80

// servicesView is step 1: what for.
type servicesView struct {
	Form   *pages.Form
	Steps  pages.Steps
	Wish   wish
	None   bool   // nothing is offered yet
	Words  string // what was searched for
	Found  int    // services by these words; of no account without
	Groups []serviceGroup
}

type serviceGroup struct {
	Name     string
	Services []serviceLine
}

type serviceLine struct {
	ID      id.Service
	Name    string
	Minutes int
	Express bool
	Online  bool
	Chosen  bool
}

func (b *book) line(x *pages.Context, t network.ServiceType, w wish) serviceLine {
	return serviceLine{t.ID, nameOf(x, t), int(t.Minutes), t.Express, t.Online != "", w.has(t.ID)}
}

func nameOf(x *pages.Context, t network.ServiceType) string {
	return cmp.Or(x.Pick(t.Name["de"], t.Name["en"]), string(t.ID))
}

func (b *book) services(x *pages.Context) error {
	form, err := x.Form()
	if err != nil {
		return err
	}
	return b.chooseServices(x, form, wishOf(x.R.URL.Query()), http.StatusOK)
}

func (b *book) chooseServices(x *pages.Context, form *pages.Form, w wish, status int) error {
	v := servicesView{Form: form, Steps: steps(x, 1), Wish: w, Words: short(x.Query("q"), maxWords)}
	all := b.app.Services()
	v.None = len(all) == 0
	chosen := serviceGroup{Name: x.Say("services.chosen")}
	var rest []network.ServiceType
	for _, t := range all {
		if w.has(t.ID) {
			chosen.Services = append(chosen.Services, b.line(x, t, w))
		} else {
			rest = append(rest, t)
		}
	}
	if len(chosen.Services) > 0 {
		v.Groups = append(v.Groups, chosen)
	}
	if v.Words != "" {
		found := serviceGroup{Name: x.Say("services.found")}
		for _, t := range wishes.Services(rest, v.Words, language(x)) {
			found.Services = append(found.Services, b.line(x, t, w))
		}
		if v.Found = len(found.Services); v.Found > 0 {
			v.Groups = append(v.Groups, found)
		}
	} else {
		v.Groups = append(v.Groups, b.groups(x, rest, w)...)
	}
	title := x.Say("services.title")
	if !form.OK() {
		title = x.Say("form.title", "title", title)
	}
	return show(x, pages.Page{Template: "services", Title: title, Data: v, Status: status})
}

// groups are what is asked for most, then the rest by group, in the city's order.
func (b *book) groups(x *pages.Context, all []network.ServiceType, w wish) (groups []serviceGroup) {
	slices.SortStableFunc(all, func(s, t network.ServiceType) int { return cmp.Compare(t.Share, s.Share) })
	first := map[id.Skill]bool{}
	often := serviceGroup{Name: x.Say("services.popular")}
	all = slices.DeleteFunc(slices.Clone(all), func(t network.ServiceType) bool {
		if first[t.Skill] || len(often.Services) == popular || len(all) <= popular {
			return false
		}
		first[t.Skill] = true
		often.Services = append(often.Services, b.line(x, t, w))
		return true
	})
	if len(often.Services) > 0 {
		groups = append(groups, often)
	}
	known := b.app.Groups()
	for _, g := range known {
		group := serviceGroup{Name: cmp.Or(x.Pick(g.Name["de"], g.Name["en"]), string(g.Skill))}
		for _, t := range all {
			if t.Skill == g.Skill {
				group.Services = append(group.Services, b.line(x, t, w))
			}
		}
		if len(group.Services) > 0 {
			groups = append(groups, group)
		}
	}
	others := serviceGroup{Name: x.Say("services.others")}
	for _, t := range all {
		if !slices.ContainsFunc(known, func(g network.Group) bool { return g.Skill == t.Skill }) {
			others.Services = append(others.Services, b.line(x, t, w))
		}
	}
	if len(others.Services) > 0 {
		groups = append(groups, others)
	}
	return groups
}

// peopleView is step 2: for how many, and whether a visit is needed at all.
type peopleView struct {
	Form   *pages.Form
	Steps  pages.Steps
	Wish   wish
	Lines  []peopleLine
	Online []onlineLine
	All    bool // no service of it needs a visit
	Back   string
	// Numbers of persons to choose from.
	Numbers []int
}

type peopleLine struct {
	Name    string
	Field   string
	Service id.Service
	Persons int
	Minutes int
}

type onlineLine struct {
	Name    string
	Service id.Service
	Count   int // how often it was done without a visit lately
}

func (b *book) people(x *pages.Context) error {
	form, err := x.Form()
	if err != nil {
		return err
	}
	return b.choosePeople(x, form, wishOf(x.R.URL.Query()), http.StatusOK)
}

func (b *book) choosePeople(x *pages.Context, form *pages.Form, w wish, status int) error {
	types := b.types()
	w.Items = slices.DeleteFunc(w.Items, func(it app.Item) bool { return types[it.Service].ID == "" })
	if len(w.Items) == 0 {
		form.Wrong("s", x.Say("services.none"))
		return b.chooseServices(x, form, w, http.StatusUnprocessableEntity)
	}
	v := peopleView{Form: form, Steps: steps(x, 2), Wish: w, All: true}
	spared := b.spared()
	for _, it := range w.Items {
		t := types[it.Service]
		v.Lines = append(v.Lines, peopleLine{nameOf(x, t), "n." + string(t.ID), t.ID, it.Persons, int(t.Minutes)})
		if t.Online == "" {
			v.All = false
			continue
		}
		v.Online = append(v.Online, onlineLine{nameOf(x, t), t.ID, spared[t.ID]})
	}
	v.Back = backTo(w)
	for n := 1; n <= maxPersons; n++ {
		v.Numbers = append(v.Numbers, n)
	}
	title := x.Say("people.title")
	if !form.OK() {
		title = x.Say("form.title", "title", title)
	}
	return show(x, pages.Page{Template: "people", Title: title, Data: v, Status: status})
}

// backTo is step 1 as it was left.
func backTo(w wish) string { return wish{Items: w.Items, By: soonest}.at("/book/") }

func (b *book) types() map[id.Service]network.ServiceType {
	all := map[id.Service]network.ServiceType{}
	for _, t := range b.app.Services() {
		all[t.ID] = t
	}
	return all
}

// lately is for how many days visits spared are told.
const lately = 30

func (b *book) spared() map[id.Service]int {
	period := b.app.Bookable()
	period.From, period.Until = period.From-lately, period.From+1
	all := map[id.Service]int{}
	for _, s := range b.app.Spared(period) {
		all[s.Service] = s.Taken
	}
	return all
}

// onlineView leads to where no visit is needed.
type onlineView struct {
	Name, Link, Host string
	Taken            bool
	Wish             wish
	Form             *pages.Form
}

func (b *book) onlineOf(x *pages.Context) (v onlineView, t network.ServiceType, err error) {
	t = b.types()[id.Service(x.Path("service"))]
	if t.Online == "" || !strings.HasPrefix(t.Online, "https://") {
		return v, t, pages.ErrNotFound
	}
	host, _, _ := strings.Cut(strings.TrimPrefix(t.Online, "https://"), "/")
	return onlineView{Name: nameOf(x, t), Host: host, Wish: wishOf(x.R.URL.Query())}, t, nil
}

// online shows the way without a visit.
func (b *book) online(x *pages.Context) error {
	v, t, err := b.onlineOf(x)
	if err != nil {
		return err
	}
	v.Link, v.Form = t.Online, x.NewForm()
	return show(x, pages.Page{Template: "online", Title: x.Say("online.title", "service", v.Name), Data: v})
}

// takeOnline counts that it is taken, and leads there.
func (b *book) takeOnline(x *pages.Context) error {
	form, err := x.Form()
	if err != nil {
		return err
	}
	_, t, err := b.onlineOf(x)
	if err != nil {
		return err
	}
	_, rec, err := b.app.TakeOnline(x.R.Context(), form.Key, t.ID, "")
	if err != nil {
		return err
	}
	w := wishOf(x.R.URL.Query())
	return x.Redirect(w.at("/book/online/"+string(t.ID)), "", rec.Position)
}
