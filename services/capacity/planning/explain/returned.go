package explain

import (
	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/wording"
)

// Returned says that people go back who are no longer needed where they were
// sent, in one sentence; nothing where nobody does.
func Returned(names Names, moves []planning.Move) Text {
	if len(moves) == 0 {
		return Text{}
	}
	people, days := map[int]bool{}, map[int]bool{}
	first, last, to, one := moves[0].Day, moves[0].Day, moves[0].To, true
	for _, m := range moves {
		people[m.Employee], days[m.Day] = true, true
		first, last, one = min(first, m.Day), max(last, m.Day), one && m.To == to
	}
	return wording.Both(func(l lang) string {
		n, when := len(people), wording.Span(names.Day(first), names.Day(last)).At(l)
		if len(days) > 1 {
			when = l.Count(len(days), "", "an %d Tagen ", "", "on %d days ") + when
		}
		where := l.Of(l.Verb(n, "an den eigenen Standort", "an die eigenen Standorte"), l.Verb(n, "the home centre", "their home centres"))
		if one {
			where = l.Of("nach ", "") + names.Centre(to)
		}
		return wording.Sentence(l.Of(l.People(n)+l.Verb(n, " kann ", " können ")+when+" "+where+" zurückkehren: Wer zu vertreten war, ist wieder im Dienst",
			l.People(n)+" can return to "+where+" "+when+": whoever was missing is back on duty"))
	})
}
