package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/day"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app/contact"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/centreday"
	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/forgotten"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

var oblivion = journal.Aggregate[forgotten.State, forgotten.Forget]{Category: "forgotten", Decider: forgotten.Decider, Codec: Codec}

// Whom to forget: appointments, holds or places on the waiting list by their ids,
// or all contacts with a mail address or telephone number, which are decrypted one
// after the other to be compared.
type Whom struct {
	IDs   []string `json:"ids,omitempty" maxItems:"1000" doc:"Of appointments, holds or places on the waiting list"`
	Email string   `json:"email,omitempty" maxLength:"254"`
	Phone string   `json:"phone,omitempty" maxLength:"40"`
	// Folder whose files are searched, too; empty: none.
	Folder string `json:"-"`
}

// Forgotten says what was searched after the keys were destroyed, and what was found
// of them and of what they sealed.
type Forgotten struct {
	Destroyed []string         `json:"destroyed" doc:"Keys that were destroyed now"`
	Before    []string         `json:"before" doc:"Keys that were destroyed already"`
	Words     int              `json:"words" doc:"Names, addresses and numbers that were searched for; those of fewer than 6 letters are not"`
	Searched  []SearchedForOne `json:"searched"`
	// Clean: nothing was found anywhere.
	Clean bool `json:"clean"`
}

// SearchedForOne is a file or table.
type SearchedForOne struct {
	Place string `json:"place"`
	Bytes int64  `json:"bytes"`
	Rows  int64  `json:"rows,omitempty"`
	Keys  int64  `json:"keys_found"`
	Words int64  `json:"words_found"`
}

// doomed is a key with what is searched for after its end.
type doomed struct {
	key   eventlog.Key
	data  []byte // the data key
	words []string
}

const contactKeys = "contact/"

// shortest word that is searched for: shorter ones stand everywhere.
const shortestWord = 6

// ForgetCitizen destroys the keys of somebody's contacts and searches all that
// the log has written down for what might be left. Elsewhere they are not kept:
// the bus, read models and snapshots have ciphertext at most. The appointment
// itself stays, without a contact. Asking again finds them destroyed.
func (a *App) ForgetCitizen(ctx context.Context, w Whom) (Forgotten, journal.Receipt, error) {
	out := Forgotten{Destroyed: []string{}, Before: []string{}}
	var rec journal.Receipt
	if len(w.IDs) == 0 && w.Email == "" && w.Phone == "" {
		return out, rec, &events.FieldError{Field: "ids", Reason: "is missing: name ids, an email or a phone"}
	}
	all, before, err := a.doom(ctx, w)
	if err != nil {
		return out, rec, err
	}
	out.Before = append(out.Before, before...)
	var keys []string
	for _, d := range all {
		keys = append(keys, d.key.ID)
	}
	if rec, err = a.destroy(ctx, keys, forgotten.Asked); err != nil {
		return out, rec, err
	}
	out.Destroyed = append(out.Destroyed, keys...)
	err = a.prove(ctx, all, w.Folder, &out)
	return out, rec, err
}

// doom finds the keys, and what they are and seal.
func (a *App) doom(ctx context.Context, w Whom) (all []doomed, before []string, err error) {
	store := a.node.Store()
	take := func(k eventlog.Key) error {
		c, err := a.sealedBy(ctx, k)
		if err != nil && !errors.Is(err, contact.ErrUnreadable) {
			return err
		}
		d := doomed{key: k}
		// What nobody can unwrap is destroyed all the same.
		if d.data, err = a.vault.DataKey(k); err != nil && !errors.Is(err, contact.ErrUnreadable) {
			return err
		}
		for _, word := range []string{c.Name, c.Email, c.Phone} {
			if len(word) >= shortestWord {
				d.words = append(d.words, word)
			}
		}
		all = append(all, d)
		return nil
	}
	for _, x := range w.IDs {
		switch k, err := store.PersonalKey(ctx, contactKeys+x); {
		case err == nil:
			if err := take(k); err != nil {
				return nil, nil, err
			}
		case errors.Is(err, eventlog.ErrKeyDestroyed):
			before = append(before, contactKeys+x)
		case !errors.Is(err, eventlog.ErrNotFound):
			return nil, nil, err
		}
		// What waits with a hold has keys of its own.
		if err := a.eachKey(ctx, contactKeys+"intake/"+x+"/", func(k eventlog.Key) (string, error) { return "", take(k) }); err != nil {
			return nil, nil, err
		}
	}
	if w.Email == "" && w.Phone == "" {
		return all, before, nil
	}
	mail, phone := reached(contact.Contact{Email: w.Email}), reached(contact.Contact{Phone: w.Phone})
	err = a.eachKey(ctx, contactKeys, func(k eventlog.Key) (string, error) {
		c, err := a.sealedBy(ctx, k)
		if errors.Is(err, contact.ErrUnreadable) { // nobody can tell whose it is
			a.node.Logger().ErrorContext(ctx, "a contact cannot be compared", "key", k.ID, "error", err)
			return "", nil
		}
		if err != nil {
			return "", err
		}
		same := mail != "" && reached(contact.Contact{Email: c.Email}) == mail || phone != "" && reached(contact.Contact{Phone: c.Phone}) == phone
		if same && !slices.ContainsFunc(all, func(d doomed) bool { return d.key.ID == k.ID }) {
			err = take(k)
		}
		return "", err
	})
	return all, before, err
}

