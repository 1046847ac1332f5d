package access

import (
	"maps"
	"slices"
	"strings"
)

// Grant lets a role use an operation; a bound one only on what is its own.
type Grant struct {
	Role  Role
	Bound bool
}

// Sets of grants that many operations share.
var (
	everybody = may(Public)
	monitors  = may(Monitor, Operator)
	// planning is read by those who plan, and by who looks after them.
	planning = may(CentralPlanner, DistrictPlanner, Auditor)
	// steering is read by those who plan; district planners see what is theirs.
	steering = append(may(CentralPlanner, Auditor), ownOf(DistrictPlanner))
	// deciding is for those who plan: district planners for their own.
	deciding = append(may(CentralPlanner), ownOf(DistrictPlanner))
	// staffLists are pseudonymous.
	staffLists  = may(CentralPlanner, DistrictPlanner, HRImporter, Auditor)
	hr          = []Grant{ownOf(HRImporter)}
	whoIsOff    = append(may(CentralPlanner, Auditor), ownOf(HRImporter))
	hrOrCentral = may(CentralPlanner, HRImporter)
	desk        = []Grant{ownOf(Desk)}
	counters    = append(may(TelephoneAgent), ownOf(Desk))
	agents      = may(TelephoneAgent)
	parkedRead  = may(Operator, Auditor)
	parked      = may(Operator)
)

func may(roles ...Role) (all []Grant) {
	for _, r := range roles {
		all = append(all, Grant{Role: r})
	}
	return all
}

func ownOf(r Role) Grant { return Grant{r, true} }

// Process is the name under which the table keeps what is not of a service.
const Process = "process"

