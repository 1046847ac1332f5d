package absence

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/lotse-hamburg/lotse/events/absence"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
)

// turn is what an HR desk decides about one absence at one moment.
type turn struct {
	at       time.Time
	off      bool // false: cancelled
	employee string
	from     day.Day
	days     int // last day off is from + days - 1
	open     bool
	expected bool
	half     bool // of the last day only the morning
	planned  bool
}

// story is one absence: its turns in the order in which they were decided.
type story struct {
	source, system, id string
	turns              []turn
}

// Sources that send CloudEvents; what makes one word newer than another differs.
const (
	byRevision  = "paisy"
	byChange    = "atoss"
	byEventTime = "loga"
)

var systems = []string{byRevision, byRevision, byChange, byEventTime, "frappe", "bamboohr", "hibob", "personio", "successfactors"}

// told draws a story: prolonged, shortened, moved back in time, given to somebody
// else, cancelled, even before it was said, taken up again.
func told(r *rand.Rand, n int) story {
	s := story{source: systems[r.IntN(len(systems))], id: fmt.Sprintf("A%d", n)}
	s.system = s.source
	at := time.Date(2026, 10, 26, 6, 0, 0, 0, time.UTC).Add(time.Duration(r.IntN(25*24*60)) * time.Minute)
	t := turn{off: true, employee: fmt.Sprintf("e-%d", 1+r.IntN(400)), from: day.Date(2026, 11, 1) + day.Day(r.IntN(60)), days: 1 + r.IntN(12), planned: r.IntN(2) == 0}
	if s.cloudEvents() && r.IntN(25) == 0 {
		t.off = false // a cancellation of what nobody ever said
	}
	for range 1 + r.IntN(5) {
		t.at = at
		s.turns = append(s.turns, t)
		if s.source == byRevision || r.IntN(6) > 0 { // else two words of one moment
			at = at.Add(time.Duration(1+r.IntN(36*60)) * time.Minute)
		}
		t.half, t.open = r.IntN(4) == 0, (s.cloudEvents() || s.source == "successfactors") && r.IntN(6) == 0
		t.expected = t.open && r.IntN(2) == 0
		switch {
		case !t.off:
			t.off = r.IntN(3) == 0
		case r.IntN(4) == 0:
			t.off = false
		case r.IntN(3) == 0:
			t.from -= day.Day(r.IntN(5)) // known late
		case r.IntN(12) == 0:
			t.employee = fmt.Sprintf("e-%d", 1+r.IntN(400))
		default:
			t.days = 1 + r.IntN(20)
		}
	}
	return s
}

func (s story) cloudEvents() bool {
	return s.source == byRevision || s.source == byChange || s.source == byEventTime
}

// sayable is how precisely the story's system tells when a word was said.
func (s story) sayable(at time.Time) time.Time {
	if s.source == "bamboohr" {
		return at.Truncate(24 * time.Hour)
	}
	return at
}

// end is what stands in the end; it is not known where the last moment has two
// different words.
func (s story) end() (t turn, known bool) {
	t, known = s.turns[len(s.turns)-1], true
	for _, o := range s.turns[:len(s.turns)-1] {
		if s.source != byRevision && s.sayable(o.at).Equal(s.sayable(t.at)) {
			known = false
		}
	}
	return t, known
}

func (t turn) lastDay() day.Day { return t.from + day.Day(t.days) - 1 }

// extent is what Lotse ought to make of a turn.
func (t turn) extent(s story) absence.Extent {
	x := absence.Extent{From: t.from, Planned: t.planned && s.cloudEvents()}
	until := t.lastDay() + 1
	noon := day.Clock(12, 0)
	switch {
	case t.open && t.expected:
		x.ExpectedUntil = &until
	case t.open:
	default:
		x.Until = &until
		if t.half {
			x.ToTime = &noon
		}
	}
	return x
}

// event is a CloudEvent that is not written down yet.
type event struct {
	source, id, kind, sender, version string
	time                              string
	fields                            map[string]any
	data                              []byte // nil: fields as JSON
	contentType                       string
	more                              map[string]string // headers
	raw                               []byte            // the whole body, instead of all this
}

