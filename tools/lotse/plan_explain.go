package main

import (
	"context"
	"fmt"
	"io"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/explain"
)

// explainTries bounds what is priced beyond each move: nobody waits for a second
// at a terminal.
const explainTries = 150

// explain says what the plan does against the previous one. A plan that has
// somebody absent at work cannot be explained.
func (p *planned) explain(ctx context.Context) {
	x, err := explain.Explain(explain.Question{Instance: p.in, After: p.plan.X, Tries: explainTries, Stop: func() bool { return ctx.Err() != nil }})
	if err != nil {
		p.NotExplained = err.Error()
		return
	}
	p.Explanation = &x
}

func (p *planned) printExplanation(w io.Writer, language string) {
	if p.NotExplained != "" {
		fmt.Fprintf(w, "not explained: %s\n", p.NotExplained)
	}
	if p.Explanation == nil {
		return
	}
	fmt.Fprintln(w)
	for _, line := range p.Explanation.Lines(language, listed) {
		fmt.Fprintln(w, line)
	}
}