// Table says who may use what: by service, and by operation id or, where a
// route has none, by its pattern. It is the only such list.
var Table = withAlike(map[string]map[string][]Grant{
	Process: {
		"GET /healthz":       everybody,
		"GET /readyz":        everybody, // whether, not why
		"GET /metrics":       monitors,
		"GET /auth/login":    everybody,
		"POST /auth/login":   everybody, // with a development token
		"GET /auth/callback": everybody,
		"GET /auth/me":       everybody,
		"POST /auth/logout":  everybody,

		"GET /{$}":                  everybody,
		"GET /about/accessibility":  everybody,
		"GET /about/privacy":        everybody,
		"GET /about/feedback":       everybody,
		"POST /about/feedback":      everybody,
		"GET /assets/{hash}/{file}": everybody,
	},
	"absence": {
		"receive-hr-event":   hr,
		"receive-hr-webhook": everybody, // its signature is the proof
		"sweep-absences":     hr,
		"list-sweeps":        whoIsOff,
		"import-absences":    hr,
		"import-calendar":    hr,
		"enter-absence":      hr, // source "form"
		"cancel-absence":     hr,
		"list-absences":      whoIsOff,
		"open-vacancy":       hrOrCentral,
		"fill-vacancy":       hrOrCentral,
		"import-vacancies":   hrOrCentral,
		"list-vacancies":     staffLists,

		"GET /absences/{$}":                   whoIsOff,
		"GET /absences/live":                  whoIsOff,
		"GET /absences/list":                  whoIsOff,
		"GET /absences/enter":                 hr,
		"POST /absences/enter":                hr,
		"GET /absences/cancel":                hr,
		"POST /absences/cancel":               hr,
		"GET /absences/vacancies":             staffLists,
		"POST /absences/vacancies/open":       hrOrCentral,
		"POST /absences/vacancies/fill":       hrOrCentral,
		"GET /absences/imports":               whoIsOff,
		"POST /absences/imports":              hr,
		"GET /absences/imports/{id}":          whoIsOff,
		"GET /absences/imports/{id}/live":     whoIsOff,
		"POST /absences/imports/{id}/apply":   hr,
		"POST /absences/imports/{id}/discard": hr,
		"GET /absences/sweeps":                whoIsOff,
		"GET /absences/parked":                parkedRead,
		"GET /absences/parked/{id}":           parkedRead,
		"POST /absences/parked/{id}/fix":      parked,
		"POST /absences/parked/{id}/discard":  parked,
	},
	"staffing": {
		"import-staff":           hrOrCentral,
		"export-staff":           may(CentralPlanner, HRImporter, Auditor),
		"list-employees":         staffLists,
		"get-employee":           staffLists,
		"get-roster":             staffLists,
		"get-attendance":         staffLists,
		"list-deployments":       staffLists,
		"list-unknown-employees": staffLists,
		"list-posts":             staffLists,

		"GET /staff/{$}":                   staffLists,
		"GET /staff/live":                  staffLists,
		"GET /staff/employees":             staffLists,
		"GET /staff/employees/{id}":        staffLists,
		"GET /staff/deployments":           staffLists,
		"GET /staff/posts":                 staffLists,
		"GET /staff/attendance":            staffLists,
		"GET /staff/imports":               may(CentralPlanner, HRImporter, Auditor),
		"POST /staff/imports":              hrOrCentral,
		"GET /staff/imports/{id}":          may(CentralPlanner, HRImporter, Auditor),
		"GET /staff/imports/{id}/live":     may(CentralPlanner, HRImporter, Auditor),
		"POST /staff/imports/{id}/apply":   hrOrCentral,
		"POST /staff/imports/{id}/discard": hrOrCentral,
	},
	"capacity": {
		"put-network":       may(CentralPlanner),
		"get-network":       may(CentralPlanner, DistrictPlanner, TelephoneAgent, Desk, Auditor, Operator),
		"post-measure":      deciding,
		"end-measure":       deciding,
		"list-proposals":    steering,
		"get-proposal":      steering,
		"approve-proposal":  deciding,
		"reject-proposal":   deciding,
		"undo-proposal":     deciding,
		"preview-proposal":  deciding,
		"list-candidates":   deciding,
		"get-policy":        planning,
		"edit-policy":       may(CentralPlanner),
		"try-guardrails":    may(CentralPlanner, Auditor),
		"list-decisions":    may(CentralPlanner, Auditor),
		"list-suggestions":  planning,
		"accept-suggestion": deciding,
		"list-damages":      planning,
		"what-if":           append(may(CentralPlanner), ownOf(DistrictPlanner)),
		"promise":           everybody,
		"forecast":          planning,
		"city":              planning,
		"list-offerings":    append(may(TelephoneAgent, Desk), planning...),

		"GET /promise/{$}":                       everybody,
		"GET /promise/districts/{district}":      everybody,
		"GET /promise/method":                    everybody,
		"GET /promise/data.csv":                  everybody,
		"GET /promise/data.json":                 everybody,
		"GET /promise/reports/{$}":               everybody,
		"GET /promise/reports/{district}/{file}": everybody,
		"GET /measures/{$}":                      planning,
		"GET /measures/{id}":                     planning,
		"GET /measures/new":                      deciding,
		"POST /measures/new":                     deciding,
		"POST /measures/{id}/end":                deciding,

		"GET /desk/{$}":             steering,
		"GET /desk/live":            steering,
		"GET /desk/districts/{id}":  steering,
		"GET /desk/centres/{id}":    steering,
		"GET /desk/what-if":         append(may(CentralPlanner), ownOf(DistrictPlanner)),
		"GET /desk/history":         steering,
		"GET /desk/history/{cause}": steering,

		"GET /desk/proposals":               steering,
		"GET /desk/proposals/{$}":           steering,
		"GET /desk/proposals/live":          steering,
		"GET /desk/proposals/{id}":          steering,
		"GET /desk/proposals/{id}/live":     steering,
		"POST /desk/proposals/{id}/approve": deciding,
		"POST /desk/proposals/{id}/reject":  deciding,
		"POST /desk/proposals/{id}/undo":    deciding,
		"GET /desk/policy":                  planning,
		"POST /desk/policy":                 may(CentralPlanner),
		"POST /desk/suggestions/{id}":       deciding,
	},
	"booking": {
		// What citizens do; of their own appointments a code is the proof.
		"list-services":       everybody,
		"list-centres":        everybody,
		"search-slots":        everybody,
		"listen-slots":        everybody,
		"make-captcha":        everybody,
		"take-online":         everybody,
		"count-visits-spared": everybody,
		"hold-slot":           everybody,
		"release-hold":        everybody,
		"confirm-hold":        everybody,
		"opt-in":              everybody,
		"show-appointment":    everybody,
		"show-calendar":       everybody,
		"move-appointment":    everybody,
		"cancel-appointment":  everybody,
		"accept-offer":        everybody,

		// Pages of the telephone service, the desks and their waiting rooms.
		"GET /telephone/{$}":                      agents,
		"GET /telephone/services":                 agents,
		"POST /telephone/online":                  agents,
		"POST /telephone/hold":                    agents,
		"POST /telephone/release":                 agents,
		"POST /telephone/book":                    agents,
		"POST /telephone/move":                    agents,
		"GET /telephone/find":                     agents,
		"POST /telephone/find":                    agents,
		"GET /telephone/appointment/{id}":         agents,
		"POST /telephone/appointment/{id}/cancel": agents,
		"POST /telephone/appointment/{id}/accept": agents,
		"GET /telephone/calls":                    agents,
		"POST /telephone/calls/{id}":              agents,
		"GET /front/{$}":                          desk,
		"GET /front/{centre}/{$}":                 desk,
		"GET /front/{centre}/live/desk":           desk,
		"POST /front/{centre}/find":               desk,
		"POST /front/{centre}/counter":            desk,
		"POST /front/{centre}/next":               desk,
		"POST /front/{centre}/appointment/{id}":   desk,
		"POST /front/{centre}/ticket":             desk,
		"POST /front/{centre}/ticket/{id}":        desk,
		"GET /front/{centre}/ticket/{id}/paper":   desk,
		"GET /front/kiosk/{centre}":               desk,
		"POST /front/kiosk/{centre}/draw/ticket":  desk,
		"GET /front/display/{centre}":             everybody,
		"GET /front/display/{centre}/live":        everybody,

		"GET /book/{$}":                      everybody,
		"GET /book/people":                   everybody,
		"GET /book/online/{service}":         everybody,
		"POST /book/online/{service}":        everybody,
		"GET /book/slots":                    everybody,
		"GET /book/live":                     everybody,
		"GET /book/challenge":                everybody,
		"POST /book/hold":                    everybody,
		"GET /book/details":                  everybody,
		"POST /book/details":                 everybody,
		"POST /book/extend":                  everybody,
		"POST /book/release":                 everybody,
		"GET /book/pending":                  everybody,
		"GET /book/appointment":              everybody,
		"POST /book/appointment":             everybody,
		"GET /book/appointment/{id}":         everybody,
		"GET /book/appointment/{id}/live":    everybody,
		"GET /book/appointment/{id}/{what}":  everybody,
		"POST /book/appointment/{id}/{what}": everybody,
		"GET /book/waiting":                  everybody,
		"POST /book/waiting":                 everybody,
		"GET /book/waiting/{id}":             everybody,
		"GET /book/waiting/{id}/{what}":      everybody,
		"POST /book/waiting/{id}/{what}":     everybody,

		"GET /v1/links/{id}/{secret}/{what}":  everybody,
		"POST /v1/links/{id}/{secret}/{what}": everybody,
		"wait-for-earlier":                    everybody,
		"show-waiting":                        everybody,
		"take-earlier":                        everybody,
		"leave-waiting":                       everybody,
		"show-ticket":                         everybody,
		"measure-waiting-times":               everybody,
		"count-attendance":                    everybody,
		"/zms/":                               everybody,
		"book-appointment":                    counters,
		"list-undelivered":                    counters,
		"list-calls":                          may(TelephoneAgent),
		"note-call":                           may(TelephoneAgent),
		"check-in-appointment":                desk,
		"begin-appointment":                   desk,
		"keep-appointment":                    desk,
		"miss-appointment":                    desk,
		"set-hardship":                        counters,
		"list-at-risk":                        append(may(CentralPlanner, DistrictPlanner, Auditor), counters...),
		"import-appointments":                 may(CentralPlanner, Operator),
		"issue-ticket":                        desk,
		"call-next":                           desk,
		"next-at-centre":                      desk,
		"recall-ticket":                       desk,
		"park-ticket":                         desk,
		"resume-ticket":                       desk,
		"miss-ticket":                         desk,
		"serve-ticket":                        desk,
		"show-queue":                          append(may(CentralPlanner), ownOf(Desk)),
		"show-overbooking":                    planning,
		"forget-citizen":                      may(Operator),
		"list-forgotten":                      may(Operator, Auditor),
		"rotate-keys":                         may(Operator),
	},
})

