package verify

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/events/booking"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/events/lotse"
	"github.com/lotse-hamburg/lotse/events/staffing"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

var monday = day.Date(2026, time.November, 30)

// emptyLogs are four logs that nothing stands in.
func emptyLogs() Logs {
	logs := Logs{}
	for _, s := range lotse.Services {
		logs[s] = memory.New()
	}
	return logs
}

// say appends public events to a stream.
func say(t *testing.T, log eventlog.Store, stream string, at int64, all ...interface {
	EventType() string
	EventKey() []string
}) {
	t.Helper()
	u := eventlog.Unit{Appends: []eventlog.Append{{Stream: stream, Expected: at}}}
	for _, e := range all {
		raw, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		u.Appends[0].Events = append(u.Appends[0].Events, eventlog.NewEvent{ID: uuid.New(), Type: e.EventType(), Data: raw, Public: true,
			Meta: eventlog.Meta{Key: strings.Join(e.EventKey(), "."), CorrelationID: "hr-1"}})
	}
	out, err := log.Commit(t.Context(), []eventlog.Unit{u})
	if err != nil || out[0].Err != nil {
		t.Fatal(err, out)
	}
}

// wants looks whether a check has found what the test has broken; "" is nothing.
func wants(t *testing.T, c Check, want string) {
	t.Helper()
	switch {
	case want == "" && c.Faults > 0:
		t.Errorf("faults in what is right: %q", c.First)
	case want != "" && (c.Faults == 0 || !strings.Contains(strings.Join(c.First, "\n"), want)):
		t.Errorf("%d faults %q, wanted one that says %q", c.Faults, c.First, want)
	}
}

func TestOrder(t *testing.T) {
	e := func(position, public, version int64, id byte) eventlog.Event {
		return eventlog.Event{Position: position, PublicPosition: public, Stream: "s", Version: version, NewEvent: eventlog.NewEvent{ID: uuid.UUID{id}}}
	}
	for name, c := range map[string]struct {
		want string
		head eventlog.Head
		all  []eventlog.Event
	}{
		"right":            {"", eventlog.Head{Position: 2, PublicPosition: 1}, []eventlog.Event{e(1, 0, 1, 1), e(2, 1, 2, 2)}},
		"a hole":           {"position 3 comes after 1", eventlog.Head{Position: 3}, []eventlog.Event{e(1, 0, 1, 1), e(3, 0, 2, 2)}},
		"a public hole":    {"public position 3 comes after 1", eventlog.Head{Position: 2, PublicPosition: 3}, []eventlog.Event{e(1, 1, 1, 1), e(2, 3, 2, 2)}},
		"a version twice":  {"version 1 of s comes after 1", eventlog.Head{Position: 2}, []eventlog.Event{e(1, 0, 1, 1), e(2, 0, 1, 2)}},
		"an event twice":   {"the event of position 1 once more", eventlog.Head{Position: 2}, []eventlog.Event{e(1, 0, 1, 1), e(2, 0, 2, 1)}},
		"the end is wrong": {"it says that it ends at 5", eventlog.Head{Position: 5}, []eventlog.Event{e(1, 0, 1, 1)}},
	} {
		t.Run(name, func(t *testing.T) {
			var check Check
			o := newOrder(&check, "booking")
			for _, one := range c.all {
				o.apply(one)
			}
			o.end(c.head)
			wants(t, check, c.want)
		})
	}
}

func TestPeople(t *testing.T) {
	duties := func(version int64, all ...staffing.Duty) staffing.DutiesChanged {
		return staffing.DutiesChanged{Employee: "e-1", Version: version, Horizon: day.Period{From: monday, Until: monday + 7}, Duties: all}
	}
	duty := func(centre id.Centre, from, to int) staffing.Duty {
		return staffing.Duty{Day: monday, Centre: centre, Span: day.Span{From: day.Clock(from, 0), To: day.Clock(to, 0)}}
	}
	order := func(d id.Deployment, to id.Centre) staffing.DeploymentOrdered {
		return staffing.DeploymentOrdered{Deployment: d, Employee: "e-1", Day: monday, From: "altona", To: to}
	}
	type event interface {
		EventType() string
		EventKey() []string
	}
	for name, c := range map[string]struct {
		want string
		all  []event
	}{
		"two places in turn":        {"", []event{duties(1, duty("altona", 8, 12), duty("harburg", 12, 16))}},
		"two places at once":        {"e-1 is at altona 08:00–12:00 and at harburg 11:00–16:00", []event{duties(1, duty("altona", 8, 12), duty("harburg", 11, 16))}},
		"an old version":            {"version 1 of the duties of e-1 comes after 2", []event{duties(2), duties(1)}},
		"sent twice":                {"is sent to wandsbek on 2026-11-30 and was sent to harburg by d-1", []event{order("d-1", "harburg"), order("d-2", "wandsbek")}},
		"sent, called back, resent": {"", []event{order("d-1", "harburg"), staffing.DeploymentCancelled{Deployment: "d-1", Employee: "e-1", Day: monday}, order("d-2", "wandsbek")}},
	} {
		t.Run(name, func(t *testing.T) {
			log := memory.New()
			for i, e := range c.all {
				say(t, log, "employee-e-1", int64(i), e)
			}
			var check Check
			if _, err := scan(t.Context(), log, newPeople(&check).apply); err != nil {
				t.Fatal(err)
			}
			wants(t, check, c.want)
		})
	}
}

