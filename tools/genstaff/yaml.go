package main

import (
	"bytes"
	"fmt"
	"strings"
)

const origin = `# Invented: no employee, skill, roster or post here exists. Written by
#   go run ./tools/genstaff
# with seed %d. Change the generator, not this file; a test compares the two.
`

// used lists the patterns that somebody follows.
func used(g generated) []pattern {
	follows := map[string]bool{}
	for _, e := range g.employees {
		follows[e.pattern] = true
	}
	var ps []pattern
	for _, p := range patterns() {
		if follows[p.name] {
			ps = append(ps, p)
		}
	}
	return ps
}

func staffYAML(g generated) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, origin, g.seed)
	b.WriteString(`
# Days a week that somebody may be deployed elsewhere, unless said otherwise.
max_days_away_per_week: 2

# Presence of a day; breaks are rests and back-office time, the rest is counter
# time. Work outside the centre's hours is not written.
shifts:
`)
	for _, s := range shifts {
		fmt.Fprintf(&b, "  %s: {at: %s", s.name, s.at)
		if s.breaks != "" {
			fmt.Fprintf(&b, ", breaks: [%s]", quoted(s.breaks))
		}
		b.WriteString("}\n")
	}
	b.WriteString("\n# Rosters: one week, or two that alternate.\npatterns:\n")
	for _, p := range used(g) {
		fmt.Fprintf(&b, "  %s:\n", p.name)
		for _, w := range p.weeks {
			fmt.Fprintf(&b, "    - {%s}\n", w)
		}
	}
	b.WriteString("\nemployees:\n")
	home := ""
	for _, e := range g.employees {
		if e.home != home {
			home = e.home
			fmt.Fprintf(&b, "  # %s\n", home)
		}
		fmt.Fprintf(&b, "  - {employee: %s, home: %s, skills: [%s], pattern: %s", e.id, e.home, e.skills, e.pattern)
		if e.mobile {
			b.WriteString(", mobile: true, max_days_away_per_week: 5")
		}
		if e.volunteer {
			b.WriteString(", volunteer: true")
		}
		if e.undeployed {
			b.WriteString(", deployable: false")
		}
		if e.from != "" {
			b.WriteString(", from: " + e.from)
		}
		if e.until != "" {
			b.WriteString(", until: " + e.until)
		}
		b.WriteString("}\n")
	}
	return b.Bytes()
}

func postsYAML(g generated) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, origin, g.seed)
	b.WriteString("\n# A post without employee is vacant.\nposts:\n")
	centre := ""
	for _, p := range g.posts {
		if p.centre != centre {
			centre = p.centre
			fmt.Fprintf(&b, "  # %s\n", centre)
		}
		fmt.Fprintf(&b, "  - {post: %s, centre: %s", p.id, p.centre)
		if p.employee != "" {
			b.WriteString(", employee: " + p.employee)
		} else {
			b.WriteString(", vacant_from: " + p.vacantFrom)
		}
		b.WriteString("}\n")
	}
	return b.Bytes()
}

// quoted puts each span of a list in quotes.
func quoted(list string) string { return `"` + strings.ReplaceAll(list, ", ", `", "`) + `"` }
