package main

// site is one centre as its staff is invented: how many posts it has, which
// share of them is vacant, how it works, and who is at home there.
type site struct {
	id     string
	posts  int
	vacant float64
	scheme scheme
	mobile int // posts of the mobile team at home here, on top
}

type scheme int

const (
	twoShifts scheme = iota
	oneShift         // the short hours of a single-shift centre
	saturdays        // two shifts, and Saturday duty in turns
)

// city has the open centres. Posts follow the demand of the districts (more in
// the inner city, where people work), less so at the edges: the imbalance that
// a city has. Vacancies are as concentrated as the city's own reports say: few
// in Hamburg-Mitte and Bergedorf, many at Langenhorn, Süderelbe and Alstertal.
// One in six posts is vacant in all, as in March 2016 (41 of 213) and since.
var city = []site{
	{id: "alstertal", posts: 36, vacant: 0.28, scheme: twoShifts},
	{id: "altona", posts: 56, vacant: 0.12, scheme: twoShifts},
	{id: "barmbek-uhlenhorst", posts: 46, vacant: 0.16, scheme: twoShifts, mobile: 11},
	{id: "bergedorf", posts: 36, vacant: 0.05, scheme: twoShifts},
	{id: "billstedt", posts: 26, vacant: 0.27, scheme: oneShift},
	{id: "blankenese", posts: 22, vacant: 0.09, scheme: twoShifts},
	{id: "christoph-probst-weg", posts: 28, vacant: 0.07, scheme: twoShifts},
	{id: "city", posts: 46, vacant: 0.16, scheme: twoShifts},
	{id: "hamburg-mitte", posts: 48, vacant: 0.05, scheme: saturdays, mobile: 11},
	{id: "harburg", posts: 38, vacant: 0.21, scheme: twoShifts, mobile: 11},
	{id: "langenhorn", posts: 34, vacant: 0.32, scheme: twoShifts},
	{id: "niendorf", posts: 46, vacant: 0.22, scheme: oneShift},
	{id: "rahlstedt", posts: 34, vacant: 0.26, scheme: oneShift},
	{id: "suederelbe", posts: 26, vacant: 0.34, scheme: twoShifts},
	{id: "wandsbek", posts: 54, vacant: 0.20, scheme: twoShifts, mobile: 11},
}

// mobileVacant is the share of the mobile team's posts that is vacant.
const mobileVacant = 0.09

// skillSets with their weights: what people may do, from all to a few things.
var skillSets = []struct {
	skills string
	weight float64
}{
	{"id, pass, reg, drive, cert", 0.25},
	{"id, pass, reg, cert", 0.30},
	{"id, reg, cert", 0.20},
	{"reg, cert", 0.10},
	{"id, pass", 0.10},
	{"drive, cert", 0.05},
}

// Shares of the staff.
const (
	partTime      = 0.25
	volunteers    = 0.15
	notDeployable = 0.05
	perSaturday   = 14 // employees on duty on one Saturday
)
