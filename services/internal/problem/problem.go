// Package problem turns domain errors into RFC 9457 problem documents, by one
// table per service, at the HTTP edge only.
package problem

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
)

// Entry says how one error is answered. Type is stable; clients match on it.
type Entry struct {
	Err    error
	Status int
	Type   string // "below-minimum-staffing"
	// De says it in German; with it the document has say, in both languages.
	De string
}

// Table is searched in order, with errors.Is; what it does not know is tried
// against the errors that all services share.
type Table []Entry

// TypePrefix makes an entry's type a URI.
const TypePrefix = "https://lotse.example/problems/"

var shared = Table{
	{journal.ErrReusedKey, http.StatusUnprocessableEntity, "idempotency-key-reused", "Der Idempotency-Key wurde schon mit einem anderen Inhalt benutzt: Nehmen Sie einen neuen."},
	{node.ErrNotYet, http.StatusServiceUnavailable, "not-yet", "Der gewünschte Stand ist noch nicht erreicht: Versuchen Sie es gleich noch einmal."},
	{node.ErrNotParked, http.StatusNotFound, "not-parked", "Eine solche zurückgestellte Nachricht gibt es nicht."},
	{node.ErrNotReplayable, http.StatusConflict, "not-replayable", "Diese Nachricht kann nicht noch einmal verarbeitet werden."},
	{node.ErrHandled, http.StatusConflict, "already-handled", "Über diese Nachricht hat schon jemand entschieden: Sehen Sie nach, was aus ihr wurde."},
	{node.ErrStillFails, http.StatusUnprocessableEntity, "still-fails", "Die Nachricht lässt sich noch immer nicht verarbeiten."},
	{node.ErrNotFirst, http.StatusConflict, "not-first", "Vor dieser Nachricht wartet noch eine frühere."},
	{journal.ErrBusy, http.StatusServiceUnavailable, "busy", "Gerade sind es zu viele auf einmal: Versuchen Sie es gleich noch einmal."},
	{eventlog.ErrUnknown, http.StatusServiceUnavailable, "outcome-unknown", "Es ist ungewiss, ob es gespeichert wurde: Senden Sie es mit demselben Idempotency-Key noch einmal."},
	{eventlog.ErrFull, http.StatusServiceUnavailable, "disk-full", "Der Speicher ist voll, und nichts wurde gespeichert: Versuchen Sie es später noch einmal."},
	{eventlog.ErrUnreachable, http.StatusServiceUnavailable, "log-unreachable", "Die Datenbank ist nicht erreichbar, und nichts wurde gespeichert: Versuchen Sie es später noch einmal."},
	{eventlog.ErrClosed, http.StatusServiceUnavailable, "shutting-down", "Der Dienst wird gerade beendet: Versuchen Sie es gleich noch einmal."},
	{eventlog.ErrNotFound, http.StatusNotFound, "not-found", "Das gibt es nicht."},
	{context.DeadlineExceeded, http.StatusServiceUnavailable, "timeout", "Es hat zu lange gedauert: Versuchen Sie es gleich noch einmal."},
	{context.Canceled, 499, "client-closed-request", "Die Anfrage wurde abgebrochen."},
}

// From answers an error; nil stays nil.
func (t Table) From(err error) error {
	if err == nil {
		return nil
	}
	var done huma.StatusError
	if errors.As(err, &done) {
		return done
	}
	for _, e := range append(t[:len(t):len(t)], shared...) {
		if errors.Is(err, e.Err) {
			if said := plainly[e.Err]; said != nil {
				return &laterInside{later{speak(model(e.Status, e.Type, said), e.De)}, err}
			}
			if e.Status == http.StatusServiceUnavailable {
				return &later{speak(model(e.Status, e.Type, err), e.De)}
			}
			return speak(model(e.Status, e.Type, err), e.De)
		}
	}
	var field *events.FieldError
	if errors.As(err, &field) {
		m := model(http.StatusUnprocessableEntity, "invalid-field", err)
		m.Errors = []*huma.ErrorDetail{{Message: field.Reason, Location: field.Field, Value: field.Value}}
		return speak(m, "Die Angabe "+strconv.Quote(field.Field)+" ist so nicht zulässig.")
	}
	m := model(http.StatusInternalServerError, "internal", errors.New("something failed inside; the operator finds it in the log"))
	return &internal{speak(m, "Es ist ein Fehler aufgetreten; der Betrieb findet ihn im Protokoll."), err}
}

// spoken is a problem document that says what is wrong in both languages, in
// an extension member (RFC 9457, 3.2).
type spoken struct {
	*huma.ErrorModel
	Say map[string]string `json:"say,omitempty"`
	// Alternatives is what could be asked for instead.
	Alternatives any `json:"alternatives,omitempty"`
}

// Kind is the end of a problem's type, and what it says by language.
func (t Table) Kind(err error) (kind string, say map[string]string) {
	var s interface{ says() *spoken }
	if !errors.As(t.From(err), &s) {
		return "", nil
	}
	return strings.TrimPrefix(s.says().Type, TypePrefix), s.says().Say
}

func (s *spoken) says() *spoken { return s }

// Instead adds to an answer of From what could be asked for instead.
func Instead(answer error, alternatives any) error {
	var s interface{ says() *spoken }
	if errors.As(answer, &s) {
		s.says().Alternatives = alternatives
	}
	return answer
}

// Of gives a problem that huma has found its type, and says it in German too.
func Of(m *huma.ErrorModel, kind, de string) huma.StatusError {
	m.Type = TypePrefix + kind
	return speak(m, de)
}

func speak(m *huma.ErrorModel, de string) *spoken {
	if de == "" {
		return &spoken{ErrorModel: m}
	}
	return &spoken{ErrorModel: m, Say: map[string]string{"de": de, "en": m.Detail}}
}

// later says when to try again.
type later struct{ *spoken }

// GetHeaders are set on the response.
func (*later) GetHeaders() http.Header { return http.Header{"Retry-After": {"1"}} }

// plainly is what a client is told where the error itself says what only the
// operator needs: where the log lies.
var plainly = map[error]error{
	eventlog.ErrFull:        errors.New("the disk of the log is full and nothing was recorded: free space there, then send this again"),
	eventlog.ErrUnreachable: errors.New("the database of the log cannot be reached and nothing was recorded: send this again when it can"),
}

// laterInside is a later that keeps its cause for the log.
type laterInside struct {
	later
	cause error
}

func (l *laterInside) Unwrap() error { return l.cause }

// internal keeps the cause for the log and hides it from the client.
type internal struct {
	*spoken
	cause error
}

func (i *internal) Unwrap() error { return i.cause }

func model(status int, kind string, err error) *huma.ErrorModel {
	title := http.StatusText(status)
	if title == "" {
		title = "Client Closed Request"
	}
	return &huma.ErrorModel{Type: TypePrefix + kind, Title: title, Status: status, Detail: err.Error()}
}
