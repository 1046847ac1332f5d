// Package app carries out what staffing is asked for and hears.
package app

import (
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/intake"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
	"github.com/lotse-hamburg/lotse/services/internal/pseudonym"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/domain/calendar"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/domain/centre"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/domain/employee"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/domain/post"
)

// Codec of the staffing log.
var Codec = decider.NewCodec(append(employee.Events(), append(intake.Events(), calendar.Changed{}, centre.Noted{}, post.Noted{})...)...)

var (
	// Employees are the streams "employee-<id>".
	Employees = journal.Aggregate[employee.State, employee.Command]{Category: "employee", Decider: employee.Decider(), Codec: Codec}
	// Calendars has one stream, "calendar-city".
	Calendars = journal.Aggregate[calendar.State, calendar.Command]{Category: "calendar", Decider: calendar.Decider(), Codec: Codec}
	// Centres are the streams "centre-<id>".
	Centres = journal.Aggregate[centre.State, centre.Command]{Category: "centre", Decider: centre.Decider(), Codec: Codec}
	// Posts are the streams "post-<id>".
	Posts = journal.Aggregate[post.State, post.Command]{Category: "post", Decider: post.Decider(), Codec: Codec}
)

// city is the id of the one calendar.
const city = "city"

// Settings of the app.
type Settings struct {
	Zone *time.Location
	// HorizonDays and OpenDays hold until a calendar says otherwise, in days.
	HorizonDays int
	OpenDays    int
	// Names gives employees their pseudonyms; nil: ids are taken as given.
	Names *pseudonym.Names
}

// App runs commands on a node.
type App struct {
	node     *node.Node
	settings Settings
	known    Known
	drafts   *Draft
	imports  *intake.Imports
}

// Known is who works here, as a read model.
type Known interface {
	// Lagging lists at most limit employees whose duties are worked out for an
	// earlier day than today or for another calendar than the newest.
	Lagging(today day.Day, limit int) []id.Employee
	Calendar() calendar.State
	TermsOf(who id.Employee) (employee.Terms, bool)
	Count() int
}

// New makes the app; Use must be called before it runs.
func New(s Settings) *App {
	a := &App{settings: s, imports: intake.NewImports()}
	a.drafts = intake.New[Entry, Preview](a.imports, a.work)
	return a
}

// Use gives the node, and the model that knows who works here.
func (a *App) Use(n *node.Node, k Known) {
	a.node, a.known = n, k
	a.drafts.Use(n)
}

// Zone is the city's.
func (a *App) Zone() *time.Location { return a.settings.Zone }

// Today is the city's date.
func (a *App) Today() day.Day {
	today, _ := a.clock(a.node.Now())
	return today
}

// clock splits an instant into the city's date and time of day.
func (a *App) clock(t time.Time) (day.Day, day.TimeOfDay) {
	t = t.In(a.settings.Zone)
	return day.Of(t, a.settings.Zone), day.Clock(t.Hour(), t.Minute())
}

// horizon is what the calendar says of today and the days ahead.
func (a *App) horizon(tx *journal.Tx) (employee.Horizon, error) {
	c, _, err := journal.Load(tx, Calendars, city)
	if err != nil {
		return employee.Horizon{}, err
	}
	today, _ := a.clock(tx.Now())
	days := c.HorizonDays
	if days == 0 {
		days = a.settings.HorizonDays
	}
	h := employee.Horizon{Today: today, Until: today + day.Day(days), OpenDays: a.settings.OpenDays, Calendar: c.Version}
	h.Holidays = calendar.Public(c.Holidays, h.Period())
	return h, nil
}
