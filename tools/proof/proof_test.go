package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/services/simulation"
)

// docs/proof.md is what docs/proof.json says, to the letter: nobody has typed a
// number.
func TestTheProofIsMadeOfItsResults(t *testing.T) {
	r, err := readResults("../../docs/proof.json")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../docs/proof.md")
	if err != nil {
		t.Fatal(err)
	}
	if r.Markdown() != string(page) {
		t.Error("docs/proof.md is not what docs/proof.json says: go run ./tools/proof -render")
	}
	again := filepath.Join(t.TempDir(), "proof.json")
	if err := r.write(again); err != nil {
		t.Fatal(err)
	}
	a, _ := os.ReadFile("../../docs/proof.json")
	b, _ := os.ReadFile(again)
	if !bytes.Equal(a, b) {
		t.Error("docs/proof.json is not as it is written: go run ./tools/proof -collect, or take back what was changed by hand")
	}
}

// A session that is cut goes on where it was; other inputs and other code are other
// runs; single ones can be renewed.
func TestASessionGoesOn(t *testing.T) {
	dir := t.TempDir()
	o := options{root: "../..", network: "../../deploy/networks/tiny", scenarios: "../../deploy/scenarios", work: filepath.Join(dir, "work"), only: "year",
		data: filepath.Join(dir, "proof.json"), report: filepath.Join(dir, "proof.md"), policies: "none-book,pooled,clairvoyant-book", seeds: "1,year=2", days: 30, warmUp: 5, workers: 2}
	left := func(want int) *matrix {
		t.Helper()
		m, err := o.matrix()
		if err != nil {
			t.Fatal(err)
		}
		todo, _, err := m.todo(store{folder: o.work}, o.renew)
		if err != nil || len(todo) != want {
			t.Fatalf("%d runs are to be played, want %d; %v", len(todo), want, err)
		}
		return m
	}
	left(6)
	if err := o.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	first, err := os.ReadFile(o.data)
	if err != nil || bytes.Count(first, []byte(`"policy"`)) != 6 {
		t.Fatalf("%v: %s", err, first)
	}
	m := left(0)
	page, err := os.ReadFile(o.report)
	if err != nil || !strings.Contains(string(page), "| year | 2 |") || !strings.Contains(string(page), "not played") {
		t.Errorf("%v: %s", err, page)
	}
	for _, f := range simulation.Figures {
		if !strings.Contains(string(page), "| "+f.Name+" | "+f.Unit+" |") {
			t.Errorf("%s is not explained", f.Name)
		}
	}
	o.renew = "year/pooled/2"
	left(1)
	o.renew = "year/pooled"
	left(2)
	o.renew = ""

	// Three seeds: two are there. A file that is cut is said, and named.
	o.seeds = "3"
	left(3)
	o.seeds = "2"
	if all, err := (store{folder: o.work}).all(m.cells[0], "pooled", "other code"); err != nil || len(all) != 0 {
		t.Errorf("runs of other code count: %v, %v", all, err)
	}
	if all, err := (store{folder: o.work, keepOlder: true}).all(m.cells[0], "pooled", "other code"); err != nil || len(all) != 2 {
		t.Errorf("older runs are kept: %v, %v", all, err)
	}
	if err := o.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if again, _ := os.ReadFile(o.data); !bytes.Equal(first, again) {
		t.Errorf("collected again: %s, before: %s", again, first)
	}
	o.days = 31
	left(6)
	o.days = 30
	cut := (store{folder: o.work}).path("year", "pooled", 1, m.cells[0].inputs)
	if err := os.WriteFile(cut, []byte(`{"inputs":`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := o.run(t.Context()); err == nil || !strings.Contains(err.Error(), "remove the file") {
		t.Errorf("a file that is cut: %v", err)
	}
}

func TestWhatIsAskedForIsChecked(t *testing.T) {
	good := options{root: "../..", network: "../../deploy/networks/tiny", scenarios: "../../deploy/scenarios", seeds: "1", warmUp: -1}
	for want, change := range map[string]func(*options){
		`scenario "yaer" is not known`: func(o *options) { o.only = "yaer" },
		`policy "auto" is not known`:   func(o *options) { o.policies = "auto" },
		`-seeds has "0"`:               func(o *options) { o.seeds = "0" },
		`scenario "yaer" is not kno`:   func(o *options) { o.seeds = "1,yaer=2" },
		`name the folder of the repos`: func(o *options) { o.root = t.TempDir() },
	} {
		o := good
		change(&o)
		if _, err := o.matrix(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
