package network

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
)

var update = flag.Bool("update", false, "record the golden files anew")

// tinyFS is the tiny network in memory.
func tinyFS(t *testing.T) fstest.MapFS {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(tinyDir, "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	m := fstest.MapFS{}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		m[filepath.Base(f)] = &fstest.MapFile{Data: text}
	}
	return m
}

// edit replaces the first old in a file by new; old "" sets the whole file.
type edit struct{ file, old, new string }

func (e edit) apply(t *testing.T, m fstest.MapFS) {
	t.Helper()
	text := e.new
	if e.old != "" {
		have := string(m[e.file].Data)
		if !strings.Contains(have, e.old) {
			t.Fatalf("%s does not have %q", e.file, e.old)
		}
		text = strings.Replace(have, e.old, e.new, 1)
	}
	m[e.file] = &fstest.MapFile{Data: []byte(text)}
}

// bad has mistakes made in the tiny network; what is said about each stands in
// testdata/problems.txt.
var bad = []struct {
	name  string
	edits []edit
}{
	{"unclosed bracket", []edit{{"services.yaml", "en: Identity documents}}", "en: Identity documents"}}},
	{"empty file", []edit{{"posts.yaml", "", "# nothing\n"}}},
	{"unknown key", []edit{{"centres.yaml", "    counters: 4", "    counter: 4"}}},
	{"unknown key at the top", []edit{{"policy.yaml", "goal_days", "gaol_days"}}},
	{"key twice", []edit{{"centres.yaml", "    counters: 4\n", "    counters: 4\n    counters: 5\n"}}},
	{"unknown file", []edit{{"centers.yaml", "", "centres: []\n"}}},
	{"not a number", []edit{{"centres.yaml", "counters: 4", "counters: four"}}},
	{"a list where a value belongs", []edit{{"centres.yaml", "name: Kundenzentrum West", "name: [a, b]"}}},
	{"a value where a list belongs", []edit{{"staff.yaml", "skills: [id, reg], pattern: full-a}", "skills: id, pattern: full-a}"}}},
	{"yes is not true", []edit{{"centres.yaml", "accessible: true", "accessible: yes"}}},
	{"anchor", []edit{{"centres.yaml", "district: west", "district: &d west"}}},
	{"centre without district", []edit{{"centres.yaml", "    district: west\n", ""}}},
	{"unknown district", []edit{{"centres.yaml", "district: west", "district: wset"}}},
	{"district without centre", []edit{{"centres.yaml", "district: west", "district: east"}}},
	{"centre id twice", []edit{{"centres.yaml", "id: east-2", "id: east-1"}}},
	{"centre id with a dot", []edit{{"centres.yaml", "id: west-1", "id: west.1"}}},
	{"below the opening-hours rule", []edit{{"centres.yaml", "hours: {mon-fri: 08:00-18:00}", "hours: {mon-thu: 08:00-16:00, fri: 08:00-18:00}"}}},
	{"closed on Wednesday", []edit{{"centres.yaml", "hours: {mon-fri: 08:00-18:00}", "hours: {mon-tue: 08:00-18:00, thu-fri: 08:00-18:00}"}}},
	{"a gap at noon", []edit{{"centres.yaml", "hours: {mon-fri: 08:00-18:00}", `hours: {mon-thu: 08:00-18:00, fri: ["08:00-12:00", "13:00-18:00"]}`}}},
	{"a measure without end excuses nothing", []edit{
		{"centres.yaml", "hours: {mon-fri: 08:00-18:00}", "hours: {mon-fri: 08:00-16:00}"},
		{"measures.yaml", "", "measures:\n  - id: m-1\n    district: west\n    centre: west-1\n    kind: hours\n    from: 2026-11-01\n    hours: {mon-fri: 08:00-16:00}\n    reason: Water damage\n"}}},
	{"a measure without reason", []edit{{"measures.yaml", "", "measures:\n  - {id: m-1, district: west, centre: west-1, kind: closure, from: 2026-11-01, until: 2026-11-05}\n"}}},
	{"a measure of another district, of no kind, reversed", []edit{{"measures.yaml", "", "measures:\n  - {id: m-1, district: east, centre: west-1, kind: closing, from: 2026-11-05, until: 2026-11-05, reason: Water damage}\n"}}},
	{"measures overlap", []edit{{"measures.yaml", "", "measures:\n  - {id: m-1, district: west, centre: west-1, kind: hours, from: 2026-11-05, until: 2026-12-01, hours: {mon: 08:00-12:00}, reason: Water damage}\n  - {id: m-2, district: west, centre: west-1, kind: hours, from: 2026-11-30, until: 2026-12-05, hours: {mon: 08:00-12:00}, reason: Water damage}\n"}}},
	{"closes before it opens", []edit{{"centres.yaml", "sat: 09:00-13:00", "sat: 13:00-09:00"}}},
	{"spans overlap", []edit{{"centres.yaml", "sat: 09:00-13:00", `sat: ["09:00-12:00", "11:30-13:00"]`}}},
	{"span in a list without quotes", []edit{{"centres.yaml", "sat: 09:00-13:00", "sat: [09:00-12:00]"}}},
	{"not a span", []edit{{"centres.yaml", "mon-fri: 08:00-18:00", "mon-fri: 8-18"}}},
	{"not a weekday", []edit{{"centres.yaml", "sat: 09:00-13:00", "samstag: 09:00-13:00"}}},
	{"open on Sunday", []edit{{"centres.yaml", "sat: 09:00-13:00", "sun: 09:00-13:00"}}},
	{"outside the city", []edit{{"centres.yaml", "lat: 53.55\n    lon: 9.93", "lat: 9.93\n    lon: 53.55"}}},
	{"closes for good with staff, unknown successor", []edit{{"centres.yaml", "district: west\n", "district: west\n    closes: 2026-04-01\n    successor: west-2\n"}}},
	{"closes for good with staff, successor", []edit{{"centres.yaml", "Ost, Markt\n    district: east\n", "Ost, Markt\n    district: east\n    closes: 2026-04-01\n    successor: east-1\n"}}},
	{"closed before opened", []edit{{"centres.yaml", "district: west\n", "district: west\n    opens: 2027-06-01\n    closes: 2027-05-01\n"}}},
	{"not a date", []edit{{"centres.yaml", "district: west\n", "district: west\n    opens: 1.6.2026\n"}}},
	{"more minimum staff than counters", []edit{{"centres.yaml", "min_staff: 1", "min_staff: 5"}}},
	{"exception twice and without note", []edit{{"centres.yaml", "      - {day: 2026-12-24", "      - {day: 2026-12-24, hours: []}\n      - {day: 2026-12-24"}}},
	{"LeiKa key too short", []edit{{"services.yaml", `"99008001000000"`, "9900800100000"}}},
	{"minutes not in fives", []edit{{"services.yaml", "minutes: 15", "minutes: 12"}}},
	{"service of an unknown skill", []edit{{"services.yaml", "skill: id\n    minutes: 15", "skill: ids\n    minutes: 15"}}},
	{"no English name", []edit{{"services.yaml", "{de: Wohnsitz anmelden, en: Register a residence}", "{de: Wohnsitz anmelden}"}}},
	{"link without https", []edit{{"services.yaml", "https://serviceportal", "serviceportal"}}},
	{"share above one", []edit{{"services.yaml", "share: 0.9", "share: 90"}}},
	{"shares below one", []edit{{"services.yaml", "share: 0.9", "share: 0.8"}}},
	{"goal above limit", []edit{{"policy.yaml", "goal_days: 10", "goal_days: 20"}}},
	{"policy without horizon", []edit{{"policy.yaml", "horizon_days: 60\n", ""}}},
	{"policy share", []edit{{"policy.yaml", "walk_in_share: 0.12", "walk_in_share: 12"}}},
	{"demand for an unknown skill", []edit{{"network.yaml", "daily_demand: {id: 350", "daily_demand: {idd: 350"}}},
	{"school holidays reversed", []edit{{"holidays.yaml", "from: 2026-12-21, until: 2027-01-02", "from: 2027-01-02, until: 2026-12-21"}}},
	{"public holiday twice", []edit{{"holidays.yaml", "on: 2027-01-01", "on: 2026-12-25"}}},
	{"travel missing, twice, unknown", []edit{{"travel.yaml", "east-1: {east-2: 30}", "east-1: {west-1: 41, east-3: 10}"}}},
	{"unknown home", []edit{{"staff.yaml", "home: west-1", "home: west-9"}}},
	{"unknown and repeated skill", []edit{{"staff.yaml", "skills: [id, reg]", "skills: [passport, reg, reg]"}}},
	{"no skill", []edit{{"staff.yaml", "skills: [id, reg]", "skills: []"}}},
	{"unknown pattern", []edit{{"staff.yaml", "pattern: mornings", "pattern: morning"}}},
	{"unknown shift", []edit{{"staff.yaml", "{mon-fri: morning}", "{mon-fri: moring}"}}},
	{"employee twice", []edit{{"staff.yaml", "e-000002", "e-000001"}}},
	{"mobile but not deployable", []edit{{"staff.yaml", "mobile: true", "mobile: true, deployable: false"}}},
	{"employment reversed", []edit{{"staff.yaml", "until: 2027-04-01", "from: 2027-04-01, until: 2027-04-01"}}},
	{"too many days away", []edit{{"staff.yaml", "max_days_away_per_week: 5", "max_days_away_per_week: 8"}}},
	{"shift after midnight", []edit{{"staff.yaml", "at: 08:00-13:00", "at: 08:00-25:00"}}},
	{"shift reversed", []edit{{"staff.yaml", "at: 08:00-13:00", "at: 13:00-08:00"}}},
	{"shift too long", []edit{{"staff.yaml", "at: 08:00-16:20", "at: 07:00-17:30"}}},
	{"break outside the shift", []edit{{"staff.yaml", `"10:30-11:30"`, `"12:30-13:30"`}}},
	{"breaks overlap", []edit{{"staff.yaml", `"12:00-12:30"`, `"11:00-12:30"`}}},
	{"no break", []edit{{"staff.yaml", `at: 08:00-13:00, breaks: ["10:30-11:30"]`, "at: 08:00-14:30"}}},
	{"break too late", []edit{{"staff.yaml", `at: 08:00-13:00, breaks: ["10:30-11:30"]`, `at: 07:00-14:30, breaks: ["13:30-14:00"]`}}},
	{"too little rest", []edit{{"staff.yaml", "    - {mon-fri: morning}", "    - {mon: evening, tue: morning}"}, {"staff.yaml", "shifts:", "shifts:\n  evening: {at: 17:00-22:00}"}}},
	{"work on Sunday, and no rest into the other week", []edit{{"staff.yaml", "    - {mon-fri: morning}", "    - {mon-fri: morning}\n    - {sun: evening}"}, {"staff.yaml", "shifts:", "shifts:\n  evening: {at: 17:00-22:00}"}}},
	{"three weeks", []edit{{"staff.yaml", "    - {mon-fri: morning}", "    - {mon: morning}\n    - {tue: morning}\n    - {wed: morning}"}}},
	{"post of an unknown employee", []edit{{"posts.yaml", "e-000001", "e-000099"}}},
	{"employee on two posts", []edit{{"posts.yaml", "e-000002", "e-000001"}}},
	{"post elsewhere than home", []edit{{"posts.yaml", "centre: west-1", "centre: east-1"}}},
	{"vacant without date", []edit{{"posts.yaml", ", vacant_from: 2026-09-01", ""}}},
	{"vacant with employee", []edit{{"posts.yaml", "employee: e-000001", "employee: e-000001, vacant_from: 2026-09-01"}}},
	{"everything at once", []edit{
		{"network.yaml", "any_share: 0.25", "any_share: 25"}, {"centres.yaml", "    district: west\n", ""},
		{"services.yaml", "minutes: 15", "minutes: 12"}, {"staff.yaml", "home: west-1", "home: west-9"}, {"posts.yaml", "e-000002", "e-000001"}}},
}

