package suggest

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/wording"
)

var update = flag.Bool("update", false, "write the sentences of testdata anew")

// All patterns of sentences, in singular and plural, stand in
// testdata/sentences.txt to be read; -update writes it.
func TestSentencePatterns(t *testing.T) {
	in := weeks()
	k, err := newBench(Question{Instance: in, Plan: in.Previous(), Names: wording.IDs(in), Options: Options{}.filled()})
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	say := func(s Suggestion) {
		text := k.say(&s)
		fmt.Fprintf(&out, "%s\n%s\n", text.De, text.En)
	}
	for _, n := range []int{1, 3} {
		v := float64(n)
		fmt.Fprintf(&out, "# %d\n", n)
		say(Suggestion{Kind: Walkin, Days: []int{4}, Minutes: n, Wins: Wins{LateSlots: v, LateSlotDays: v, Walkin: -v}})
		say(Suggestion{Kind: Walkin, Days: []int{3, 4}, Minutes: 60 * n, Skill: -1, Wins: Wins{LateSlotDays: 5 * v}})
		say(Suggestion{Kind: Overtime, Days: []int{4}, Takes: n, Minutes: 60 * n, StaffMinutes: 60 * n, Wins: Wins{Booked: v}})
		say(Suggestion{Kind: Saturday, Days: []int{5}, Takes: n, People: []int{0, 1}[:min(2, n)], Skill: -1, StaffMinutes: 331 * n, Wins: Wins{Walkin: v, LateSlots: -v, LateSlotDays: -v}})
		say(Suggestion{Kind: Closing, Days: []int{4}, Takes: n, Skill: -1, Exact: true, Wins: Wins{Heads: n, Booked: -v}})
		say(Suggestion{Kind: Closing, Days: []int{4}, Takes: n, Skill: -1, Wins: Wins{Booked: v, Walkin: -v, LateSlotDays: -v}})
		say(Suggestion{Kind: Hours, Days: []int{4}, From: 480, To: 960, Skill: -1, Wins: Wins{Heads: n}})
	}
	fmt.Fprintln(&out, "# 0")
	say(Suggestion{Kind: Closing, Days: []int{4}, Skill: -1, Exact: true})
	fmt.Fprintf(&out, "%s\n%s\n", TemporarySite.De, TemporarySite.En)
	got := out.String()
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile("testdata/sentences.txt", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/sentences.txt")
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("the sentences are now\n%s\n(-update writes them)", got)
	}
	for _, line := range strings.Split(got, "\n") {
		if strings.Contains(line, "  ") || strings.Contains(line, "..") || strings.Contains(line, " .") || strings.Contains(line, "%!") {
			t.Errorf("blanks or stops: %q", line)
		}
	}
}
