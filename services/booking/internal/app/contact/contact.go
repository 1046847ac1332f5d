// Package contact keeps what makes a citizen known: names and addresses are
// sealed with a key per appointment, which is itself sealed with a key that
// never leaves the service; codes and links are derived, so that a repeated
// command gives the same ones although only their hashes are stored.
package contact

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"unicode"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// Contact is how to reach a citizen; any field may be empty.
type Contact struct {
	Name  string `json:"name,omitempty" maxLength:"200"`
	Email string `json:"email,omitempty" maxLength:"254"`
	Phone string `json:"phone,omitempty" maxLength:"40"`
	// Language to write in: de (default) or en.
	Language string `json:"language,omitempty" enum:"de,en,"`
}

// Empty reports whether nothing is known.
func (c Contact) Empty() bool { return c == Contact{} }

// Check refuses what no letter could reach, and what could be more than a field
// of one. The error does not repeat what was given.
func (c Contact) Check() error {
	for _, f := range [][2]string{{"name", c.Name}, {"email", c.Email}, {"phone", c.Phone}} {
		if strings.ContainsFunc(f[1], unicode.IsControl) {
			return &events.FieldError{Field: f[0], Reason: "has line breaks or other control characters: leave them out"}
		}
	}
	if a, err := mail.ParseAddress(c.Email); c.Email != "" && (err != nil || a.Address != c.Email) {
		return &events.FieldError{Field: "email", Reason: "is not an e-mail address: write one as erika@example.org, or none"}
	}
	return nil
}

// MasterBytes is the length of the master key.
const MasterBytes = 32

// Vault seals and derives. It may be used by several goroutines.
type Vault struct {
	ring                   atomic.Pointer[Ring]
	code, link, hash, salt []byte
	random                 io.Reader
}

// New makes a vault from a single master key.
func New(master []byte, random io.Reader) (*Vault, error) {
	if len(master) != MasterBytes {
		return nil, fmt.Errorf("the master key has %d bytes: it must have %d", len(master), MasterBytes)
	}
	r := &Ring{}
	if err := r.add("1", master); err != nil {
		return nil, err
	}
	return newVault(r, secretsOf(master), random), nil
}

// secretsOf are the secrets that codes, links and hashes are made with. They stay
// the same when key encryption keys are changed, and tell nothing about them.
func secretsOf(master []byte) (all []byte) {
	for _, what := range []string{"code", "link", "hash", "salt"} {
		all = append(all, part(master, what)...)
	}
	return all
}

func newVault(r *Ring, secrets []byte, random io.Reader) *Vault {
	v := &Vault{code: secrets[:32], link: secrets[32:64], hash: secrets[64:96], salt: secrets[96:128], random: random}
	v.ring.Store(r)
	return v
}

// Keys stores and finds keys: the log's keyring.
type Keys interface {
	PersonalKey(ctx context.Context, id string) (eventlog.Key, error)
	Commit(ctx context.Context, units []eventlog.Unit) ([]eventlog.Outcome, error)
}

// SecretsKey is the id under which the secrets of codes, links and hashes lie in
// the keyring, wrapped like a data key.
const SecretsKey = "secrets"

// Open makes a vault of a key file, which is made on first use; the secrets that
// shall outlive its keys lie in the keyring.
func Open(ctx context.Context, path string, sealer Sealer, keys Keys, random io.Reader) (*Vault, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if err := create(ctx, path, sealer, random); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, fmt.Errorf("key file %s: %w", path, err)
		}
	}
	r, err := ReadRing(ctx, path, sealer)
	if err != nil {
		return nil, err
	}
	k, err := keys.PersonalKey(ctx, SecretsKey)
	if errors.Is(err, eventlog.ErrNotFound) {
		k.ID = SecretsKey
		if k.Wrapped, err = r.wrap(random, SecretsKey, secretsOf(r.keys[0].master)); err != nil {
			return nil, err
		}
		if _, err = keys.Commit(ctx, []eventlog.Unit{{Keys: []eventlog.Key{k}}}); err == nil {
			k, err = keys.PersonalKey(ctx, SecretsKey) // another replica may have been quicker
		}
	}
	if err != nil {
		return nil, fmt.Errorf("secrets of codes and links: %w", err)
	}
	secrets, _, err := r.unwrap(SecretsKey, k.Wrapped)
	if err != nil || len(secrets) != 128 {
		return nil, fmt.Errorf("key file %s does not belong to this log: the secrets of codes and links cannot be unwrapped: %w", path, err)
	}
	return newVault(r, secrets, random), nil
}

// Change puts other key encryption keys in the place of those in use.
func (v *Vault) Change(r *Ring) { v.ring.Store(r) }

// Newest is the name of the key that wraps.
func (v *Vault) Newest() string { return v.ring.Load().Newest() }

// Rewrap wraps a key of the keyring with the newest key encryption key; fresh is
// false where it is wrapped by that already.
func (v *Vault) Rewrap(k eventlog.Key) (anew eventlog.Key, fresh bool, err error) {
	r := v.ring.Load()
	plain, by, err := r.unwrap(boundTo(k.ID), k.Wrapped)
	if err != nil || by == r.Newest() {
		return k, false, err
	}
	wrapped, err := r.wrap(v.random, boundTo(k.ID), plain)
	return eventlog.Key{ID: k.ID, Wrapped: wrapped}, true, err
}

