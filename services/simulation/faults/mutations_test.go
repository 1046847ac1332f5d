//go:build mutations

package faults_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/services/simulation/faults"
)

// edit puts something else in the place of a text that a source has once.
type edit struct{ file, was, is string }

type mutation struct {
	name  string
	edits []edit
	first uint64 // seed from which on it is looked for: a rare one begins near where it was found
}

// mutations are services with one safeguard taken out. Paths begin at services/.
var mutations = []mutation{
	{"idempotency off: a key is not remembered", []edit{{"internal/node/node.go", `	if key == "" {`, `	if key != "-" {`}}, 1},
	{"version check off: two writers overwrite each other", []edit{{"internal/eventlog/memory/commit.go", `v != a.Expected {`, `v < 0 {`}}, 1},
	{"inbox off: neither lane nor log holds a message against the checkpoint", []edit{
		{"internal/lane/step.go", `	case e.Position > at.Position+1:`, `	case e.Position < 0:`},
		{"internal/eventlog/memory/commit.go", `if out.Err = verdict.OutOfOrder(*a, at, known); out.Err != nil {`, `if verdict.OutOfOrder(*a, at, known) != nil && a.Position < 0 {`}}, 1},
	{"the relay skips: what a gap lacks is not asked for", []edit{
		{"internal/lane/step.go", `		return l.fill(ctx, e.Position-1)`, `		l.at.Position, l.known = e.Position-1, true
		return errAgain`},
		{"internal/eventlog/memory/commit.go", `if out.Err = verdict.OutOfOrder(*a, at, known); out.Err != nil {`, `if verdict.OutOfOrder(*a, at, known) != nil && a.Position <= at.Position {`}}, 1},
	{"an unknown commit is written twice", []edit{{"internal/eventlog/memory/commit.go", `if p, known := s.byID[e.ID]; known {`, `if p, known := s.byID[e.ID]; known && p < 0 {`}}, 1},
	{"a state that lost a conflict is believed", []edit{{"internal/journal/state.go", `		o.cache.doubt(s)`, `		_ = s`}}, 1},
	{"what another replica wrote is not read", []edit{{"internal/journal/tail.go", `				t.events, t.public = t.events[:0:0], t.public[:0:0]`, `				_ = n`}}, 1},
	{"a hold never expires", []edit{{"booking/internal/domain/centreday/decide.go", `			say = append(say, h.ended(HoldExpired))`, `			_ = h`}}, 1},
	{"an appointment at risk is dropped", []edit{{"booking/internal/domain/centreday/decide.go", `			say = append(say, booking.AppointmentAtRisk{AppointmentEnded: s.about(a)})`, `			say = append(say, booking.AppointmentCancelled{AppointmentEnded: s.about(a)})`}}, 1},
	{"capacity ignores that a move would uncover", []edit{{"capacity/internal/domain/proposal/decide.go", `		case c.Uncovered > m.UncoveredBefore:`, `		case c.Uncovered < 0:`}}, 1},
	{"the giver's answer is not waited for", []edit{{"capacity/internal/app/deployments.go", `			case !c.Answered(place):`, `			case false:`},
		{"capacity/internal/app/deployments.go", `			case load.OfferingVersion >= m.OfferingVersion:`, `			case load.OfferingVersion >= 0:`}}, 1},
	{"the giver's answer to less than is on offer counts", []edit{{"capacity/internal/app/deployments.go", `			case !c.Answered(place):`, `			case false:`}}, 1},
	{"the giver's answer counts though its offering is about to be said again", []edit{{"capacity/internal/app/deployments.go", `			case !c.Answered(place):`, `			case load.OfferingVersion < c.Offerings[place].Version:`}}, 1901},
	{"who was sent back stays withdrawn", []edit{{"capacity/internal/read/withdrawn.go", `	if w.Ordered && `, `	if w.Ends == "" && w.Ordered && `}}, 1901},
	{"an older revision of an absence wins", []edit{{"absence/internal/domain/absencecase/absencecase.go", `		return compare(*s.Revision, *known.Revision)`, `		return compare(*s.Revision, *s.Revision-1)`}}, 1},
	{"staffing ignores where somebody is already: double duty", []edit{{"staffing/internal/domain/employee/rules.go", `	{"elsewhere", elsewhere},`, ``}}, 1},
	{"the weekly cap is off", []edit{{"staffing/internal/domain/employee/rules.go", `	{"weekly-cap", weeklyCap},`, ``}}, 1},
}

