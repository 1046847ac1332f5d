// Package pseudonym makes pseudonyms of personnel numbers, so that Lotse never
// writes a number down that HR, or a list that leaked, could be asked about. Who
// has the key can make them again: HR keeps the key and thereby the mapping.
//
//	p-<16 letters and digits> = HMAC-SHA256(key, number space, number), 80 bits
//
// The same number in the same number space has the same pseudonym wherever it
// comes in: absence and staffing are given the same key and policy.
package pseudonym

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
)

// KeyBytes is the length of a key.
const KeyBytes = 32

// DefaultPolicy: numbers are replaced. What is typed, imported as a table or as a
// calendar has the numbers of the source hr; what Lotse has exported is taken
// back as it is.
const DefaultPolicy = "form=keyed:hr,csv=keyed:hr,calendar=keyed:hr,lotse=given,*=keyed"

// AllGiven takes every id as it is sent: all sources send pseudonyms.
const AllGiven = "*=given"

// rule of one source.
type rule struct {
	keyed bool
	space string // of the numbers; empty: the source's own
}

// Names gives employees their names in Lotse. It may be used by several
// goroutines; nil takes every id as given.
type Names struct {
	key   []byte
	rules map[string]rule
	rest  rule
}

var name = regexp.MustCompile(`^[A-Za-z0-9_-]{1,40}$`)

// New reads a policy, "source=given" or "source=keyed" or
// "source=keyed:<number space>", separated by commas; the source * stands for all
// others and must be there. key may be nil where nothing is keyed.
func New(policy string, key []byte) (*Names, error) {
	n := &Names{key: key, rules: map[string]rule{}}
	rest, keyed := false, false
	for part := range strings.SplitSeq(policy, ",") {
		source, how, ok := strings.Cut(strings.TrimSpace(part), "=")
		how, space, spaced := strings.Cut(how, ":")
		switch {
		case !ok || how != "given" && how != "keyed" || how == "given" && spaced || spaced && !name.MatchString(space):
			return nil, fmt.Errorf("%q is no rule for a source: write source=given, source=keyed or source=keyed:<number space>", part)
		case source == "*":
			n.rest, rest = rule{how == "keyed", space}, true
		case !name.MatchString(source):
			return nil, fmt.Errorf("%q is no name of a source: use letters, digits, _ and -, or * for all others", source)
		default:
			n.rules[source] = rule{how == "keyed", space}
		}
		keyed = keyed || how == "keyed"
	}
	if !rest {
		return nil, fmt.Errorf("the policy %q does not say what holds for all other sources: add *=keyed or *=given", policy)
	}
	if keyed && len(key) != KeyBytes {
		return nil, fmt.Errorf("the key of pseudonyms has %d bytes: it must have %d", len(key), KeyBytes)
	}
	return n, nil
}

// Load is New with the key in a file of 64 hexadecimal digits. The file is read
// only where the policy needs it, and must be the same for absence and staffing.
func Load(policy, file string) (*Names, error) {
	if strings.Contains(policy, "keyed") {
		if file == "" {
			return nil, fmt.Errorf("personnel numbers shall be replaced by pseudonyms and no file has the key: name one, the same for absence and staffing " +
				"(`lotse pseudonym --new-key FILE` makes it), or write " + AllGiven + " as the policy where every source sends pseudonyms")
		}
		key, err := ReadKey(file)
		if err != nil {
			return nil, err
		}
		return New(policy, key)
	}
	return New(policy, nil)
}

// ReadKey reads a key file.
func ReadKey(file string) ([]byte, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("key of pseudonyms: %w", err)
	}
	key, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(key) != KeyBytes {
		return nil, fmt.Errorf("key of pseudonyms: %s does not hold %d hexadecimal digits: restore it, since nobody is recognised without it", file, 2*KeyBytes)
	}
	return key, nil
}

// WriteKey makes a key file that only its owner may read; one that is there
// already is an error.
func WriteKey(file string, random io.Reader) error {
	key := make([]byte, KeyBytes)
	if _, err := io.ReadFull(random, key); err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(hex.EncodeToString(key) + "\n")
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	return err
}

func (n *Names) rule(source string) rule {
	if n == nil {
		return rule{}
	}
	r, listed := n.rules[source]
	if !listed {
		r = n.rest
	}
	if r.space == "" {
		r.space = source
	}
	return r
}

// Keyed reports whether a source sends personnel numbers.
func (n *Names) Keyed(source string) bool { return n.rule(source).keyed }

// letters are Crockford's, small.
var letters = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// Of is the name of whom a source calls so; nobody stays nobody.
func (n *Names) Of(source, number string) string {
	r := n.rule(source)
	if !r.keyed || number == "" {
		return number
	}
	return "p-" + letters.EncodeToString(n.mac("employee", r.space, number)[:10])
}

// Mark stands for a text of a keyed source that may hold a number, or have been
// made of one, where only sameness matters; texts of other sources stay.
func (n *Names) Mark(source, text string) string {
	r := n.rule(source)
	if !r.keyed || text == "" {
		return text
	}
	return hex.EncodeToString(n.mac("mark", r.space, text))
}

func (n *Names) mac(parts ...string) []byte {
	h := hmac.New(sha256.New, n.key)
	_, _ = io.WriteString(h, strings.Join(parts, "\x00")) // never fails
	return h.Sum(nil)
}
