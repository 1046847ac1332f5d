// Package eventlog is the port of the log that each service is the fold of.
//
// One log holds one service's truth. Its events are numbered 1, 2, 3 … in
// commit order without holes (position); public events are numbered a second
// time (public position), and that number equals the sequence of the service's
// JetStream stream. Both numbers are given out inside the commit, so the order
// of positions is the order in which transactions became visible.
//
// A Unit is the smallest thing that is written: everything in it or nothing.
// A Committer writes many units in one transaction (group commit) and judges
// each by itself: a unit with a wrong expected version is refused, the others
// stand. Who wants to decide on the newest state uses package journal, which is
// built on these ports.
package eventlog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Refusals of a single unit, found in Outcome.Err with errors.Is.
var (
	// ErrConflict: a stream was not at the expected version.
	ErrConflict = errors.New("eventlog: stream is not at the expected version")
	// ErrOutOfOrder: the checkpoint was not at Advance.Position-1. A position
	// at or below the checkpoint is a repeat, one above it leaves a gap;
	// Outcome.Checkpoint tells which.
	ErrOutOfOrder = errors.New("eventlog: checkpoint is not just before this position")
	// ErrKeyDestroyed: a personal-data key with this id was destroyed before.
	ErrKeyDestroyed = errors.New("eventlog: the personal-data key was destroyed")
)

// Errors of a whole call.
var (
	// ErrUnknown: the commit was sent but its answer was lost. The same units
	// with the same event ids may be committed again: what was stored is
	// recognised and answered with its old position.
	ErrUnknown = errors.New("eventlog: it is not known whether the commit took place")
	// ErrFull: the log's disk is full; nothing of the commit was written.
	ErrFull = errors.New("eventlog: the disk is full")
	// ErrUnreachable: the log's database does not answer; nothing was written.
	ErrUnreachable = errors.New("eventlog: the database cannot be reached")
	// ErrRestored: the log was restored from a backup, or another server took it
	// over, while it was open. What was folded of it may not be in it any more:
	// nothing may be written until it is opened and folded anew.
	ErrRestored = errors.New("eventlog: the log was restored while it was open: start this process again")
	// ErrClosed: the store was closed.
	ErrClosed = errors.New("eventlog: closed")
	// ErrNotFound: no such snapshot, key, result or parked record.
	ErrNotFound = errors.New("eventlog: not found")
)

// Meta travels beside an event's data and never decides anything.
type Meta struct {
	// Key is the subject key of a public event, tokens joined by dots
	// ("altona.2026-12-01"); empty for private events.
	Key string `json:"key,omitempty"`
	// Time is when the fact occurred, by the clock of whoever said so.
	Time time.Time `json:"time"`
	// CorrelationID is the id of the event that began the whole story (for a
	// sick note: the HR event's id); CausationID that of the direct cause.
	CorrelationID string `json:"correlation_id,omitempty"`
	CausationID   string `json:"causation_id,omitempty"`
	// TraceParent is the W3C trace context of the span that caused the event.
	TraceParent string `json:"traceparent,omitempty"`
	// Actor is who decided: a role and a pseudonym, never a name.
	Actor string `json:"actor,omitempty"`
	// From is where they asked from: how they were recognised and their network
	// ("oidc 192.0.2.0/24"); empty for what nobody asked for over HTTP.
	From string `json:"from,omitempty"`
}

// NewEvent is an event that has no position yet. ID must be set and stay the
// same when a commit is tried again.
type NewEvent struct {
	ID     uuid.UUID
	Type   string
	Data   []byte // JSON, stored byte for byte
	Meta   Meta
	Public bool
}

// Event is a stored event.
type Event struct {
	Position       int64
	PublicPosition int64 // 0 for a private event
	Stream         string
	Version        int64 // 1, 2, 3 … within the stream
	RecordedAt     time.Time
	NewEvent
}

// Append adds events to one stream that must be at version Expected (0: the
// stream does not exist yet). Without events it is a guard: the stream was
// read, and the decision holds only while it stays at that version.
type Append struct {
	Stream   string
	Expected int64
	Events   []NewEvent
}

// InboxKey names a command or a foreign message that is answered once.
type InboxKey struct{ Consumer, MessageID string }

// Advance moves the checkpoint of (Consumer, Source) from Position-1 to
// Position. A checkpoint that does not exist stands at 0. Position is the
// source's public position; Epoch is the source's epoch. When the stored epoch
// is lower the advance is refused with ErrOutOfOrder, until Rewind moves the
// checkpoint to the new epoch's fork.
type Advance struct {
	Consumer, Source string
	Epoch            int64
	Position         int64
	// Skipped is how many positions just before Position the consumer has seen
	// and passed over without writing: the checkpoint must then stand at
	// Position-1-Skipped.
	Skipped int64
}

// Checkpoint says how far a consumer has taken in a source.
type Checkpoint struct {
	Epoch    int64
	Position int64
}

