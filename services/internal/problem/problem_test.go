package problem_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
	"github.com/lotse-hamburg/lotse/services/internal/problem"
)

var errClosed = errors.New("the centre is closed that day")

func TestErrorsBecomeProblems(t *testing.T) {
	table := problem.Table{{Err: errClosed, Status: http.StatusConflict, Type: "closed"}}
	for name, c := range map[string]struct {
		err    error
		status int
		kind   string
		retry  string
	}{
		"own":           {fmt.Errorf("altona: %w", errClosed), http.StatusConflict, "closed", ""},
		"shared":        {journal.ErrReusedKey, http.StatusUnprocessableEntity, "idempotency-key-reused", ""},
		"not yet":       {fmt.Errorf("%w (position 7)", node.ErrNotYet), http.StatusServiceUnavailable, "not-yet", "1"},
		"busy":          {journal.ErrBusy, http.StatusServiceUnavailable, "busy", "1"},
		"field":         {&events.FieldError{Field: "from", Value: "x", Reason: "is not a date"}, http.StatusUnprocessableEntity, "invalid-field", ""},
		"disk full":     {fmt.Errorf("commit in /secret: %w", eventlog.ErrFull), http.StatusServiceUnavailable, "disk-full", "1"},
		"database away": {fmt.Errorf("commit at secret: %w", eventlog.ErrUnreachable), http.StatusServiceUnavailable, "log-unreachable", "1"},
		"none of ours":  {errors.New("disk i/o error at /secret"), http.StatusInternalServerError, "internal", ""},
	} {
		t.Run(name, func(t *testing.T) {
			answer := table.From(c.err)
			sent, err := json.Marshal(answer)
			if err != nil {
				t.Fatal(err)
			}
			var model huma.ErrorModel
			if err := json.Unmarshal(sent, &model); err != nil {
				t.Fatalf("%s: %v", sent, err)
			}
			if model.Status != c.status || model.Type != problem.TypePrefix+c.kind {
				t.Errorf("%d %s", model.Status, model.Type)
			}
			var headers huma.HeadersError
			retry := ""
			if errors.As(answer, &headers) {
				retry = headers.GetHeaders().Get("Retry-After")
			}
			if retry != c.retry {
				t.Errorf("Retry-After is %q, want %q", retry, c.retry)
			}
			if slices.Contains([]string{"internal", "disk-full", "log-unreachable"}, c.kind) && (strings.Contains(model.Detail, "secret") || !errors.Is(answer, c.err)) {
				t.Errorf("the client is told %q, the log %v", model.Detail, errors.Unwrap(answer))
			}
		})
	}
	var spoken struct{ Say map[string]string }
	sent, err := json.Marshal(problem.Table{{Err: errClosed, Status: http.StatusConflict, Type: "closed", De: "Der Standort ist an dem Tag zu."}}.From(errClosed))
	if err != nil || json.Unmarshal(sent, &spoken) != nil || spoken.Say["de"] != "Der Standort ist an dem Tag zu." || spoken.Say["en"] != errClosed.Error() {
		t.Errorf("%s, %v", sent, err)
	}
	if table.From(nil) != nil {
		t.Error("nil is a problem")
	}
}

// What all services share is said in both languages, too.
func TestSharedProblemsAreSaidInBothLanguages(t *testing.T) {
	for _, err := range []error{journal.ErrReusedKey, node.ErrNotYet, node.ErrNotParked, node.ErrNotReplayable, node.ErrNotFirst, journal.ErrBusy, eventlog.ErrUnknown,
		eventlog.ErrFull, eventlog.ErrUnreachable, eventlog.ErrClosed, eventlog.ErrNotFound, context.DeadlineExceeded, context.Canceled,
		&events.FieldError{Field: "from", Value: "x", Reason: "is not a date"}, errors.New("anything else")} {
		kind, say := problem.Table{}.Kind(err)
		if kind == "" || say["de"] == "" || say["en"] == "" || say["de"] == say["en"] {
			t.Errorf("%v: %q %v", err, kind, say)
		}
	}
}
