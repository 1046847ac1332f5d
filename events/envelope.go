package events

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// SpecVersion is the CloudEvents version that we write and accept.
const SpecVersion = "1.0"

// StructuredContentType marks a message whose body is the whole CloudEvent.
const StructuredContentType = "application/cloudevents+json"

// Envelope is a CloudEvent 1.0 with the extensions that Lotse uses. Data is
// JSON. Strings may be empty where the attribute is optional.
type Envelope struct {
	ID              string
	Source          string // "lotse/absence", or what a foreign sender calls itself
	Type            string
	Subject         string // the key, "altona.2026-12-01"
	Time            time.Time
	DataContentType string
	DataSchema      string

	RecordedTime  time.Time // when it was written down; Time is when it occurred
	CorrelationID string    // id of the event that began the story
	CausationID   string    // id of the direct cause
	TraceParent   string    // W3C trace context
	TraceState    string

	// Epoch and Position say where the event stands in its service's public
	// log; 0 for foreign events.
	Epoch    int64
	Position int64

	Data []byte
}

// Names of the attributes on the wire; in binary mode over NATS each is a
// header with the prefix "ce-" (CloudEvents NATS binding).
const (
	attrSpecVersion = "specversion"
	attrID          = "id"
	attrSource      = "source"
	attrType        = "type"
	attrSubject     = "subject"
	attrTime        = "time"
	attrContentType = "datacontenttype"
	attrSchema      = "dataschema"
	attrRecorded    = "recordedtime"
	attrCorrelation = "correlationid"
	attrCausation   = "causationid"
	attrTraceParent = "traceparent"
	attrTraceState  = "tracestate"
	attrEpoch       = "lotseepoch"
	attrPosition    = "lotseposition"
)

var attrNames = []string{attrSpecVersion, attrID, attrSource, attrType, attrSubject, attrTime, attrSchema, attrRecorded,
	attrCorrelation, attrCausation, attrTraceParent, attrTraceState, attrEpoch, attrPosition}

// attributes lists what is set, in a fixed order.
func (e *Envelope) attributes() [][2]string {
	stamp := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format(time.RFC3339Nano)
	}
	number := func(n int64) string {
		if n == 0 {
			return ""
		}
		return strconv.FormatInt(n, 10)
	}
	all := [...][2]string{
		{attrSpecVersion, SpecVersion}, {attrID, e.ID}, {attrSource, e.Source}, {attrType, e.Type},
		{attrSubject, e.Subject}, {attrTime, stamp(e.Time)}, {attrSchema, e.DataSchema},
		{attrRecorded, stamp(e.RecordedTime)}, {attrCorrelation, e.CorrelationID}, {attrCausation, e.CausationID},
		{attrTraceParent, e.TraceParent}, {attrTraceState, e.TraceState},
		{attrEpoch, number(e.Epoch)}, {attrPosition, number(e.Position)},
	}
	set := make([][2]string, 0, len(all))
	for _, a := range all {
		if a[1] != "" {
			set = append(set, a)
		}
	}
	return set
}

// Headers writes the binary mode over NATS: attributes as ce-* headers, values
// percent-encoded where the binding asks for it, the content type, and the
// plain traceparent beside it so that any OpenTelemetry propagator finds it.
func (e *Envelope) Headers() map[string][]string {
	h := make(map[string][]string, 18)
	for _, a := range e.attributes() {
		h["ce-"+a[0]] = []string{percentEncode(a[1])}
	}
	if e.TraceParent != "" {
		h[attrTraceParent] = []string{e.TraceParent}
	}
	if e.TraceState != "" {
		h[attrTraceState] = []string{e.TraceState}
	}
	ct := e.DataContentType
	if ct == "" {
		ct = "application/json"
	}
	h["Content-Type"] = []string{ct}
	return h
}

// Structured writes the structured mode: one JSON document.
func (e *Envelope) Structured() ([]byte, error) {
	m := make(map[string]any, 18)
	for _, a := range e.attributes() {
		m[a[0]] = a[1]
	}
	ct := e.DataContentType
	if ct == "" {
		ct = "application/json"
	}
	m[attrContentType] = ct
	if len(e.Data) > 0 {
		m["data"] = json.RawMessage(e.Data)
	}
	return json.Marshal(m)
}

