package mapping

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash"
	"net/textproto"
	"strconv"
	"strings"
	"time"
)

// CloudEvents is the system of those who send the schema's own events.
const CloudEvents = "cloudevents"

// Window is how far the time of a signed message may be from ours.
const Window = 5 * time.Minute

// ErrForged: the signature is missing, wrong or too old. It says no more, so
// that nobody learns from it how near they came.
var ErrForged = errors.New("the signature does not hold")

// Signature is how a system signs what it sends: an HMAC over the parts of
// Signed ("body", "timestamp" or a separator as it is written), in a header.
type Signature struct {
	Header    string   `json:"header"`
	Algorithm string   `json:"algorithm"` // sha256 or sha512
	Encoding  string   `json:"encoding"`  // hex or base64
	Prefix    string   `json:"prefix"`    // may stand before it in the header
	Signed    []string `json:"signed"`
	// Timestamp is the header with the seconds since 1970; empty: the scheme has
	// none, and only the message's id keeps a repeat from counting.
	Timestamp string `json:"timestamp"`
	// Source says where the scheme was looked up.
	Source string `json:"source"`
}

// own is the scheme for whoever has none.
var own = Signature{Header: "X-Lotse-Signature", Algorithm: "sha256", Encoding: "hex", Signed: []string{"timestamp", ".", "body"}, Timestamp: "X-Lotse-Timestamp",
	Source: "Lotse's own."}

// Sign makes the header's value, for tests and senders.
func (s Signature) Sign(secret, body []byte, timestamp string) string {
	sum := s.sum(secret, body, timestamp)
	if s.Encoding == "base64" {
		return s.Prefix + base64.StdEncoding.EncodeToString(sum)
	}
	return s.Prefix + hex.EncodeToString(sum)
}

func (s Signature) sum(secret, body []byte, timestamp string) []byte {
	var of func() hash.Hash = sha256.New
	if s.Algorithm == "sha512" {
		of = sha512.New
	}
	m := hmac.New(of, secret)
	for _, part := range s.Signed {
		switch part {
		case "body":
			m.Write(body)
		case "timestamp":
			m.Write([]byte(timestamp))
		default:
			m.Write([]byte(part))
		}
	}
	return m.Sum(nil)
}

// Verify returns ErrForged unless one of the secrets signed the body, and did so
// within Window of now where the scheme has a time. Each header must be there
// exactly once.
func (s Signature) Verify(secrets [][]byte, header map[string][]string, body []byte, now time.Time) error {
	sent, ok := one(header, s.Header)
	if !ok {
		return ErrForged
	}
	timestamp := ""
	if s.Timestamp != "" {
		if timestamp, ok = one(header, s.Timestamp); !ok {
			return ErrForged
		}
		seconds, err := strconv.ParseInt(timestamp, 10, 64)
		if err != nil || seconds < now.Add(-Window).Unix() || seconds > now.Add(Window).Unix() {
			return ErrForged
		}
	}
	sent = strings.TrimPrefix(sent, s.Prefix)
	var mac []byte
	var err error
	if s.Encoding == "base64" {
		mac, err = base64.StdEncoding.DecodeString(sent)
	} else {
		mac, err = hex.DecodeString(sent)
	}
	if err != nil {
		return ErrForged
	}
	holds := false
	for _, secret := range secrets {
		if len(secret) > 0 && hmac.Equal(mac, s.sum(secret, body, timestamp)) {
			holds = true
		}
	}
	if !holds {
		return ErrForged
	}
	return nil
}

func one(header map[string][]string, name string) (string, bool) {
	var found []string
	for k, v := range header {
		if textproto.CanonicalMIMEHeaderKey(k) == textproto.CanonicalMIMEHeaderKey(name) {
			found = append(found, v...)
		}
	}
	if len(found) != 1 || found[0] == "" {
		return "", false
	}
	return found[0], true
}
