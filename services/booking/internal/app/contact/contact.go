// Package contact keeps what makes a citizen known: names and addresses are
// sealed with a key per appointment, which is itself sealed with a key that
// never leaves the service; codes and links are derived, so that a repeated
// command gives the same ones although only their hashes are stored.
package contact

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

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

// MasterBytes is the length of the master key.
const MasterBytes = 32

// Vault seals and derives. It may be used by several goroutines.
type Vault struct {
	wrap                   cipher.AEAD
	code, link, hash, salt []byte
	random                 io.Reader
}

// New makes a vault from a master key.
func New(master []byte, random io.Reader) (*Vault, error) {
	if len(master) != MasterBytes {
		return nil, fmt.Errorf("the master key has %d bytes: it must have %d", len(master), MasterBytes)
	}
	part := func(what string) []byte {
		k, err := hkdf.Expand(sha256.New, master, "lotse booking "+what, 32)
		if err != nil {
			panic(err) // only for lengths beyond 255 hashes
		}
		return k
	}
	wrap, err := aead(part("key encryption"))
	if err != nil {
		return nil, err
	}
	return &Vault{wrap: wrap, code: part("code"), link: part("link"), hash: part("hash"), salt: part("salt"), random: random}, nil
}

// Open reads the master key from a file (64 hexadecimal digits), and makes one
// on first use that only its owner may read.
func Open(path string, random io.Reader) (*Vault, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = create(path, random); err == nil || errors.Is(err, fs.ErrExist) {
			text, err = os.ReadFile(path)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", path, err)
	}
	master, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(master) != MasterBytes {
		return nil, fmt.Errorf("key file %s does not hold %d hexadecimal digits: restore it, since contacts cannot be read without it", path, 2*MasterBytes)
	}
	return New(master, random)
}

func create(path string, random io.Reader) error {
	master := make([]byte, MasterBytes)
	if _, err := io.ReadFull(random, master); err != nil {
		return err
	}
	// Written aside and linked, so that nobody ever reads half a key.
	tmp, err := os.CreateTemp(dirOf(path), ".key-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.WriteString(hex.EncodeToString(master) + "\n")
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	return os.Link(tmp.Name(), path)
}

func dirOf(path string) string {
	if i := strings.LastIndexByte(path, os.PathSeparator); i > 0 {
		return path[:i]
	}
	return "."
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
	wrapped, err := v.seal(v.wrap, a, data)
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

func unseal(box cipher.AEAD, a id.Appointment, sealed []byte) ([]byte, error) {
	if len(sealed) < box.NonceSize() {
		return nil, errors.New("the ciphertext is too short")
	}
	return box.Open(nil, sealed[:box.NonceSize()], sealed[box.NonceSize():], []byte(a))
}

// Unseal reads a contact back.
func (v *Vault) Unseal(a id.Appointment, key eventlog.Key, sealed []byte) (c Contact, err error) {
	data, err := unseal(v.wrap, a, key.Wrapped)
	if err != nil {
		return c, fmt.Errorf("unwrap the key of appointment %s: %w", a, err)
	}
	box, err := aead(data)
	if err != nil {
		return c, err
	}
	plain, err := unseal(box, a, sealed)
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

// Code is what a citizen types or says: 10 letters and digits, 50 bits.
func (v *Vault) Code(a id.Appointment) string {
	return letters.EncodeToString(mac(v.code, string(a)))[:10]
}

// Link is the secret in a citizen's link, 130 bits.
func (v *Vault) Link(a id.Appointment) string {
	return letters.EncodeToString(mac(v.link, string(a)))[:26]
}

// Hash is what is stored of a code or link.
func (v *Vault) Hash(a id.Appointment, secret string) string {
	return hex.EncodeToString(mac(v.hash, string(a), tidy(secret)))
}

// Matches compares a secret with a stored hash in constant time.
func (v *Vault) Matches(a id.Appointment, secret, stored string) bool {
	return stored != "" && hmac.Equal([]byte(v.Hash(a, secret)), []byte(stored))
}

// tidy reads what people write for what is meant: case, spaces, dashes, and
// letters that look like digits.
func tidy(s string) string {
	return strings.NewReplacer(" ", "", "-", "", "O", "0", "I", "1", "L", "1").Replace(strings.ToUpper(s))
}

// Salt goes into hashes of request bodies, so that a stored hash cannot be
// guessed back to a name.
func (v *Vault) Salt() string { return hex.EncodeToString(v.salt) }