// FieldError names the field of a message that is wrong, and the cure.
type FieldError struct {
	Field  string
	Value  string // empty when it is missing or must not be repeated
	Reason string
}

func (e *FieldError) Error() string {
	if e.Value == "" {
		return e.Field + ": " + e.Reason
	}
	return e.Field + " " + strconv.Quote(e.Value) + ": " + e.Reason
}

// ParseMessage reads a CloudEvent from NATS or HTTP headers and a body, in
// binary or structured mode, told apart by the content type. Header names are
// matched without regard to case.
func ParseMessage(header map[string][]string, body []byte) (Envelope, error) {
	ct := headerGet(header, "Content-Type")
	if strings.HasPrefix(strings.ToLower(strings.TrimSpace(ct)), StructuredContentType) {
		return ParseStructured(body)
	}
	if strings.HasPrefix(strings.ToLower(ct), "application/cloudevents-batch") {
		return Envelope{}, &FieldError{"content-type", ct, "batches are not accepted: send one event per message"}
	}
	return parseBinary(header, ct, body)
}

func headerGet(h map[string][]string, name string) string {
	if v := h[name]; len(v) > 0 {
		return v[0]
	}
	for k, v := range h {
		if len(v) > 0 && strings.EqualFold(k, name) {
			return v[0]
		}
	}
	return ""
}

func parseBinary(h map[string][]string, contentType string, body []byte) (Envelope, error) {
	attrs := make(map[string]string, 16)
	var bad error
	for k, v := range h {
		if len(k) <= 3 || !strings.EqualFold(k[:3], "ce-") || len(v) == 0 {
			continue
		}
		name := strings.ToLower(k[3:])
		if !slices.Contains(attrNames, name) {
			attrs[name] = "" // an extension of somebody else's: that it is there says that this is a CloudEvent
			continue
		}
		for _, text := range v {
			s, err := percentDecode(text)
			if err != nil {
				bad = errors.Join(bad, &FieldError{"ce-" + name, text, "is not percent-encoded as the CloudEvents binding asks"})
				continue
			}
			if !utf8.ValidString(s) {
				bad = errors.Join(bad, &FieldError{"ce-" + name, "", "is not UTF-8"})
				continue
			}
			if first, twice := attrs[name]; twice && first != s {
				bad = errors.Join(bad, &FieldError{"ce-" + name, "", "is sent twice with different values: send it once"})
				continue
			}
			attrs[name] = s
		}
	}
	if bad != nil {
		return Envelope{}, bad
	}
	if len(attrs) == 0 {
		return Envelope{}, &FieldError{"ce-specversion", "", "no CloudEvents attributes found: send ce-* headers (binary mode) or content type " + StructuredContentType}
	}
	// The plain header counts when the message has crossed a propagator.
	for _, name := range []string{attrTraceParent, attrTraceState} {
		if v := headerGet(h, name); v != "" {
			attrs[name] = v
		}
	}
	attrs[attrContentType] = contentType
	e, err := fromAttributes(attrs)
	e.Data = body
	return e, err
}

// ParseStructured reads the structured mode.
func ParseStructured(body []byte) (Envelope, error) {
	var m map[string]json.RawMessage
	if err := json.Unmarshal(body, &m); err != nil {
		why := jsonReason(err)
		var typ *json.UnmarshalTypeError
		if errors.As(err, &typ) {
			why = "it is a JSON " + typ.Value
		}
		return Envelope{}, &FieldError{"body", "", "is not a JSON object: " + why}
	}
	attrs := make(map[string]string, len(m))
	for k, raw := range m {
		if k == "data" || k == "data_base64" {
			continue
		}
		var s string
		if err := json.Unmarshal(raw, &s); err == nil {
			attrs[k] = s
			continue
		}
		var other any // CloudEvents allows numbers and booleans as extensions
		if err := json.Unmarshal(raw, &other); err == nil {
			switch other.(type) {
			case float64, bool:
				attrs[k] = string(raw)
			}
		}
	}
	e, err := fromAttributes(attrs)
	if raw, ok := m["data"]; ok {
		e.Data = raw
	} else if raw, ok := m["data_base64"]; ok {
		var s string
		if json.Unmarshal(raw, &s) != nil {
			return e, errors.Join(err, &FieldError{"data_base64", "", "is not a string"})
		}
		b, berr := base64.StdEncoding.DecodeString(s)
		if berr != nil {
			return e, errors.Join(err, &FieldError{"data_base64", "", "is not base64"})
		}
		e.Data = b
	}
	return e, err
}

