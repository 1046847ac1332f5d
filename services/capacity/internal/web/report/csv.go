package report

import (
	"bytes"
	"encoding/csv"
	"strconv"
	"strings"

	"github.com/lotse-hamburg/lotse/services/capacity/internal/domain/promise"
	"github.com/lotse-hamburg/lotse/services/capacity/internal/read"
)

// columns of the CSV: one value in each line, with names that never change.
var columns = []string{"district", "month", "section", "item", "measure", "value"}

// CSV of a month (RFC 4180). It is the same in all languages.
func CSV(m read.Month) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	if err := w.Write(columns); err != nil {
		return nil, err
	}
	var failed error
	put := func(section, item, measure, value string) {
		if err := w.Write([]string{string(m.District.ID), m.From.String()[:7], section, item, measure, value}); err != nil {
			failed = err
		}
	}
	count := func(section, item, measure string, n int) { put(section, item, measure, strconv.Itoa(n)) }
	put("month", "", "from", m.From.String())
	put("month", "", "to", (m.Until - 1).String())
	put("month", "", "final", strconv.FormatBool(m.Over))
	count("month", "", "goal_days", m.Goal)
	count("month", "", "limit_days", m.Limit)
	for _, g := range m.Groups {
		s := string(g.Skill)
		count("promise", s, "days_measured", len(g.Days))
		count("promise", s, "days_kept", g.Kept)
		count("promise", s, "days_goal_met", g.GoalMet)
		count("promise", s, "days_nothing_on_offer", g.Nothing)
		if g.Nothing < len(g.Days) {
			put("promise", s, "lead_time_mean_days", decimal(g.Mean, 1))
			count("promise", s, "lead_time_greatest_days", g.Greatest)
		}
		bookings(put, s, g.Booked)
	}
	for _, p := range m.Moves.With {
		count("moves", string(p.District), "person_days_in", p.In)
		count("moves", string(p.District), "person_days_out", p.Out)
	}
	count("moves", "", "person_days_within", m.Moves.Within)
	d := m.Decisions
	for _, x := range []struct {
		name string
		n    int
	}{{"approved_automatically", d.Automatic}, {"approved", d.Approved}, {"rejected", d.Rejected}, {"undone", d.Undone}, {"expired", d.Expired}, {"superseded", d.Superseded}} {
		count("decisions", "", x.name, x.n)
	}
	if n, ok := promise.Told(m.Service.Appointments); ok {
		count("service", "", "appointments", n)
	}
	count("service", "", "appointments_uncovered", m.Service.AtRisk)
	count("service", "", "days_with_uncovered", m.Service.DaysAtRisk)
	count("service", "", "minutes_uncovered", int(m.Service.Uncovered))
	for _, x := range m.Measures {
		item := string(x.ID)
		put("measures", item, "kind", x.Kind)
		put("measures", item, "centre", string(x.Centre))
		put("measures", item, "from", x.From.String())
		put("measures", item, "until", x.Until.String())
		put("measures", item, "state", x.State)
		put("measures", item, "reason", verbatim(x.Reason))
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return nil, err
	}
	return b.Bytes(), failed
}

// verbatim is what somebody wrote. Spreadsheets reckon with what begins like a formula;
// an apostrophe before it makes them show it as it is.
func verbatim(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		return "'" + text
	}
	return text
}

func bookings(put func(section, item, measure, value string), s string, b read.Booked) {
	n, ok := promise.Told(b.Count)
	put("bookings", s, "suppressed", strconv.FormatBool(!ok))
	if !ok {
		return
	}
	put("bookings", s, "count", strconv.Itoa(n))
	if n == 0 {
		return
	}
	all := float64(b.Count)
	put("bookings", s, "booked_lead_time_mean_days", decimal(float64(b.SumDays)/all, 1))
	put("bookings", s, "share_within_goal", decimal(float64(b.WithinGoal)/all, 2))
	put("bookings", s, "share_within_limit", decimal(float64(b.WithinLast)/all, 2))
}

func decimal(f float64, digits int) string { return strconv.FormatFloat(f, 'f', digits, 64) }
