package httpserver_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/google/uuid"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/absence"
	"github.com/lotse-hamburg/lotse/services/internal/access/accesstest"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
	"github.com/lotse-hamburg/lotse/services/internal/node"
	"github.com/lotse-hamburg/lotse/services/internal/problem"
)

func init() {
	accesstest.Allow("test", "get-v1-broken", "get-v1-busy", "list-parked", "replay-parked", "fix-parked", "discard-parked", "show-parked", "list-audit", "POST /v1/x", "post-v1-things", "get-v1-things")
}

// Whoever streams does not hold the server up when it stops.
func TestServeEndsWithAStreamOpen(t *testing.T) {
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- httpserver.Serve(ctx, listen, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = io.WriteString(w, "first\n")
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}))
	}()
	res, err := http.Get("http://" + listen.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	if line, err := bufio.NewReader(res.Body).ReadString('\n'); line != "first\n" {
		t.Fatalf("%q, %v", line, err)
	}
	began := time.Now()
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 2*time.Second {
		t.Errorf("stopping took %s", took)
	}
}

// The operator reads what the client must not.
func TestWhatFailsInsideIsLogged(t *testing.T) {
	var log bytes.Buffer
	api := httpserver.New(slog.New(slog.NewTextHandler(&log, nil)), "test", "Test", "1", "")
	type answer struct{}
	huma.Get(api, "/v1/broken", func(context.Context, *struct{}) (*answer, error) {
		return nil, problem.Table{}.From(errors.New("no space left on device"))
	})
	huma.Get(api, "/v1/busy", func(context.Context, *struct{}) (*answer, error) {
		return nil, problem.Table{}.From(node.ErrNotYet)
	})
	ask := func(path string) *httptest.ResponseRecorder {
		rec := httptest.NewRecorder()
		api.Handler().ServeHTTP(rec, httptest.NewRequest(http.MethodGet, path, nil))
		return rec
	}
	if rec := ask("/v1/busy"); rec.Code != http.StatusServiceUnavailable || rec.Header().Get("Retry-After") != "1" || log.Len() > 0 {
		t.Errorf("%d %v %s, logged %q", rec.Code, rec.Header(), rec.Body, log.String())
	}
	rec := ask("/v1/broken")
	if rec.Code != http.StatusInternalServerError || rec.Header().Get("Content-Type") != "application/problem+json" || strings.Contains(rec.Body.String(), "space") {
		t.Errorf("%d %v %s", rec.Code, rec.Header(), rec.Body)
	}
	if !strings.Contains(log.String(), "no space left on device") {
		t.Errorf("logged %q", log.String())
	}
}

func TestParkedMessagesAreShownReplayedAndDiscarded(t *testing.T) {
	handled := 0
	n := node.New(node.Spec{Service: "test", Registry: events.NewRegistry(absence.Kinds()), Sources: []node.Source{{
		Service: absence.Service, Handle: func(*journal.Tx, events.Envelope, events.Event) error { handled++; return nil },
	}}}, node.Deps{Store: memory.New(), Now: func() time.Time { return time.Unix(1e9, 0) }})
	in := n.Inbounds()[0]
	for i := range int64(3) {
		e := events.Envelope{ID: fmt.Sprint("m", i), Source: "lotse/absence", Type: absence.TypeAbsenceCancelled, Subject: fmt.Sprint("e-", i/2),
			Epoch: 1, Position: i + 1, Data: []byte(`{"absence":"a","revision":1,"employee":"e"}`)}
		if err := in.Park(t.Context(), e, errors.New("a fault of ours")); err != nil {
			t.Fatal(err)
		}
	}
	api := httpserver.New(slog.New(slog.DiscardHandler), "test", "Test", "1", "")
	api.Parked(n)
	var list struct {
		Parked []httpserver.ParkedMessage
		Next   string `json:"next_cursor"`
	}
	body := ""
	ask := func(method, path string, want int) string {
		t.Helper()
		rec := httptest.NewRecorder()
		req := httptest.NewRequest(method, path, strings.NewReader(body))
		req.Header.Set("Content-Type", "application/json")
		api.Handler().ServeHTTP(rec, req)
		if rec.Code != want {
			t.Fatalf("%s %s: %d %s", method, path, rec.Code, rec.Body)
		}
		return rec.Body.String()
	}
	page := func(query string) []httpserver.ParkedMessage {
		t.Helper()
		list.Parked, list.Next = nil, ""
		if err := json.Unmarshal([]byte(ask(http.MethodGet, "/v1/parked"+query, http.StatusOK)), &list); err != nil {
			t.Fatal(err)
		}
		return list.Parked
	}
	if p := page("?limit=2"); len(p) != 2 || p[0].Key != "e-0" || p[0].Reason != "a fault of ours" {
		t.Fatalf("%+v", p)
	}
	if p := page("?cursor=" + list.Next); len(p) != 1 || p[0].Key != "e-1" || list.Next != "" {
		t.Fatalf("%+v", p)
	}
	all := page("")
	path := func(i int, what string) string { return "/v1/parked/" + all[i].ID.String() + "/" + what }
	ask(http.MethodPost, path(1, "replay"), http.StatusConflict)
	if answer := ask(http.MethodPost, path(0, "replay"), http.StatusOK); !strings.Contains(answer, `"replayed":2`) || handled != 2 {
		t.Errorf("%s, handled %d", answer, handled)
	}
	ask(http.MethodPost, path(2, "discard"), http.StatusBadRequest)
	body = `{}`
	ask(http.MethodPost, path(2, "discard"), http.StatusUnprocessableEntity) // without a reason
	body = `{"why":"nobody needs it"}`
	ask(http.MethodPost, path(2, "discard"), http.StatusNoContent)
	body = `{"why":"late","patch":{"revision":2,"employee":"e-1"}}`
	ask(http.MethodPost, path(2, "fix"), http.StatusConflict)
	body = ""
	ask(http.MethodPost, path(2, "replay"), http.StatusConflict)
	ask(http.MethodPost, "/v1/parked/"+uuid.NewString()+"/replay", http.StatusNotFound)
	one := ask(http.MethodGet, strings.TrimSuffix(path(2, ""), "/"), http.StatusOK)
	for _, says := range []string{`"how":"discarded"`, `"why":"nobody needs it"`, `"fields":{"absence":"a","employee":"e","revision":1}`, `"reason":"a fault of ours"`} {
		if !strings.Contains(one, says) {
			t.Errorf("%s lacks %s", one, says)
		}
	}
	if p := page("?source=booking"); len(p) != 0 {
		t.Errorf("of another source: %+v", p)
	}
	ask(http.MethodPost, "/v1/parked/nonsense/replay", http.StatusUnprocessableEntity)
	if p := page(""); len(p) != 0 || handled != 2 {
		t.Errorf("left %+v, handled %d", p, handled)
	}
}

