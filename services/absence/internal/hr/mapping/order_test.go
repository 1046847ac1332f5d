package mapping

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lotse-hamburg/lotse/services/absence/internal/domain/absencecase"
)

// what happens to an absence at one moment, whatever the system.
type turn struct {
	first, days int
	half, off   bool
	at          time.Time
}

// say writes a turn as each system does.
var say = map[string]func(id string, t turn) any{
	"frappe": func(id string, t turn) any {
		status, docstatus := "Approved", 1
		if !t.off {
			status, docstatus = "Cancelled", 2
		}
		return map[string]any{"name": id, "doctype": "Leave Application", "employee": "e-1", "from_date": t.from(), "to_date": t.to(),
			"half_day": t.half, "half_day_date": t.to(), "status": status, "docstatus": docstatus, "modified": t.at.Format("2006-01-02 15:04:05.000000")}
	},
	"successfactors": func(id string, t turn) any {
		status := "APPROVED"
		if !t.off {
			status = "CANCELLED"
		}
		ticks := func(s string) string {
			d, _ := time.Parse(time.DateOnly, s)
			return fmt.Sprintf("/Date(%d)/", d.UnixMilli())
		}
		m := map[string]any{"externalCode": id, "userId": "e-1", "startDate": ticks(t.from()), "endDate": ticks(t.to()), "approvalStatus": status,
			"lastModifiedDateTime": fmt.Sprintf("/Date(%d+0000)/", t.at.UnixMilli())}
		if t.half {
			m["endTime"] = "PT11H30M00S"
		}
		return map[string]any{"d": map[string]any{"results": []any{m}}}
	},
	"bamboohr": func(id string, t turn) any {
		status := "approved"
		if !t.off {
			status = "canceled"
		}
		amount := "1"
		if t.half {
			amount = "0.5"
		}
		return map[string]any{"id": id, "employeeId": "e-1", "start": t.from(), "end": t.to(), "dates": map[string]any{t.to(): amount},
			"status": map[string]any{"status": status, "lastChanged": t.at.Format(time.RFC3339)}}
	},
	"personio": func(id string, t turn) any {
		if !t.off {
			return map[string]any{"event_id": id + t.at.String(), "event_name": "absence-period.deleted", "occurred_at": t.at.Format(time.RFC3339), "data": map[string]any{"id": id}}
		}
		end := map[string]any{"date_time": t.to() + "T00:00:00"}
		if t.half {
			end["type"] = "FIRST_HALF"
		}
		return map[string]any{"id": id, "person": map[string]any{"id": "e-1"}, "starts_from": map[string]any{"date_time": t.from() + "T00:00:00"}, "ends_at": end,
			"approval": map[string]any{"status": "APPROVED"}, "updated_at": t.at.Format(time.RFC3339)}
	},
	"hibob": func(id string, t turn) any {
		if !t.off {
			return map[string]any{"type": "timeoff.request.cancelled", "triggeredAt": t.at.Format(time.RFC3339), "data": map[string]any{"timeoffRequestId": id}}
		}
		portion := "all_day"
		if t.half {
			portion = "morning"
		}
		return map[string]any{"requestId": id, "employeeId": "e-1", "startDate": t.from(), "startDatePortion": "all_day", "endDate": t.to(), "endDatePortion": portion,
			"status": "approved", "updatedOn": t.at.Format(time.RFC3339)}
	},
}

func (t turn) from() string { return day(t.first) }
func (t turn) to() string   { return day(t.first + t.days) }

func day(n int) string {
	return time.Date(2026, 12, 1+n, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
}

// Any order and any repetition of what a system says ends where the tidy order
// does.
func TestAnyOrderEndsTheSame(t *testing.T) {
	if len(say) != len(Systems()) {
		t.Fatalf("%d of %d systems are tried", len(say), len(Systems()))
	}
	for _, system := range Systems() {
		t.Run(system, func(t *testing.T) {
			rapid.Check(t, func(t *rapid.T) {
				var bodies [][]byte
				for i := range rapid.IntRange(1, 8).Draw(t, "turns") {
					at := time.Date(2026, 11, 1+i, 8, rapid.IntRange(0, 59).Draw(t, "minute"), 0, 0, time.UTC)
					body, err := json.Marshal(say[system](fmt.Sprint("A", rapid.IntRange(1, 2).Draw(t, "absence")), turn{
						first: rapid.IntRange(0, 5).Draw(t, "first"), days: rapid.IntRange(0, 4).Draw(t, "days"),
						half: rapid.Bool().Draw(t, "half"), off: rapid.IntRange(0, 3).Draw(t, "cancelled") > 0, at: at}))
					if err != nil {
						t.Fatal(err)
					}
					bodies = append(bodies, body)
				}
				tidy := played(t, system, bodies)
				mixed := append([][]byte{}, bodies...)
				for range rapid.IntRange(0, 4).Draw(t, "repeats") {
					mixed = append(mixed, rapid.SampledFrom(bodies).Draw(t, "again"))
				}
				mixed = rapid.Permutation(mixed).Draw(t, "order")
				if got := played(t, system, mixed); !reflect.DeepEqual(got, tidy) {
					t.Fatalf("ends as %+v, in the tidy order as %+v", got, tidy)
				}
			})
		})
	}
}

// played is what is known in the end, by absence.
func played(t *rapid.T, system string, bodies [][]byte) map[string]string {
	d := absencecase.Decider()
	states := map[string]absencecase.State{}
	for _, body := range bodies {
		words, _, err := Read(system, "hr", berlin, body)
		if err != nil || len(words) != 1 || words[0].Refusal != nil {
			t.Fatalf("%s: %v %+v", body, err, words)
		}
		a := string(words[0].Absence)
		events, err := d.Decide(states[a], words[0].Command)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			states[a] = d.Evolve(states[a], e)
		}
	}
	out := map[string]string{}
	for a, s := range states {
		out[a] = "not off"
		if !s.Cancelled {
			x, _ := json.Marshal(s.Extent)
			out[a] = fmt.Sprintf("%s %s", s.Employee, x)
		}
	}
	return out
}
