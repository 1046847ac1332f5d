package capacity_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	events_capacity "github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/services/capacity"
	"github.com/lotse-hamburg/lotse/services/internal/access"
	"github.com/lotse-hamburg/lotse/services/internal/pages/pagestest"
)

var (
	central = access.Principal{Subject: "p-1", Roles: []access.Role{access.CentralPlanner}}
	ofBeta  = access.Principal{Subject: "p-2", Roles: []access.Role{access.DistrictPlanner}, Districts: []string{"beta"}}
	auditor = access.Principal{Subject: "a-1", Roles: []access.Role{access.Auditor}}
	agent   = access.Principal{Subject: "t-1", Roles: []access.Role{access.TelephoneAgent}}
)

// page asks for a page as somebody, in a language.
func (w *world) page(who access.Principal, method, target, lang string, form url.Values, header ...string) *httptest.ResponseRecorder {
	w.t.Helper()
	all, err := w.service.Pages()
	if err != nil {
		w.t.Fatal(err)
	}
	r := httptest.NewRequest(method, target, strings.NewReader(form.Encode()))
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("Accept-Language", lang)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	access.As(all["/desk/"], who).ServeHTTP(rec, r)
	if t, is := w.t.(*testing.T); is && rec.Code < 300 && strings.HasPrefix(rec.Header().Get("Content-Type"), "text/html") && strings.Contains(rec.Body.String(), "<html") {
		pagestest.Rendered(t, target+" "+lang, rec.Body.String())
	}
	return rec
}

// steered is a city with somebody ill on Tuesday, and a hostile name.
func steered(t *testing.T) (w *world, p events_capacity.ProposalDrafted) {
	w = running(t, func(n *capacity.Network) {
		n.Centres[0].Name, n.Centres[0].Lat, n.Centres[0].Lon = `West <script>alert(1)</script>`, 53.55, 9.93
		n.Centres[1].Lat, n.Centres[1].Lon = 53.56, 10.1
	})
	w.atRisk["west/"+tuesday.String()] = 480
	w.ill("west-1", "hr-1", tuesday)
	w.settle()
	return w, must[events_capacity.ProposalDrafted](w)
}

func TestTheDeskShowsWhatIsToBeDecided(t *testing.T) {
	w, p := steered(t)
	for lang, want := range map[string][]string{
		"de": {`lang="de"`, "Leitstand", "Vorschlag für Alpha: 1 Umsetzung", "Ziel erreicht", "Jetzt zu entscheiden"},
		"en": {`lang="en"`, "Steering desk", "Proposal for Alpha: 1 move", "To be decided now"},
	} {
		rec := w.page(central, "GET", "/desk/", lang, nil)
		body := rec.Body.String()
		if rec.Code != http.StatusOK {
			t.Fatalf("%d %s", rec.Code, body)
		}
		for _, s := range append(want, "/desk/proposals/"+string(p.Proposal), `id="city"`, `role="status"`, `href="/desk/centres/west"`, "desk-heat") {
			if !strings.Contains(body, s) {
				t.Errorf("%s: no %q", lang, s)
			}
		}
		if strings.Contains(body, "<script>alert") || !strings.Contains(body, "&lt;script&gt;") {
			t.Errorf("%s: a name was not escaped", lang)
		}
	}
	part := w.page(central, "GET", "/desk/", "en", nil, "HX-Request", "true", "HX-Target", "decisions").Body.String()
	if strings.Contains(part, "<html") || !strings.Contains(part, `id="decisions"`) || strings.Contains(part, "desk-heat") {
		t.Errorf("a part alone: %s", part)
	}
}

// What the stream tells of is asked for part by part; each is what stands in the
// page under its id, and no more.
func TestEachPartOfTheDeskComesAlone(t *testing.T) {
	w, _ := steered(t)
	for _, part := range []string{"summary", "decisions", "city", "map", "heat"} {
		body := w.page(central, "GET", "/desk/", "en", nil, "HX-Request", "true", "HX-Target", part).Body.String()
		if first, _, _ := strings.Cut(body, ">"); !strings.Contains(first, ` id="`+part+`"`) || strings.Count(body, "hx-trigger") != 1 || strings.Contains(body, "<h1") {
			t.Errorf("the part %s: %.300s", part, body)
		}
	}
}

