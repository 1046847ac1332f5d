package histories

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

// A script is a history written by hand: each line begins when the one before
// has ended, unless it says otherwise.
type script []porcupine.Operation

func (s *script) then(in asked, out answered) *script {
	at := int64(10 * len(*s))
	*s = append(*s, porcupine.Operation{Input: in, Call: at + 1, Output: out, Return: at + 9})
	return s
}

// along begins with the one before.
func (s *script) along(in asked, out answered) *script {
	s.then(in, out)
	o := &(*s)[len(*s)-1]
	o.Call -= 10
	return s
}

// lost has no answer.
func (s *script) lost(in asked) *script {
	s.then(in, answered{unknown: true, id: fmt.Sprint("lost ", len(*s))})
	(*s)[len(*s)-1].Return = math.MaxInt64
	return s
}

func judged(t *testing.T, history []porcupine.Operation) porcupine.CheckResult {
	t.Helper()
	return porcupine.CheckOperationsTimeout(model, history, 2*time.Minute)
}

var (
	one     = asked{kind: offering, counters: [starts]int{1, 1, 1, 1}}
	two     = asked{kind: offering, counters: [starts]int{2, 2, 2, 2}}
	none    = asked{kind: offering}
	refused = answered{refused: true}
	done    = answered{}
)

func held(id string) answered { return answered{id: id} }

func of(k kind, id string) asked { return asked{kind: k, id: id} }

func seen(life string, start int, atRisk bool) answered {
	return answered{life: life, start: start, atRisk: atRisk}
}

// The check is worth nothing if it cannot fail.
func TestDoctoredHistoriesAreRefused(t *testing.T) {
	hold := asked{kind: holding}
	for name, c := range map[string]struct {
		*script
		want porcupine.CheckResult
	}{
		"a tidy one": {new(script).then(one, done).then(hold, held("a")).then(hold, refused).then(of(confirming, "a"), done).
			then(of(looking, "a"), seen("booked", 0, false)).then(of(cancelling, "a"), done).then(hold, held("b")), porcupine.Ok},
		"one slot for two":                   {new(script).then(one, done).then(hold, held("a")).then(hold, held("b")), porcupine.Illegal},
		"one slot for two at once":           {new(script).then(one, done).then(hold, held("a")).along(hold, held("b")), porcupine.Illegal},
		"refused although free":              {new(script).then(one, done).then(hold, refused), porcupine.Illegal},
		"refused at once with who got it":    {new(script).then(one, done).then(hold, refused).along(hold, held("a")), porcupine.Ok},
		"a confirmation is lost":             {new(script).then(one, done).then(hold, held("a")).then(of(confirming, "a"), done).then(hold, held("b")), porcupine.Illegal},
		"a confirmation is taken back":       {new(script).then(one, done).then(hold, held("a")).then(of(confirming, "a"), done).then(of(confirming, "a"), refused), porcupine.Illegal},
		"a cancellation is forgotten":        {new(script).then(one, done).then(hold, held("a")).then(of(confirming, "a"), done).then(of(cancelling, "a"), done).then(of(looking, "a"), seen("booked", 0, false)), porcupine.Illegal},
		"a stale answer":                     {new(script).then(one, done).then(hold, held("a")).then(of(confirming, "a"), done).then(asked{kind: moving, id: "a", start: 2}, done).then(of(looking, "a"), seen("booked", 0, false)), porcupine.Illegal},
		"moved into what is taken":           {new(script).then(one, done).then(hold, held("a")).then(of(confirming, "a"), done).then(asked{kind: holding, start: 1}, held("b")).then(asked{kind: moving, id: "a", start: 1}, done), porcupine.Illegal},
		"moved and the old place stays":      {new(script).then(one, done).then(hold, held("a")).then(of(confirming, "a"), done).then(asked{kind: moving, id: "a", start: 1}, done).then(hold, refused), porcupine.Illegal},
		"a counter goes and nobody is told":  {new(script).then(one, done).then(hold, held("a")).then(of(confirming, "a"), done).then(none, done).then(of(looking, "a"), seen("booked", 0, false)), porcupine.Illegal},
		"a counter goes and the last is":     {new(script).then(two, done).then(hold, held("a")).then(of(confirming, "a"), done).then(hold, held("b")).then(of(confirming, "b"), done).then(one, done).then(of(looking, "a"), seen("booked", 0, false)).then(of(looking, "b"), seen("booked", 0, true)), porcupine.Ok},
		"a counter goes and the first is":    {new(script).then(two, done).then(hold, held("a")).then(of(confirming, "a"), done).then(hold, held("b")).then(of(confirming, "b"), done).then(one, done).then(of(looking, "a"), seen("booked", 0, true)), porcupine.Illegal},
		"what is freed is not given back":    {new(script).then(two, done).then(hold, held("a")).then(of(confirming, "a"), done).then(hold, held("b")).then(of(confirming, "b"), done).then(one, done).then(of(cancelling, "a"), done).then(of(looking, "b"), seen("booked", 0, true)), porcupine.Illegal},
		"a withdrawn hold is confirmed":      {new(script).then(one, done).then(hold, held("a")).then(none, done).then(of(confirming, "a"), done), porcupine.Illegal},
		"no answer, and it has happened":     {new(script).then(one, done).lost(hold).then(hold, refused), porcupine.Ok},
		"no answer, and it has not happened": {new(script).then(one, done).lost(hold).then(hold, held("a")), porcupine.Ok},
		"no answer, and it has done both":    {new(script).then(one, done).lost(hold).then(hold, refused).then(hold, held("a")), porcupine.Illegal},
		"no answer to a confirmation":        {new(script).then(one, done).then(hold, held("a")).lost(of(confirming, "a")).then(of(looking, "a"), seen("booked", 0, false)), porcupine.Ok},
	} {
		t.Run(name, func(t *testing.T) {
			if got := judged(t, *c.script); got != c.want {
				t.Errorf("it is found to be %s, want %s", got, c.want)
			}
		})
	}
}
