package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/absence/internal/domain/absencecase"
	"github.com/lotse-hamburg/lotse/services/internal/intake"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// Kinds of lists that people upload.
const (
	TableKind    = "table"
	CalendarKind = "calendar"
)

// Upload is a file that somebody would like to import.
type Upload struct {
	Key      string // of the form; the same form sent twice is one upload
	Source   string // empty: csv or calendar, by the kind
	Employee string // whose calendar it is, where its events do not say
	Data     []byte
}

// KindOf tells a calendar from a table.
func KindOf(data []byte) string {
	head := bytes.TrimPrefix(bytes.TrimSpace(data[:min(len(data), 1024)]), []byte("\xef\xbb\xbf"))
	if len(head) > 15 && strings.EqualFold(string(head[:15]), "BEGIN:VCALENDAR") {
		return CalendarKind
	}
	return TableKind
}

// Preview is what an upload would do, in fields of the schema only.
type Preview struct {
	Counts map[string]int `json:"counts"` // words by what they do
	// Changes are the first MaxShown words that change something, or are older
	// than what is known.
	Changes []Change `json:"changes"`
	More    int      `json:"more,omitempty"`
	Reasons int      `json:"reasons,omitempty"` // columns or properties that tell why, dropped
	Unknown int      `json:"unknown,omitempty"` // others that no schema names, dropped
	// Effect is a hash of all that would be done.
	Effect string `json:"effect"`
}

// MaxShown bounds the changes of a preview that are listed one by one.
const MaxShown = 1000

// Draft is a list whose preview can be looked at.
type Draft = intake.Intake[Entry, Preview]

// Drafts are the uploads that are looked at or taken in.
func (a *App) Drafts() *Draft { return a.drafts }

// Read reads an upload and keeps what it would do as a draft, whose id it
// returns. The error is an *hr.Refusal that names what is wrong by line; then
// nothing is kept.
func (a *App) Read(ctx context.Context, u Upload) (string, error) {
	kind := KindOf(u.Data)
	var l list
	var err error
	if kind == CalendarKind {
		if u.Source == "" {
			u.Source = "calendar"
		}
		l, err = a.readCalendar(u.Source, u.Employee, u.Data)
	} else {
		if u.Source == "" {
			u.Source = "csv"
		}
		l, err = a.readTable(u.Source, u.Data)
	}
	if err != nil {
		return "", err
	}
	hash, err := intake.HashOf(l.entries)
	if err != nil {
		return "", err
	}
	p, err := a.preview(ctx, l.source, l.entries)
	if err != nil {
		return "", err
	}
	p.Reasons, p.Unknown = l.stripped.Reasons, l.stripped.Unknown
	draft := intake.Name(u.Key, []byte(u.Source+"\n"+u.Employee+"\n"+string(u.Data)))
	return a.drafts.Keep(ctx, draft, intake.About{Kind: kind, Source: l.source, Hash: hash, Total: len(l.entries), ReadAt: a.node.Now()}, l.entries, p)
}

// preview works out what entries would do now.
func (a *App) preview(ctx context.Context, source string, entries []Entry) (Preview, error) {
	p := Preview{Counts: map[string]int{}, Changes: []Change{}}
	if err := a.node.Fold(ctx); err != nil {
		return p, err
	}
	states := map[id.Absence]absencecase.State{}
	sum := sha256.New()
	for begin := 0; begin < len(entries); begin += chunk {
		part := entries[begin:min(begin+chunk, len(entries))]
		known := a.instances(source, part)
		var all []Change
		_, err := a.node.Do(ctx, func(tx *journal.Tx) (err error) {
			all, err = foretell(tx, source, part, known, states)
			return err
		})
		if err != nil {
			return p, err
		}
		data, err := json.Marshal(all)
		if err != nil {
			return p, err
		}
		sum.Write(data)
		for _, c := range all {
			p.Counts[c.What]++
			switch {
			case c.What == Same:
			case len(p.Changes) < MaxShown:
				p.Changes = append(p.Changes, c)
			default:
				p.More++
			}
		}
	}
	p.Effect = hex.EncodeToString(sum.Sum(nil))
	return p, nil
}

// Apply has a draft taken in as it was looked at: see intake.Intake.Agree.
func (a *App) Apply(ctx context.Context, draft, effect string) (string, journal.Receipt, error) {
	return a.drafts.Agree(ctx, draft, effect, func(about intake.About, shown Preview, entries []Entry) (Preview, string, error) {
		now, err := a.preview(ctx, about.Source, entries)
		now.Reasons, now.Unknown = shown.Reasons, shown.Unknown
		return now, now.Effect, err
	})
}

// work takes in some entries of an import that was accepted.
func (a *App) work(_ context.Context, about intake.About, entries []Entry) (func(*journal.Tx) (map[string]int, error), error) {
	known := a.instances(about.Source, entries)
	return func(tx *journal.Tx) (map[string]int, error) {
		all, err := record(tx, about.Source, entries, known)
		counts := map[string]int{}
		for _, c := range all {
			counts[c.What]++
		}
		return counts, err
	}, nil
}
