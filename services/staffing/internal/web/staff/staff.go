// Package staff has the pages about who works where: rosters, deployments, posts,
// attendance, and lists of staff looked at before they are taken in. Employees are
// pseudonyms, and why somebody is off duty is known nowhere.
package staff

import (
	"embed"
	"net/url"
	"strings"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/node"
	"github.com/lotse-hamburg/lotse/services/internal/pages"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/app"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/domain/employee"
	"github.com/lotse-hamburg/lotse/services/staffing/internal/read"
)

//go:embed templates texts
var files embed.FS

// Models are the read models that the pages show.
type Models struct {
	Employees   *read.Employees
	Deployments *read.Deployments
	Unknown     *read.UnknownEmployees
	Posts       *read.Posts
	Attendance  *read.Attendance
	Centres     *read.Centres
	// SmallGroup is below how many persons figures of a group are not told.
	SmallGroup int
}

type web struct {
	Models
	node *node.Node
	app  *app.App
}

// Register adds the pages below /staff/.
func Register(site *pages.Site, n *node.Node, a *app.App, m Models) {
	w := &web{m, n, a}
	p := site.Package(files)
	p.Handle("GET /staff/{$}", w.roster)
	p.Live("GET /staff/live", w.rosterVersions)
	p.Handle("GET /staff/employees", w.employees)
	p.Handle("GET /staff/employees/{id}", w.employee)
	p.Handle("GET /staff/deployments", w.deployments)
	p.Handle("GET /staff/posts", w.posts)
	p.Handle("GET /staff/attendance", w.attendance)
	p.Handle("GET /staff/imports", w.imports)
	p.Handle("POST /staff/imports", w.upload)
	p.Handle("GET /staff/imports/{id}", w.showImport)
	p.Live("GET /staff/imports/{id}/live", w.importVersions)
	p.Handle("POST /staff/imports/{id}/apply", w.applyImport)
	p.Handle("POST /staff/imports/{id}/discard", w.discardImport)
}

func tabs(x *pages.Context) (all []pages.Tab) {
	for _, t := range []struct{ key, href, route string }{
		{"roster", "/staff/", "GET /staff/{$}"},
		{"employees", "/staff/employees", "GET /staff/employees"},
		{"deployments", "/staff/deployments", "GET /staff/deployments"},
		{"posts", "/staff/posts", "GET /staff/posts"},
		{"attendance", "/staff/attendance", "GET /staff/attendance"},
		{"imports", "/staff/imports", "GET /staff/imports"},
	} {
		if x.May(t.route) {
			path := x.R.URL.Path
			all = append(all, pages.Tab{Text: x.Say("tab." + t.key), Href: t.href, Current: path == t.href || t.key != "roster" && strings.HasPrefix(path, t.href+"/")})
		}
	}
	return all
}

// onPage is how much one page lists.
const onPage = 50

func address(path string, query ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(query); i += 2 {
		if query[i+1] != "" {
			q.Set(query[i], query[i+1])
		}
	}
	if len(q) == 0 {
		return path
	}
	return path + "?" + q.Encode()
}

// mondayOf is the week that is asked for; this one where none is.
func mondayOf(x *pages.Context, asked string) day.Day {
	d, err := day.Parse(asked)
	y, _, _ := d.Date()
	if err != nil || y < 2000 || y > 2200 {
		d = x.Today(x.Now())
	}
	return d.Monday()
}

// weeks are links to other weeks.
type weeks struct{ Before, This, After string }

func weeksOf(x *pages.Context, monday day.Day, path string, query ...string) weeks {
	to := func(d day.Day) string { return address(path, append(query, "week", d.String())...) }
	return weeks{to(monday - 7), to(x.Today(x.Now()).Monday()), to(monday + 7)}
}

func employeeCell(who id.Employee) pages.Cell {
	return pages.Cell{Text: string(who), Href: "/staff/employees/" + url.PathEscape(string(who))}
}

// traits say in words what is special about an employee.
func traits(x *pages.Context, t employee.Terms) string {
	var all []string
	if t.Mobile {
		all = append(all, x.Say("trait.mobile"))
	}
	if t.Volunteer {
		all = append(all, x.Say("trait.volunteer"))
	}
	if !t.Deployable {
		all = append(all, x.Say("trait.fixed"))
	}
	if m := read.WeekMinutes(t); m < fullTime {
		all = append(all, x.Say("trait.part", "hours", x.Decimal(float64(m)/60, 1)))
	}
	return strings.Join(all, ", ")
}

// fullTime is from how many minutes a week on nobody speaks of part-time: a little
// below the 38.5 to 40 hours that are agreed for the public service.
const fullTime day.Minutes = 38 * 60

func skills(all []id.Skill) string {
	text := make([]string, len(all))
	for i, s := range all {
		text[i] = string(s)
	}
	return strings.Join(text, ", ")
}
