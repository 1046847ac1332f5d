package demo

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/lotse-hamburg/lotse/events/capacity"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
)

// Latency sums up measured times in milliseconds.
type Latency struct {
	P50 float64 `json:"p50"`
	P99 float64 `json:"p99"`
	N   int     `json:"n"`
}

func latency(all []time.Duration) Latency {
	if len(all) == 0 {
		return Latency{}
	}
	slices.Sort(all)
	at := func(q float64) float64 {
		i := min(len(all)-1, int(q*float64(len(all))))
		return float64(all[i].Microseconds()) / 1000
	}
	return Latency{at(0.50), at(0.99), len(all)}
}

// Hops says when each service had spoken, since the HR event was sent; the last
// one is the whole way.
type Hops struct {
	Recorded Latency `json:"absence_recorded"`
	Duties   Latency `json:"duties_changed"`
	Offering Latency `json:"offering_changed"`
	Slots    Latency `json:"slots_changed"`
}

// ParkedMessage is one that could not be taken in.
type ParkedMessage struct {
	ID     string `json:"id"`
	Source string `json:"source"`
	Reason string `json:"reason"`
}

// DistrictLead is a district's worst lead time over its service groups; -1: no
// slot within the horizon.
type DistrictLead map[id.District]int

// ProposalReport is one proposal as it ended.
type ProposalReport struct {
	Proposal id.Proposal       `json:"proposal"`
	Cause    []string          `json:"cause"`
	State    string            `json:"state"`
	Approval string            `json:"approval"`
	Moves    []capacity.Move   `json:"moves"`
	Before   DistrictLead      `json:"before"`
	After    DistrictLead      `json:"after"`
	Effects  []capacity.Effect `json:"effects"`
	Opened   int               `json:"slots_opened"`
}

// Report is what the demo saw, measured from outside.
type Report struct {
	EventsIn           int              `json:"events_in"`
	DuplicatesIgnored  int              `json:"duplicates_ignored"`
	Unchanged          int              `json:"unchanged"`
	Refused            int              `json:"refused"`
	Parked             []ParkedMessage  `json:"parked"`
	Proposals          []ProposalReport `json:"proposals"`
	SlotsOpened        int              `json:"slots_opened"`
	SlotsClosed        int              `json:"slots_closed"`
	Booked             int              `json:"appointments_booked"`
	AppointmentsBefore int              `json:"appointments_before"`
	AppointmentsAfter  int              `json:"appointments_after"`
	AppointmentsLost   int              `json:"appointments_lost"`
	AtRisk             int              `json:"appointments_at_risk"`
	CentreDays         int              `json:"centre_days"`
	MovesRefused       int              `json:"moves_refused"`
	RefusedBy          map[string]int   `json:"moves_refused_by_rule,omitempty"`
	NotApproved        []string         `json:"not_approved,omitempty"`
	CloseMS            Latency          `json:"close_ms"`
	PlanMS             Latency          `json:"plan_ms"`
	OpenMS             Latency          `json:"open_ms"`
	HopsMS             Hops             `json:"hops_ms"`
	CloseUnseen        int              `json:"close_unseen"`
	OpenUnseen         int              `json:"open_unseen"`
	Messages           int              `json:"messages_seen"`
	Untraced           int              `json:"messages_without_traceparent"`
	Before             DistrictLead     `json:"before"`
	After              DistrictLead     `json:"after"`

	districts []capacity.District
	centres   map[id.Centre]id.District
}

func newReport(o Options) *Report {
	r := &Report{districts: o.Network.Districts, centres: map[id.Centre]id.District{}, Parked: []ParkedMessage{}, Proposals: []ProposalReport{}}
	for _, c := range o.Network.Centres {
		r.centres[c.ID] = c.District
	}
	return r
}

func (r *Report) count(answer Receipt) {
	r.EventsIn++
	switch answer.Status {
	case "duplicate":
		r.DuplicatesIgnored++
	case "unchanged":
		r.Unchanged++
	case "refused":
		r.Refused++
	}
}

func (r *Report) notApproved(p id.Proposal, err error) {
	r.NotApproved = append(r.NotApproved, fmt.Sprintf("%s: %v", p, err))
}

// leads is each district's worst measured lead time. The caller holds w.mu.
func (r *Report) leads(w *Watcher) DistrictLead { return worst(r.districts, w.lead) }

func worst(districts []capacity.District, all map[string]capacity.LeadTime) DistrictLead {
	out := DistrictLead{}
	for _, d := range districts {
		for _, l := range all {
			if l.District != d.ID {
				continue
			}
			if have, known := out[d.ID]; !known || have >= 0 && (l.Days < 0 || l.Days > have) {
				out[d.ID] = l.Days
			}
		}
	}
	return out
}

