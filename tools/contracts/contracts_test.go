package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/lotse-hamburg/lotse/events/lotse"
)

// The documents as today's code makes them, and the project's folder.
var generated = sync.OnceValues(func() (files, error) {
	return generate(context.Background(), home())
})

func home() string {
	root, err := findRoot()
	if err != nil {
		panic(err)
	}
	return root
}

func documents(t *testing.T) files {
	t.Helper()
	all, err := generated()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestWhatIsCheckedInIsFresh(t *testing.T) {
	dir := filepath.Join(home(), folder)
	if err := compatible(dir, documents(t)); err != nil {
		t.Error(err)
	}
	if err := stale(dir, documents(t)); err != nil {
		t.Error(err)
	}
}

// A document that was changed by hand, one that is missing and one too many are
// told.
func TestStaleIsTold(t *testing.T) {
	dir := t.TempDir()
	now := files{"schemas/a.json": []byte("{\n\"x\": 1}"), "schemas/b.json": []byte("{}")}
	if err := write(dir, now); err != nil {
		t.Fatal(err)
	}
	if err := stale(dir, now); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"schemas/a.json": "{\n\"x\": 2}", "schemas/c.json": "{}"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(dir, "schemas/b.json")); err != nil {
		t.Fatal(err)
	}
	err := stale(dir, now)
	for _, want := range []string{"schemas/a.json:2", `- "x": 2}`, `+ "x": 1}`, "schemas/b.json", "schemas/c.json (nothing makes it"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v does not say %q", err, want)
		}
	}
}

// Each way to break those who read or wrote an event is found, and what is
// allowed is not.
func TestBreakingChangesAreFound(t *testing.T) {
	const old = `{"type":"object","properties":{
		"centre":{"type":"string"},"version":{"type":"integer"},"note":{"type":"string"},
		"lines":{"type":"array","items":{"$ref":"#/$defs/Line"}},
		"free":{"type":"object","additionalProperties":{"type":"integer"}}},
		"required":["centre","version"],
		"$defs":{"Line":{"type":"object","properties":{"from":{"type":"string"},"use":{"type":"string"}},"required":["from"]}}}`
	for _, c := range []struct{ what, from, to, want string }{
		{"nothing", "", "", ""},
		{"a new optional field", `"note":{`, `"more":{"type":"string"},"note":{`, ""},
		{"a description", `"centre":{"type":"string"}`, `"centre":{"type":"string","description":"x"}`, ""},
		{"a removed field", `"note":{"type":"string"},`, ``, "data.note is gone"},
		{"a renamed field", `"note":{`, `"remark":{`, "data.note is gone"},
		{"another type", `"version":{"type":"integer"}`, `"version":{"type":"string"}`, "data.version had the type integer and has string"},
		{"newly required", `"required":["centre","version"]`, `"required":["centre","version","note"]`, "data.note is required now"},
		{"no longer there always", `"required":["centre","version"]`, `"required":["centre"]`, "data.version was always there"},
		{"a removed field of a part", `,"use":{"type":"string"}`, ``, "data.lines[].use is gone"},
		{"newly required in a part", `"required":["from"]`, `"required":["from","use"]`, "data.lines[].use is required now"},
		{"another type of values", `"additionalProperties":{"type":"integer"}`, `"additionalProperties":{"type":"number"}`, "data.free[] had the type"},
		{"a narrower form", `"note":{"type":"string"}`, `"note":{"type":"string","pattern":"^x"}`, "data.note had the pattern"},
	} {
		t.Run(c.what, func(t *testing.T) {
			now := strings.Replace(old, c.from, c.to, 1)
			if now == old && c.from != "" {
				t.Fatal("the case changes nothing")
			}
			got, err := breaking([]byte(old), []byte(now))
			if err != nil {
				t.Fatal(err)
			}
			if c.want == "" && len(got) > 0 || c.want != "" && !slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, c.want) }) {
				t.Errorf("%q, wanted %q", got, c.want)
			}
		})
	}
}

