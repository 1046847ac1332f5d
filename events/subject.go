package events

import (
	"fmt"
	"strings"
)

// Event is a public fact. EventType is its wire name, EventKey the tokens that
// tell whom or what it is about; both go into the subject.
type Event interface {
	EventType() string
	EventKey() []string
}

// Token sanitises one key token to [A-Za-z0-9_-]+, so that it is one token of a
// NATS subject. German letters are spelt out, anything else becomes "-"; an
// empty token becomes "-".
func Token(s string) string {
	ok := s != ""
	for i := 0; i < len(s) && ok; i++ {
		ok = tokenByte(s[i])
	}
	if ok {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < 128 && tokenByte(byte(r)):
			b.WriteRune(r)
		default:
			if w, known := spelt[r]; known {
				b.WriteString(w)
			} else {
				b.WriteByte('-')
			}
		}
	}
	if b.Len() == 0 {
		return "-"
	}
	return b.String()
}

func tokenByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-'
}

var spelt = map[rune]string{'ä': "ae", 'ö': "oe", 'ü': "ue", 'ß': "ss", 'Ä': "Ae", 'Ö': "Oe", 'Ü': "Ue"}

// Key joins sanitised tokens: "altona.2026-12-01".
func Key(tokens ...string) string {
	t := make([]string, len(tokens))
	for i, s := range tokens {
		t[i] = Token(s)
	}
	return strings.Join(t, ".")
}

// Subject is the NATS subject of an event: its type and its key.
func Subject(eventType, key string) string {
	if key == "" {
		return eventType
	}
	return eventType + "." + key
}

// StreamName is the JetStream stream of a service's public events.
func StreamName(service string) string { return "lotse-" + service }

// StreamSubjects are the subjects that the stream of a service holds.
func StreamSubjects(service string) string { return "lotse." + service + ".>" }

// BackfillSubject is where a service answers requests for its public log.
func BackfillSubject(service string) string { return "lotse-log." + service + ".after" }

// SplitType takes lotse.<service>.<fact>.v<N> apart.
func SplitType(eventType string) (service, fact string, version int, err error) {
	p := strings.Split(eventType, ".")
	if len(p) != 4 || p[0] != "lotse" || p[1] == "" || p[2] == "" {
		return "", "", 0, fmt.Errorf("event type %q is not lotse.<service>.<fact>.v<N>", eventType)
	}
	if _, err := fmt.Sscanf(p[3], "v%d", &version); err != nil || version < 1 || p[3] != fmt.Sprintf("v%d", version) {
		return "", "", 0, fmt.Errorf("event type %q does not end in a version such as v1", eventType)
	}
	return p[1], p[2], version, nil
}

// HRAbsenceSubject is where HR systems publish: hr.absence.v1.<source>.<what>.
const HRAbsenceSubject = "hr.absence.v1"
