// Package altcha makes and checks proof-of-work challenges by the ALTCHA
// protocol, version 1 (altcha.org, "proof-of-work captcha"), so that its free
// widget can solve them:
//
//	challenge = hex(SHA-256(salt + number)), for a number from 0 to maxnumber
//	signature = hex(HMAC-SHA-256(key, challenge))
//
// The salt carries when the challenge runs out and ends with "&", so that no
// digit can wander from it into the number. The client finds the number by
// trying; checking it is two hashes and needs no memory. That a solution is used
// once is for the caller to see to, by Solved's ID.
package altcha

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Algorithm is the only one served.
const Algorithm = "SHA-256"

// Challenge as the widget reads it.
type Challenge struct {
	Algorithm string `json:"algorithm"`
	Challenge string `json:"challenge"`
	MaxNumber int64  `json:"maxnumber"`
	Salt      string `json:"salt"`
	Signature string `json:"signature"`
}

// Solution as the widget sends it, in base64.
type Solution struct {
	Algorithm string `json:"algorithm"`
	Challenge string `json:"challenge"`
	Number    int64  `json:"number"`
	Salt      string `json:"salt"`
	Signature string `json:"signature"`
}

// Why a solution is refused.
var (
	ErrMalformed = errors.New("altcha: the solution is not base64 of a JSON object as the widget sends it")
	ErrWrong     = errors.New("altcha: the number does not solve the challenge, or the challenge is not ours")
	ErrExpired   = errors.New("altcha: the challenge has run out")
)

// New makes a challenge that costs (most+1)/2 hashes on average.
func New(key []byte, random io.Reader, expires time.Time, most int64) (Challenge, error) {
	salt := make([]byte, 12)
	if _, err := io.ReadFull(random, salt); err != nil {
		return Challenge{}, err
	}
	n, err := rand.Int(random, big.NewInt(most+1))
	if err != nil {
		return Challenge{}, err
	}
	c := Challenge{Algorithm: Algorithm, MaxNumber: most, Salt: hex.EncodeToString(salt) + "?expires=" + strconv.FormatInt(expires.Unix(), 10) + "&"}
	c.Challenge = hashed(c.Salt, n.Int64())
	c.Signature = signed(key, c.Challenge)
	return c, nil
}

func hashed(salt string, number int64) string {
	sum := sha256.Sum256(strconv.AppendInt([]byte(salt), number, 10))
	return hex.EncodeToString(sum[:])
}

func signed(key []byte, challenge string) string {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(challenge))
	return hex.EncodeToString(m.Sum(nil))
}

// Solved is a challenge that was solved; ID is the same each time.
type Solved struct {
	ID      string
	Expires time.Time
}

// Check a solution at the moment now.
func Check(key []byte, text string, now time.Time) (Solved, error) {
	raw, err := base64.RawStdEncoding.DecodeString(strings.NewReplacer("-", "+", "_", "/", "=", "").Replace(strings.TrimSpace(text)))
	var s Solution
	if err != nil || len(raw) > 4096 || json.Unmarshal(raw, &s) != nil {
		return Solved{}, ErrMalformed
	}
	_, query, found := strings.Cut(s.Salt, "?")
	if !found || !strings.HasSuffix(s.Salt, "&") || s.Algorithm != Algorithm || s.Number < 0 ||
		!hmac.Equal([]byte(hashed(s.Salt, s.Number)), []byte(s.Challenge)) || !hmac.Equal([]byte(signed(key, s.Challenge)), []byte(s.Signature)) {
		return Solved{}, ErrWrong
	}
	params, err := url.ParseQuery(strings.TrimSuffix(query, "&"))
	if err != nil {
		return Solved{}, ErrMalformed
	}
	unix, err := strconv.ParseInt(params.Get("expires"), 10, 64)
	if err != nil {
		return Solved{}, ErrMalformed
	}
	out := Solved{s.Challenge, time.Unix(unix, 0)}
	if !now.Before(out.Expires) {
		return out, ErrExpired
	}
	return out, nil
}

// Solve finds the number as the widget does, by trying.
func Solve(c Challenge) (text string, found bool) {
	for n := int64(0); n <= c.MaxNumber; n++ {
		if hashed(c.Salt, n) == c.Challenge {
			raw, err := json.Marshal(Solution{c.Algorithm, c.Challenge, n, c.Salt, c.Signature})
			return base64.StdEncoding.EncodeToString(raw), err == nil
		}
	}
	return "", false
}
