package faults

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/allinone/verify"
	"github.com/lotse-hamburg/lotse/tools/load"
)

// docs/reliability.md is what the command wrote, nothing else.
func TestThePageIsMadeOfWhatWasSeen(t *testing.T) {
	docs := filepath.Join("..", "..", "docs")
	table, err := ReadTable(docs)
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(docs, pageFile))
	if errors.Is(err, fs.ErrNotExist) && len(table.Rows) == 0 {
		return // nothing was seen yet, and nothing is claimed
	}
	if err != nil || string(page) != table.Page() {
		t.Error("docs/reliability.md is not what docs/reliability.json says: write it by the command")
	}
}

func TestARowReplacesTheOneBefore(t *testing.T) {
	folder := t.TempDir()
	var table Table
	table.Add(Row{Key: "wipe-bus", Fault: "w", At: "2026-11-23T05:00:00Z", Receipts: 9, Chain: 1.25})
	table.Add(Row{Key: "kill-nats", Fault: "n", Lost: 1, First: []string{"line 3: gone"}})
	table.Add(Row{Key: "part-nats", Fault: "p", Left: "needs namespaces"})
	table.Add(Row{Key: "wipe-bus", Fault: "w | again", Receipts: 10})
	if err := table.Write(folder); err != nil {
		t.Fatal(err)
	}
	again, err := ReadTable(folder)
	if err != nil || len(again.Rows) != 3 || again.Rows[0].Key != "kill-nats" || again.Rows[2].Receipts != 10 {
		t.Fatalf("%+v, %v", again, err)
	}
	page := again.Page()
	for _, want := range []string{"**1 of 2 faults", `w \| again`, "not played: needs namespaces", "- n: line 3: gone"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing in\n%s", want, page)
		}
	}
	if none, err := ReadTable(t.TempDir()); err != nil || len(none.Rows) != 0 {
		t.Errorf("nothing yet: %+v, %v", none, err)
	}
}

func TestWhatTheAuditorFoundIsCounted(t *testing.T) {
	var r Row
	r.audited(verify.Report{Checks: []verify.Check{{Name: "logs", Looked: 100, Faults: 1}, {Name: "acknowledged", Looked: 7, Faults: 2}, {Name: "appointments", Looked: 5, Faults: 3},
		{Name: "people", Faults: 4}, {Name: "lanes", Faults: 5}, {Name: "bucket", Faults: 6, First: []string{"x"}}}}, 7)
	if r.Receipts != 7 || r.Lost != 2 || r.Appointments != 5 || r.Doubled != 4 || r.Twice != 4 || r.Apart != 18 || len(r.First) != 1 || r.Held() {
		t.Errorf("%+v", r)
	}
	r.see(load.Report{Latencies: []load.Latency{{Kind: "booking", N: 5}, {Kind: "hold", N: 6}, {Kind: "hr", N: 7}}, LastFailure: 42, Silences: map[string]float64{"booking": 3}}, 40*time.Second)
	if r.Commands != 13 || r.Again != 2 || r.Silence != 3 {
		t.Errorf("%+v", r)
	}
}

func TestFaultsAreChosenByKey(t *testing.T) {
	short, err := Choose(nil, true)
	if err != nil || len(short) != 6 {
		t.Errorf("the short form has %d: one of each service, NATS, Postgres; %v", len(short), err)
	}
	kills, err := Choose([]string{"kill", "part-nats"}, false)
	if err != nil || len(kills) != 11 {
		t.Errorf("%d faults, %v", len(kills), err)
	}
	if _, err := Choose([]string{"flood"}, false); err == nil || !strings.Contains(err.Error(), "disk-full") {
		t.Errorf("an unknown one: %v", err)
	}
	keys := map[string]bool{}
	for _, f := range All() {
		if keys[f.Key] || f.begin == nil || f.Name == "" {
			t.Errorf("%q is there twice, or does nothing", f.Key)
		}
		keys[f.Key] = true
	}
}
