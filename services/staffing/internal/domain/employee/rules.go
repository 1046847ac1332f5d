package employee

import (
	"fmt"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/staffing"
)

// A rule says in words what is in the way of a deployment, or "".
type rule struct {
	name  string
	check func(State, OrderDeployment) string
}

// rules in the order in which they are asked; the first in the way answers.
var rules = []rule{
	{"unknown-employee", unknownEmployee},
	{"past", past},
	{"off-duty", offDuty},
	{"not-deployable", notDeployable},
	{"elsewhere", elsewhere},
	{"weekly-cap", weeklyCap},
	{"rest-period", restPeriod},
}

// refusal asks all rules.
func refusal(s State, c OrderDeployment) (name, reason string) {
	for _, r := range rules {
		if reason := r.check(s, c); reason != "" {
			return r.name, reason
		}
	}
	return "", ""
}

func unknownEmployee(s State, c OrderDeployment) string {
	if !s.Known {
		return fmt.Sprintf("employee %s was never imported", c.Employee)
	}
	return ""
}

// past: the day is over, or its duty has begun.
func past(s State, c OrderDeployment) string {
	if c.Day < c.Today {
		return fmt.Sprintf("%s is over", c.Day)
	}
	if duty, on := s.dutyOn(c.Day); c.Day == c.Today && on && c.Now >= duty.From {
		return fmt.Sprintf("the duty of %s began at %s", c.Day, duty.From)
	}
	return ""
}

func offDuty(s State, c OrderDeployment) string {
	if !s.Horizon.Period().Contains(c.Day) {
		return fmt.Sprintf("%s lies outside the horizon %s", c.Day, s.Horizon.Period())
	}
	if _, on := s.dutyOn(c.Day); !on {
		return fmt.Sprintf("off duty on %s", c.Day)
	}
	return ""
}

func notDeployable(s State, _ OrderDeployment) string {
	if !s.Terms.Deployable {
		return "cannot be sent to another centre"
	}
	return ""
}

// elsewhere: the employee is not where the order believes, or is there already.
func elsewhere(s State, c OrderDeployment) string {
	duty, _ := s.dutyOn(c.Day)
	switch {
	case duty.Deployment != "":
		return fmt.Sprintf("deployed to %s on %s already", duty.Centre, c.Day)
	case duty.Centre != c.From:
		return fmt.Sprintf("works at %s on %s, not at %s", duty.Centre, c.Day, c.From)
	case duty.Centre == c.To:
		return fmt.Sprintf("works at %s on %s anyway", c.To, c.Day)
	}
	return ""
}

// weeklyCap bounds the days away in one ISO week.
func weeklyCap(s State, c OrderDeployment) string {
	away := 1
	for _, p := range s.Deployments {
		if p.Status == Ordered && p.Day.Monday() == c.Day.Monday() {
			away++
		}
	}
	if away > s.Terms.MaxDaysAwayPerWeek {
		return fmt.Sprintf("would be the %d. day away in the week of %s, at most %d are agreed", away, c.Day.Monday(), s.Terms.MaxDaysAwayPerWeek)
	}
	return ""
}

const (
	minRest    day.Minutes = 11 * 60 // ArbZG § 5
	maxWork    day.Minutes = 10 * 60 // ArbZG § 3
	dayMinutes day.Minutes = 24 * 60
)

// restPeriod: travel that is ordered is working time on both ends of the day.
// Working time stays within 10 hours (ArbZG § 3), and 11 hours lie between it
// and the duties of the days before and after (ArbZG § 5).
func restPeriod(s State, c OrderDeployment) string {
	duty, _ := s.dutyOn(c.Day)
	if work := workingTime(duty) + 2*c.TravelMinutes; c.TravelMinutes > 0 && work > maxWork {
		return fmt.Sprintf("%d minutes of work with %d minutes of travel each way pass the 10 hours of ArbZG § 3", work, c.TravelMinutes)
	}
	begins, ends := day.Minutes(duty.From)-c.TravelMinutes, day.Minutes(duty.To)+c.TravelMinutes
	if before, on := s.dutyOn(c.Day - 1); on {
		if rest := begins + dayMinutes - day.Minutes(before.To); rest < minRest {
			return fmt.Sprintf("only %d minutes of rest after %s, ArbZG § 5 asks for 660", rest, c.Day-1)
		}
	}
	if after, on := s.dutyOn(c.Day + 1); on {
		if rest := day.Minutes(after.From) + dayMinutes - ends; rest < minRest {
			return fmt.Sprintf("only %d minutes of rest before %s, ArbZG § 5 asks for 660", rest, c.Day+1)
		}
	}
	return ""
}

func workingTime(d staffing.Duty) day.Minutes { return WorkingTime(d.Span) }

// WorkingTime is presence without the rests of ArbZG § 4: 30 minutes above six
// hours of work, 45 above nine. Other breaks are back-office work.
func WorkingTime(present day.Span) day.Minutes {
	switch m := present.Minutes(); {
	case m > 9*60+45:
		return m - 45
	case m > 6*60+30:
		return min(m-30, 9*60)
	default:
		return min(m, 6*60)
	}
}
