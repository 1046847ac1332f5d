package bus

import (
	"fmt"
	"strconv"

	"github.com/ThreeDotsLabs/watermill/message"
	"github.com/ThreeDotsLabs/watermill/message/router/middleware"
	"github.com/nats-io/nats.go"

	"github.com/lotse-hamburg/lotse/events"
)

// Keys that the subscriber adds to a message's metadata beside its headers.
const (
	sequenceKey = "Lotse-Stream-Sequence"
	subjectKey  = "Lotse-Stream-Subject"
)

const headerID = "ce-id"

// ToNATS writes an event as a NATS message: CloudEvents binary mode, on the
// subject of its type and key.
func ToNATS(e events.Envelope) *nats.Msg {
	return &nats.Msg{Subject: events.Subject(e.Type, e.Subject), Header: e.Headers(), Data: e.Data}
}

// FromNATS reads an event from a NATS message in binary or structured mode.
func FromNATS(m *nats.Msg) (events.Envelope, error) {
	return events.ParseMessage(m.Header, m.Data)
}

// ToMessage writes an event as a watermill message; the headers become metadata.
func ToMessage(e events.Envelope) *message.Message {
	return fromHeaders(e.Headers(), e.Data)
}

// FromMessage reads the event of a watermill message.
func FromMessage(m *message.Message) (events.Envelope, error) {
	h := make(map[string][]string, len(m.Metadata))
	values := make([]string, 0, len(m.Metadata)) // one allocation for all headers
	for k, v := range m.Metadata {
		values = append(values, v)
		h[k] = values[len(values)-1:]
	}
	return events.ParseMessage(h, m.Payload)
}

// fromHeaders takes the first value of each header: watermill knows no others,
// and a sender that repeats a header must not bring the reader down.
func fromHeaders(h map[string][]string, data []byte) *message.Message {
	id := ""
	if v := h[headerID]; len(v) > 0 {
		id = v[0]
	}
	m := message.NewMessage(id, data)
	m.Metadata = make(message.Metadata, len(h)+3)
	for k, v := range h {
		if len(v) > 0 {
			m.Metadata[k] = v[0]
		}
	}
	story := m.Metadata["ce-correlationid"]
	if story == "" {
		story = id
	}
	if story != "" {
		middleware.SetCorrelationID(story, m)
	}
	return m
}

// Sequence is the position of the message in its stream.
func Sequence(m *message.Message) (uint64, error) {
	n, err := strconv.ParseUint(m.Metadata[sequenceKey], 10, 64)
	if err != nil {
		return 0, fmt.Errorf("bus: message %q has no stream sequence: it does not come from bus.Subscriber", m.UUID)
	}
	return n, nil
}

// StreamSubject is the subject that the message was published on.
func StreamSubject(m *message.Message) string { return m.Metadata[subjectKey] }
