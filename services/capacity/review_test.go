package capacity_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	events_capacity "github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/capacity"
)

// shows asks for a page and wants all of some texts on it.
func shows(t *testing.T, body string, want ...string) {
	t.Helper()
	for _, s := range want {
		if !strings.Contains(body, s) {
			t.Errorf("no %q", s)
		}
	}
}

var hiddenKey = regexp.MustCompile(`name="key" value="([^"]+)"`)

func TestProposalsAreListedAndReviewed(t *testing.T) {
	w, p := steered(t)
	at := "/desk/proposals/" + string(p.Proposal)
	for lang, want := range map[string][]string{
		"de": {"Vorschläge", "Zu entscheiden", "noch 2 Tage", "Beta → Alpha", "/desk/policy"},
		"en": {"Proposals", "To be decided", "2 days left", "Beta → Alpha"},
	} {
		rec := w.page(central, "GET", "/desk/proposals", lang, nil)
		shows(t, rec.Body.String(), append(want, at, `id="proposals"`)...)
	}
	for lang, want := range map[string][]string{
		"de": {"Anlass", "west-1", "Warum jemand fehlt, weiß Lotse nicht", "20 Minuten Weg", "8 Tage Vorlauf (Frist 4)", "von selbst wird nichts genehmigt", "Gedehnte Regeln", "Was sonst erwogen wurde", "Was ungedeckt bleibt",
			"Alpha: gebuchte Minuten, die niemand bedienen kann", "Genehmigen", "Ablehnen", "Tabelle"},
		"en": {"Cause", "west-1", "20 minutes of travel", "8 days of notice (at least 4)", "Rules bent", "What else was considered", "Alpha: booked minutes that nobody can serve", "Approve", "Reject"},
	} {
		rec := w.page(central, "GET", at, lang, nil)
		body := rec.Body.String()
		shows(t, body, append(want, `id="review"`, `id="outcome"`, string(p.Moves[0].Employee), `aria-labelledby="curve-`, `name="seen" value="2"`)...)
		if strings.Contains(body, "<script>alert") || strings.Contains(body, "Rückgängig") || strings.Contains(body, "Take back") {
			t.Errorf("%s: %s", lang, body)
		}
	}
	part := w.page(central, "GET", at, "en", nil, "HX-Request", "true", "HX-Target", "review").Body.String()
	if strings.Contains(part, "<html") || !strings.HasPrefix(strings.TrimSpace(part), `<div id="review"`) {
		t.Errorf("a part alone: %.300s", part)
	}
	for target, want := range map[string]int{"/desk/proposals/none": 404, "/desk/proposals?state=<script>&district=%00&before=-9": 200, at + "?amend=1&keep=%27&add=a|b|c&at=x|y&seen=z": 200} {
		if rec := w.page(central, "GET", target, "de", nil); rec.Code != want {
			t.Errorf("%s: %d", target, rec.Code)
		}
	}
	if rec := w.page(auditor, "GET", at, "de", nil); rec.Code != 200 || strings.Contains(rec.Body.String(), "Ablehnen") {
		t.Errorf("an auditor: %d", rec.Code)
	}
	if rec := w.page(agent, "GET", at, "de", nil); rec.Code != 403 {
		t.Errorf("an agent: %d", rec.Code)
	}
	gamma := ofBeta
	gamma.Districts = []string{"gamma"}
	if rec := w.page(gamma, "GET", at, "de", nil); rec.Code != 403 {
		t.Errorf("another district: %d", rec.Code)
	}
	if rec := w.page(gamma, "GET", "/desk/proposals", "de", nil); rec.Code != 200 || strings.Contains(rec.Body.String(), at) {
		t.Errorf("another district's list: %d", rec.Code)
	}
	if rec := w.page(gamma, "POST", at+"/reject", "de", url.Values{"reason": {"no"}}); rec.Code != 403 {
		t.Errorf("another district decides: %d", rec.Code)
	}
	if rec := w.page(ofBeta, "GET", at, "de", nil); rec.Code != 200 || !strings.Contains(rec.Body.String(), "Ablehnen") {
		t.Errorf("the giving district: %d", rec.Code)
	}
}