var violated = regexp.MustCompile(`seed (\d+), step \d+ of \d+: (.*)`)

var shrunk = regexp.MustCompile(`\d+ of \d+ steps are enough`)

// TestMutationsAreFound builds the stories with each mutation and plays until one
// finds something, which then needs fewer steps:
// go test -tags mutations -run Mutations ./simulation/faults
func TestMutationsAreFound(t *testing.T) {
	for _, m := range mutations {
		t.Run(m.name, func(t *testing.T) {
			out, err := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-tags", "mutations", "-overlay", overlay(t, m.edits), "-run", "^TestOneFinding$", "-v", ".", "-args", "-first", strconv.FormatUint(m.first, 10), "-seeds", "2000").CombinedOutput()
			found := violated.FindStringSubmatch(string(out))
			if found == nil || !shrunk.Match(out) {
				t.Fatalf("not found, or not shrunk (%v):\n%s", err, out)
			}
			t.Logf("found by seed %s: %s; %s", found[1], found[2], shrunk.Find(out))
		})
	}
}

// TestTheLineOfAFindingRepeatsIt: what lotse prints of a finding, and of what
// Minimize left of it, can be copied and finds the same.
func TestTheLineOfAFindingRepeatsIt(t *testing.T) {
	i := slices.IndexFunc(mutations, func(m mutation) bool { return m.name == "a hold never expires" })
	file := overlay(t, mutations[i].edits)
	lotse := filepath.Join(t.TempDir(), "lotse")
	build := exec.CommandContext(t.Context(), "go", "build", "-overlay", file, "-o", lotse, "./tools/lotse")
	build.Dir = filepath.Join(services(t), "..")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	play := func(args ...string) string {
		out, err := exec.CommandContext(t.Context(), lotse, args...).Output()
		if err == nil {
			t.Fatalf("lotse %v finds nothing:\n%s", args, out)
		}
		return string(out)
	}
	said := play("simulate", "--faults", "--seeds", "20", "--minimize")
	lines := regexp.MustCompile(`(?m): (.+)\nrepeat it: go run ./tools/lotse (.+)$`).FindAllStringSubmatch(said, -1)
	if len(lines) < 2 {
		t.Fatalf("no line to copy:\n%s", said)
	}
	for _, line := range lines[:2] { // of all steps, and of those that are left
		if again := play(strings.Fields(line[2])...); !strings.Contains(again, line[1]) {
			t.Errorf("%s finds\n%sand not %q", line[2], again, line[1])
		}
	}
}

func services(t *testing.T) string {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return root
}

// overlay writes sources with edits, and the file that tells go of them.
func overlay(t *testing.T, edits []edit) string {
	replace := map[string]string{}
	for _, e := range edits {
		path := filepath.Join(services(t), e.file)
		from := path
		if again, edited := replace[path]; edited {
			from = again
		}
		source, err := os.ReadFile(from)
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(source), e.was); n != 1 {
			t.Fatalf("%s has %q %d times: the mutation must follow the source", e.file, e.was, n)
		}
		mutant := filepath.Join(t.TempDir(), filepath.Base(e.file))
		if err := os.WriteFile(mutant, []byte(strings.Replace(string(source), e.was, e.is, 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		replace[path] = mutant
	}
	said, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(file, said, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestOneFinding is what mutations are played with: it fails with the first
// finding, and tells how few steps find something too.
func TestOneFinding(t *testing.T) {
	var one faults.Outcome
	play(t, false, func(a, _ faults.Outcome) bool {
		if a.Violation != "" && (one.Violation == "" || a.Seed < one.Seed) {
			one = a
		}
		return a.Violation != ""
	})
	if one.Violation == "" {
		return
	}
	t.Errorf("seed %d, step %d of %d: %s", one.Seed, one.At, one.Steps, one.Violation)
	small, err := faults.Minimize(t.Context(), faults.Options{Seed: one.Seed}, nil)
	if err != nil {
		t.Fatal(err)
	}
	again, err := faults.Run(t.Context(), faults.Options{Seed: one.Seed, Steps: small.Steps, Keep: small.Keep})
	if err != nil || again.Violation == "" || again.Hash != small.Hash || len(small.Keep) >= one.Steps {
		t.Fatalf("%d of %d steps: %+v, played again %+v, %v", len(small.Keep), one.Steps, small, again, err)
	}
	t.Logf("%d of %d steps are enough", len(small.Keep), one.Steps)
}
