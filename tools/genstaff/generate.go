package main

import (
	"crypto/sha256"
	"fmt"
	"math"
	"math/rand/v2"
)

type employee struct {
	id, home, skills, pattern     string
	mobile, volunteer, undeployed bool
	from, until                   string // dates; empty: no bound
}

type post struct{ id, centre, employee, vacantFrom string }

type generated struct {
	seed      uint64
	employees []employee
	posts     []post
}

func (g generated) vacant() int {
	n := 0
	for _, p := range g.posts {
		if p.employee == "" {
			n++
		}
	}
	return n
}

// pseudonym has no meaning beyond being unique: a hash of seed and number.
func pseudonym(seed uint64, number int) string {
	h := sha256.Sum256(fmt.Appendf(nil, "lotse staff %d %d", seed, number))
	return fmt.Sprintf("e-%x", h[:3])
}

// Days on which posts fell vacant, and those of joining and leaving.
var (
	vacantDays = []string{"2025-10-01", "2026-01-01", "2026-04-01", "2026-06-01", "2026-07-01", "2026-09-01", "2026-10-01", "2026-11-01"}
	joinDays   = []string{"2026-12-01", "2027-01-04", "2027-02-01"}
	leaveDays  = []string{"2027-01-01", "2027-04-01", "2027-07-01"}
)

func generate(seed uint64) generated {
	g := generated{seed: seed}
	dice := rand.New(rand.NewPCG(seed, 1))
	taken := map[string]bool{}
	number := 0
	fresh := func() string {
		for {
			number++
			if p := pseudonym(seed, number); !taken[p] {
				taken[p] = true
				return p
			}
		}
	}
	for _, s := range city {
		staff := staffOf(dice, s, fresh)
		vacant := s.posts - (len(staff) - mobileHeads(s))
		vacant += s.mobile - mobileHeads(s)
		// Vacancies lie anywhere among the posts.
		empty := map[int]bool{}
		for len(empty) < vacant {
			empty[dice.IntN(s.posts+s.mobile)] = true
		}
		next := 0
		for i := range s.posts + s.mobile {
			p := post{id: fmt.Sprintf("p-%s-%02d", s.id, i+1), centre: s.id}
			if empty[i] {
				p.vacantFrom = vacantDays[dice.IntN(len(vacantDays))]
			} else {
				p.employee = staff[next].id
				next++
			}
			g.posts = append(g.posts, p)
		}
		g.employees = append(g.employees, staff...)
	}
	return g
}

func mobileHeads(s site) int { return s.mobile - int(math.Round(float64(s.mobile)*mobileVacant)) }

// staffOf invents the staff of one centre, its mobile team last.
func staffOf(dice *rand.Rand, s site, fresh func() string) []employee {
	heads := s.posts - int(math.Round(float64(s.posts)*s.vacant))
	var staff []employee
	full := 0
	for i := range heads + mobileHeads(s) {
		e := employee{id: fresh(), home: s.id, mobile: i >= heads}
		e.skills = skillsOf(dice, i)
		part := dice.Float64() < partTime
		switch {
		case e.mobile:
			// A mobile team serves whatever is asked, in full time.
			e.skills, e.pattern = skillSets[0].skills, fullTime(i)
		case part:
			e.pattern = partTimeOf(dice, s.scheme)
		case s.scheme == oneShift:
			e.pattern = fmt.Sprintf("single-%d", i%2+1)
		case s.scheme == saturdays && full < 2*perSaturday:
			e.pattern = fmt.Sprintf("saturday-%d-%c", full/2%2+1, 'a'+rune(full%2))
			full++
		default:
			e.pattern = fullTime(i)
		}
		volunteer, not := dice.Float64() < volunteers, dice.Float64() < notDeployable
		e.undeployed = not && !e.mobile
		e.volunteer = volunteer && !e.mobile && !e.undeployed
		switch roll := dice.Float64(); {
		case roll < 0.01:
			e.from = joinDays[dice.IntN(len(joinDays))]
		case roll < 0.02:
			e.until = leaveDays[dice.IntN(len(leaveDays))]
		}
		staff = append(staff, e)
	}
	return staff
}

// fullTime deals out the variants evenly, and half of the people to each of
// the alternating weeks.
func fullTime(i int) string { return fmt.Sprintf("full-%d-%c", i%3+1, 'a'+rune(i/3%2)) }

func partTimeOf(dice *rand.Rand, s scheme) string {
	if s == oneShift {
		return []string{"single-half", "single-three-days"}[dice.IntN(2)]
	}
	week := string('a' + rune(dice.IntN(2)))
	switch roll := dice.Float64(); {
	case roll < 0.35:
		return "four-days-" + days[dice.IntN(len(days))] + "-" + week
	case roll < 0.50:
		return fmt.Sprintf("three-days-%d-%s", dice.IntN(2)+1, week)
	case roll < 0.80:
		return fmt.Sprintf("mornings-%d", dice.IntN(2)+1)
	default:
		return fmt.Sprintf("afternoons-%d", dice.IntN(2)+1)
	}
}

// skillsOf draws a set; the first two of a centre are the broad ones, so that
// every centre can serve everything.
func skillsOf(dice *rand.Rand, i int) string {
	roll := dice.Float64()
	if i < 2 {
		return skillSets[i].skills
	}
	for _, s := range skillSets {
		if roll -= s.weight; roll < 0 {
			return s.skills
		}
	}
	return skillSets[len(skillSets)-1].skills
}