func TestWhoMaySeeTheDesk(t *testing.T) {
	w, p := steered(t)
	if rec := w.page(access.Principal{}, "GET", "/desk/", "en", nil); rec.Code != http.StatusSeeOther || !strings.HasPrefix(rec.Header().Get("Location"), "/auth/login") {
		t.Errorf("the public: %d %s", rec.Code, rec.Header().Get("Location"))
	}
	if rec := w.page(agent, "GET", "/desk/", "en", nil); rec.Code != http.StatusForbidden {
		t.Errorf("an agent: %d", rec.Code)
	}
	for _, path := range []string{"/desk/", "/desk/centres/west"} {
		if rec := w.page(auditor, "GET", path, "en", nil); rec.Code != http.StatusOK || strings.Contains(rec.Body.String(), "/desk/what-if") {
			t.Errorf("an auditor at %s, who may not ask what if: %d %s", path, rec.Code, rec.Body)
		}
		if rec := w.page(central, "GET", path, "en", nil); !strings.Contains(rec.Body.String(), "/desk/what-if") {
			t.Errorf("a planner at %s cannot ask what if: %s", path, rec.Body)
		}
	}
	if rec := w.page(auditor, "GET", "/desk/what-if", "en", nil); rec.Code != http.StatusForbidden {
		t.Errorf("an auditor asks what if: %d", rec.Code)
	}
	gamma := ofBeta
	gamma.Districts = []string{"gamma"}
	for who, sees := range map[*access.Principal]bool{&ofBeta: true, &gamma: false} { // the move begins in beta
		if body := w.page(*who, "GET", "/desk/", "en", nil).Body.String(); strings.Contains(body, "/desk/proposals/"+string(p.Proposal)) != sees {
			t.Errorf("%v sees the proposal: %v", who.Districts, !sees)
		}
		if rec := w.page(*who, "GET", "/desk/history/hr-1", "en", nil); (rec.Code == http.StatusOK) != sees {
			t.Errorf("%v reads the story: %d", who.Districts, rec.Code)
		}
	}
}

func TestADistrictAndACentreDayByDay(t *testing.T) {
	w, _ := steered(t)
	body := w.page(central, "GET", "/desk/districts/alpha", "en", nil).Body.String()
	for _, s := range []string{"Alpha", "Lead time", "favourable", "Proposal for Alpha", "1 day"} {
		if !strings.Contains(body, s) {
			t.Errorf("district: no %q", s)
		}
	}
	body = w.page(central, "GET", "/desk/centres/west?day="+tuesday.String(), "en", nil).Body.String()
	for _, s := range []string{"west-1", "absent", "west-2", "on duty", "08:00 to 16:00", "appointments", "open 08:00 to 18:00"} {
		if !strings.Contains(body, s) {
			t.Errorf("centre: no %q", s)
		}
	}
	if strings.Contains(body, "<script>alert") {
		t.Error("a name was not escaped")
	}
	for _, path := range []string{"/desk/districts/none", "/desk/centres/none", "/desk/history/none"} {
		if rec := w.page(central, "GET", path, "de", nil); rec.Code != http.StatusNotFound {
			t.Errorf("%s: %d", path, rec.Code)
		}
	}
}

func TestThePageOfWhatIf(t *testing.T) {
	w := running(t, nil)
	if body := w.page(central, "GET", "/desk/what-if?centre=west", "en", nil).Body.String(); !strings.Contains(body, `value="west-2"`) || strings.Contains(body, `value="east-1"`) {
		t.Error("the centre's people are not there to choose from")
	}
	ask := "/desk/what-if?centre=west&employee=west-1&from=" + tuesday.String() + "&last=" + tuesday.String() + "&run=1"
	for lang, want := range map[string]string{"en": "Lotse would propose", "de": "Lotse würde das vorschlagen"} {
		body := w.page(central, "GET", ask, lang, nil).Body.String()
		if !strings.Contains(body, want) || !strings.Contains(body, "east-") {
			t.Errorf("%s: %s", lang, body)
		}
	}
	for target, want := range map[string]string{
		"/desk/what-if?run=1&centre=west":                                                                                               "Choose who is absent",
		"/desk/what-if?run=1&centre=west&employee=west-1&from=x&last=y":                                                                 "#f-from",
		"/desk/what-if?run=1&centre=west&employee=west-1&from=" + tuesday.String() + "&last=" + monday.String():                         "#f-last",
		"/desk/what-if?run=1&centre=west&employee=<script>&from=" + tuesday.String() + "&last=" + tuesday.String():                      "nobody whose duties",
		"/desk/what-if?run=1&centre=none&closing=closed&from=" + tuesday.String() + "&last=" + tuesday.String():                         "is not a centre",
		"/desk/what-if?run=1&centre=west&closing=hours&opens=12:00&closes=08:00&from=" + tuesday.String() + "&last=" + tuesday.String(): "#f-closes",
	} {
		rec := w.page(central, "GET", strings.ReplaceAll(target, "<script>", "%3Cscript%3E"), "en", nil)
		if rec.Code != http.StatusUnprocessableEntity || !strings.Contains(rec.Body.String(), want) || strings.Contains(rec.Body.String(), "<script>\"") {
			t.Errorf("%s: %d, no %q", target, rec.Code, want)
		}
	}
	if rec := w.page(ofBeta, "GET", ask, "en", nil); rec.Code != http.StatusForbidden {
		t.Errorf("another district's people: %d", rec.Code)
	}
	body := w.page(central, "GET", "/desk/what-if?run=1&centre=west&closing=weekday&weekday=2&opens=08:00&closes=20:00&stay=2&last="+(monday+27).String()+
		"&demand=200&max_travel_minutes=30&goal_days=10&automatic=yes", "de", nil).Body.String()
	for _, want := range []string{"Ganze Stadt", "Ausweis, Alpha", `id="if-lead-alpha"`, "über ihren Dienst hinaus"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in %s", want, body)
		}
	}
	for target, want := range map[string]string{"max_travel_minutes=-1": "#f-max_travel_minutes", "stay=x&centre=west&closing=weekday": "#f-stay", "goal_days=15": "#f-goal_days"} {
		if rec := w.page(central, "GET", "/desk/what-if?run=1&"+target, "en", nil); rec.Code != http.StatusUnprocessableEntity || !strings.Contains(rec.Body.String(), want) {
			t.Errorf("%s: %d, no %q", target, rec.Code, want)
		}
	}
	if body := w.page(ofBeta, "GET", "/desk/what-if", "en", nil).Body.String(); strings.Contains(body, "f-goal_days") {
		t.Error("a district is asked about the city's policy")
	}
}