func TestReceipts(t *testing.T) {
	logs := emptyLogs()
	say(t, logs["absence"], "case-1", 0, staffing.DutiesChanged{Employee: "e-1", Version: 1})
	out, err := logs["booking"].Commit(t.Context(), []eventlog.Unit{{Results: []eventlog.Result{{Key: node.ResultKey("k-1"), BodyHash: "h", Data: []byte("{}")}}}})
	if err != nil || out[0].Err != nil {
		t.Fatal(err, out)
	}
	for name, c := range map[string]struct {
		want, line string
	}{
		"a key":               {"", `{"service":"booking","key":"k-1"}`},
		"a key that is lost":  {"knows nothing of it", `{"service":"booking","key":"k-2"}`},
		"a position":          {"", `{"service":"absence","position":"1-1"}`},
		"beyond the end":      {"the log ends at 1", `{"service":"absence","position":"1-2"}`},
		"a later epoch":       {"the log is in epoch 1", `{"service":"absence","position":"2-1"}`},
		"a message":           {"", `{"service":"absence","message":"hr-1"}`},
		"a message that went": {"has nothing of it", `{"service":"absence","message":"hr-2"}`},
		"nobody's":            {"there is no service", `{"service":"bookings","key":"k-1"}`},
	} {
		t.Run(name, func(t *testing.T) {
			all, err := ReadReceipts(strings.NewReader(c.line + "\n"))
			if err != nil {
				t.Fatal(err)
			}
			heard, heads := stories{}, map[string]eventlog.Head{}
			for name, log := range logs {
				if heads[name], err = scan(t.Context(), log, heard.apply); err != nil {
					t.Fatal(err)
				}
			}
			var check Check
			if err := acknowledged(t.Context(), &check, all, logs, heads, heard); err != nil {
				t.Fatal(err)
			}
			wants(t, check, c.want)
		})
	}
}

func TestJournals(t *testing.T) {
	all, err := ReadReceipts(strings.NewReader("{\"service\":\"booking\",\"key\":\"a\"}\n\n{\"service\":\"booking\",\"ke"))
	if err != nil || len(all) != 1 {
		t.Errorf("a journal whose writer was killed: %v, %v", all, err)
	}
	for _, wrong := range []string{"no\n", "{\"service\":\"booking\"}\n", "{\"key\":\"a\"}\n"} {
		if _, err := ReadReceipts(strings.NewReader(wrong)); err == nil || !strings.Contains(err.Error(), "line 1") {
			t.Errorf("%q: %v", wrong, err)
		}
	}
}

// What was last told counts, and an appointment that the log does not have is lost.
func TestAppointments(t *testing.T) {
	all, err := ReadReceipts(strings.NewReader(`{"service":"booking","appointment":"a","state":"booked","position":"1-0"}
{"service":"booking","appointment":"a","state":"cancelled","position":"1-0"}
`))
	if err != nil {
		t.Fatal(err)
	}
	if told := promises(all); len(told) != 1 || told[0].State != "cancelled" {
		t.Errorf("%+v", told)
	}
	report, err := Run(t.Context(), Options{Logs: emptyLogs(), Receipts: all})
	if err != nil {
		t.Fatal(err)
	}
	wants(t, report.Checks[2], "was promised and is not in the log")
}

// A lane that lags is found, one without anything to read is none.
func TestLanes(t *testing.T) {
	logs := emptyLogs()
	report, err := Run(t.Context(), Options{Logs: logs, Patience: time.Nanosecond})
	if err != nil {
		t.Fatal(err)
	}
	wants(t, report.Checks[4], "")
	if report.Checks[4].Looked == 0 {
		t.Error("no lane was looked at")
	}
	say(t, logs["booking"], "day-altona/2026-11-30", 0, booking.SlotsChanged{Centre: "altona", Day: monday, Version: 1})
	if report, err = Run(t.Context(), Options{Logs: logs, Patience: time.Nanosecond}); err != nil {
		t.Fatal(err)
	}
	wants(t, report.Checks[4], "") // nobody cares
	say(t, logs["booking"], "day-altona/2026-11-30", 1, booking.LoadChanged{Centre: "altona", Day: monday, Version: 1})
	if report, err = Run(t.Context(), Options{Logs: logs, Patience: time.Nanosecond}); err != nil {
		t.Fatal(err)
	}
	wants(t, report.Checks[4], "has taken in booking up to 0-0, which ends at 1-2")
}

func TestSlots(t *testing.T) {
	log := newest{"altona.2026-11-30": {7, []byte(`{"a":1}`)}, "altona.2026-11-29": {3, []byte(`{}`)}}
	for name, c := range map[string]struct {
		want string
		told map[string]Slots
	}{
		"the same":   {"", map[string]Slots{"altona.2026-11-30": {7, []byte(`{ "a": 1 }`)}}},
		"stale":      {"are those of public position 6", map[string]Slots{"altona.2026-11-30": {6, []byte(`{"a":1}`)}}},
		"other data": {"differ from those", map[string]Slots{"altona.2026-11-30": {7, []byte(`{"a":2}`)}}},
		"missing":    {"the slots of altona.2026-11-30 are missing", nil},
		"invented":   {"are not in the log", map[string]Slots{"altona.2026-11-30": {7, []byte(`{"a":1}`)}, "harburg.2026-11-30": {8, nil}}},
	} {
		t.Run(name, func(t *testing.T) {
			var check Check
			log.judge(&check, "booking-1", c.told, monday)
			wants(t, check, c.want)
		})
	}
}
