package explain

import "strconv"

// Lines is the whole explanation as text, "de" or, for every other language,
// "en", with at most so many items of each part (0: all).
func (e Explanation) Lines(language string, most int) (lines []string) {
	l := en
	if language == "de" {
		l = de
	}
	part := func(title string, items []string) {
		if len(items) == 0 {
			return
		}
		lines = append(lines, "", title)
		for i, item := range items {
			if most > 0 && i == most {
				lines = append(lines, "  "+l.of("und ", "and ")+strconv.Itoa(len(items)-i)+l.of(" weitere", " more"))
				break
			}
			lines = append(lines, "  "+item)
		}
	}
	lines = []string{e.Headline.at(l)}
	if e.Cause != nil {
		part(l.of("Anlass", "Cause"), []string{e.Cause.at(l)})
	}
	var items []string
	for _, t := range e.Without.Text {
		items = append(items, t.at(l))
	}
	without, moves := l.of("Ohne die Einsätze", "Without the moves"), l.of("Einsätze", "Moves")
	if len(e.Moves) == 1 {
		without, moves = l.of("Ohne den Einsatz", "Without the move"), l.of("Einsatz", "Move")
	}
	part(without, items)
	items = nil
	for i, m := range e.Moves {
		items = append(items, strconv.Itoa(i+1)+". "+m.Text.at(l))
	}
	part(moves, items)
	items = nil
	for _, g := range e.Groups {
		if t := g.Text.at(l); t != "" {
			items = append(items, t)
		}
	}
	part(l.of("Was zusammenhängt", "What hangs together"), items)
	items = nil
	for _, r := range e.Rejected {
		items = append(items, l.of("Zu Einsatz ", "On move ")+strconv.Itoa(r.Move+1)+": "+r.Text.at(l))
	}
	part(l.of("Wer sonst infrage kam", "Who else was thought of"), items)
	items = nil
	for _, u := range e.Unsolved {
		items = append(items, u.Text.at(l))
	}
	if e.More > 0 {
		items = append(items, l.of("In "+l.count(e.More, "einem weiteren Fall", "weiteren Fällen", "", "")+" fehlt etwas; das ist nicht näher untersucht.",
			"Something is missing in "+l.count(e.More, "", "", "one more case", "more cases")+"; that was not looked into."))
	}
	part(l.of("Was ungelöst bleibt", "What stays unsolved"), items)
	items = nil
	for _, w := range e.Worth {
		items = append(items, w.Text.at(l))
	}
	part(l.of("Was mehr Zeit brächte", "What more time would bring"), items)
	return lines
}
