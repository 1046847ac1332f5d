package httpserver_test

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/access/accesstest"
	"github.com/lotse-hamburg/lotse/services/internal/decider"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// Every hour of a day an event, by turns of somebody and of nobody.
func audited(t *testing.T, citizens bool) http.Handler {
	t.Helper()
	now := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	store := memory.New(memory.WithClock(func() time.Time { return now }))
	for i := range 24 {
		e := eventlog.NewEvent{ID: uuid.New(), Type: "test.approved.v1", Data: []byte(`{"why":{"de":"weil","en":"because"}}`)}
		switch i % 4 {
		case 1:
			e.Meta.Actor, e.Meta.From = "central-planner:7", "oidc 192.0.2.0/24"
		case 2:
			e.Meta.Actor, e.Type, e.Data = "hr/sap", "test.reported.v1", []byte(`{"reason":"=1+1 said she"}`)
		}
		if _, err := store.Commit(t.Context(), []eventlog.Unit{{Appends: []eventlog.Append{{Stream: fmt.Sprint("s-", i), Events: []eventlog.NewEvent{e}}}}}); err != nil {
			t.Fatal(err)
		}
		now = now.Add(time.Hour)
	}
	n := node.New(node.Spec{Service: "test", Registry: events.NewRegistry(), Codec: decider.NewCodec(), Citizens: citizens},
		node.Deps{Store: store, Now: func() time.Time { return now }})
	api := httpserver.New(slog.New(slog.DiscardHandler), "test", "Test", "1", "")
	api.Audit(n)
	return accesstest.Staff(api.Handler())
}

func get(t *testing.T, h http.Handler, query string, want int) *httptest.ResponseRecorder {
	t.Helper()
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/v1/audit"+query, nil))
	if rec.Code != want {
		t.Fatalf("%s: %d %s", query, rec.Code, rec.Body)
	}
	return rec
}

func TestAuditTellsWhoDecidedWhatAndWhy(t *testing.T) {
	h := audited(t, false)
	type page struct {
		Deeds []node.Deed
		Next  string `json:"next_cursor"`
	}
	read := func(query string) (p page) {
		t.Helper()
		if err := json.Unmarshal(get(t, h, query, http.StatusOK).Body.Bytes(), &p); err != nil {
			t.Fatal(err)
		}
		return p
	}
	all := read("")
	if len(all.Deeds) != 12 || all.Next != "" {
		t.Fatalf("%+v", all)
	}
	if d := all.Deeds[0]; d.Position != 2 || d.Actor != "central-planner:7" || d.From != "oidc 192.0.2.0/24" || d.What != "test.approved.v1" ||
		d.About != "s-1" || d.Why != "because" || !d.At.Equal(time.Date(2026, 12, 1, 1, 0, 0, 0, time.UTC)) {
		t.Errorf("%+v", d)
	}
	var paged []node.Deed
	for query := "?limit=5"; ; {
		p := read(query)
		paged = append(paged, p.Deeds...)
		if p.Next == "" {
			break
		}
		query = "?limit=5&cursor=" + p.Next
	}
	if fmt.Sprint(paged) != fmt.Sprint(all.Deeds) {
		t.Errorf("by pages %+v", paged)
	}
	for query, want := range map[string]int{
		"?actor=central-planner:7": 6, "?actor=central-planner:": 6, "?actor=central-planner": 0, "?actor=hr/": 6, "?actor=central-planner:70": 0,
		"?operation=test.": 12, "?operation=test.reported.v1": 6, "?operation=other": 0,
		"?from=2026-12-01T12:00:00Z": 6, "?until=2026-12-01T12:00:00Z": 6, "?from=2026-12-01T01:00:00Z&until=2026-12-01T02:00:00Z": 1,
		"?from=2026-12-01T01:00:00.5Z&until=2026-12-01T02:00:00Z": 0, "?from=2027-01-01T00:00:00Z": 0, "?until=2026-01-01T00:00:00Z": 0,
	} {
		if p := read(query); len(p.Deeds) != want {
			t.Errorf("%s: %d deeds, want %d", query, len(p.Deeds), want)
		}
	}
	get(t, h, "?cursor=x", http.StatusUnprocessableEntity)
	get(t, h, "?cursor=-1", http.StatusUnprocessableEntity)
	get(t, h, "?limit=0", http.StatusUnprocessableEntity)
}

func TestAuditAsLinesAndAsATable(t *testing.T) {
	h := audited(t, false)
	lines := get(t, h, "?format=jsonl&limit=7", http.StatusOK)
	if lines.Header().Get("Content-Type") != "application/x-ndjson" || lines.Header().Get("Lotse-Next-Cursor") == "" ||
		strings.Count(lines.Body.String(), "\n") != 7 || !strings.Contains(lines.Body.String(), `{"service":"test","position":2,`) {
		t.Errorf("%v\n%s", lines.Header(), lines.Body)
	}
	table := get(t, h, "?format=csv", http.StatusOK)
	rows, err := csv.NewReader(table.Body).ReadAll()
	if err != nil || len(rows) != 13 || rows[0][3] != "actor" || rows[2][7] != "'=1+1 said she" || table.Header().Get("Lotse-Next-Cursor") != "" {
		t.Errorf("%v, %v", rows, err)
	}
}

// Where citizens write, a reason that is a sentence is told to nobody.
func TestAuditTellsNoSentencesOfALogOfCitizens(t *testing.T) {
	h := audited(t, true)
	if body := get(t, h, "", http.StatusOK).Body.String(); strings.Contains(body, "said she") || !strings.Contains(body, `"why":"because"`) {
		t.Error(body)
	}
}
