package explain

import (
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/rule"
)

// flu: four passports are booked at Altona on each of five days, where nobody is,
// and notice keeps ben and cem away, who have nothing else to do.
func flu() Question {
	in := city(person("anna", altona, passports), person("ben", bergedorf, passports), person("cem", harburg, passports))
	in.NoticeDays = in.Horizon
	q := Question{Instance: in}
	for t := 3; t < 8; t++ {
		in.Booked[altona][passports][t], in.Avail[0][t] = 120, 0
		q.Places = append(q.Places, planning.Spot{Centre: altona, Day: t})
	}
	q.After = in.Previous().X
	return q
}

// However few changes may be priced, each place is told the rule that stands in
// its way, and nothing false is said for lack of tries.
func TestFewTriesNameTheRule(t *testing.T) {
	for _, tries := range []int{1, 2, 3, 5, 12, 40} {
		q := flu()
		q.Tries = tries
		x := explained(t, q)
		if len(x.Unsolved) != 5 {
			t.Fatalf("%d tries: %+v", tries, x.Unsolved)
		}
		for i, u := range x.Unsolved {
			if u.Reason != "rules" || len(u.Relax) != 1 || u.Relax[0].Rules[0] != rule.Notice {
				t.Errorf("%d tries, day %d: %+v", tries, u.Day, u)
				continue
			}
			priced := u.Relax[0].Gain != nil
			if want := i < (3*tries+4)/5; priced != want || u.Complete != want {
				t.Errorf("%d tries, day %d: priced is %v, want %v", tries, u.Day, priced, want)
			}
			want := "Without it, ben from Bergedorf could come and cover 4 booked appointments."
			if !priced {
				want = "Without it, ben from Bergedorf could come; how much that would bring was not worked out."
			}
			if !strings.HasSuffix(u.Text.En, want) {
				t.Errorf("%d tries: %s", tries, u.Text.En)
			}
		}
	}
}

// Somebody who may come and was not looked at is no reason to blame a rule.
func TestNotLookedAtToTheEnd(t *testing.T) {
	q := flu()
	q.Instance.Staff[2].Mobile = true
	q.Instance.Booked[harburg][passports][3] = 480 // cem is needed there
	q.Places = q.Places[:1]
	q.Stop = func() bool { return true }
	x := explained(t, q)
	if u := x.Unsolved[0]; u.Reason != "time" || u.Complete || !strings.Contains(u.Text.De, "nicht vollständig geprüft") {
		t.Errorf("%+v", u)
	}
	q.Stop = nil
	x = explained(t, q)
	if u := x.Unsolved[0]; u.Reason != "rules" || !u.Complete || u.Relax[0].Employees[0] != "ben" {
		t.Errorf("%+v", u)
	}
}

// Only who can do what is missing is named as the one who could come first.
func TestNearestCanDoWhatIsMissing(t *testing.T) {
	in := city(person("anna", altona, licences), person("ben", bergedorf, passports), person("cem", harburg, licences))
	in.Booked[altona][licences][friday], in.Booked[harburg][licences][friday] = 120, 480
	ill(in, 0)
	q := Question{Instance: in, After: in.Previous().X, Places: atAltona}
	u := explained(t, q).Unsolved[0]
	if u.Reason != "dearer" || !strings.Contains(u.Text.En, "needed more elsewhere. The first choice would be cem from Harburg; the price would be: 12 booked appointments without staff") {
		t.Errorf("%+v", u)
	}
	// Whom a law keeps away is not named, and nobody else is in their place.
	in.Staff[2].Mobile = true
	in.MayLeave = func(c, _ int, _ []int) bool { return c != harburg }
	in.Booked[harburg][licences][friday] = 0
	u = explained(t, q).Unsolved[0]
	if u.Reason != "law" || u.Text.En != "4 booked appointments at Altona have no staff on Friday, 12 June. "+
		"Those who could help may not come: Booked appointments at the giving centre would no longer be covered." {
		t.Errorf("%+v", u)
	}
}

// Who may come and has the skill, yet at another time of day, is no help.
func TestWhoComesAtTheWrongTime(t *testing.T) {
	in := city(person("anna", altona, passports), person("ben", bergedorf, passports))
	in.Uncovered = [][][]int{}
	for range in.Centres {
		in.Uncovered = append(in.Uncovered, [][]int{make([]int, in.Horizon), make([]int, in.Horizon)})
	}
	in.Uncovered[altona][passports][friday] = 60
	in.Booked[altona][passports][friday] = 60
	in.StaysUncovered = func(int, int, []int) int { return 60 }
	u := explained(t, Question{Instance: in, After: in.Previous().X, Places: atAltona}).Unsolved[0]
	if u.Reason != "dearer" || u.Text.De != "Am Freitag, 12. Juni bleiben 2 gebuchte Termine am Standort Altona ohne Personal. "+
		"Niemand, der kommen darf, brächte hier mehr, als es an anderer Stelle kostet." {
		t.Errorf("%+v", u)
	}
}

// Whoever is on the way to another centre is not asked for where single moments
// are known: what they would leave there is in no price.
func TestWhoIsOnTheWayIsNotAskedFor(t *testing.T) {
	for _, known := range []bool{false, true} {
		in := city(person("anna", altona, passports), person("ben", bergedorf, passports))
		in.Booked[altona][passports][friday] = 120
		in.Prev[1][friday] = harburg
		in.Staff[1].FixedDays = []int{friday}
		ill(in, 0)
		if known {
			in.Uncovered = make([][][]int, len(in.Centres))
			for c := range in.Centres {
				in.Uncovered[c] = [][]int{make([]int, in.Horizon), make([]int, in.Horizon)}
			}
		}
		u := explained(t, Question{Instance: in, After: in.Previous().X, Places: atAltona}).Unsolved[0]
		if (u.Reason == "rules") == known || known != strings.Contains(u.Text.De, "Wer das übernehmen könnte, darf nicht kommen oder wird anderswo") {
			t.Errorf("moments known: %v, %+v", known, u)
		}
	}
}

// The beginning of a secondment is not told as if somebody were often away.
func TestBeginningsAndPeopleAreToldApart(t *testing.T) {
	in := city(person("anna", altona, passports), person("ben", bergedorf, passports), person("cem", bergedorf, passports))
	in.Weights.Personal, in.Weights.SecondmentStart = .5, 8
	for _, d := range []int{friday - 1, friday} {
		in.Booked[altona][passports][d], in.Avail[0][d] = 240, 0
	}
	after := moved(in, map[int]int{1: altona})
	after[1][friday-1] = altona
	x := explained(t, Question{Instance: in, After: after, Places: atAltona})
	if len(x.Rejected) == 0 || x.Rejected[0].Employee != "cem" || !near(x.Rejected[0].Split.Starts, 8) || !near(x.Rejected[0].Split.Personal, -.5) ||
		!strings.HasSuffix(x.Rejected[0].Text.En, "the price would be: one additional change of workplace.") {
		t.Errorf("%+v", x.Rejected)
	}
	if len(x.Rejected) != 1 {
		t.Errorf("ben's two days of one week are told of one by one: %+v", x.Rejected)
	}
}