// eachKey goes through the keys that live and begin so; each may skip ahead to
// what it returns.
func (a *App) eachKey(ctx context.Context, prefix string, each func(eventlog.Key) (ahead string, err error)) error {
	for after := prefix; ; {
		page, err := a.node.Store().PersonalKeys(ctx, after, 500)
		if err != nil {
			return err
		}
		skipped := false
		for _, k := range page {
			if !strings.HasPrefix(k.ID, prefix) {
				return nil
			}
			ahead, err := each(k)
			if err != nil {
				return fmt.Errorf("%s: %w", k.ID, err)
			}
			if after = k.ID; ahead > after {
				after, skipped = ahead, true
				break
			}
		}
		if len(page) == 0 || len(page) < 500 && !skipped {
			return nil
		}
	}
}

// sealedBy decrypts the contact that a key seals, wherever it lies; one that has
// come to nothing is empty.
func (a *App) sealedBy(ctx context.Context, k eventlog.Key) (contact.Contact, error) {
	of := contact.SealedFor(k.ID)
	var d centreday.Detail
	_, err := a.node.Do(ctx, func(tx *journal.Tx) error {
		if rest, is := strings.CutPrefix(string(of), "intake/"); is {
			hold, _, _ := strings.Cut(rest, "/")
			s, _, err := journal.Load(tx, intakes, hold)
			d = centreday.Detail{ContactKey: s.ContactKey, Contact: s.Contact}
			return err
		}
		if strings.HasPrefix(string(of), "waiting.") {
			s, _, err := journal.Load(tx, waitings, string(of))
			d = s.Asked.Detail
			return err
		}
		at, err := locate(tx, of)
		if err == nil {
			d = at.appointment.Detail
			return nil
		}
		if !errors.Is(err, centreday.ErrNoSuchAppointment) {
			return err
		}
		o := outgoing{}
		o.Appointment = of
		if err := o.findHold(tx); err != nil || o.hold == nil || o.hold.OptIn == nil {
			return err
		}
		d = *o.hold.OptIn
		return nil
	})
	if err != nil || d.ContactKey != k.ID || len(d.Contact) == 0 {
		return contact.Contact{}, err
	}
	return a.vault.Unseal(of, k, d.Contact)
}

// forgetBatch is how many keys are destroyed in one unit.
const forgetBatch = 100

func (a *App) destroy(ctx context.Context, keys []string, why string) (rec journal.Receipt, err error) {
	for some := range slices.Chunk(keys, forgetBatch) {
		rec, err = a.node.Do(ctx, func(tx *journal.Tx) error {
			for _, k := range some {
				if _, err := journal.Execute(tx, oblivion, k, forgotten.Forget{Key: k, Why: why}); err != nil {
					return err
				}
				tx.ForgetKey(k)
			}
			return nil
		})
		if err != nil {
			return rec, fmt.Errorf("destroy %d keys: %w", len(some), err)
		}
	}
	return rec, nil
}

// prove searches for the keys, wrapped and not, and for what they sealed.
func (a *App) prove(ctx context.Context, all []doomed, folder string, out *Forgotten) error {
	var keys, words [][]byte
	for _, d := range all {
		if keys = append(keys, d.key.Wrapped); len(d.data) > 0 {
			keys = append(keys, d.data)
		}
		for _, w := range d.words {
			words = append(words, []byte(w))
		}
	}
	out.Words, out.Clean, out.Searched = len(words), true, []SearchedForOne{}
	ofKeys, err := a.node.Store().Search(ctx, keys)
	if err != nil {
		return err
	}
	ofWords, err := a.node.Store().Search(ctx, words)
	if err != nil {
		return err
	}
	for i, k := range ofKeys {
		s := SearchedForOne{Place: k.Place, Bytes: k.Bytes, Rows: k.Rows, Keys: k.Found}
		if i < len(ofWords) {
			s.Words = ofWords[i].Found
		}
		out.Searched = append(out.Searched, s)
		out.Clean = out.Clean && s.Keys == 0 && s.Words == 0
	}
	if folder != "" {
		s, err := searchFolder(folder, keys, words)
		if err != nil {
			return err
		}
		out.Searched = append(out.Searched, s)
		out.Clean = out.Clean && s.Keys == 0 && s.Words == 0
	}
	for _, d := range all {
		if _, err := a.node.Store().PersonalKey(ctx, d.key.ID); !errors.Is(err, eventlog.ErrKeyDestroyed) {
			out.Clean = false
		}
	}
	return nil
}