func TestBadNetworks(t *testing.T) {
	golden := filepath.Join("testdata", "problems.txt")
	var all strings.Builder
	for _, c := range bad {
		m := tinyFS(t)
		for _, e := range c.edits {
			e.apply(t, m)
		}
		n, err := LoadFS(m)
		if err == nil || n != nil {
			t.Errorf("%s: accepted", c.name)
			continue
		}
		again := tinyFS(t)
		for _, e := range c.edits {
			e.apply(t, again)
		}
		if _, e := LoadFS(again); e.Error() != err.Error() {
			t.Errorf("%s: said twice, differs:\n%s\n%s", c.name, err, e)
		}
		all.WriteString("# " + c.name + "\n" + err.Error() + "\n\n")
	}
	if *update {
		if err := os.WriteFile(golden, []byte(all.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	have, wanted := strings.Split(all.String(), "\n\n"), strings.Split(string(want), "\n\n")
	for i := range max(len(have), len(wanted)) {
		var h, w string
		if i < len(have) {
			h = have[i]
		}
		if i < len(wanted) {
			w = wanted[i]
		}
		if h != w {
			t.Errorf("have\n%s\nwant\n%s", h, w)
		}
	}
}

func TestMissingFileAndFolder(t *testing.T) {
	m := tinyFS(t)
	delete(m, "staff.yaml")
	delete(m, "travel.yaml")
	_, err := LoadFS(m)
	want := "staff.yaml: is missing: a network needs this file; see deploy/networks/README.md\n" +
		"travel.yaml: is missing: a network needs this file; see deploy/networks/README.md"
	if err == nil || err.Error() != want {
		t.Errorf("%v\nwant\n%s", err, want)
	}
	if _, err := Load(filepath.Join(t.TempDir(), "nowhere")); err == nil || !strings.Contains(err.Error(), "nowhere") {
		t.Errorf("a folder that is not there: %v", err)
	}
}
