package contact

import (
	"crypto/hmac"
	"encoding/base32"
	"encoding/binary"
	"strings"

	"github.com/lotse-hamburg/lotse/events/id"
)

// Pass is the secret of who placed a hold, 130 bits. It is another than Link:
// where a booking waits for the link in a mail, knowing the hold must not be
// enough.
func (v *Vault) Pass(a id.Appointment) string {
	return letters.EncodeToString(mac(v.link, "hold", string(a)))[:26]
}

// Holds compares a secret with a hold's pass in constant time.
func (v *Vault) Holds(a id.Appointment, secret string) bool {
	return hmac.Equal([]byte(tidy(secret)), []byte(v.Pass(a)))
}

// Links compares a secret with the link in constant time; for what is no
// appointment yet, so that no hash of it is stored.
func (v *Vault) Links(a id.Appointment, secret string) bool {
	return hmac.Equal([]byte(tidy(secret)), []byte(v.Link(a)))
}

// Number is a positive 31-bit number for systems that know appointments by
// number; it identifies, and proves nothing.
func (v *Vault) Number(a id.Appointment) int32 {
	n := int32(binary.BigEndian.Uint32(mac(v.link, "number", string(a))) & (1<<31 - 1))
	return max(1, n)
}

// Pseudonym of something that is to be counted without being known, such as
// an address in a month: it changes with the period.
func (v *Vault) Pseudonym(kind, period, what string) string {
	return base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(mac(v.hash, "pseudonym", kind, period, what))[:26]
}

// SealedFor is what a key's contact was sealed for, by KeyID.
func SealedFor(key string) id.Appointment {
	s, ok := strings.CutPrefix(key, "contact/")
	if !ok {
		return ""
	}
	return id.Appointment(s)
}
