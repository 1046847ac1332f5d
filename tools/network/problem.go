package network

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Problem is one thing that is wrong in a network's files.
type Problem struct {
	File  string `json:"file"`
	Line  int    `json:"line,omitempty"` // 0: the file as a whole
	Field string `json:"field,omitempty"`
	// What is wrong, with the value; Cure says what to write instead.
	What string `json:"what"`
	Cure string `json:"cure"`
}

// String is "file:line: field: what: cure".
func (p Problem) String() string {
	var b strings.Builder
	b.WriteString(p.File)
	if p.Line > 0 {
		fmt.Fprintf(&b, ":%d", p.Line)
	}
	if p.Field != "" {
		b.WriteString(": " + p.Field)
	}
	b.WriteString(": " + p.What)
	if p.Cure != "" {
		b.WriteString(": " + p.Cure)
	}
	return b.String()
}

// Problems is every problem of a network, by file, line and field.
type Problems []Problem

// Error has one line per problem.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

func (ps Problems) sorted() Problems {
	slices.SortFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line),
			cmp.Compare(a.Field, b.Field), cmp.Compare(a.What, b.What))
	})
	return slices.Compact(ps)
}
