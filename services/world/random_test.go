package world_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
)

// aLifetime is longer than any script: logs forget nothing within it, but their
// worlds play as those that last do.
const aLifetime = 100 * 365 * 24 * time.Hour

// TestRandomWeeks plays scripts drawn by a seed: whatever HR, planners and a slow
// bus do, what must never happen does not. Each is played twice, the second time
// with events handed on as they were decided instead of read from the log. What is
// answered, and the logs, are the same.
func TestRandomWeeks(t *testing.T) {
	seeds := []uint64{2, 15, 28, 37} // those with much to decide
	if quick {
		seeds = seeds[:1]
	}
	for _, seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			script := draw(rand.New(rand.NewPCG(seed, 20261123)))
			t.Cleanup(func() {
				if t.Failed() {
					t.Logf("the script:\n%s", script)
				}
			})
			a, once := play(t, "drawn", script)
			b, twice := playKept(t, "drawn", script, aLifetime)
			if once != twice {
				t.Errorf("played twice, Lotse answers\n%s\nand\n%s", once, twice)
			}
			sameLogs(t, a, b)
			if len(a.ledger.order) == 0 {
				t.Error("no proposal was drafted: draw other seeds")
			}
		})
	}
}

// draw writes a script of two weeks.
func draw(dice *rand.Rand) string {
	var s strings.Builder
	block := func(form string, a ...any) { fmt.Fprintf(&s, form+"\n"+separator+"\n\n", a...) }
	block("today is 2026-11-23 07:00\nthe city is four-centres")
	for _, centre := range []string{"altona", "ottensen", "harburg", "wandsbek"} {
		block("citizens book %d %% of the free id at %s from 2026-11-24 to 2026-12-04", 50+dice.IntN(5)*10, centre)
	}
	today, slow := monday, ""
	off := map[string]day.Day{}
	for range 24 {
		who := fmt.Sprintf("e-%02d", 1+dice.IntN(25))
		from, known := off[who]
		switch what := dice.IntN(10); {
		case what < 4 && !known:
			from = today + day.Day(dice.IntN(8))
			off[who] = from
			block("HR: %s is absent from %s to %s", who, from, from+day.Day(dice.IntN(5)))
		case what < 3:
			block("HR: the absence of %s lasts until %s", who, from+day.Day(dice.IntN(6)))
		case what == 4 && known:
			block("HR: the absence of %s is cancelled", who)
		case what < 7:
			block("the planner approves the newest proposal, if any")
		case what == 7:
			block("the planner %s the newest proposal, if any", []string{"rejects", "undoes"}[dice.IntN(2)])
		case what == 8 && today < monday+9:
			today += day.Day(1 + dice.IntN(2))
			block("the clock moves to %s %02d:00", today, 6+dice.IntN(8))
		case what == 9 && slow == "":
			pair := ways[dice.IntN(len(ways))]
			slow = fmt.Sprintf("what %s says reaches %s again", pair[0], pair[1])
			block("what %s says is slow to reach %s", pair[0], pair[1])
		case slow != "":
			block("%s", slow)
			slow = ""
		}
	}
	if slow != "" {
		block("%s", slow)
	}
	block("show the centres from %s to 2026-12-04", today)
	return s.String()
}

// ways that words take from service to service.
var ways = [][2]string{{"absence", "staffing"}, {"staffing", "capacity"}, {"capacity", "staffing"}, {"capacity", "booking"}, {"booking", "capacity"}}
