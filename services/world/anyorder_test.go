package world_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/day"
)

// hrWord is what an HR system says of one absence under one revision.
type hrWord struct {
	kind string
	data map[string]any
}

// hrWords draws absences that are prolonged, shortened, given to somebody else,
// cancelled and taken up again.
func hrWords(dice *rand.Rand, absences int) (words []hrWord) {
	for n := range absences {
		who, first := 1+dice.IntN(25), monday-3+day.Day(dice.IntN(15))
		for revision := range 1 + dice.IntN(4) {
			kind, data := "changed", map[string]any{"absence_id": fmt.Sprint("A", n), "revision": revision}
			if dice.IntN(5) == 0 {
				who = 1 + dice.IntN(25)
			}
			if dice.IntN(4) == 0 {
				kind = "cancelled"
			} else {
				first += day.Day(dice.IntN(3)) - 1
				data["employee"], data["from"], data["last_day"] = fmt.Sprintf("e-%02d", who), first.String(), (first + day.Day(dice.IntN(6))).String()
			}
			words = append(words, hrWord{kind, data})
		}
	}
	return words
}

// TestAnyOrderOfWordsEndsInTheSameDuties: what HR says, shuffled and repeated and
// with the services talking in between, leaves the same people on duty and the
// same statistics as in the tidy order.
func TestAnyOrderOfWordsEndsInTheSameDuties(t *testing.T) {
	dice := rand.New(rand.NewPCG(7, 20261123))
	tidy := hrWords(dice, 40)
	mixed := append(append([]hrWord{}, tidy...), tidy[:len(tidy)/3]...)
	dice.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
	end := func(words []hrWord, settle int) (duties, weeks any) {
		c := newTown(t)
		for i, w := range words {
			raw, err := json.Marshal(w.data)
			if err != nil {
				t.Fatal(err)
			}
			e := events.Envelope{ID: fmt.Sprint("w", i), Source: "hr", Type: "hr.absence." + w.kind + ".v1", Time: c.Now(), Data: raw}
			if _, err := c.Absence.Receive(c.ctx, "hr", e.Headers(), raw); err != nil {
				t.Fatal(err)
			}
			if i%settle == settle-1 {
				if err := c.Settle(c.ctx); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := c.Settle(c.ctx); err != nil {
			t.Fatal(err)
		}
		if err := c.Ask("staffing", "/v1/roster?from="+monday.String()+"&until="+(monday+28).String(), &duties); err != nil {
			t.Fatal(err)
		}
		if err := c.Ask("staffing", "/v1/attendance?by=district&from="+monday.String()+"&until="+(monday+28).String(), &weeks); err != nil {
			t.Fatal(err)
		}
		return duties, weeks
	}
	duties, weeks := end(tidy, len(tidy))
	for _, settle := range []int{1 << 20, 13} {
		d, w := end(mixed, settle)
		if !reflect.DeepEqual(d, duties) {
			t.Errorf("settling every %d words, others are on duty than after the tidy order", settle)
		}
		if !reflect.DeepEqual(w, weeks) {
			t.Errorf("settling every %d words, the weeks are %v, after the tidy order %v", settle, w, weeks)
		}
	}
	full := newTown(t)
	var all any
	if err := full.Ask("staffing", "/v1/roster?from="+monday.String()+"&until="+(monday+28).String(), &all); err != nil {
		t.Fatal(err)
	}
	if reflect.DeepEqual(all, duties) {
		t.Error("nobody is off duty by any of these words: draw others")
	}
}