// compile makes a validator of an event's schema.
func compile(t *testing.T, name string, raw []byte) *jsonschema.Schema {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(raw)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(prefix+name, v); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile(prefix + name)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func validate(s *jsonschema.Schema, raw []byte) error {
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(string(raw)))
	if err != nil {
		return err
	}
	return s.Validate(v)
}

// What was ever written is valid by today's schemas: with every field that the
// version had when it was new, and with only those that it had to have.
func TestGoldenFormsAreValid(t *testing.T) {
	for _, k := range lotse.Registry().Kinds() {
		name := k.Type + ".json"
		s := compile(t, name, documents(t)["schemas/"+name])
		for _, dir := range []string{"", "minimal"} {
			path := filepath.Join("events", "testdata", dir, name)
			golden, err := os.ReadFile(filepath.Join(home(), path))
			if err != nil {
				t.Error(err)
				continue
			}
			if err := validate(s, golden); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
	}
}

// The schema is not one that takes everything.
func TestSchemasRefuse(t *testing.T) {
	name := "lotse.absence.absence-recorded.v1.json"
	s := compile(t, name, documents(t)["schemas/"+name])
	const good = `{"absence":"paisy/A-1","revision":1,"employee":"e-1","from":"2026-12-01","planned":false}`
	if err := validate(s, []byte(good)); err != nil {
		t.Fatal(err)
	}
	for from, to := range map[string]string{`"employee":"e-1",`: ``, `"2026-12-01"`: `"2026-13-01"`, `:1,`: `:"1",`, `false`: `null`} {
		if bad := strings.Replace(good, from, to, 1); bad == good || validate(s, []byte(bad)) == nil {
			t.Errorf("accepted: %s", bad)
		}
	}
}

// asksWhy finds names of fields in which somebody could say why a person is
// absent.
var asksWhy = regexp.MustCompile(`(?i)reason|cause|diagnos|illness|sick|disease|kind|type|note|comment|remark|descri|memo|text|grund|krank|bemerk|medical|certificate`)

// allowed are the fields that may have such a name, with what they are about.
// None is about a person's absence.
var allowed = map[string]string{
	"lotse.capacity.proposal-rejected reason":         "why a planner rejects a proposal",
	"lotse.capacity.proposal-superseded reason":       "what changed in the city",
	"lotse.capacity.proposal-undone reason":           "why a planner takes a proposal back",
	"lotse.capacity.proposal-applied reason":          "which rule a move breaks",
	"lotse.capacity.proposal-drafted causes":          "ids of HR events",
	"lotse.capacity.offering-changed causes":          "ids of HR events",
	"lotse.capacity.measure-changed reason":           "why a centre needs a measure: about a place",
	"lotse.capacity.measure-changed kind":             "of a measure",
	"lotse.capacity.centre-changed note":              "why a centre has other hours on a day: about a place",
	"lotse.staffing.deployment-refused reason":        "which rule a deployment breaks",
	"lotse.staffing.deployment-cancelled cause":       "undone or off-duty",
	"openapi/absence type":                            "of a problem (RFC 9457) or of a parked message",
	"openapi/absence reason":                          "why a message was parked, without its content",
	"lotse.capacity.policy-changed expected_sickness": "a share of all rostered time in the city",
	"openapi/capacity expected_sickness":              "a share of all rostered time in the city",
	"openapi/capacity cause":                          "id of an HR event",
	"openapi/booking noted_at":                        "when a call was noted",
	"openapi/booking kind":                            "of what is written to a citizen",
	"openapi/booking type":                            "of a problem or of a parked message",
	"openapi/booking reason":                          "why a message was parked, or an import not taken over",
	"openapi/capacity type":                           "of a problem or of a parked message",
	"openapi/capacity reason":                         "why a planner decides, a rule, a measure, a parked message",
	"openapi/capacity kind":                           "of a measure or a suggestion",
	"openapi/capacity causes":                         "ids of HR events",
	"openapi/capacity note":                           "why a centre has other hours on a day",
	"openapi/staffing type":                           "of a problem or of a parked message",
	"openapi/staffing reason":                         "why a message was parked, or a rule that is in the way",
	"asyncapi ce-type":                                "of an event",
	"asyncapi type":                                   "of an event",
}

func TestNoSchemaAsksWhy(t *testing.T) {
	used := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(documents(t))) {
		var doc any
		if err := yaml.Unmarshal(documents(t)[name], &doc); err != nil { // JSON is YAML
			t.Fatal(err)
		}
		where := strings.TrimPrefix(strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(name, ".json"), ".yaml"), ".v1"), "schemas/")
		for _, field := range fieldNames(doc) {
			key := where + " " + field
			if asksWhy.MatchString(field) && allowed[key] == "" {
				t.Errorf("%q could say why somebody is absent: take it out, or say in allowed what it is about", key)
			}
			used[key] = true
		}
	}
	for key := range allowed {
		if !used[key] {
			t.Errorf("%q is allowed and stands nowhere: remove it", key)
		}
	}
	if asked := fieldNames(map[string]any{"items": map[string]any{"properties": map[string]any{"diagnosis": map[string]any{}}}}); !slices.Equal(asked, []string{"diagnosis"}) {
		t.Errorf("a planted field is not found: %q", asked)
	}
}