func TestHistoryTellsWhoDecidedWhat(t *testing.T) {
	w, p := steered(t)
	if err := w.service.Reject(w.ctx, p.Proposal, "No <b>way</b>"); err != nil {
		t.Fatal(err)
	}
	w.settle()
	body := w.page(central, "GET", "/desk/history", "en", nil).Body.String()
	for _, s := range []string{"rejected", "proposed", "No &lt;b&gt;way", "/desk/history/hr-1", ">a planner<", ">Lotse<"} {
		if !strings.Contains(body, s) {
			t.Errorf("no %q", s)
		}
	}
	for query, shown := range map[string]bool{"district=alpha": true, "district=gamma": false, "what=approved": false, "what=rejected&from=" + monday.String(): true, "from=" + (monday + 1).String(): false} {
		if body := w.page(central, "GET", "/desk/history?"+query, "en", nil).Body.String(); strings.Contains(body, "No &lt;b&gt;way") != shown {
			t.Errorf("%s shows it: %v", query, !shown)
		}
	}
	if rec := w.page(central, "GET", "/desk/history?from=tomorrow", "en", nil); rec.Code != http.StatusUnprocessableEntity {
		t.Errorf("a wrong date: %d", rec.Code)
	}
	story := w.page(central, "GET", "/desk/history/hr-1", "en", nil).Body.String()
	for _, s := range []string{"The notice made duties fall away", "New offering", "drafted", "rejected by"} {
		if !strings.Contains(story, s) {
			t.Errorf("the story has no %q: %s", s, story)
		}
	}
	if strings.Contains(story, "west-1") {
		t.Error("the story names who is absent")
	}
}

func TestASuggestionIsTakenUpOnce(t *testing.T) {
	w := shortOf(t)
	w.atRisk["west/"+tuesday.String()] = 4000
	w.answer(w.offered("west", tuesday))
	w.at(monday+1, 1, 40)
	w.settle()
	var which string
	w.service.Node().View(func() {
		for k := range w.service.City().Suggestions {
			which = k
		}
	})
	if which == "" {
		t.Fatal("this night suggests nothing")
	}
	form := url.Values{"key": {"k-1"}, "note": {"We open"}}
	for range 2 { // a double click
		if rec := w.page(central, "POST", "/desk/suggestions/"+which, "en", form); rec.Code != http.StatusSeeOther {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
	}
	form.Set("key", "k-2")
	form.Set("note", "Another")
	if rec := w.page(central, "POST", "/desk/suggestions/"+which, "en", form); rec.Code != http.StatusConflict {
		t.Errorf("taken up twice: %d", rec.Code)
	}
}

func TestTheDeskOfACityThatHasNotBegun(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/desk/", "/desk/what-if", "/desk/history"} {
		if rec := w.page(central, "GET", path, "de", nil); rec.Code != http.StatusOK {
			t.Errorf("%s: %d", path, rec.Code)
		}
	}
	if body := w.page(central, "GET", "/desk/", "en", nil).Body.String(); !strings.Contains(body, "lotse apply") || strings.Contains(body, "0 days") {
		t.Errorf("the desk says nothing of what is to be done, or promises something: %s", body)
	}
	for _, path := range []string{"/promise/", "/promise/method"} {
		if body := w.page(central, "GET", path, "en", nil).Body.String(); strings.Contains(body, "0 days") {
			t.Errorf("%s promises what nobody has promised: %s", path, body)
		}
	}
	if rec := w.page(central, "GET", "/desk/what-if?run=1&demand=150", "de", nil); rec.Code != http.StatusUnprocessableEntity {
		t.Errorf("asked of nothing: %d", rec.Code)
	}
}