// boundTo is what the wrapping of a key is bound to.
func boundTo(key string) string {
	if ap := SealedFor(key); ap != "" {
		return string(ap)
	}
	if key == SecretsKey {
		return key
	}
	return monthName(key)
}

func create(ctx context.Context, path string, sealer Sealer, random io.Reader) error {
	// Written aside and linked, so that nobody ever reads half a key, and of two
	// replicas that begin at once both have the same.
	dir, err := os.MkdirTemp(filepath.Dir(path), ".key-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	tmp := filepath.Join(dir, "key")
	if _, err := AddKey(ctx, tmp, sealer, random); err != nil {
		return err
	}
	return os.Link(tmp, path)
}

func aead(key []byte) (cipher.AEAD, error) {
	b, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(b)
}

// KeyID names the personal-data key of an appointment.
func KeyID(a id.Appointment) string { return "contact/" + string(a) }

// Seal encrypts a contact with a fresh key; key goes to the keyring, sealed
// into the log.
func (v *Vault) Seal(a id.Appointment, c Contact) (key eventlog.Key, sealed []byte, err error) {
	plain, err := json.Marshal(c)
	if err != nil {
		return key, nil, err
	}
	data := make([]byte, 32)
	if _, err := io.ReadFull(v.random, data); err != nil {
		return key, nil, err
	}
	box, err := aead(data)
	if err != nil {
		return key, nil, err
	}
	if sealed, err = v.seal(box, a, plain); err != nil {
		return key, nil, err
	}
	wrapped, err := v.ring.Load().wrap(v.random, string(a), data)
	return eventlog.Key{ID: KeyID(a), Wrapped: wrapped}, sealed, err
}

// seal puts the nonce before the ciphertext and binds both to the appointment.
func (v *Vault) seal(box cipher.AEAD, a id.Appointment, plain []byte) ([]byte, error) {
	nonce := make([]byte, box.NonceSize(), box.NonceSize()+len(plain)+box.Overhead())
	if _, err := io.ReadFull(v.random, nonce); err != nil {
		return nil, err
	}
	return box.Seal(nonce, nonce, plain, []byte(a)), nil
}

func unseal(box cipher.AEAD, bound string, sealed []byte) ([]byte, error) {
	if len(sealed) < box.NonceSize() {
		return nil, errors.New("the ciphertext is too short")
	}
	return box.Open(nil, sealed[:box.NonceSize()], sealed[box.NonceSize():], []byte(bound))
}

// Unseal reads a contact back.
func (v *Vault) Unseal(a id.Appointment, key eventlog.Key, sealed []byte) (c Contact, err error) {
	data, _, err := v.ring.Load().unwrap(string(a), key.Wrapped)
	if err != nil {
		return c, fmt.Errorf("unwrap the key of appointment %s: %w", a, err)
	}
	box, err := aead(data)
	if err != nil {
		return c, err
	}
	plain, err := unseal(box, string(a), sealed)
	if err != nil {
		return c, fmt.Errorf("decrypt the contact of appointment %s: %w", a, err)
	}
	return c, json.Unmarshal(plain, &c)
}

func mac(key []byte, parts ...string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(strings.Join(parts, "\x00")))
	return h.Sum(nil)
}

// letters are Crockford's: no I, L, O, U, so that a code can be told by telephone.
var letters = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// CodeLength of a code, tidied.
const CodeLength = 10

// Code is what a citizen types or says: 10 letters and digits, 50 bits.
func (v *Vault) Code(a id.Appointment) string {
	return letters.EncodeToString(mac(v.code, string(a)))[:CodeLength]
}

// Link is the secret in a citizen's link, 130 bits.
func (v *Vault) Link(a id.Appointment) string {
	return letters.EncodeToString(mac(v.link, string(a)))[:26]
}

// Hash is what is stored of a code or link.
func (v *Vault) Hash(a id.Appointment, secret string) string {
	return hex.EncodeToString(mac(v.hash, string(a), Tidy(secret)))
}

// Matches compares a secret with a stored hash in constant time.
func (v *Vault) Matches(a id.Appointment, secret, stored string) bool {
	return stored != "" && hmac.Equal([]byte(v.Hash(a, secret)), []byte(stored))
}

// Tidy reads what people write for what is meant: case, spaces, dashes, and
// letters that look like digits.
func Tidy(s string) string { return tidy.Replace(strings.ToUpper(s)) }

var tidy = strings.NewReplacer(" ", "", "-", "", "O", "0", "I", "1", "L", "1")

// Salt goes into hashes of request bodies, so that a stored hash cannot be
// guessed back to a name.
func (v *Vault) Salt() string { return hex.EncodeToString(v.salt) }

// DataKey unwraps a key of the keyring.
func (v *Vault) DataKey(k eventlog.Key) ([]byte, error) {
	plain, _, err := v.ring.Load().unwrap(boundTo(k.ID), k.Wrapped)
	return plain, err
}
