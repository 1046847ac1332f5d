package wording

import "strings"

// And lists: "a, b und c".
func (l Lang) And(all []string) string { return list(all, l.Of(" und ", " and ")) }

// Or lists: "a, b oder c".
func (l Lang) Or(all []string) string { return list(all, l.Of(" oder ", " or ")) }

func list(all []string, last string) string {
	if len(all) < 2 {
		return strings.Join(all, "")
	}
	n := len(all) - 1
	return strings.Join(all[:n], ", ") + last + all[n]
}

// Join puts clauses one after the other, "a; b".
func (l Lang) Join(all []Text) string {
	parts := make([]string, len(all))
	for i, t := range all {
		parts[i] = t.At(l)
	}
	return strings.Join(parts, "; ")
}

// Sentence begins with a capital letter and ends with a full stop.
func Sentence(s string) string {
	if s == "" {
		return ""
	}
	s = Capital(s)
	if strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}

// Capital begins with a capital letter.
func Capital(s string) string {
	for i, r := range s {
		return s[:i] + strings.ToUpper(string(r)) + s[i+len(string(r)):]
	}
	return s
}

// Clause is a whole clause after a colon: in German it begins with a capital
// letter.
func (l Lang) Clause(s string) string {
	if l == De {
		return Capital(s)
	}
	return s
}