// ForgetAgain destroys keys that a list names, those that live again after the
// log was put back from a backup; the others are no matter. Without the secrets of
// codes and links no appointment can be opened any more: nobody forgets those.
func (a *App) ForgetAgain(ctx context.Context, list []string) (destroyed int, err error) {
	var living []string
	for i, k := range list {
		if k == contact.SecretsKey {
			return 0, &events.FieldError{Field: fmt.Sprintf("again[%d]", i), Value: k, Reason: "is no key of a citizen: take it out of the list"}
		}
		if _, err := a.node.Store().PersonalKey(ctx, k); err == nil {
			living = append(living, k)
		} else if !errors.Is(err, eventlog.ErrKeyDestroyed) && !errors.Is(err, eventlog.ErrNotFound) {
			return 0, err
		}
	}
	for some := range slices.Chunk(living, forgetBatch) {
		// Of those the log may say already that they are forgotten.
		if _, err := a.node.Do(ctx, func(tx *journal.Tx) error {
			for _, k := range some {
				if _, err := journal.Execute(tx, oblivion, k, forgotten.Forget{Key: k, Why: forgotten.Asked}); err != nil {
					return err
				}
				tx.ForgetKey(k)
			}
			return nil
		}); err != nil {
			return destroyed, err
		}
		destroyed += len(some)
	}
	return destroyed, nil
}

// DestroyedKeys lists what ForgetAgain wants after a restore.
func (a *App) DestroyedKeys(ctx context.Context, after string, limit int) ([]string, error) {
	return a.node.Store().DestroyedKeys(ctx, after, limit)
}

// retainOnce is how many contacts are forgotten in one go: the tick has more to do.
const retainOnce = 1000

var errEnough = errors.New("enough for now")

// retain forgets, once a day, whom the policy says to: contacts of appointments
// whose day lies more than ContactDays back, whatever became of them. Keys are in
// the order of centre and day, so that only those due are looked at.
func (a *App) retain(ctx context.Context, now time.Time) error {
	today := a.moment(now).Day
	if today <= a.retained {
		return nil
	}
	days := a.policy().ContactDays
	first := today - day.Day(days) // the first day whose contacts are kept
	var due []string
	err := a.eachKey(ctx, contactKeys, func(k eventlog.Key) (ahead string, err error) {
		home, ok := homeOf(string(contact.SealedFor(k.ID)))
		if !ok {
			return "", nil // waits with a hold or on the list, and is forgotten with it
		}
		if home.Day >= first { // so do all behind it at this centre
			return contactKeys + string(home.Centre) + "/", nil
		}
		gone := true
		_, err = a.node.Do(ctx, func(tx *journal.Tx) error {
			at, err := locate(tx, contact.SealedFor(k.ID))
			if err == nil {
				gone = at.state.Day < first
			} else if errors.Is(err, centreday.ErrNoSuchAppointment) {
				err = nil
			}
			return err
		})
		if gone {
			due = append(due, k.ID)
		}
		if err == nil && len(due) == retainOnce {
			err = errEnough
		}
		return "", err
	})
	more := errors.Is(err, errEnough)
	if err != nil && !more {
		return fmt.Errorf("find contacts that were kept long enough: %w", err)
	}
	if _, err := a.destroy(ctx, due, forgotten.Retention); err != nil {
		return err
	}
	if !more {
		a.retained = today
	}
	if len(due) > 0 {
		a.node.Logger().InfoContext(ctx, "contacts forgotten", "contacts", len(due), "kept_days", days)
	}
	return nil
}

// searchFolder reads every file below a folder as it lies on the disk.
func searchFolder(folder string, keys, words [][]byte) (s SearchedForOne, err error) {
	files := 0
	count := func(text []byte, all [][]byte) (n int64) {
		for _, x := range all {
			n += int64(bytes.Count(text, x))
		}
		return n
	}
	err = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil // it was a temporary one
		}
		files++
		s.Bytes += int64(len(text))
		s.Keys += count(text, keys)
		s.Words += count(text, words)
		return err
	})
	s.Place = fmt.Sprintf("%d files in %s", files, folder)
	return s, err
}