// fieldNames are the names of all properties anywhere in a document.
func fieldNames(v any) (all []string) {
	switch v := v.(type) {
	case map[string]any:
		for k, below := range v {
			if fields, ok := below.(map[string]any); ok && k == "properties" {
				all = slices.AppendSeq(all, maps.Keys(fields))
			}
			all = append(all, fieldNames(below)...)
		}
	case []any:
		for _, below := range v {
			all = append(all, fieldNames(below)...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Every field of an event says what it is.
func TestEveryFieldIsDescribed(t *testing.T) {
	said := map[string]bool{}
	for _, k := range lotse.Registry().Kinds() {
		var doc map[string]any
		if err := json.Unmarshal(documents(t)["schemas/"+k.Type+".json"], &doc); err != nil {
			t.Fatal(err)
		}
		parts := map[string]any{strings.TrimPrefix(k.Type, "lotse."): doc}
		maps.Copy(parts, object(doc["$defs"]))
		for part, s := range parts {
			for name, p := range object(object(s)["properties"]) {
				if key := fmt.Sprint(part, ".", name); object(p)["description"] == nil && !said[key] {
					said[key] = true
					t.Errorf("%s has no description: write a comment at the field in events", key)
				}
			}
		}
	}
}

// So does every operation, parameter and tag; Redocly and Spectral ask for it too.
func TestEveryOperationIsDescribed(t *testing.T) {
	for _, service := range lotse.Services {
		var doc map[string]any
		if err := json.Unmarshal(documents(t)["openapi/"+service+".json"], &doc); err != nil {
			t.Fatal(err)
		}
		lacks := func(what string, v any) {
			if text, _ := object(v)["description"].(string); text == "" {
				t.Errorf("%s of %s has no description: of a tag or a common parameter it stands in services/internal/httpserver/describe.go", what, service)
			}
		}
		tags, _ := doc["tags"].([]any)
		for _, tag := range tags {
			lacks(fmt.Sprint("tag ", object(tag)["name"]), tag)
		}
		for path, methods := range object(doc["paths"]) {
			for method, op := range object(methods) {
				lacks(method+" "+path, op)
				params, _ := object(op)["parameters"].([]any)
				for _, param := range params {
					lacks(fmt.Sprint(method, " ", path, " parameter ", object(param)["name"]), param)
				}
			}
		}
	}
}