// fromAttributes fills what it can and reports the first attribute that is
// wrong; the envelope is usable for naming the sender even then.
func fromAttributes(a map[string]string) (Envelope, error) {
	e := Envelope{
		ID: a[attrID], Source: a[attrSource], Type: a[attrType], Subject: a[attrSubject],
		DataContentType: a[attrContentType], DataSchema: a[attrSchema],
		CorrelationID: a[attrCorrelation], CausationID: a[attrCausation],
		TraceParent: a[attrTraceParent], TraceState: a[attrTraceState],
	}
	var first error
	fail := func(f, v, why string) {
		if first == nil {
			first = &FieldError{f, v, why}
		}
	}
	if v := a[attrSpecVersion]; v != SpecVersion {
		if v == "" {
			fail(attrSpecVersion, "", "is missing: CloudEvents "+SpecVersion+" is expected")
		} else {
			fail(attrSpecVersion, v, "is not supported: send CloudEvents "+SpecVersion)
		}
	}
	for _, f := range [][2]string{{attrID, e.ID}, {attrSource, e.Source}, {attrType, e.Type}} {
		if f[1] == "" {
			fail(f[0], "", "is missing: CloudEvents requires it")
		}
	}
	stamp := func(name string) time.Time {
		if a[name] == "" {
			return time.Time{}
		}
		t, err := time.Parse(time.RFC3339Nano, a[name])
		if err != nil {
			fail(name, a[name], "is not a time: write it as 2026-12-01T07:12:00+01:00")
		}
		return t
	}
	number := func(name string) int64 {
		if a[name] == "" {
			return 0
		}
		n, err := strconv.ParseInt(a[name], 10, 64)
		if err != nil {
			fail(name, a[name], "is not a whole number")
		}
		return n
	}
	e.Time, e.RecordedTime = stamp(attrTime), stamp(attrRecorded)
	e.Epoch, e.Position = number(attrEpoch), number(attrPosition)
	if ct := strings.ToLower(strings.TrimSpace(strings.Split(e.DataContentType, ";")[0])); ct != "" && ct != "application/json" && !strings.HasSuffix(ct, "+json") {
		fail(attrContentType, e.DataContentType, "is not JSON: send application/json")
	}
	return e, first
}

// jsonReason is why a document did not parse, without quoting its content.
func jsonReason(err error) string {
	var syn *json.SyntaxError
	var typ *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syn):
		return fmt.Sprintf("broken JSON at byte %d", syn.Offset)
	case errors.As(err, &typ):
		return fmt.Sprintf("a JSON %s stands where %s is expected (byte %d)", typ.Value, typ.Type, typ.Offset)
	}
	return "broken JSON"
}

// percentEncode follows the CloudEvents header encoding: space, double quote,
// percent and anything outside printable ASCII are encoded as UTF-8 bytes.
func percentEncode(s string) string {
	plain := true
	for i := 0; i < len(s) && plain; i++ {
		plain = s[i] > 0x20 && s[i] < 0x7f && s[i] != '"' && s[i] != '%'
	}
	if plain {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if c := s[i]; c > 0x20 && c < 0x7f && c != '"' && c != '%' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func percentDecode(s string) (string, error) {
	if !strings.Contains(s, "%") {
		return s, nil
	}
	return url.PathUnescape(s)
}
