package explain

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/rule"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/wording"
)

// All patterns of sentences, in singular and plural, stand in
// testdata/sentences.txt to be read; -update writes it.
func TestSentencePatterns(t *testing.T) {
	in := city(person("anna", altona, passports, licences), person("ben", bergedorf, passports), person("cem", harburg, passports), person("dora", harburg, licences))
	most := 20
	in.Staff[1].MaxAwayPerHalfYear = &most
	x := &explainer{prices: newPrices(Question{Book: rule.New(in), Names: namesOf(in), Before: in.Previous().X}, in, mustNetwork(t, in), in.Previous().X)}
	var out strings.Builder
	part := func(title string) { fmt.Fprintf(&out, "\n# %s\n", title) }
	say := func(f func(l lang) string) { fmt.Fprintf(&out, "%s\n%s\n", f(de), f(en)) }
	text := func(f func(l lang) Text) { say(func(l lang) string { return f(l).At(l) }) }

	part("rules")
	for _, r := range rule.Rules {
		text(func(lang) Text { return Text{De: r.De, En: r.En} })
	}

	price, parts := in.Weights, []Split{}
	for _, n := range []float64{1, 3} {
		parts = append(parts, Split{Uncovered: n * price.UncoveredSlot}, Split{Walkin: n * price.WalkinSlot, places: n}, Split{Promise: n, days: n})
	}
	parts = append(parts, Split{MissingHeads: price.MissingHead}, Split{Goal: 1}, Split{Fairness: 1}, Split{Moves: 1}, Split{Changes: 1}, Split{Personal: 1}, Split{Starts: 1},
		Split{Uncovered: 2 * price.UncoveredSlot, Walkin: 20 * price.WalkinSlot, places: 20})
	part("what is won: it does, they do, would do")
	for _, s := range parts {
		for _, f := range []form{singular, plural, infinitive} {
			say(func(l lang) string { return x.gains(l, f, s) })
		}
	}
	part("what is lost")
	for _, s := range parts {
		say(func(l lang) string { return x.losses(l, Split{}.Minus(s), 0) })
	}
	for _, minutes := range []int{1, 23} {
		say(func(l lang) string { return x.losses(l, Split{Moves: -5, Changes: -4}, minutes) })
	}

	part("moves")
	step, gain, none := flow.Step{E: 1, T: friday, From: bergedorf, To: altona}, 200., 0.
	for _, m := range []Move{{TravelMinutes: 1, Gain: &gain, Split: parts[0]}, {TravelMinutes: 20, AwayThisWeek: 2, Gain: &gain, Split: parts[3]},
		{TravelMinutes: 20, AwayHalfYear: 13, Gain: &none}, {TravelMinutes: 20}} {
		say(func(l lang) string { return x.moveWords(l, step, m) })
	}
	say(func(l lang) string {
		return x.moveWords(l, flow.Step{E: 1, T: friday, From: altona, To: bergedorf}, Move{Gain: &gain, Split: Split{Moves: 10}})
	})

	part("moves that meet")
	steps := []flow.Step{step, {E: 2, T: friday, From: harburg, To: altona}, {E: 3, T: friday, From: harburg, To: altona}, {E: 1, T: friday - 1, From: bergedorf, To: altona}}
	x.steps = steps
	for _, moves := range [][]int{{0, 1}, {0, 1, 2}, {0, 3}} {
		for _, sum := range []float64{900, 100} {
			say(func(l lang) string { return x.groupWords(l, Group{Moves: moves, Gain: 600, Sum: sum, Split: parts[3]}) })
		}
	}

	part("headlines")
	for _, c := range []struct {
		steps []flow.Step
		split Split
	}{{steps[:1], parts[0]}, {steps[:2], parts[3]}, {[]flow.Step{steps[0], steps[3]}, parts[5]}, {steps[:1], Split{}}, {steps[:2], Split{}},
		{[]flow.Step{{E: 1, T: friday, From: altona, To: bergedorf}}, Split{Moves: 10}},
		{[]flow.Step{{E: 1, T: friday, From: altona, To: bergedorf}, {E: 2, T: friday, From: altona, To: harburg}}, Split{Moves: 20}}} {
		x.steps, x.out.Split, x.out.Gain = c.steps, c.split, c.split.Sum()
		say(x.summary)
	}
	for _, u := range []Unsolved{{Appointments: 1}, {Appointments: 2}, {Heads: 1}, {Heads: 2}, {Appointments: 1, Heads: 2}, {Appointments: 3, Heads: 1}} {
		x.out.Unsolved = []Unsolved{u}
		say(x.rest)
	}
	x.out.More = 6
	say(x.rest)
	u := Unsolved{Centre: "a", Day: friday, Appointments: 2, Reason: "dearer", Complete: true}
	x.out.Unsolved = []Unsolved{u}
	say(x.unchangedWords)
	x.out.More = 0
	for _, r := range []string{"rules", "law", "skill", "nobody", "dearer", "move", "time"} {
		u.Reason, u.Relax, u.Law = r, []Relaxed{{Rules: []rule.Name{rule.Notice}}}, []rule.Name{rule.Covered}
		x.out.Unsolved = []Unsolved{u}
		say(x.unchangedWords)
	}
	x.out.Unsolved = nil
	say(x.unchangedWords)
	x.q.Damage = 10
	say(x.unchangedWords)

	part("without the moves")
	k := spot{altona, friday}
	for _, c := range [][2]int{{1, 0}, {1, 1}, {3, 0}, {3, 1}} {
		x.bare, x.still = map[spot][]int{k: {30 * c[0], 0}}, map[spot][]int{k: {30 * c[1], 0}}
		for _, n := range []int{1, 2} {
			x.steps = steps[:n]
			say(func(l lang) string { return x.bareWords(l, k) })
		}
	}
	for _, v := range []Lead{{0, 1, 5}, {0, 9, 1}, {0, -1, 3}, {0, 20, -1}} {
		say(func(l lang) string { return x.leadWords(l, v) })
	}
	for _, n := range []int{1, 2} {
		say(func(l lang) string { return x.shortWords(l, k, n) })
		say(func(l lang) string { return x.lateWords(l, 0, float64(n)) })
	}

	part("what is missing, and why")
	for _, c := range [][2]int{{1, 0}, {2, 0}, {0, 1}, {0, 2}, {1, 1}, {2, 2}} {
		say(func(l lang) string {
			return wording.Sentence(x.lackWords(l, k, Unsolved{Appointments: c[0], Heads: c[1]}))
		})
	}
	who := []candidate{{e: 1, from: bergedorf}, {e: 2, from: harburg, alike: 1}, {e: 3, from: harburg, alike: 3}}
	worse := coming{Split{Uncovered: -600, Moves: -10}, true}
	travel := coming{Split{Moves: -10}, true}
	x.still = map[spot][]int{k: {60, 30}}
	for _, c := range []struct {
		u Unsolved
		h help
	}{
		{Unsolved{Reason: "nobody"}, help{}}, {Unsolved{Reason: "skill"}, help{}}, {Unsolved{Reason: "time"}, help{}},
		{Unsolved{Reason: "move"}, help{nearest: &who[0], coming: coming{Split: parts[3]}}},
		{Unsolved{Reason: "move"}, help{nearest: &who[0], pair: who[:2], coming: coming{Split: Split{MissingHeads: 2000}}}},
		{Unsolved{Reason: "dearer", Complete: true}, help{nearest: &who[0], coming: worse}},
		{Unsolved{Reason: "dearer", Complete: true}, help{nearest: &who[1], coming: travel}},
		{Unsolved{Reason: "dearer", Complete: true}, help{nearest: &who[1], coming: coming{Split: travel.Split}}},
		{Unsolved{Reason: "dearer"}, help{nearest: &who[2], coming: worse}},
		{Unsolved{Reason: "dearer", Complete: true}, help{}},
		{Unsolved{Reason: "law", Law: []rule.Name{rule.Deployable}, Complete: true}, help{}},
		{Unsolved{Reason: "law", Law: []rule.Name{rule.Covered, rule.Rest}, Complete: true}, help{nearest: &who[0], coming: worse}},
		{Unsolved{Reason: "rules", Relax: []Relaxed{{Rules: []rule.Name{rule.Notice}, Gain: &gain, Split: parts[0]}}}, help{relaxed: [][]candidate{who[:1]}}},
		{Unsolved{Reason: "rules", Relax: []Relaxed{{Rules: []rule.Name{rule.Notice, rule.WeeklyCap}, Gain: &gain, Split: parts[3]}}}, help{relaxed: [][]candidate{who[:2]}}},
		{Unsolved{Reason: "rules", Relax: []Relaxed{{Rules: []rule.Name{rule.Notice}}}}, help{relaxed: [][]candidate{who[:1]}}},
		{Unsolved{Reason: "rules", Relax: []Relaxed{{Rules: []rule.Name{rule.Minimum}, Gain: &gain, Split: Split{Uncovered: 600, Walkin: -40, places: -10}},
			{Rules: []rule.Name{rule.Reach}, Gain: &gain, Split: parts[0]}}}, help{relaxed: [][]candidate{who[:1], who[:2]}}},
		{Unsolved{Reason: "rules", Relax: []Relaxed{{Rules: []rule.Name{rule.Notice, rule.Reach}, Gain: &gain, Split: parts[3]},
			{Rules: []rule.Name{rule.Counters, rule.Reach}, Gain: &gain, Split: parts[0]}}}, help{relaxed: [][]candidate{who[:1], who[:1]}}},
	} {
		say(func(l lang) string { return x.whyWords(l, k, c.u, c.h) })
	}

	part("others")
	for _, f := range who {
		for _, r := range []Rejected{{Points: 0}, {Points: -5}, {Points: 600, Split: Split{Uncovered: 600}}} {
			say(func(l lang) string { return x.dearerWords(l, step, f, r) })
		}
		f.blocks = []rule.Name{rule.Covered}
		say(func(l lang) string { return x.forbiddenWords(l, step, f) })
	}

	part("hours")
	for _, o := range []hourOf{{Worth: Worth{Minutes: 60, Gain: 1, Split: parts[0]}, skills: []int{0}}, {Worth: Worth{Minutes: 30, Gain: 4, Split: parts[5]}, skills: []int{0}},
		{Worth: Worth{Minutes: 15, Gain: 4, Split: Split{Goal: 4}}, skills: []int{0, 1}}} {
		o.t = friday
		say(func(l lang) string { return x.hourWords(l, o) })
	}

	got := strings.TrimPrefix(out.String(), "\n")
	if *update {
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
		if strings.Contains(line, "  ") || strings.Contains(line, "..") || strings.Contains(line, " .") || strings.HasSuffix(line, " ") || strings.Contains(line, "%!") {
			t.Errorf("blanks or stops: %q", line)
		}
	}
}

func mustNetwork(t *testing.T, in *planning.Instance) *flow.Network {
	t.Helper()
	w, err := flow.New(in)
	if err != nil {
		t.Fatal(err)
	}
	w.Staff(in.Previous().X)
	return w
}
