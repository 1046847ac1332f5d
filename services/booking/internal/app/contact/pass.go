package contact

import (
	"crypto/hmac"
	"encoding/binary"
	"fmt"
	"io"
	"strings"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// Pass is the secret of who placed a hold, 130 bits. It is another than Link:
// where a booking waits for the link in a mail, knowing the hold must not be
// enough.
func (v *Vault) Pass(a id.Appointment) string {
	return letters.EncodeToString(mac(v.link, "hold", string(a)))[:26]
}

// Holds compares a secret with a hold's pass in constant time.
func (v *Vault) Holds(a id.Appointment, secret string) bool {
	return hmac.Equal([]byte(Tidy(secret)), []byte(v.Pass(a)))
}

// Links compares a secret with the link in constant time; for what is no
// appointment yet, so that no hash of it is stored.
func (v *Vault) Links(a id.Appointment, secret string) bool {
	return hmac.Equal([]byte(Tidy(secret)), []byte(v.Link(a)))
}

// Number is a positive 31-bit number for systems that know appointments by
// number; it identifies, and proves nothing.
func (v *Vault) Number(a id.Appointment) int32 {
	n := int32(binary.BigEndian.Uint32(mac(v.link, "number", string(a))) & (1<<31 - 1))
	return max(1, n)
}

// SealedFor is what a key's contact was sealed for, by KeyID.
func SealedFor(key string) id.Appointment {
	s, ok := strings.CutPrefix(key, "contact/")
	if !ok {
		return ""
	}
	return id.Appointment(s)
}

// Captcha has the key of challenges, and where their chance comes from.
func (v *Vault) Captcha() (key []byte, random io.Reader) { return mac(v.hash, "captcha"), v.random }

// NewMonth makes a key under which contacts are counted for a month; it is kept
// sealed, and once it is destroyed nobody can tell whose counts they were.
func (v *Vault) NewMonth(id string) (eventlog.Key, error) {
	plain := make([]byte, 32)
	if _, err := io.ReadFull(v.random, plain); err != nil {
		return eventlog.Key{}, err
	}
	wrapped, err := v.ring.Load().wrap(v.random, monthName(id), plain)
	return eventlog.Key{ID: id, Wrapped: wrapped}, err
}

func monthName(key string) string { return "month/" + key }

// Counted is the name under which a contact is counted with a month's key.
func (v *Vault) Counted(key eventlog.Key, what string) (string, error) {
	plain, _, err := v.ring.Load().unwrap(monthName(key.ID), key.Wrapped)
	if err != nil {
		return "", fmt.Errorf("unwrap the key %s: %w", key.ID, err)
	}
	return letters.EncodeToString(mac(plain, "contact", what))[:26], nil
}
