package verdict

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	quick "github.com/segmentio/encoding/json"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// MaxNameBytes bounds every name that stands in an index (streams, consumers,
// message ids, key ids): a B-tree page of Postgres holds no longer ones, and
// one such unit would sink all the units it shares a commit with.
const MaxNameBytes = 1024

// Check refuses what a database could not store, before it can spoil a commit
// shared with others. The error names the field and the cure.
func Check(u eventlog.Unit) error {
	if err := u.Check(); err != nil {
		return err
	}
	if err := checkAppends(u.Appends); err != nil {
		return err
	}
	for i, k := range u.Inbox {
		if err := names(fmt.Sprintf("unit.inbox[%d]", i), "consumer", k.Consumer, "message_id", k.MessageID); err != nil {
			return err
		}
		for _, earlier := range u.Inbox[:i] {
			if earlier == k {
				return fmt.Errorf("unit.inbox[%d] %+v stands twice in one unit: name it once", i, k)
			}
		}
	}
	if a := u.Advance; a != nil {
		if err := names("unit.advance", "consumer", a.Consumer, "source", a.Source); err != nil {
			return err
		}
	}
	return checkBeside(u)
}

func checkAppends(appends []eventlog.Append) error {
	seen := map[uuid.UUID]bool{}
	for i, a := range appends {
		if err := name(a.Stream); err != nil {
			return fmt.Errorf("unit.appends[%d].stream: %w", i, err)
		}
		for k, e := range a.Events {
			var err error
			switch {
			case seen[e.ID]:
				err = fmt.Errorf("id %s stands twice in one unit: give each event an id of its own", e.ID)
			case name(e.Type) != nil:
				err = fmt.Errorf("type: %w", name(e.Type))
			case !utf8.Valid(e.Data) || !quick.Valid(e.Data):
				err = fmt.Errorf("data is not JSON in UTF-8: encode it with encoding/json")
			case e.Meta.Time.Year() < 0 || e.Meta.Time.Year() > 9999:
				err = fmt.Errorf("meta.time is in the year %d: it must lie in 0 to 9999", e.Meta.Time.Year())
			case !clean(e.Meta):
				err = fmt.Errorf("meta is not UTF-8: clean the texts before they reach the log")
			}
			if err != nil {
				return fmt.Errorf("unit.appends[%d].events[%d].%w", i, k, err)
			}
			seen[e.ID] = true
		}
	}
	return nil
}

func clean(m eventlog.Meta) bool {
	for _, s := range [...]string{m.Key, m.CorrelationID, m.CausationID, m.TraceParent, m.Actor, m.From} {
		if !utf8.ValidString(s) {
			return false
		}
	}
	return true
}

func checkBeside(u eventlog.Unit) error {
	for i, p := range u.Park {
		if p.ID == uuid.Nil {
			return fmt.Errorf("unit.park[%d].id is missing", i)
		}
	}
	for i, id := range u.Unpark {
		if id == uuid.Nil {
			return fmt.Errorf("unit.unpark[%d] is the nil id: name a parked record", i)
		}
	}
	for i, k := range u.Keys {
		if err := names(fmt.Sprintf("unit.keys[%d]", i), "id", k.ID); err != nil {
			return err
		}
		if len(k.Wrapped) == 0 {
			return fmt.Errorf("unit.keys[%d].wrapped is empty: give the encrypted key of %q", i, k.ID)
		}
	}
	for i, id := range u.Forget {
		if err := names("unit", fmt.Sprintf("forget[%d]", i), id); err != nil {
			return err
		}
	}
	for i, r := range u.Results {
		if err := names(fmt.Sprintf("unit.results[%d]", i), "key", r.Key); err != nil {
			return err
		}
		if !utf8.ValidString(r.BodyHash) || strings.ContainsRune(r.BodyHash, 0) {
			return fmt.Errorf("unit.results[%d].body_hash is not a text: write it in hex", i)
		}
	}
	return nil
}

// names checks pairs of field and value.
func names(where string, pairs ...string) error {
	for i := 0; i < len(pairs); i += 2 {
		if err := name(pairs[i+1]); err != nil {
			return fmt.Errorf("%s.%s: %w", where, pairs[i], err)
		}
	}
	return nil
}

func name(s string) error {
	switch {
	case s == "":
		return fmt.Errorf("is empty: give a name")
	case len(s) > MaxNameBytes:
		return fmt.Errorf("%q… has %d bytes: at most %d fit", strings.ToValidUTF8(s[:32], ""), len(s), MaxNameBytes)
	case !utf8.ValidString(s) || strings.ContainsRune(s, 0):
		return fmt.Errorf("%q is not UTF-8 without NUL: clean it first", s)
	}
	return nil
}

// Clean returns a parked record as it is stored. Its texts come from foreign
// messages and may be anything; parking must never fail on them, or the lane
// would stand still.
func Clean(p eventlog.Parked, now time.Time) eventlog.Parked {
	for _, s := range []*string{&p.Consumer, &p.Source, &p.Key, &p.Type, &p.MessageID, &p.Sender, &p.Reason, &p.Hash} {
		*s = strings.ReplaceAll(strings.ToValidUTF8(*s, "\uFFFD"), "\x00", "\uFFFD")
	}
	if p.ParkedAt.IsZero() {
		p.ParkedAt = now
	}
	p.ParkedAt, p.ReplayedAt = Instant(p.ParkedAt), time.Time{}
	return p
}

// Instant is a time as every store keeps it: UTC, in microseconds.
func Instant(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// Stored is an event as every store keeps it, at its place in the log.
func Stored(e eventlog.NewEvent, stream string, version, position, public int64, at time.Time) eventlog.Event {
	e.Meta.Time = e.Meta.Time.UTC().Round(0)
	return eventlog.Event{Position: position, PublicPosition: public, Stream: stream, Version: version, RecordedAt: at, NewEvent: e}
}