// Parked is a message that could not be handled, kept with its reason. Data
// must already be free of anything that no schema names.
type Parked struct {
	ID         uuid.UUID
	Consumer   string
	Source     string
	Position   int64  // of the source's public log; 0 for a foreign sender
	Key        string // later messages with this key wait behind it
	Type       string
	MessageID  string
	Sender     string
	Reason     string
	Hash       string // SHA-256 of the message as received, hex
	Data       []byte // envelope in structured JSON, or nil when it must not be kept
	ParkedAt   time.Time
	ReplayedAt time.Time // zero while it waits
}

// Key is a personal-data key (crypto-shredding). Wrapped is the data key
// encrypted by the key encryption key; it never stands in an event.
type Key struct {
	ID      string
	Wrapped []byte
}

// Result remembers the answer to an idempotency key.
type Result struct {
	Key      string
	BodyHash string
	Position int64 // filled by the store when 0: the unit's last position
	Data     []byte
	At       time.Time
}

// Unit is written as a whole or not at all.
type Unit struct {
	// Upon are units before this one in the same commit, by index, whose effects
	// it was decided on. It is refused with ErrConflict unless each of them is
	// written: the expected version alone would not tell, since somebody else
	// may have brought the stream to the very same number.
	Upon    []int
	Appends []Append
	Inbox   []InboxKey
	Advance *Advance
	Park    []Parked
	Unpark  []uuid.UUID // parked records that this unit settles
	Keys    []Key
	Forget  []string // ids of keys to destroy
	Results []Result
}

// Empty reports whether the unit writes nothing (guards do not count).
func (u Unit) Empty() bool {
	for _, a := range u.Appends {
		if len(a.Events) > 0 {
			return false
		}
	}
	return len(u.Inbox) == 0 && u.Advance == nil && len(u.Park) == 0 && len(u.Unpark) == 0 &&
		len(u.Keys) == 0 && len(u.Forget) == 0 && len(u.Results) == 0
}

// Outcome answers one unit of a commit.
type Outcome struct {
	// Position is the log position of the unit's last event; for a unit
	// without events the log's position at the commit; for a duplicate the
	// position of the first time.
	Position int64
	// Duplicate: an inbox key of the unit, or its first event id, is already
	// stored. Nothing of the unit was written again.
	Duplicate bool
	// Events are the unit's events as stored, in order, with positions.
	Events []Event
	// Checkpoint is set with ErrOutOfOrder: where the checkpoint stands.
	Checkpoint Checkpoint
	// Err is nil, or why this unit alone was refused.
	Err error
}

// Head says how long a log is.
type Head struct {
	Epoch          int64 // 1, 2, 3 …; raised when the log is restored from a backup
	Position       int64
	PublicPosition int64
	// Fork is the public position up to which this epoch shares its past with
	// the epoch before it; 0 in the first epoch.
	Fork int64
}

// Committer writes units: one call, one transaction, one sync to disk. Units
// are judged in order and see the units before them. A returned error means
// that no unit was written, or, when it is ErrUnknown, that it is not known.
type Committer interface {
	Commit(ctx context.Context, units []Unit) ([]Outcome, error)
}

// Reader reads what was committed.
type Reader interface {
	Head(ctx context.Context) (Head, error)
	// Stream returns up to limit events of a stream with version > after.
	Stream(ctx context.Context, stream string, after int64, limit int) ([]Event, error)
	// After returns up to limit events with position > after, in order and
	// without holes.
	After(ctx context.Context, after int64, limit int) ([]Event, error)
	// PublicAfter is After by public position.
	PublicAfter(ctx context.Context, after int64, limit int) ([]Event, error)
	// Watch returns a channel that receives a value (coalesced, capacity 1)
	// after each commit of this process, and at least once a second where
	// another process may write the same log. stop ends it.
	Watch() (woken <-chan struct{}, stop func())
}

// Checkpoints tells how far consumers are; Unit.Advance moves them.
type Checkpoints interface {
	Checkpoint(ctx context.Context, consumer, source string) (Checkpoint, error)
	// Rewind sets a checkpoint to (epoch, position): only after the source
	// was restored from a backup and began a new epoch.
	Rewind(ctx context.Context, consumer, source string, to Checkpoint) error
}

// Snapshot is a fold that was written down to make a start short.
type Snapshot struct {
	Name     string
	Schema   int
	Epoch    int64
	Position int64 // the fold contains every event up to here
	Data     []byte
}

// Snapshots keeps the newest snapshot per name.
type Snapshots interface {
	// LoadSnapshot returns ErrNotFound when there is none of this schema.
	LoadSnapshot(ctx context.Context, name string, schema int) (Snapshot, error)
	SaveSnapshot(ctx context.Context, s Snapshot) error
}

