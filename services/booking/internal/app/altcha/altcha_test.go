package altcha

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
)

var (
	key = []byte("the key")
	now = time.Unix(1_800_000_000, 0)
)

func TestSolved(t *testing.T) {
	c, err := New(key, rand.Reader, now.Add(time.Minute), 500)
	if err != nil {
		t.Fatal(err)
	}
	text, found := Solve(c)
	if !found {
		t.Fatal("no number solves it")
	}
	for _, form := range []string{text, strings.TrimRight(text, "="), strings.NewReplacer("+", "-", "/", "_").Replace(text)} {
		s, err := Check(key, form, now)
		if err != nil || s.ID != c.Challenge || !s.Expires.Equal(now.Add(time.Minute)) {
			t.Fatalf("%+v, %v", s, err)
		}
	}
	if _, err := Check(key, text, now.Add(time.Minute)); !errors.Is(err, ErrExpired) {
		t.Fatal(err)
	}
	if _, err := Check([]byte("another"), text, now); !errors.Is(err, ErrWrong) {
		t.Fatal(err)
	}
}

// The protocol's own arithmetic, worked out with another implementation
// (sha256sum and openssl dgst -hmac).
func TestAgainstAnotherImplementation(t *testing.T) {
	const salt = "0123456789abcdef01234567?expires=1800000060&"
	if got := hashed(salt, 42); got != wantHash {
		t.Errorf("challenge %s", got)
	}
	if got := signed(key, wantHash); got != wantSignature {
		t.Errorf("signature %s", got)
	}
}

func TestForged(t *testing.T) {
	c, err := New(key, rand.Reader, now.Add(time.Minute), 50)
	if err != nil {
		t.Fatal(err)
	}
	text, _ := Solve(c)
	raw, _ := base64.StdEncoding.DecodeString(text)
	var good Solution
	if err := json.Unmarshal(raw, &good); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Solution){
		"another number": func(s *Solution) { s.Number++ },
		"a longer life":  func(s *Solution) { s.Salt = strings.Replace(s.Salt, "expires=1", "expires=9", 1) },
		"a spliced salt": func(s *Solution) { s.Salt = strings.TrimSuffix(s.Salt, "&") },
		"an own challenge": func(s *Solution) {
			s.Challenge = hashed(s.Salt, 1)
			s.Number = 1
			s.Signature = good.Signature[1:] + "0"
		},
		"another algorithm": func(s *Solution) { s.Algorithm = "SHA-1" },
	} {
		s := good
		change(&s)
		raw, _ := json.Marshal(s)
		if _, err := Check(key, base64.StdEncoding.EncodeToString(raw), now); !errors.Is(err, ErrWrong) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, text := range []string{"", "%%%", base64.StdEncoding.EncodeToString([]byte("{")), base64.StdEncoding.EncodeToString(make([]byte, 8192))} {
		if _, err := Check(key, text, now); err == nil {
			t.Errorf("%.20q was taken", text)
		}
	}
}

const (
	wantHash      = "48a77715e1cac1cdb7cb02fa8a1031346750af50cbf285ee864c08f40591ed84"
	wantSignature = "ab052510929094256afe98f5d5955b5594c50814b1a23eeadd6ba3eda1639406"
)
