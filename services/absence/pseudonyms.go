package absence

import (
	"crypto/rand"

	"github.com/lotse-hamburg/lotse/services/internal/pseudonym"
)

// Pseudonyms gives employees the names that they have in Lotse: what HR needs to
// know whom Lotse speaks of.
type Pseudonyms = pseudonym.Names

// LoadPseudonyms reads a policy, such as the default one when it is empty, and
// the key file that absence and staffing have.
func LoadPseudonyms(policy, file string) (*Pseudonyms, error) {
	if policy == "" {
		policy = pseudonym.DefaultPolicy
	}
	return pseudonym.Load(policy, file)
}

// NewPseudonymKey makes a key file; one that is there stays as it is, and is an
// error.
func NewPseudonymKey(file string) error { return pseudonym.WriteKey(file, rand.Reader) }
