package systemtest

import (
	"encoding/json"
	"maps"
	"net/url"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/events/lotse"
	"github.com/lotse-hamburg/lotse/services/allinone"
)

// drawn answers with a puzzle drawn anew each time.
const drawn = "/v1/captcha"

// answers asks every service everything that can be asked without knowing an
// id, as its OpenAPI document says.
func (w *town) answers(queries map[string]url.Values) map[string]string {
	w.t.Helper()
	all := map[string]string{}
	for _, service := range lotse.Services {
		var api struct {
			OpenAPI string
			Paths   map[string]map[string]struct {
				Responses map[string]struct{ Content map[string]any }
			}
		}
		w.call("GET", "/"+service+"/openapi.json", nil, &api)
		if !strings.HasPrefix(api.OpenAPI, "3.1") {
			w.t.Errorf("%s describes itself by OpenAPI %q", service, api.OpenAPI)
		}
		for path, operations := range api.Paths {
			get, can := operations["get"]
			if _, streams := get.Responses["200"].Content["text/event-stream"]; !can || streams || strings.Contains(path, "{") {
				continue
			}
			if path == drawn {
				continue
			}
			path = "/" + service + path
			var body json.RawMessage
			w.call("GET", path+"?"+queries[path].Encode(), nil, &body)
			all[path] = string(body)
		}
	}
	return all
}

// What is folded from the log anew is what was folded as it went, and nobody
// has anything left to say.
func TestARestartAnswersAsBefore(t *testing.T) {
	w := start(t, allinone.Config{})
	w.settle(false)
	d := today(t) + 1
	w.chain("note", d)
	queries := map[string]url.Values{
		"/booking/v1/slots":       {"service": {"passport"}, "limit": {"50"}},
		"/absence/v1/absences":    {"day": {d.String()}},
		"/staffing/v1/roster":     {"from": {d.String()}, "until": {(d + 3).String()}},
		"/staffing/v1/attendance": {"from": {(d - 7).String()}, "until": {(d + 7).String()}},
		"/capacity/v1/offerings":  {"centre": {string(north)}},
	}
	before, said := w.answers(queries), w.streams()
	if len(before) < 15 || !strings.Contains(before["/capacity/v1/proposals"], "applied") {
		t.Fatalf("%d answers; proposals: %s", len(before), before["/capacity/v1/proposals"])
	}
	w.down()
	w.up()
	w.quiet()
	after := w.answers(queries)
	for path, answer := range before {
		if after[path] != answer {
			t.Errorf("%s\nanswered %s\nand now  %s", path, answer, after[path])
		}
	}
	if now := w.streams(); !maps.Equal(now, said) {
		t.Errorf("events on the bus: %v, after a restart %v", said, now)
	}
}