func TestServeSaysWhyItCannot(t *testing.T) {
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = listen.Close()
	if err := httpserver.Serve(t.Context(), listen, http.NotFoundHandler()); !errors.Is(err, net.ErrClosed) {
		t.Fatal(err)
	}
}

// What huma finds wrong has a stable type, and repeats nothing of the body.
func TestInvalidRequestsRepeatNothingOfTheBody(t *testing.T) {
	api := httpserver.New(slog.New(slog.DiscardHandler), "test", "Test", "1", "")
	type input struct {
		Limit int `query:"limit" maximum:"5"`
		Body  struct {
			Name string `json:"name" maxLength:"3"`
		}
	}
	huma.Register(api, huma.Operation{Method: http.MethodPost, Path: "/v1/x"}, func(context.Context, *input) (*struct{}, error) { return nil, nil })
	req := httptest.NewRequest(http.MethodPost, "/v1/x?limit=9", strings.NewReader(`{"name":"Erika Mustermann"}`))
	req.Header.Set("Content-Type", "application/json")
	res := httptest.NewRecorder()
	api.Handler().ServeHTTP(res, req)
	var p huma.ErrorModel
	if err := json.Unmarshal(res.Body.Bytes(), &p); err != nil || res.Code != 422 || p.Type != httpserver.InvalidRequest || len(p.Errors) != 2 {
		t.Fatalf("%d %s, %v", res.Code, res.Body, err)
	}
	if strings.Contains(res.Body.String(), "Mustermann") || !strings.Contains(res.Body.String(), "body.name") || !strings.Contains(res.Body.String(), "9") {
		t.Errorf("%s", res.Body)
	}
}

// What huma finds by itself has a stable type and both languages as well, and
// does not repeat what the body held.
func TestValidationSpeaksBothLanguages(t *testing.T) {
	api := httpserver.New(slog.New(slog.DiscardHandler), "test", "Test", "1", "")
	huma.Post(api, "/v1/things", func(context.Context, *struct {
		httpserver.ReadInput
		Limit int `query:"limit" minimum:"1"`
		Body  struct {
			Name string `json:"name" maxLength:"3"`
		}
	}) (*struct{}, error) {
		return nil, nil
	})
	huma.Get(api, "/v1/things", func(_ context.Context, in *struct{ httpserver.ReadInput }) (*struct{}, error) {
		_, err := in.Position()
		return nil, err
	})
	for _, c := range []struct {
		method, path, body, media, position string
		status                              int
		kind                                string
	}{
		{http.MethodPost, "/v1/things?limit=0", `{"name":"ab"}`, "application/json", "", http.StatusUnprocessableEntity, "invalid-request"},
		{http.MethodPost, "/v1/things", `{"name":"Erika"}`, "application/json", "", http.StatusUnprocessableEntity, "invalid-request"},
		{http.MethodPost, "/v1/things", `{`, "application/json", "", http.StatusBadRequest, "invalid-request"},
		{http.MethodPost, "/v1/things", `name`, "text/csv", "", http.StatusUnsupportedMediaType, "unsupported-media-type"},
		{http.MethodPost, "/v1/things", `{"name":"` + strings.Repeat("x", 2<<20) + `"}`, "application/json", "", http.StatusRequestEntityTooLarge, "body-too-large"},
		{http.MethodGet, "/v1/things", ``, "", "nonsense", http.StatusUnprocessableEntity, "invalid-field"},
	} {
		r := httptest.NewRequest(c.method, c.path, strings.NewReader(c.body))
		r.Header.Set("Content-Type", c.media)
		r.Header.Set("Lotse-Position", c.position)
		rec := httptest.NewRecorder()
		api.Handler().ServeHTTP(rec, r)
		var p struct {
			Type string
			Say  map[string]string
		}
		if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil {
			t.Fatalf("%s: %v: %s", c.path, err, rec.Body)
		}
		if rec.Code != c.status || p.Type != problem.TypePrefix+c.kind || p.Say["de"] == "" || p.Say["en"] == "" || p.Say["de"] == p.Say["en"] || strings.Contains(rec.Body.String(), "Erika") {
			t.Errorf("%s %s: %d %s", c.method, c.path, rec.Code, rec.Body)
		}
	}
}
