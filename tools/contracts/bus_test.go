package main

import (
	"fmt"

	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/lotse-hamburg/lotse/events"
)

// overheard is what the services say to each other.
type overheard struct {
	mu       sync.Mutex
	messages []*nats.Msg
}

func listen(t *testing.T, url string) *overheard {
	t.Helper()
	nc, err := nats.Connect(url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(nc.Close)
	o := &overheard{}
	if _, err = nc.Subscribe("lotse.>", func(m *nats.Msg) {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.messages = append(o.messages, m)
	}); err == nil {
		err = nc.Flush()
	}
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// judge holds all that was said to the schemas, headers too, and returns how
// many there were of each type.
func (o *overheard) judge(t *testing.T) map[string]int {
	t.Helper()
	o.mu.Lock()
	defer o.mu.Unlock()
	var doc struct {
		Components struct{ Schemas map[string]any }
	}
	if err := yaml.Unmarshal(documents(t)["asyncapi.yaml"], &doc); err != nil {
		t.Fatal(err)
	}
	headers, err := pretty(doc.Components.Schemas["EventHeaders"])
	if err != nil {
		t.Fatal(err)
	}
	valid := map[string]*jsonschema.Schema{"headers": compile(t, "headers.json", headers)}
	count := map[string]int{}
	for _, m := range o.messages {
		e, err := events.ParseMessage(m.Header, m.Data)
		if err != nil {
			t.Errorf("%s: %v", m.Subject, err)
			continue
		}
		if count[e.Type]++; valid[e.Type] == nil {
			schema := documents(t)["schemas/"+e.Type+".json"]
			if schema == nil {
				t.Errorf("%s has no schema", e.Type)
				continue
			}
			valid[e.Type] = compile(t, e.Type+".json", schema)
		}
		if err := validate(valid[e.Type], m.Data); err != nil {
			t.Errorf("%s: %v\n%s", m.Subject, err, m.Data)
		}
		flat := map[string]any{}
		for k, v := range m.Header {
			flat[strings.ToLower(k)] = v[0]
		}
		if err := valid["headers"].Validate(flat); err != nil {
			t.Errorf("headers of %s: %v\n%v", m.Subject, err, flat)
		}
		if m.Subject != events.Subject(e.Type, e.Subject) {
			t.Errorf("%s has the subject %s", m.Subject, e.Subject)
		}
	}
	return count
}

// The streams and the bucket are as asyncapi.yaml says below x-jetstream.
func streamsAreAsDescribed(t *testing.T, c *up) {
	t.Helper()
	seed, err := nats.NkeyOptionFromSeed(filepath.Join(c.data, "nats", "creds", "booking.nk"))
	if err != nil {
		t.Fatal(err)
	}
	nc, err := nats.Connect(c.nats, seed, nats.CustomInboxPrefix("_INBOX_booking"))
	if err != nil {
		t.Fatal(err)
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		JetStream struct {
			Streams map[string]struct {
				Subjects                    []string
				Retention, Storage, Discard string
				MaxAge                      int  `yaml:"maxAgeSeconds"`
				DenyDelete                  bool `yaml:"denyDelete"`
				AllowDirect                 bool `yaml:"allowDirect"`
			}
			Buckets map[string]struct {
				Stream  string
				History int
				TTL     int `yaml:"ttlSeconds"`
			}
		} `yaml:"x-jetstream"`
	}
	if err := yaml.Unmarshal(documents(t)["asyncapi.yaml"], &doc); err != nil {
		t.Fatal(err)
	}
	if len(doc.JetStream.Streams) != 4 || len(doc.JetStream.Buckets) != 1 {
		t.Fatalf("%+v", doc.JetStream)
	}
	for name, said := range doc.JetStream.Streams {
		s, err := js.Stream(t.Context(), name)
		if err != nil {
			t.Error(name, err)
			continue
		}
		is := s.CachedInfo().Config
		got := fmt.Sprintln(is.Subjects, strings.ToLower(is.Retention.String()), strings.ToLower(is.Storage.String()), is.Discard, is.MaxAge.Seconds(), is.DenyDelete, is.AllowDirect)
		want := fmt.Sprintln(said.Subjects, said.Retention, said.Storage, "Discard"+strings.ToUpper(said.Discard[:1])+said.Discard[1:], said.MaxAge, said.DenyDelete, said.AllowDirect)
		if got != want {
			t.Errorf("stream %s is %s, described as %s", name, got, want)
		}
	}
	for name, said := range doc.JetStream.Buckets {
		s, err := js.Stream(t.Context(), said.Stream)
		if err != nil {
			t.Error(name, err)
			continue
		}
		if is := s.CachedInfo().Config; int(is.MaxMsgsPerSubject) != said.History || int(is.MaxAge.Seconds()) != said.TTL {
			t.Errorf("bucket %s: %+v, described as %+v", name, is, said)
		}
	}
}
