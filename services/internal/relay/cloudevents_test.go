package relay_test

import (
	"encoding/json"
	"testing"
	"time"

	cloudevents "github.com/cloudevents/sdk-go/v2/event"

	"github.com/lotse-hamburg/lotse/events"
)

// The reference implementation reads what we write and writes what we read.
func TestTheCloudEventsSDKAgrees(t *testing.T) {
	ours := events.Envelope{ID: "1", Source: "lotse/absence", Type: "lotse.absence.absence-recorded.v1", Subject: "e-1",
		Time: time.Date(2026, 12, 1, 7, 12, 0, 0, time.UTC), CorrelationID: "hr-1", CausationID: "hr-1", Epoch: 1, Position: 42,
		TraceParent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", DataContentType: "application/json", Data: []byte(`{"employee":"e-1"}`)}
	raw, err := ours.Structured()
	if err != nil {
		t.Fatal(err)
	}
	var theirs cloudevents.Event
	if err := json.Unmarshal(raw, &theirs); err != nil {
		t.Fatal(err)
	}
	if err := theirs.Validate(); err != nil {
		t.Fatal(err)
	}
	if theirs.ID() != "1" || theirs.Type() != ours.Type || theirs.Extensions()["correlationid"] != "hr-1" || string(theirs.Data()) != `{"employee":"e-1"}` {
		t.Fatalf("%v", theirs)
	}
	raw, err = json.Marshal(theirs)
	if err != nil {
		t.Fatal(err)
	}
	back, err := events.ParseStructured(raw)
	if err != nil || back.Position != 42 || back.TraceParent != ours.TraceParent || !back.Time.Equal(ours.Time) {
		t.Fatalf("%+v, %v", back, err)
	}
}