// event says the i-th turn of a story as a CloudEvent.
func (s story) event(i int) event {
	t := s.turns[i]
	e := event{source: s.source, id: fmt.Sprintf("%s-%d", s.id, i), kind: hr.TypeChanged, sender: "/hr/" + s.source, version: "1.0",
		contentType: "application/json", fields: map[string]any{"absence_id": s.id}}
	switch s.source {
	case byRevision:
		e.fields["revision"] = i + 1
	case byChange:
		e.fields["changed_at"] = t.at.Format(time.RFC3339)
	default:
		e.time = t.at.Format(time.RFC3339)
	}
	if !t.off {
		e.kind = hr.TypeCancelled
		return e
	}
	if i == 0 {
		e.kind = hr.TypeReported
	}
	e.fields["employee"], e.fields["from"], e.fields["planned"] = t.employee, t.from.String(), t.planned
	e.fields["reason"], e.fields["note"] = "geheim", map[string]any{"text": "geheim"}
	switch {
	case t.open && t.expected:
		e.fields["expected_until"] = (t.lastDay() + 1).String()
	case t.open:
	case i%2 == 0:
		e.fields["last_day"] = t.lastDay().String()
	default:
		e.fields["until"] = (t.lastDay() + 1).String()
	}
	if t.half && !t.open {
		e.fields["to_time"] = "12:00"
	}
	return e
}

// document says the i-th turn as the story's system does; pending says that
// nothing is decided yet.
func (s story) document(i int, pending bool) map[string]any {
	t := s.turns[i]
	state := func(approved, cancelled, open string) string {
		switch {
		case pending:
			return open
		case t.off:
			return approved
		}
		return cancelled
	}
	from, to, at := t.from.String(), t.lastDay().String(), t.at.Format(time.RFC3339)
	switch s.source {
	case "frappe":
		docstatus := map[string]int{"Approved": 1, "Cancelled": 2, "Open": 0}
		status := state("Approved", "Cancelled", "Open")
		return map[string]any{"name": s.id, "doctype": "Leave Application", "employee": t.employee, "from_date": from, "to_date": to, "leave_type": "geheim",
			"half_day": t.half, "half_day_date": to, "status": status, "docstatus": docstatus[status], "modified": t.at.In(time.FixedZone("", 3600)).Format("2006-01-02 15:04:05"), "description": "geheim"}
	case "bamboohr":
		amount := "1"
		if t.half {
			amount = "0.5"
		}
		return map[string]any{"id": s.id, "employeeId": t.employee, "start": from, "end": to, "dates": map[string]any{to: amount}, "type": map[string]any{"name": "geheim"},
			"status": map[string]any{"status": state("approved", "canceled", "requested"), "lastChanged": t.at.Format(time.DateOnly)}, "notes": map[string]any{"employee": "geheim"}}
	case "hibob":
		if !t.off || pending {
			return map[string]any{"type": "timeoff.request." + state("", "cancelled", "requested"), "triggeredAt": at, "data": map[string]any{"timeoffRequestId": s.id, "reason": "geheim"}}
		}
		portion := "all_day"
		if t.half {
			portion = "morning"
		}
		return map[string]any{"requestId": s.id, "employeeId": t.employee, "startDate": from, "startDatePortion": "all_day", "endDate": to, "endDatePortion": portion,
			"status": "approved", "updatedOn": at, "policyType": "geheim"}
	case "personio":
		if !t.off && !pending {
			return map[string]any{"event_id": fmt.Sprintf("%s-%d", s.id, i), "event_name": "absence-period.deleted", "occurred_at": at, "data": map[string]any{"id": s.id}}
		}
		end := map[string]any{"date_time": to + "T00:00:00"}
		if t.half {
			end["type"] = "FIRST_HALF"
		}
		return map[string]any{"id": s.id, "person": map[string]any{"id": t.employee, "name": "geheim"}, "starts_from": map[string]any{"date_time": from + "T00:00:00"}, "ends_at": end,
			"approval": map[string]any{"status": state("APPROVED", "", "PENDING")}, "updated_at": at, "absence_type": map[string]any{"name": "geheim"}}
	}
	ticks := func(d day.Day) string { return fmt.Sprintf("/Date(%d)/", d.At(0, time.UTC).UnixMilli()) }
	m := map[string]any{"externalCode": s.id, "userId": t.employee, "startDate": ticks(t.from), "endDate": ticks(t.lastDay()), "timeType": "geheim",
		"approvalStatus": state("APPROVED", "CANCELLED", "PENDING"), "lastModifiedDateTime": fmt.Sprintf("/Date(%d+0000)/", t.at.UnixMilli()), "undeterminedEndDate": t.open}
	if t.expected {
		m["loaExpectedReturnDate"] = ticks(t.lastDay() + 1)
	}
	if t.half && !t.open {
		m["endTime"] = "PT12H00M00S"
	}
	if i%2 == 0 {
		return m
	}
	return map[string]any{"d": map[string]any{"results": []any{m}}}
}

func written(v any) []byte {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return data
}
