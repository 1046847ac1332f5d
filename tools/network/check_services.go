package network

import (
	"fmt"
	"math"
	"regexp"
	"strings"
)

var leikaForm = regexp.MustCompile(`^[0-9]{14}$`)

func (f *files) checkCatalogue() {
	s := f.sources[servicesFile]
	s.need("", "groups", "services")
	seen := unique{}
	for i, g := range f.services.Groups {
		at := fmt.Sprintf("groups[%d]", i)
		s.need(at, "skill", "name")
		checkNames(s, at, g.Name)
		seen.check(s, at+".skill", string(g.Skill), at)
	}
	seen = unique{}
	shares := map[string]float64{}
	for i, v := range f.services.Services {
		at := fmt.Sprintf("services[%d]", i)
		s.need(at, "id", "name", "skill", "minutes", "share")
		checkNames(s, at, v.Name)
		seen.check(s, at+".id", string(v.ID), at)
		known(s, at+".skill", v.Skill, "skill", f.skillIDs())
		if s.has(at+".leika") && !leikaForm.MatchString(v.LeiKa) {
			s.bad(at+".leika", fmt.Sprintf("%q is not 14 digits", v.LeiKa), "write the LeiKa key in quotes, for instance \"99008001000000\"")
		}
		if s.has(at+".minutes") && (v.Minutes <= 0 || v.Minutes > 120 || v.Minutes%5 != 0) {
			s.bad(at+".minutes", fmt.Sprintf("%d is not a multiple of 5 from 5 to 120", v.Minutes), "round up to the next 5")
		}
		if v.Online != "" && !strings.HasPrefix(v.Online, "https://") {
			s.bad(at+".online", fmt.Sprintf("%q is not a link", v.Online), "begin it with https://")
		}
		between(s, at+".share", v.Share, 0, 1, "a share of a tenth is 0.1")
		shares[string(v.Skill)] += v.Share
	}
	for i, g := range f.services.Groups {
		if sum := shares[string(g.Skill)]; math.Abs(sum-1) > 0.005 {
			s.bad(fmt.Sprintf("groups[%d]", i), fmt.Sprintf("the shares of the services of %q add up to %.2f", g.Skill, sum), "make them add up to 1")
		}
		held := false
		for _, e := range f.staff.Employees {
			for _, k := range e.Skills {
				held = held || k == g.Skill
			}
		}
		if !held && g.Skill != "" {
			s.bad(fmt.Sprintf("groups[%d].skill", i), fmt.Sprintf("nobody in %s has skill %q", staffFile, g.Skill), "give it to somebody or take the group out")
		}
	}
}

// checkNames: every name that a citizen sees is there in both languages.
func checkNames(s *source, at string, name map[string]string) {
	if !s.has(at + ".name") {
		return // reported as missing
	}
	for _, lang := range []string{"de", "en"} {
		if name[lang] == "" {
			s.bad(at+".name", "has no name in "+lang, "write name: {de: …, en: …}")
		}
	}
	for _, lang := range sortedKeys(name) {
		if lang != "de" && lang != "en" {
			s.bad(at+".name."+lang, fmt.Sprintf("language %q is not known", lang), "write de and en")
		}
	}
}
