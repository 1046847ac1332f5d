package main

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/events/lotse"
	"github.com/lotse-hamburg/lotse/services/booking"
)

// eventSchemas describes every public event, by its type.
func eventSchemas(root string) (map[string]*schema, error) {
	d, err := readDocs(filepath.Join(root, "events"))
	if err != nil {
		return nil, err
	}
	all := map[string]*schema{}
	for _, k := range lotse.Registry().Kinds() {
		if all[k.Type], err = eventSchema(d, k); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// doc is a part of a document; YAML keeps the order.
type doc = yaml.MapSlice

func at(name string, value any) yaml.MapItem { return yaml.MapItem{Key: name, Value: value} }

func ref(to string) doc { return doc{at("$ref", to)} }

// asyncAPI describes the bus: what is published, what may be asked, what HR may
// say. AsyncAPI's NATS binding knows queue groups only; what JetStream adds
// stands below x-jetstream.
func asyncAPI(schemas map[string]*schema) ([]byte, error) {
	var channels, operations, messages doc
	for _, k := range lotse.Registry().Kinds() {
		service, fact, version, err := events.SplitType(k.Type)
		if err != nil {
			return nil, err
		}
		name := fmt.Sprintf("%s-%s-v%d", service, fact, version)
		key, params := keyOf(k)
		rule := "Every one of them counts; a key's follow each other in order."
		if k.State {
			rule = "The whole new state of its key: of several only the one with the greatest version counts."
		}
		channels = append(channels, at(name, doc{
			at("address", events.Subject(k.Type, key)), at("title", k.Type), at("description", k.Doc+" "+rule),
			at("messages", doc{at(name, ref("#/components/messages/"+name))}),
			at("parameters", params),
			at("x-jetstream", doc{at("stream", events.StreamName(service)), at("state", k.State)}),
		}))
		operations = append(operations, at("say-"+name, doc{
			at("action", "send"), at("title", k.Type), at("summary", k.Doc), at("description", "By "+service+", after it is in its log. "+rule), at("channel", ref("#/channels/"+name)),
			at("messages", []any{ref("#/channels/" + name + "/messages/" + name)}), at("tags", []any{doc{at("name", service)}}),
		}))
		messages = append(messages, at(name, doc{
			at("name", k.Type), at("title", k.Type), at("summary", k.Doc), at("contentType", "application/json"),
			at("headers", ref("#/components/schemas/EventHeaders")),
			at("correlationId", ref("#/components/correlationIds/story")),
			at("payload", ref("./schemas/"+k.Type+".json")),
		}))
	}
	for _, part := range []func() (c, o, m doc){hrParts, backfillParts, bucketParts} {
		c, o, m := part()
		channels, operations, messages = append(channels, c...), append(operations, o...), append(messages, m...)
	}
	all := doc{
		at("asyncapi", "3.0.0"),
		at("id", "urn:lotse"),
		at("info", doc{
			at("title", "Lotse on the bus"), at("version", "1.0.0"),
			at("description", "What Lotse's four services say over NATS, what may be asked of them there, and how HR systems report absences. "+
				"Events are CloudEvents 1.0 in binary mode: attributes as ce-* headers, the data as JSON body. Nobody learns why somebody is absent: no schema has a place for it, and what is sent all the same is dropped."),
			at("license", doc{at("name", "EUPL-1.2"), at("url", "https://eupl.eu/1.2/en/")}),
			at("contact", contact()),
			at("tags", []any{tag("absence", "Who is off, never why."), tag("booking", "Slots and appointments, never whose."),
				tag("capacity", "What the centres can serve, what is proposed, the promise."), tag("hr", "What HR systems say."),
				tag("staffing", "Who is where, when, able to do what.")}),
		}),
		at("defaultContentType", "application/json"),
		at("servers", doc{at("local", doc{at("host", "127.0.0.1:4222"), at("protocol", "nats"), at("title", "lotse up"),
			at("description", "The server that runs inside lotse up; in production the cluster's addresses. Subjects are granted per user.")})}),
		at("channels", channels),
		at("operations", operations),
		at("components", doc{
			at("messages", messages),
			at("schemas", components()),
			at("correlationIds", doc{at("story", doc{at("location", "$message.header#/ce-correlationid"),
				at("description", "The id of the event that began the story, for instance of a sick note: it leads from a slot back to it.")})}),
		}),
		at("x-jetstream", jetStreams()),
	}
	return yaml.MarshalWithOptions(all, yaml.UseLiteralStyleIfMultiline(true), yaml.IndentSequence(true))
}

func contact() doc {
	return doc{at("name", "Lotse"), at("url", "https://lotse.example/"), at("email", "lotse@lotse.example")}
}

func tag(name, description string) doc {
	return doc{at("name", name), at("description", description)}
}

// jetStreams says how streams and buckets are set up; a test compares it with a
// running city.
func jetStreams() doc {
	var streams doc
	for _, s := range lotse.Services {
		streams = append(streams, at(events.StreamName(s), doc{
			at("subjects", []string{events.StreamSubjects(s)}), at("retention", "limits"), at("storage", "file"), at("discard", "old"),
			at("maxAgeSeconds", 0), at("denyDelete", true), at("allowDirect", true),
			at("sequence", "equals the event's position (ce-lotseposition) in the service's public log of the epoch (ce-lotseepoch)"),
			at("note", "a cache of the service's log; what is not there any more, or not yet, is had from "+events.BackfillSubject(s)),
		}))
	}
	return doc{at("streams", streams), at("buckets", doc{at(booking.SlotsBucket, doc{
		at("stream", "KV_"+booking.SlotsBucket), at("history", 1), at("ttlSeconds", 0), at("key", "<centre>.<date>"),
	})})}
}

// keyOf finds what stands in the key of an event's subject: it fills a value in
// which every text is the path of its field.
func keyOf(k events.Kind) (string, doc) {
	v := reflect.ValueOf(k.New())
	paths := map[string]string{}
	mark(v.Elem(), "", paths)
	var tokens []string
	params := doc{}
	for _, token := range v.Elem().Interface().(events.Event).EventKey() {
		path, found := paths[token]
		if !found {
			tokens = append(tokens, token) // the same for all
			continue
		}
		name := path[strings.LastIndexByte(path, '/')+1:]
		tokens = append(tokens, "{"+name+"}")
		params = append(params, at(name, doc{
			at("description", "As in the data; every character but letters, digits, _ and - is spelt out (ä: ae) or becomes -."),
			at("location", "$message.payload#"+path)}))
	}
	return strings.Join(tokens, "."), params
}

func mark(v reflect.Value, path string, paths map[string]string) {
	t := v.Type()
	for i := range t.NumField() {
		f, name := t.Field(i), path
		if tag, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); !f.Anonymous || tag != "" {
			name = path + "/" + tag
		}
		switch field := v.Field(i); {
		case f.Type == reflect.TypeFor[day.Day]():
			d := day.Date(2026, 12, 1+len(paths))
			field.SetInt(int64(d))
			paths[d.String()] = name
		case field.Kind() == reflect.String:
			field.SetString("text-of" + strings.ReplaceAll(name, "/", "-"))
			paths[field.String()] = name
		case field.Kind() == reflect.Struct && f.Type != reflect.TypeFor[day.Span]():
			mark(field, name, paths)
		}
	}
}

// fromSchema turns a schema of this generator into a part of the document.
func fromSchema(s *schema) doc {
	raw, err := json.Marshal(s)
	if err != nil {
		panic(err) // a schema is made of strings
	}
	var out doc
	if err := yaml.UnmarshalWithOptions(raw, &out, yaml.UseOrderedMap()); err != nil {
		panic(err) // JSON is YAML
	}
	return out
}