func TestAPlannerChangesAProposalOnThePage(t *testing.T) {
	w, p := steered(t)
	at := "/desk/proposals/" + string(p.Proposal)
	sent := p.Moves[0]
	// Without scripts: drop the move, ask who else may go there.
	ask := at + "?amend=1&seen=2&at=" + url.QueryEscape(tuesday.String()+"|west")
	body := w.page(central, "GET", ask, "en", nil).Body.String()
	shows(t, body, "people may go there, the most useful first", "Effect of your choice", "You have dropped every move", "What stays uncovered with your choice")
	options := regexp.MustCompile(`<option value="(east-\d\|[^"]+\|west)"`).FindAllStringSubmatch(body, -1)
	if len(options) != 3 && len(options) != 4 {
		t.Fatalf("%d candidates in %s", len(options), body)
	}
	own := ""
	for _, o := range options {
		if !strings.HasPrefix(o[1], string(sent.Employee)+"|") {
			own = o[1]
		}
	}
	body = w.page(central, "GET", ask+"&new="+url.QueryEscape(own), "de", nil).Body.String()
	shows(t, body, "selbst hinzugefügt", `name="add" value="`+own+`"`, `name="drop" value="`+string(sent.Deployment)+`"`, "Genehmigen: eine Umsetzung", "Nichts bleibt ungedeckt.")
	key := hiddenKey.FindStringSubmatch(body)[1]
	form := url.Values{"key": {key}, "seen": {"2"}, "drop": {string(sent.Deployment)}, "add": {own}}
	rec := w.page(central, "POST", at+"/approve", "de", form)
	if rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != at {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	if rec := w.page(central, "POST", at+"/approve", "de", form); rec.Code != http.StatusSeeOther {
		t.Errorf("a double click: %d %s", rec.Code, rec.Body)
	}
	w.settle()
	if n := count[events_capacity.ProposalApproved](w); n != 1 {
		t.Errorf("approved %d times", n)
	}
	body = w.page(central, "GET", at, "de", nil).Body.String()
	shows(t, body, "Umgesetzt", "gestrichen", "angeordnet", "1 gestrichen, 1 selbst hinzugefügt", "Zentrale Planung (p-1)", "Rückgängig machen")
	// The second planner is told who was first.
	rec = w.page(ofBeta, "POST", at+"/reject", "de", url.Values{"key": {"k2"}, "reason": {"zu spät gesehen"}})
	if rec.Code != http.StatusConflict {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	shows(t, rec.Body.String(), "Zu spät: Zentrale Planung (p-1) hat den Vorschlag am Montag, 23. November 2026", "genehmigt", "lotse-errors")
	// Whoever has the page open reads it there.
	rec = w.page(central, "GET", at+"?seen=2", "en", nil, "HX-Request", "true", "HX-Target", "review")
	shows(t, rec.Body.String(), "has changed while you look at it", "Meanwhile: carried out")
	rec = w.page(central, "POST", at+"/undo", "de", url.Values{"key": {"k3"}})
	if rec.Code != http.StatusUnprocessableEntity {
		t.Errorf("without a reason: %d", rec.Code)
	}
	shows(t, rec.Body.String(), `href="#f-reason"`)
	if rec = w.page(central, "POST", at+"/undo", "de", url.Values{"key": {"k3"}, "reason": {"<b>Schulung</b>"}}); rec.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	w.settle()
	body = w.page(central, "GET", at, "de", nil).Body.String()
	shows(t, body, "zurückgenommen", "&lt;b&gt;Schulung&lt;/b&gt;")
	for _, tab := range []string{"open", "running", "done", "closed", "all"} {
		if rec := w.page(central, "GET", "/desk/proposals?state="+tab, "en", nil); strings.Contains(rec.Body.String(), at) != (tab == "closed" || tab == "all") {
			t.Errorf("tab %s", tab)
		}
	}
}

func TestAStaleProposalSaysWhatHasChanged(t *testing.T) {
	w, p := steered(t)
	at := "/desk/proposals/" + string(p.Proposal)
	w.booked["east/"+tuesday.String()] = 4 * 480
	w.answer(w.offered("east", tuesday))
	w.settle()
	shows(t, w.page(central, "GET", at+"?amend=1&keep="+string(p.Moves[0].Deployment), "de", nil).Body.String(), "So kann er nicht genehmigt werden")
	rec := w.page(central, "POST", at+"/approve", "de", url.Values{"key": {"k"}, "seen": {"2"}})
	if rec.Code != http.StatusConflict {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	shows(t, rec.Body.String(), "Der Vorschlag ist überholt und wurde nicht genehmigt", "Was sich geändert hat", "Am abgebenden Standort wären gebuchte Termine nicht mehr gedeckt.")
	if strings.Contains(rec.Body.String(), at+`/approve" class`) {
		t.Error("it can be approved once more")
	}
	// Another offers itself; the old one leads to it.
	w.booked["east/"+tuesday.String()] = 2 * 480
	w.answer(w.offered("east", tuesday))
	w.ill("west-2", "hr-1", tuesday)
	w.settle()
	if next := must[events_capacity.ProposalDrafted](w); next.Proposal == p.Proposal {
		t.Fatal("nothing was proposed anew")
	} else {
		shows(t, w.page(central, "GET", at, "en", nil).Body.String(), `href="/desk/proposals/`+string(next.Proposal)+`"`, "Followed by")
	}
}

func TestThePolicyPage(t *testing.T) {
	w := running(t, func(n *capacity.Network) { n.Policy.Automatic.Enabled = false })
	w.ill("west-1", "hr-1", tuesday)
	w.settle()
	p := must[events_capacity.ProposalDrafted](w)
	if rec := w.page(central, "POST", "/desk/proposals/"+string(p.Proposal)+"/reject", "de", url.Values{"reason": {"Schulung"}}); rec.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	w.settle()
	for lang, want := range map[string][]string{"de": {"Regeln", "Leitplanken", "Leistungsversprechen", "Reserven", "Neue Saison", "Versionen"}, "en": {"Policy", "Guardrails", "Promise", "Seasons", "Versions"}} {
		shows(t, w.page(central, "GET", "/desk/policy", lang, nil).Body.String(), append(want, `name="seen" value="1"`)...)
	}
	try := "/desk/policy?try=1&rail_enabled=yes&rail_moves=4&rail_travel=40&rail_gain=1,5"
	shows(t, w.page(central, "GET", try, "de", nil).Body.String(), "Ein Vorschlag seit", "Einer wäre von selbst genehmigt worden; tatsächlich waren es 0", "Einen davon hat die Planung abgelehnt", "abgelehnt: Schulung")
	shows(t, w.page(auditor, "GET", strings.Replace(try, "rail_travel=40", "rail_travel=5", 1), "en", nil).Body.String(), "0 would have been approved", "review: travel too long")
	if rec := w.page(central, "GET", "/desk/policy?try=1&rail_moves=x", "en", nil); rec.Code != 422 {
		t.Errorf("%d", rec.Code)
	}
	// The form itself keeps what was edited; a link of somebody else fills in nothing but the trial.
	filled := try + "&limit_days=99&reason=Vorgabe&seen=7"
	shows(t, w.page(central, "GET", filled, "de", nil, "Sec-Fetch-Site", "same-origin").Body.String(), "Ein Vorschlag seit", `value="99"`, "Vorgabe</textarea>", `name="seen" value="7"`)
	for _, from := range []string{"cross-site", "same-site", "none"} {
		rec := w.page(central, "GET", filled, "de", nil, "Sec-Fetch-Site", from)
		if to := rec.Header().Get("Location"); rec.Code != http.StatusSeeOther || strings.Contains(to, "reason") || strings.Contains(to, "seen") || strings.Contains(to, "limit") {
			t.Errorf("a link from %s: %d %s", from, rec.Code, to)
		} else {
			shows(t, w.page(central, "GET", to, "de", nil, "Sec-Fetch-Site", from).Body.String(), "Ein Vorschlag seit", `value="40"`, `name="seen" value="1"`)
		}
	}
	form := url.Values{"key": {"k"}, "seen": {"1"}, "rail_enabled": {"yes"}, "rail_moves": {"6"}, "rail_travel": {"40"}, "rail_gain": {"1"}, "goal_days": {"9"}, "limit_days": {"14"}, "proposal_days": {"3"},
		"stale_loss": {"20"}, "walk_in_share": {"12,5"}, "express_counters": {"0"}, "notice_days": {"4"}, "max_days_away_per_week": {"2"}, "max_travel_minutes": {"40"}, "half_year": {"40"},
		"season_name_0": {"Sommer <i>"}, "season_skill_0": {"id"}, "season_from_0": {"2027-05-01"}, "season_until_0": {"2027-06-30"}, "season_factor_0": {"1,4"}, "season_weight_0": {""}}
	if rec := w.page(central, "POST", "/desk/policy", "de", form); rec.Code != 422 || !strings.Contains(rec.Body.String(), `href="#f-reason"`) || !strings.Contains(rec.Body.String(), "12,5") {
		t.Errorf("without a reason: %d", rec.Code)
	}
	form.Set("reason", "Probe war gut")
	wrong := url.Values{}
	for k, v := range form {
		wrong[k] = v
	}
	wrong["goal_days"], wrong["season_until_0"] = []string{"15"}, []string{"2027-04-30"}
	rec := w.page(central, "POST", "/desk/policy", "de", wrong)
	shows(t, rec.Body.String(), "Das Ziel darf nicht über der Grenze", "Der letzte Tag liegt vor dem ersten")
	if rec.Code != 422 {
		t.Errorf("%d", rec.Code)
	}
	if rec := w.page(ofBeta, "POST", "/desk/policy", "de", form); rec.Code != 403 {
		t.Errorf("a district changes it: %d", rec.Code)
	}
	shows(t, w.page(ofBeta, "GET", "/desk/policy", "de", nil).Body.String(), "Automatisch genehmigen")
	for range 2 { // a double click
		if rec := w.page(central, "POST", "/desk/policy", "de", form); rec.Code != http.StatusSeeOther {
			t.Fatalf("%d %s", rec.Code, rec.Body)
		}
	}
	w.settle()
	e := must[events_capacity.PolicyChanged](w)
	if s := e.Planning.Seasons; e.Version != 2 || e.GoalDays != 9 || e.WalkInShare != .125 || !e.Automatic.Enabled || e.Automatic.MaxMoves != 6 || len(s) != 1 || s[0].Factor != 1.4 || s[0].Days() != 61 || e.Planning.MaxAwayPerHalfYear != nil {
		t.Errorf("%+v", e)
	}
	body := w.page(central, "GET", "/desk/policy", "de", nil).Body.String()
	shows(t, body, "Probe war gut", "Zentrale Planung (p-1)", "Ziel: 10 → 9", "Anders als in den Dateien", "Sommer &lt;i&gt;", `name="seen" value="2"`, `value="2027-06-30"`)
	// Somebody else was faster.
	form.Set("key", "k9")
	form.Set("limit_days", "13")
	rec = w.page(central, "POST", "/desk/policy", "en", form)
	if rec.Code != http.StatusPreconditionFailed {
		t.Errorf("%d", rec.Code)
	}
	shows(t, rec.Body.String(), "Too late: Central planning (p-1) has changed the policy")
	// A season is taken out.
	form.Set("seen", "2")
	form.Set("key", "k10")
	form.Set("season_drop_0", "yes")
	if rec := w.page(central, "POST", "/desk/policy", "en", form); rec.Code != http.StatusSeeOther {
		t.Fatalf("%d %s", rec.Code, rec.Body)
	}
	w.settle()
	if e := must[events_capacity.PolicyChanged](w); e.LimitDays != 13 || len(e.Planning.Seasons) != 0 {
		t.Errorf("%+v", e)
	}
}

// A planner of one district drops what is others', and approves the rest.
func TestADistrictPlannerDropsWhatIsOthers(t *testing.T) {
	w := running(t, func(n *capacity.Network) {
		n.Districts = append(n.Districts, events_capacity.District{ID: "gamma", Name: "Gamma", DailyDemand: n.Districts[0].DailyDemand, AnyShare: .2})
		north := n.Centres[0]
		north.ID, north.Name, north.District, north.TravelMinutes = "north", "North", "gamma", map[id.Centre]int{"east": 20}
		n.Centres = append(n.Centres, north)
		n.Policy.Automatic.MaxMoves = 1
	})
	w.hire("north", 3, nil)
	w.settle()
	w.booked["north/"+tuesday.String()] = 3 * 480
	w.booked["east/"+tuesday.String()] = 480
	w.answer(w.offered("east", tuesday))
	w.answer(w.offered("north", tuesday))
	w.settle()
	w.ill("west-1", "hr-1", tuesday)
	w.ill("north-1", "hr-1", tuesday)
	w.settle()
	p := must[events_capacity.ProposalDrafted](w)
	var mine, others string
	for _, m := range p.Moves {
		if m.ToDistrict == "gamma" {
			mine = string(m.Deployment)
		} else {
			others = string(m.Deployment)
		}
	}
	if mine == "" || others == "" {
		t.Fatalf("%+v", p.Moves)
	}
	gamma := ofBeta
	gamma.Districts = []string{"gamma"}
	at := "/desk/proposals/" + string(p.Proposal)
	body := w.page(gamma, "GET", at, "en", nil).Body.String()
	shows(t, body, "Not all of it is yours to decide", `id="amend"`)
	if strings.Contains(body, at+`/approve" class`) || strings.Contains(body, at+`/reject" class`) {
		t.Error("it may be decided as it is")
	}
	body = w.page(gamma, "GET", at+"?amend=1&keep="+mine, "en", nil).Body.String()
	shows(t, body, at+`/approve" class`, "Effect of your choice", `name="drop" value="`+others+`"`)
	if rec := w.page(gamma, "POST", at+"/approve", "en", url.Values{"key": {"k"}}); rec.Code != 403 {
		t.Errorf("all of it: %d", rec.Code)
	}
	if rec := w.page(gamma, "POST", at+"/approve", "en", url.Values{"key": {"k"}, "drop": {others}}); rec.Code != http.StatusSeeOther {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}
