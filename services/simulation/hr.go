package simulation

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/simulation/dice"
)

// tell enters the messages of one absence: reported on its first morning, or long
// ahead where it is leave; late, repeated, prolonged or without an end, as HR
// systems are.
func (r *run) tell(n int, s spell) {
	set := r.Scenario.HR
	d := dice.Of(r.Seed, "hr", fmt.Sprint(n))
	absence := fmt.Sprintf("A-%d", n)
	late, delay, repeated, corrected, open := d.Float64(), d.ExpFloat64(), d.Float64(), d.Float64(), d.Float64()
	at := s.From.At(day.Clock(7, 12), r.City.Zone).Add(time.Duration(delay * set.Delay * float64(time.Hour)))
	if late < set.Late {
		at = at.Add(time.Duration(set.DelayLate * float64(time.Hour)))
	}
	if s.ahead > 0 {
		at = max(s.From-day.Day(s.ahead), r.days.From).At(day.Clock(9, 0), r.City.Zone)
	}
	say := func(when time.Time, revision int, until day.Day) {
		body := map[string]any{"absence_id": absence, "employee": s.who, "revision": revision, "from": s.From, "planned": s.ahead > 0}
		if until > 0 {
			body["until"] = until
		}
		times := 1
		if repeated < set.Repeated {
			times = 2
		}
		for t := range times {
			r.agenda.At(when.Add(time.Duration(t)*90*time.Second), "HR reports an absence", func() error { return r.send(absence, revision, body) })
		}
	}
	switch {
	case s.ahead > 0:
		say(at, 1, s.Until)
	case open < set.OpenEnded && s.Days() > 2:
		say(at, 1, 0)
		say((s.Until-1).At(day.Clock(14, 0), r.City.Zone), 2, s.Until)
	case corrected < set.Corrected && s.Days() > 3:
		first := s.From + day.Day(s.Days()/2)
		say(at, 1, first)
		say((first-1).At(day.Clock(8, 30), r.City.Zone), 2, s.Until)
	default:
		say(at, 1, s.Until)
	}
}

// send brings a message to absence; what follows from it is heard with the
// services' next turn, since HR systems tell in batches and nobody is moved on the
// day under way.
func (r *run) send(absence string, revision int, body map[string]any) error {
	data, err := json.Marshal(body)
	if err != nil {
		return err
	}
	header := map[string][]string{
		"Ce-Specversion": {"1.0"}, "Ce-Id": {fmt.Sprintf("%s-%d", absence, revision)}, "Ce-Source": {"sim"},
		"Ce-Type": {"hr.absence.reported.v1"}, "Content-Type": {"application/json"},
	}
	if _, err := r.world.Absence.Receive(r.ctx, "sim", header, data); err != nil {
		return fmt.Errorf("%s: %w", data, err)
	}
	r.tally.out.Messages++
	return nil
}