// alike are the operations that every service has.
var alike = map[string][]Grant{
	"list-parked":    parkedRead,
	"show-parked":    parkedRead,
	"replay-parked":  parked,
	"fix-parked":     parked,
	"discard-parked": parked,
	"list-audit":     parkedRead,
}

func withAlike(table map[string]map[string][]Grant) map[string]map[string][]Grant {
	for service, operations := range table {
		if service != Process {
			maps.Copy(operations, alike)
		}
	}
	return table
}

// spec are the patterns under which every service says what it can do.
var spec = []string{"GET /openapi.json", "GET /openapi.yaml", "GET /openapi-3.0.json", "GET /openapi-3.0.yaml"}

// Grants are who may use an operation of a service; none for what the table
// does not name.
func Grants(service, operation string) []Grant {
	if slices.Contains(spec, operation) {
		return everybody
	}
	return Table[service][operation]
}

// Allows reports whether the roles may use the operation, by which of them, and
// whether only on what is their own. A role that is not bound goes first.
func Allows(service, operation string, roles []Role) (by Grant, ok bool) {
	for _, g := range Grants(service, operation) {
		if g.Role != Public && !slices.Contains(roles, g.Role) {
			continue
		}
		if !ok || by.Bound && !g.Bound {
			by, ok = g, true
		}
	}
	return by, ok
}

// whoMay names the roles, for the refusal.
func whoMay(service, operation string) string {
	var all []string
	for _, g := range Grants(service, operation) {
		all = append(all, string(g.Role))
	}
	if len(all) == 0 {
		return "nobody"
	}
	return strings.Join(all, ", ")
}
