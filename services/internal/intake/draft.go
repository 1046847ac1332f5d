package intake

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// keptFor is how long a draft can be accepted.
const keptFor = time.Hour

// ErrGone: a draft was discarded, taken in, or made too long ago.
var ErrGone = errors.New("this preview is not kept any more: upload the file again")

// Name is the id of the draft that one upload makes, however often it is sent:
// whoever cannot know the key of the upload cannot guess it.
func Name(key string, data []byte) string {
	sum := sha256.Sum256(data)
	sum = sha256.Sum256(append([]byte(key+"\n"), sum[:]...))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:15]))
}

// HashOf is the hash of a draft's entries.
func HashOf[E any](entries []E) (string, error) {
	data, err := json.Marshal(entries)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}

func keyID(id string) string    { return "import/" + id }
func shownAt(id string) string  { return "import draft\n" + id }
func listedAt(id string) string { return "import entries\n" + id }

// shown is the part of a draft that pages show.
type shown[P any] struct {
	About
	Preview P
}

// Keep keeps a draft and returns its id. One of the same id stays as it is, also
// when it was accepted; if it is gone, this is another one.
func (in *Intake[E, P]) Keep(ctx context.Context, id string, about About, entries []E, preview P) (string, error) {
	_, err := in.node.Store().PersonalKey(ctx, keyID(id))
	switch {
	case err == nil:
		return id, nil
	case errors.Is(err, eventlog.ErrKeyDestroyed):
		accepted := false
		in.node.View(func() { accepted = in.model.find(id) != nil })
		if accepted {
			return id, nil
		}
		id = Name(rand.Text(), []byte(id))
	case !errors.Is(err, eventlog.ErrNotFound):
		return "", err
	}
	key := make([]byte, 32)
	_, _ = rand.Read(key) // never fails
	top, err := seal(key, shownAt(id), shown[P]{about, preview})
	if err != nil {
		return "", err
	}
	all, err := seal(key, listedAt(id), entries)
	if err != nil {
		return "", err
	}
	_, err = in.node.Do(ctx, func(tx *journal.Tx) error {
		tx.PutKey(eventlog.Key{ID: keyID(id), Wrapped: key})
		tx.Remember(shownAt(id), about.Hash, top)
		tx.Remember(listedAt(id), about.Hash, all)
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("keep the draft of an import: %w", err)
	}
	return id, nil
}

// Show is what a draft would do; ErrGone when it is not kept.
func (in *Intake[E, P]) Show(ctx context.Context, id string) (About, P, error) {
	var s shown[P]
	err := in.open(ctx, id, shownAt(id), &s)
	return s.About, s.Preview, err
}

// Entries are all entries of a draft.
func (in *Intake[E, P]) Entries(ctx context.Context, id string) (all []E, err error) {
	return all, in.open(ctx, id, listedAt(id), &all)
}

// Discard makes a draft that was not accepted unreadable.
func (in *Intake[E, P]) Discard(ctx context.Context, id string) error {
	_, err := in.node.Do(ctx, func(tx *journal.Tx) error {
		s, _, err := journal.Load(tx, imports, id)
		if err == nil && !s.Accepted {
			tx.ForgetKey(keyID(id))
		}
		return err
	})
	return err
}

// Sweep makes drafts unreadable that nobody accepted in time.
func (in *Intake[E, P]) Sweep(ctx context.Context, now time.Time) error {
	if now.Sub(in.swept) < time.Minute {
		return nil
	}
	in.swept = now
	const prefix = "import/"
	keys, err := in.node.Store().PersonalKeys(ctx, prefix, 1000)
	if err != nil {
		return err
	}
	for _, k := range keys {
		id, ours := strings.CutPrefix(k.ID, prefix)
		if !ours {
			break
		}
		r, err := in.node.Store().IdempotencyResult(ctx, shownAt(id))
		if err != nil && !errors.Is(err, eventlog.ErrNotFound) {
			return err
		}
		if err == nil && now.Sub(r.At) < keptFor {
			continue
		}
		if err := in.Discard(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

func (in *Intake[E, P]) open(ctx context.Context, id, at string, into any) error {
	k, err := in.node.Store().PersonalKey(ctx, keyID(id))
	if errors.Is(err, eventlog.ErrNotFound) || errors.Is(err, eventlog.ErrKeyDestroyed) {
		return ErrGone
	}
	if err != nil {
		return err
	}
	r, err := in.node.Store().IdempotencyResult(ctx, at)
	if errors.Is(err, eventlog.ErrNotFound) {
		return ErrGone
	}
	if err != nil {
		return err
	}
	return unseal(k.Wrapped, at, r.Data, into)
}

func aead(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// seal writes a value down as compressed JSON, bound to where it lies.
func seal(key []byte, at string, v any) ([]byte, error) {
	box, err := aead(key)
	if err != nil {
		return nil, err
	}
	var plain bytes.Buffer
	z := gzip.NewWriter(&plain)
	if err := json.NewEncoder(z).Encode(v); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return box.Seal(nil, nil, plain.Bytes(), []byte(at)), nil
}

func unseal(key []byte, at string, sealed []byte, into any) error {
	box, err := aead(key)
	if err != nil {
		return err
	}
	plain, err := box.Open(nil, nil, sealed, []byte(at))
	if err != nil {
		return fmt.Errorf("open the draft of an import: %w", err)
	}
	z, err := gzip.NewReader(bytes.NewReader(plain))
	if err != nil {
		return err
	}
	data, err := io.ReadAll(z) // sealed by us: no longer than what was read
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}