// Keyring reads personal-data keys; Unit.Keys and Unit.Forget write them, and
// Rewrap changes what wraps them.
type Keyring interface {
	// PersonalKey returns ErrNotFound for an unknown id and ErrKeyDestroyed
	// for one that was forgotten.
	PersonalKey(ctx context.Context, id string) (Key, error)
	// PersonalKeys returns up to limit keys that live and whose id is greater
	// than after, by id.
	PersonalKeys(ctx context.Context, after string, limit int) ([]Key, error)
	// DestroyedKeys returns up to limit ids of destroyed keys, likewise.
	DestroyedKeys(ctx context.Context, after string, limit int) ([]string, error)
	// Rewrap puts keys that are wrapped anew in the place of the same ones as
	// they were, all or none; those that do not live (any more) are left out.
	Rewrap(ctx context.Context, keys []Key) (done int, err error)
	// Search looks for bytes in all that the store has written down, whatever
	// it is, and answers for each place how much was searched and how often one
	// of them was found.
	Search(ctx context.Context, needles [][]byte) ([]Searched, error)
}

// Searched is a file or table that was searched.
type Searched struct {
	Place string
	Bytes int64
	Rows  int64 // 0 for a file
	Found int64
}

// Memory of commands and of messages that could not be handled.
type Records interface {
	// IdempotencyResult returns ErrNotFound for a key never used.
	IdempotencyResult(ctx context.Context, key string) (Result, error)
	// ParkedRecords returns records that still wait (or all), newest last.
	ParkedRecords(ctx context.Context, all bool, limit int) ([]Parked, error)
	// ParkedRecord returns one record, whether it waits or not, or ErrNotFound.
	ParkedRecord(ctx context.Context, id uuid.UUID) (Parked, error)
	// ParkedTotals counts the records that wait, by source, sorted.
	ParkedTotals(ctx context.Context) ([]ParkedTotal, error)
}

// ParkedTotal is how many messages of a source wait, and since when the oldest.
type ParkedTotal struct {
	Source string
	Count  int64
	Oldest time.Time
}

// Lease says which of several processes on one log does what one alone should.
type Lease struct {
	Name   string
	Holder string // names one process in one of its lives
	Term   int64  // 1, 2, 3 …; raised whenever the holder changes
}

// Leases choose one process of several. A lease saves work and keeps its order;
// nothing is safe because of it: who was frozen may go on for a moment after it
// has lost one, and is then refused by expected versions and checkpoints.
type Leases interface {
	// TakeLease takes a lease that nobody has had, that was given free or has run
	// out rest ago or earlier, or makes one's own last ttl from now, and returns
	// who has it then. Time is that of the log. Who asks with a ttl of 0 and a rest
	// yields to everybody who asks without one, and to nobody who asks as it does.
	TakeLease(ctx context.Context, name, holder string, ttl, rest time.Duration) (Lease, error)
	// ReleaseLease gives one's own free at once; anybody else's stays.
	ReleaseLease(ctx context.Context, name, holder string) error
}

// Archive is a log that keeps its oldest events apart, so that what is written to
// stays small. They are read as before, wherever they lie.
type Archive interface {
	// Archive moves up to limit of the oldest events that are not in the archive
	// and were recorded before a moment, in order, and says how many; 0 when there
	// are none, or another process is at it.
	Archive(ctx context.Context, before time.Time, limit int) (moved int64, err error)
	// Archived is the position up to which the log lies in the archive.
	Archived(ctx context.Context) (position int64, err error)
}

// Store is one service's log with all that lies beside it.
type Store interface {
	Committer
	Reader
	Checkpoints
	Snapshots
	Keyring
	Records
	Leases
	// RaiseEpoch begins a new epoch after a restore and returns the new head.
	RaiseEpoch(ctx context.Context) (Head, error)
	Close() error
}

// Check validates a unit before it reaches a store. The errors name the field.
func (u Unit) Check() error {
	seen := map[string]bool{}
	for i, a := range u.Appends {
		if a.Stream == "" {
			return fmt.Errorf("unit.appends[%d].stream is empty: give the stream's name", i)
		}
		if seen[a.Stream] {
			return fmt.Errorf("unit.appends[%d].stream %q stands twice in one unit: put its events in one append", i, a.Stream)
		}
		seen[a.Stream] = true
		if a.Expected < 0 {
			return fmt.Errorf("unit.appends[%d].expected is %d: it must be 0 or more", i, a.Expected)
		}
		for k, e := range a.Events {
			switch {
			case e.ID == uuid.Nil:
				return fmt.Errorf("unit.appends[%d].events[%d].id is missing", i, k)
			case e.Type == "":
				return fmt.Errorf("unit.appends[%d].events[%d].type is empty", i, k)
			case len(e.Data) == 0:
				return fmt.Errorf("unit.appends[%d].events[%d].data is empty: write {} for an event without fields", i, k)
			case e.Public && e.Meta.Key == "":
				return fmt.Errorf("unit.appends[%d].events[%d].meta.key is empty: a public event needs a subject key", i, k)
			}
		}
	}
	if a := u.Advance; a != nil && (a.Consumer == "" || a.Source == "" || a.Position < 1 || a.Epoch < 1 || a.Skipped < 0 || a.Skipped >= a.Position) {
		return fmt.Errorf("unit.advance %+v: consumer and source must be named, epoch and position be 1 or more, skipped less than position", *a)
	}
	return nil
}
