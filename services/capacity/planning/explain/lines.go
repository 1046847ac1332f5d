package explain

import (
	"strconv"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/wording"
)

// Lines is the whole explanation as text, "de" or, for every other language,
// "en", with at most so many items of each part (0: all).
func (e Explanation) Lines(language string, most int) (lines []string) {
	l := wording.Of(language)
	part := func(title string, items []string) {
		if len(items) == 0 {
			return
		}
		lines = append(lines, "", title)
		for i, item := range items {
			if most > 0 && i == most {
				lines = append(lines, "  "+l.Of("und ", "and ")+strconv.Itoa(len(items)-i)+l.Of(" weitere", " more"))
				break
			}
			lines = append(lines, "  "+item)
		}
	}
	lines = []string{e.Headline.At(l)}
	if e.Cause != nil {
		part(l.Of("Anlass", "Cause"), []string{e.Cause.At(l)})
	}
	var items []string
	for _, t := range e.Without.Text {
		items = append(items, t.At(l))
	}
	without, moves := l.Of("Ohne die Einsätze", "Without the moves"), l.Of("Einsätze", "Moves")
	if len(e.Moves) == 1 {
		without, moves = l.Of("Ohne den Einsatz", "Without the move"), l.Of("Einsatz", "Move")
	}
	part(without, items)
	items = nil
	for i, m := range e.Moves {
		items = append(items, strconv.Itoa(i+1)+". "+m.Text.At(l))
	}
	part(moves, items)
	items = nil
	for _, g := range e.Groups {
		if t := g.Text.At(l); t != "" {
			items = append(items, t)
		}
	}
	part(l.Of("Was zusammenhängt", "What hangs together"), items)
	items = nil
	for _, r := range e.Rejected {
		items = append(items, l.Of("Zu Einsatz ", "On move ")+strconv.Itoa(r.Move+1)+": "+r.Text.At(l))
	}
	part(l.Of("Wer sonst infrage kam", "Who else was thought of"), items)
	items = nil
	for _, u := range e.Unsolved {
		items = append(items, u.Text.At(l))
	}
	if e.More > 0 {
		items = append(items, l.Of("In "+l.Count(e.More, "einem weiteren Fall", "weiteren Fällen", "", "")+" fehlt etwas; das ist nicht näher untersucht.",
			"Something is missing in "+l.Count(e.More, "", "", "one more case", "more cases")+"; that was not looked into."))
	}
	part(l.Of("Was ungelöst bleibt", "What stays unsolved"), items)
	items = nil
	for _, w := range e.Worth {
		items = append(items, w.Text.At(l))
	}
	part(l.Of("Was mehr Zeit brächte", "What more time would bring"), items)
	return lines
}
