package bus

import (
	"testing"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/parsertest"
)

// Whatever stands in a message's headers, reading it ends with an event or an
// error, and both ways of reading agree.
func FuzzFromMessage(f *testing.F) {
	e := events.Envelope{ID: "e1", Source: "lotse/absence", Type: "lotse.absence.absence-recorded.v1", Subject: "e-1", Epoch: 1, Position: 7, Data: []byte(`{}`)}
	structured, err := e.Structured()
	if err != nil {
		f.Fatal(err)
	}
	f.Add("e1", e.Type, "1", "7", "application/json", "7", []byte(`{}`))
	f.Add("", "", "", "", events.StructuredContentType, "", structured)
	f.Add("%41", "t", "-1", "9223372036854775808", "text/plain", "x", []byte(nil))
	f.Fuzz(func(t *testing.T, id, kind, epoch, position, contentType, sequence string, data []byte) {
		h := map[string][]string{"ce-specversion": {"1.0"}, "ce-id": {id}, "ce-type": {kind}, "ce-source": {"s"}, "ce-lotseepoch": {epoch}, "ce-lotseposition": {position},
			"Content-Type": {contentType}}
		parsertest.Bounded(t, len(data), func() {
			m := fromHeaders(h, data)
			m.Metadata[sequenceKey] = sequence
			got, err := FromMessage(m)
			direct, other := events.ParseMessage(h, data)
			if (err == nil) != (other == nil) || got.ID != direct.ID || got.Position != direct.Position {
				t.Errorf("%+v %v, read directly %+v %v", got, err, direct, other)
			}
			if n, err := Sequence(m); err == nil && n == 0 && sequence == "" {
				t.Error("a sequence out of nothing")
			}
		})
	})
}
