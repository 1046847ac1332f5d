package httpapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/booking/internal/read"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
)

// keepAlive is how often a quiet line gets a comment, so that proxies keep it.
const keepAlive = 15 * time.Second

func (h *api) listeners(s *httpserver.API) {
	s.OpenAPI().AddOperation(&huma.Operation{Method: http.MethodGet, Path: "/v1/events/slots", OperationID: "listen-slots",
		Summary: "Free slots as they change (server-sent events)",
		Description: "First the newest slots-changed of each centre-day, then every change; the event id is the public log position. " +
			"With Last-Event-ID only what is newer is sent. Changes that a newer one has replaced may be left out. " +
			"A listener that does not keep up is dropped and may resume.",
		Parameters: []*huma.Param{{Name: "Last-Event-ID", In: "header", Schema: &huma.Schema{Type: "string"}}},
		Responses:  map[string]*huma.Response{"200": {Description: "event: slots-changed", Content: map[string]*huma.MediaType{"text/event-stream": {}}}}})
	s.Mux.HandleFunc("GET /v1/events/slots", h.listen)
}

func (h *api) listen(w http.ResponseWriter, r *http.Request) {
	at := int64(0)
	if last := r.Header.Get("Last-Event-ID"); last != "" {
		var err error
		if at, err = strconv.ParseInt(last, 10, 64); err != nil || at < 0 {
			refuse(w, &events.FieldError{Field: "Last-Event-ID", Value: last, Reason: "is not a position: send back an event's id, or none"})
			return
		}
	}
	out := http.NewResponseController(w)
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Accel-Buffering", "no")
	w.WriteHeader(http.StatusOK)
	quiet := time.NewTicker(keepAlive)
	defer quiet.Stop()
	for first := true; ; first = false {
		frames, more := h.app.SlotsAfter(at)
		if len(frames) > 0 || first {
			if h.write(w, out, frames) != nil {
				return
			}
			if len(frames) > 0 {
				at = frames[len(frames)-1].Position
				continue
			}
		}
		select {
		case <-r.Context().Done():
			return
		case <-more:
		case <-quiet.C:
			if h.write(w, out, nil) != nil {
				return
			}
		}
	}
}

// refuse answers with a problem document outside of huma.
func refuse(w http.ResponseWriter, field *events.FieldError) {
	var status huma.StatusError
	errors.As(problems.From(field), &status)
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status.GetStatus())
	_ = json.NewEncoder(w).Encode(status) // who does not read it has gone
}

// write sends frames, or a comment, within the time that a listener has.
func (h *api) write(w http.ResponseWriter, out *http.ResponseController, frames []read.Frame) error {
	_ = out.SetWriteDeadline(time.Now().Add(h.sseWrite)) // a recorder in tests has none
	if len(frames) == 0 {
		if _, err := fmt.Fprint(w, ": listening\n\n"); err != nil {
			return err
		}
	}
	for _, f := range frames {
		if _, err := fmt.Fprintf(w, "id: %d\nevent: slots-changed\ndata: %s\n\n", f.Position, f.Data); err != nil {
			return err
		}
	}
	return out.Flush()
}