// sum reads the watcher, which must be at rest. The caller holds w.mu.
func (r *Report) sum(w *Watcher) {
	var closes, plans, opens []time.Duration
	var said [hops][]time.Duration
	for _, n := range w.notes {
		switch {
		case !n.closed.IsZero():
			closes = append(closes, n.closed.Sub(n.sent))
			for h, at := range n.said {
				said[h] = append(said[h], at.Sub(n.sent))
			}
		case len(n.waits) > 0 && hasVersion(n.waits):
			r.CloseUnseen++
		}
	}
	planned := map[string]bool{}
	for _, id := range w.order {
		p := w.proposals[id]
		for _, cause := range p.Draft.Causes {
			if n := w.notes[cause]; n != nil && !planned[cause] {
				planned[cause] = true
				plans = append(plans, p.Drafted.Sub(n.sent))
			}
		}
	}
	for _, m := range w.moves {
		switch {
		case m.refused:
			r.MovesRefused++
		case !m.done.IsZero():
			opens = append(opens, m.done.Sub(m.proposal.Approved))
		case m.proposal.State == "approved":
			r.OpenUnseen++
		}
	}
	r.RefusedBy = map[string]int{}
	for _, k := range w.refused {
		r.RefusedBy[k.Rule]++
	}
	r.CloseMS, r.PlanMS, r.OpenMS = latency(closes), latency(plans), latency(opens)
	r.HopsMS = Hops{latency(said[hopRecorded]), latency(said[hopDuties]), latency(said[hopOffering]), r.CloseMS}
	r.SlotsOpened, r.SlotsClosed = w.opened, w.closed
	r.AppointmentsAfter, r.AtRisk = w.appointments()
	r.AppointmentsLost = r.AppointmentsBefore - r.AppointmentsAfter
	r.Messages, r.Untraced = w.messages, w.untraced
	r.After = r.leads(w)
	for _, k := range w.order {
		p := w.proposals[k]
		r.Proposals = append(r.Proposals, ProposalReport{Proposal: k, Cause: p.Draft.Causes, State: p.State, Approval: p.Draft.Approval,
			Moves: p.Draft.Moves, Before: worst(r.districts, p.Lead), After: worst(r.districts, p.After), Effects: p.Draft.Effects, Opened: p.Opened})
	}
}

func hasVersion(waits map[day.Day]*dayWait) bool {
	for _, d := range waits {
		if d.version > 0 {
			return true
		}
	}
	return false
}

// audit asks absence what it parked.
func (r *Report) audit(ctx context.Context, o Options) error {
	var parked struct {
		Parked []struct {
			MessageID string `json:"message_id"`
			Source    string `json:"source"`
			Reason    string `json:"reason"`
		} `json:"parked"`
	}
	if err := get(ctx, o.URL+"/absence/v1/parked", &parked); err != nil {
		return fmt.Errorf("ask what was parked: %w", err)
	}
	for _, p := range parked.Parked {
		r.Parked = append(r.Parked, ParkedMessage{p.MessageID, p.Source, p.Reason})
	}
	return nil
}

// Head writes the table's head.
func Head(out io.Writer) {
	_, _ = fmt.Fprintln(out, "                                                                             people  slots closed,     appointments")
	_, _ = fmt.Fprintln(out, "step  what HR says                                            answer            off  from HR's message  uncovered     lead time of the district")
}

// Print writes one row of the story, and below it what Lotse did about it.
func (row Row) Print(out io.Writer, districts map[id.Centre]id.District) {
	closed := ""
	switch {
	case row.Close > 0:
		closed = fmt.Sprintf("%d in %s", row.Closed, ms(row.Close))
	case row.Closed > 0:
		closed = fmt.Sprint(row.Closed)
	}
	lead := ""
	if row.District != "" {
		lead = fmt.Sprintf("%s %s → %s", row.District, row.Lead[0], row.Lead[1])
	}
	line := fmt.Sprintf("%4d  %-54s  %-12s  %5d  %-17s  %-12s  %s", row.Step, cut(row.Say, 54), row.Status, row.Absent, closed,
		fmt.Sprintf("%d → %d", row.Risk[0], row.Risk[1]), lead)
	_, _ = fmt.Fprintln(out, strings.TrimRight(line, " "))
	if row.Why != "" {
		_, _ = fmt.Fprintf(out, "        parked: %s\n", row.Why)
	}
	for _, p := range row.Proposals {
		by := "a planner"
		if p.Auto {
			by = "the guardrails"
		}
		how := fmt.Sprintf("%s by %s", p.State, by)
		if p.Approved.IsZero() || p.State == "superseded" || p.State == "drafted" {
			how = p.State
		}
		_, _ = fmt.Fprintf(out, "        proposal %s, %s: %s\n", p.Draft.Proposal, how, came(p))
		_, _ = fmt.Fprintf(out, "          %s\n", moves(p, districts))
		if len(p.Draft.Moves) > 0 {
			_, _ = fmt.Fprintf(out, "          why: %s\n", p.Draft.Moves[0].Why["en"])
		}
	}
	if len(row.Stays) > 0 {
		more := ""
		if n := len(row.Stays); n > 1 {
			more = " (and on " + counted(n-1, "more day") + ")"
		}
		_, _ = fmt.Fprintf(out, "          stays: %s%s\n", row.Stays[0], more)
	}
}

