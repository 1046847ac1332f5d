package main

import (
	"fmt"
	"io"

	"github.com/lotse-hamburg/lotse/services/capacity/planning/rule"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/search"
)

// planBreach is a place where the plan breaks a rule. Employee, Centre and Day
// are missing where the rule concerns none, or several.
type planBreach struct {
	Rule     rule.Name `json:"rule"`
	Employee string    `json:"employee,omitempty"`
	Centre   string    `json:"centre,omitempty"`
	Day      *int      `json:"day,omitempty"`
	De       string    `json:"de"`
	En       string    `json:"en"`
}

// checkRules asks package rule, and package search, which counts the rules of
// the published format anew: a plan that only one of them passes is not passed.
func (p *planned) checkRules() {
	p.Broken = []planBreach{}
	for _, b := range rule.New(p.in).Broken(p.plan) {
		at := planBreach{Rule: b.Rule, De: b.De, En: b.En}
		if b.Employee >= 0 {
			at.Employee = p.in.Staff[b.Employee].ID
			if b.Day >= 0 {
				at.Centre = p.centre(p.plan.X[b.Employee][b.Day])
			}
		}
		if b.Centre >= 0 && at.Centre == "" {
			at.Centre = p.in.Centres[b.Centre].ID
		}
		if b.Day >= 0 {
			at.Day = &b.Day
		}
		p.Broken = append(p.Broken, at)
	}
	if len(p.Broken) == 0 {
		for _, b := range search.Broken(p.in, p.plan) {
			p.Broken = append(p.Broken, planBreach{De: b, En: b})
		}
	}
	if p.Impossible = rule.Impossible(p.in); p.Impossible == nil {
		p.Impossible = []rule.Impossibility{}
	}
}

func (p *planned) printRules(w io.Writer, language string) {
	say := func(de, en string) string {
		if language == "de" {
			return de
		}
		return en
	}
	for i, m := range p.Impossible[:min(len(p.Impossible), listed)] {
		head := "impossible"
		if i > 0 {
			head = ""
		}
		fmt.Fprintf(w, "%-10s %12.2f points: %s", head, m.Points, say(m.De, m.En))
		for j, name := range m.Rules {
			fmt.Fprint(w, map[bool]string{true: " " + say("Im Weg: ", "In the way: "), false: ", "}[j == 0], name)
		}
		fmt.Fprintln(w)
	}
	more(w, len(p.Impossible))
	if len(p.Broken) == 0 {
		fmt.Fprintln(w, "hard rules none broken")
	}
	for i, b := range p.Broken[:min(len(p.Broken), listed)] {
		head := "hard rules"
		if i > 0 {
			head = ""
		}
		at := ""
		for _, s := range []string{string(b.Rule), b.Employee, b.Centre} {
			if s != "" {
				at += s + ", "
			}
		}
		if b.Day != nil {
			at += p.day(*b.Day) + ", "
		}
		fmt.Fprintf(w, "%-10s %s: %s\n", head, at[:max(0, len(at)-2)], say(b.De, b.En))
	}
	more(w, len(p.Broken))
}
