//go:build mutations

package faults_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/services/simulation/faults"
)

// edit puts something else in the place of a text that a source has once.
type edit struct{ file, was, is string }

// mutations are services with one safeguard taken out. Paths begin at services/.
var mutations = []struct {
	name  string
	edits []edit
}{
	{"idempotency off: a key is not remembered", []edit{{"internal/node/node.go", `	if key == "" {`, `	if key != "-" {`}}},
	{"version check off: two writers overwrite each other", []edit{{"internal/eventlog/memory/commit.go", `v != a.Expected {`, `v < 0 {`}}},
	{"inbox off: neither lane nor log holds a message against the checkpoint", []edit{
		{"internal/lane/step.go", `	case e.Position > at.Position+1:`, `	case e.Position < 0:`},
		{"internal/eventlog/memory/commit.go", `if out.Err = verdict.OutOfOrder(*a, at, known); out.Err != nil {`, `if verdict.OutOfOrder(*a, at, known) != nil && a.Position < 0 {`}}},
	{"the relay skips: what a gap lacks is not asked for", []edit{
		{"internal/lane/step.go", `		return l.fill(ctx, e.Position-1)`, `		l.at.Position, l.known = e.Position-1, true
		return errAgain`},
		{"internal/eventlog/memory/commit.go", `if out.Err = verdict.OutOfOrder(*a, at, known); out.Err != nil {`, `if verdict.OutOfOrder(*a, at, known) != nil && a.Position <= at.Position {`}}},
	{"an unknown commit is written twice", []edit{{"internal/eventlog/memory/commit.go", `if p, known := s.byID[e.ID]; known {`, `if p, known := s.byID[e.ID]; known && p < 0 {`}}},
	{"a state that lost a conflict is believed", []edit{{"internal/journal/state.go", `		o.cache.doubt(s)`, `		_ = s`}}},
	{"what another replica wrote is not read", []edit{{"internal/journal/tail.go", `				t.events, t.public = t.events[:0:0], t.public[:0:0]`, `				_ = n`}}},
	{"a hold never expires", []edit{{"booking/internal/domain/centreday/decide.go", `			say = append(say, h.ended(HoldExpired))`, `			_ = h`}}},
	{"an appointment at risk is dropped", []edit{{"booking/internal/domain/centreday/decide.go", `			say = append(say, booking.AppointmentAtRisk{AppointmentEnded: s.about(a)})`, `			say = append(say, booking.AppointmentCancelled{AppointmentEnded: s.about(a)})`}}},
	{"capacity ignores that a move would uncover", []edit{{"capacity/internal/domain/proposal/decide.go", `		case c.Uncovered > m.UncoveredBefore:`, `		case c.Uncovered < 0:`}}},
	{"the giver's answer is not waited for", []edit{{"capacity/internal/app/deployments.go", `			case load.OfferingVersion < c.Offerings[place].Version:`, `			case load.OfferingVersion < 0:`},
		{"capacity/internal/app/deployments.go", `			case load.OfferingVersion >= m.OfferingVersion:`, `			case load.OfferingVersion >= 0:`}}},
	{"the giver's answer to less than is on offer counts", []edit{{"capacity/internal/app/deployments.go", `			case load.OfferingVersion < c.Offerings[place].Version:`, `			case load.OfferingVersion < 0:`}}},
	{"an older revision of an absence wins", []edit{{"absence/internal/domain/absencecase/absencecase.go", `		return compare(*s.Revision, *known.Revision)`, `		return compare(*s.Revision, *s.Revision-1)`}}},
}

var violated = regexp.MustCompile(`seed (\d+), step \d+ of \d+: (.*)`)

// TestMutationsAreFound builds the stories with each mutation and plays until one
// finds something: go test -tags mutations -run Mutations ./simulation/faults
func TestMutationsAreFound(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mutations {
		t.Run(m.name, func(t *testing.T) {
			replace := map[string]string{}
			for _, e := range m.edits {
				path := filepath.Join(root, e.file)
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
			overlay, err := json.Marshal(map[string]any{"Replace": replace})
			if err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(t.TempDir(), "overlay.json")
			if err := os.WriteFile(file, overlay, 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := exec.CommandContext(t.Context(), "go", "test", "-count=1", "-tags", "mutations", "-overlay", file, "-run", "^TestOneFinding$", "-v", ".", "-args", "-seeds", "2000").CombinedOutput()
			found := violated.FindStringSubmatch(string(out))
			if found == nil {
				t.Fatalf("not found (%v):\n%s", err, out)
			}
			t.Logf("found by seed %s: %s", found[1], found[2])
		})
	}
}

// TestOneFinding is what mutations are played with: it fails with the first finding.
func TestOneFinding(t *testing.T) {
	play(t, func(a, _ faults.Outcome) bool {
		if a.Violation != "" {
			t.Errorf("seed %d, step %d of %d: %s", a.Seed, a.At, a.Steps, a.Violation)
		}
		return a.Violation != ""
	})
}