func moves(p *Proposal, districts map[id.Centre]id.District) string {
	count := map[string]int{}
	var order []string
	for _, m := range p.Draft.Moves {
		k := fmt.Sprintf("%s → %s (within %s)", m.From, m.To, districts[m.To])
		if districts[m.From] != districts[m.To] {
			k = fmt.Sprintf("%s (%s) → %s (%s)", m.From, districts[m.From], m.To, districts[m.To])
		}
		if count[k]++; count[k] == 1 {
			order = append(order, k)
		}
	}
	for i, k := range order {
		if count[k] > 1 {
			order[i] = fmt.Sprintf("%s on %d days", k, count[k])
		}
	}
	return strings.Join(order, "; ")
}

// came is what came of a proposal.
func came(p *Proposal) string {
	s := counted(p.Opened, "slot") + " opened, " + counted(p.Secured, "appointment") + " covered again"
	if p.Refused > 0 {
		s += ", " + counted(p.Refused, "move") + " refused"
	}
	return s
}

// counted is "1 move", "2 moves".
func counted(n int, thing string) string {
	if n != 1 {
		thing += "s"
	}
	return fmt.Sprintf("%d %s", n, thing)
}

func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }

// Print writes the sums.
func (r *Report) Print(out io.Writer) {
	p := func(format string, a ...any) { _, _ = fmt.Fprintf(out, format+"\n", a...) }
	p("")
	p("Lead time per district: days to the third next available appointment of its worst service group")
	t := tabwriter.NewWriter(out, 2, 0, 3, ' ', 0)
	_, _ = fmt.Fprintln(t, "  district\tbefore the story\tafter it")
	for _, d := range r.districts {
		_, _ = fmt.Fprintf(t, "  %s\t%s\t%s\n", d.Name, days(r.Before, d.ID), days(r.After, d.ID))
	}
	_ = t.Flush()
	across, moved := 0, 0
	for _, k := range r.Proposals {
		for _, m := range k.Moves {
			if moved++; m.FromDistrict != m.ToDistrict {
				across++
			}
		}
	}
	p("")
	p("HR events          %d sent, %d duplicates ignored, %d without effect, %d refused and parked", r.EventsIn, r.DuplicatesIgnored, r.Unchanged, r.Refused)
	for _, k := range r.Parked {
		p("  parked           %s: %s", k.ID, k.Reason)
	}
	p("proposals          %d, with %d moved person-days, %d of them between districts; %s refused", len(r.Proposals), moved, across, counted(r.MovesRefused, "move"))
	p("slots              %d closed, %d opened", r.SlotsClosed, r.SlotsOpened)
	for _, rule := range slices.Sorted(maps.Keys(r.RefusedBy)) {
		p("  refused          %d of the moves by the rule %s", r.RefusedBy[rule], rule)
	}
	p("appointments       %d before, %d after: %d lost; %d at risk (their citizens are to be offered another slot)", r.AppointmentsBefore, r.AppointmentsAfter, r.AppointmentsLost, r.AtRisk)
	p("")
	p("Measured by a NATS subscriber from outside, in milliseconds:")
	t = tabwriter.NewWriter(out, 2, 0, 3, ' ', 0)
	_, _ = fmt.Fprintln(t, "  \tp50\tp99\tn")
	for _, l := range []struct {
		what string
		Latency
	}{
		{"HR event sent → absence recorded", r.HopsMS.Recorded},
		{"            … → the person's duties changed", r.HopsMS.Duties},
		{"            … → the centres' offerings changed", r.HopsMS.Offering},
		{"HR event sent → the person's slots closed", r.CloseMS},
		{"HR event sent → proposal drafted", r.PlanMS},
		{"approval → slots open elsewhere", r.OpenMS},
	} {
		_, _ = fmt.Fprintf(t, "  %s\t%.1f\t%.1f\t%d\n", l.what, l.P50, l.P99, l.N)
	}
	_ = t.Flush()
}

func days(l DistrictLead, d id.District) string {
	n, known := l[d]
	switch {
	case !known:
		return "not measured"
	case n < 0:
		return "none free"
	}
	return fmt.Sprintf("%d d", n)
}
