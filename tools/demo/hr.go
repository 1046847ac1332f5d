package demo

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/lotse-hamburg/lotse/events"
)

// Receipt is what absence answers to HR.
type Receipt struct {
	Status  string `json:"status"`
	Absence string `json:"absence"`
	Problem *struct {
		Title  string `json:"title"`
		Detail string `json:"detail"`
		Errors []struct {
			Location string `json:"location"`
			Message  string `json:"message"`
		} `json:"errors"`
	} `json:"problem"`
}

func (r Receipt) why() string {
	if r.Problem == nil {
		return ""
	}
	for _, e := range r.Problem.Errors {
		return e.Location + ": " + e.Message
	}
	return r.Problem.Detail
}

// Send publishes a note as an HR system does, and waits for the receipt.
func Send(nc *nats.Conn, source string, n Note, wait time.Duration) (Receipt, error) {
	e := events.Envelope{ID: n.ID, Source: source, Type: "hr.absence." + n.Kind + ".v1", Time: time.Now(), Data: n.Body}
	m := nats.NewMsg(events.HRAbsenceSubject + "." + source + "." + n.Kind)
	if n.Structured {
		body, err := e.Structured()
		if err != nil {
			return Receipt{}, err
		}
		m.Header.Set("Content-Type", events.StructuredContentType)
		m.Data = body
	} else {
		m.Header, m.Data = e.Headers(), n.Body
	}
	answer, err := nc.RequestMsg(m, wait)
	if err != nil {
		return Receipt{}, fmt.Errorf("HR event %s was not answered: %w", n.ID, err)
	}
	var r Receipt
	if err := json.Unmarshal(answer.Data, &r); err != nil {
		return Receipt{}, fmt.Errorf("the answer to HR event %s is no receipt: %w", n.ID, err)
	}
	return r, nil
}
