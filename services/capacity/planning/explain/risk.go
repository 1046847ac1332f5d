package explain

import "github.com/lotse-hamburg/lotse/services/capacity/planning/flow"

// stays is what of a risk is uncovered at its moment under the present staffing:
// only people who were not there before help.
func (p *prices) stays(r *flow.Risk) int {
	var come []int
	for _, e := range p.present(r.Centre, r.Day) {
		if p.before[e][r.Day] != r.Centre {
			come = append(come, e)
		}
	}
	return r.Stays(p.in, come)
}

// atRisk is what the risks cost beyond what the mix leaves uncovered there
// anyway, in points.
func (p *prices) atRisk() (points float64) {
	for i := range p.risks {
		r := &p.risks[i]
		points += float64(max(0, p.stays(r)-p.w.Lost(r.Centre, r.Day))) * r.Points
	}
	return points
}

// riskSkill is the skill with most of a risk, for counting appointments.
func (p *prices) riskSkill(r *flow.Risk) (best int) {
	for s, row := range p.in.Uncovered[r.Centre] {
		if row[r.Day] > p.in.Uncovered[r.Centre][best][r.Day] {
			best = s
		}
	}
	return best
}
