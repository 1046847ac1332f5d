package contact

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lotse-hamburg/lotse/events/id"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
)

func open(t *testing.T, path string, sealer Sealer, keys Keys) *Vault {
	t.Helper()
	v, err := Open(context.Background(), path, sealer, keys, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestKeyFile(t *testing.T) {
	path, keys := filepath.Join(t.TempDir(), "booking.kek"), memory.New()
	a := open(t, path, nil, keys)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", info.Mode(), err)
	}
	if b := open(t, path, nil, keys); a.Code("x") != b.Code("x") {
		t.Fatal("other secrets the second time")
	}
	for text, want := range map[string]string{"short": "restore", "": "no key", "1 zz": "restore", "a b c d": "line 1", "1 sealed AAAA": "KEY_COMMAND",
		"1 " + strings.Repeat("0", 64) + "\n1 " + strings.Repeat("1", 64): "twice", strings.Repeat("0", 64): "belong"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(context.Background(), path, nil, keys, rand.Reader); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// A file of one key without a name, as the first ones were, and what it wrapped.
func TestFirstKeyFiles(t *testing.T) {
	master := []byte(strings.Repeat("m", MasterBytes))
	path, keys := filepath.Join(t.TempDir(), "booking.kek"), memory.New()
	if err := os.WriteFile(path, []byte(hex.EncodeToString(master)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	v := open(t, path, nil, keys)
	old, err := New(master, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if v.Code("a") != old.Code("a") || v.Link("a") != old.Link("a") {
		t.Error("codes have changed")
	}
	box, data := v.ring.Load().keys[0].box, []byte(strings.Repeat("d", 32))
	wrapped, err := v.seal(box, "a", data) // without a name
	if err != nil {
		t.Fatal(err)
	}
	anew, fresh, err := v.Rewrap(eventlog.Key{ID: KeyID("a"), Wrapped: wrapped})
	if err != nil || !fresh {
		t.Fatalf("%v %v", fresh, err)
	}
	if name, _ := named(anew.Wrapped); name != "1" {
		t.Errorf("wrapped by %q", name)
	}
}

func TestRotation(t *testing.T) {
	ctx := context.Background()
	path, keys := filepath.Join(t.TempDir(), "booking.kek"), memory.New()
	v := open(t, path, nil, keys)
	code := v.Code("a")
	who := Contact{Name: "Erika Mustermann"}
	key, sealed, err := v.Seal("a", who)
	if err != nil {
		t.Fatal(err)
	}
	month, err := v.NewMonth("quota/2026-12")
	if err != nil {
		t.Fatal(err)
	}
	counted, err := v.Counted(month, "mail:x")
	if err != nil {
		t.Fatal(err)
	}
	if name, err := AddKey(ctx, path, nil, rand.Reader); err != nil || name != "2" {
		t.Fatalf("%q %v", name, err)
	}
	v = open(t, path, nil, keys)
	if v.Newest() != "2" || v.Code("a") != code {
		t.Fatalf("newest %s, code %s, was %s", v.Newest(), v.Code("a"), code)
	}
	secrets, err := keys.PersonalKey(ctx, SecretsKey)
	if err != nil {
		t.Fatal(err)
	}
	rewrapped := map[string]eventlog.Key{}
	for _, k := range []eventlog.Key{key, month, secrets} {
		anew, fresh, err := v.Rewrap(k)
		if err != nil || !fresh {
			t.Fatalf("%s: %v %v", k.ID, fresh, err)
		}
		if _, fresh, _ := v.Rewrap(anew); fresh {
			t.Errorf("%s is wrapped anew twice", k.ID)
		}
		rewrapped[k.ID] = anew
	}
	if _, err := keys.Rewrap(ctx, []eventlog.Key{rewrapped[SecretsKey]}); err != nil {
		t.Fatal(err)
	}
	if gone, err := RetireKeys(ctx, path, nil); err != nil || fmt.Sprint(gone) != "[1]" {
		t.Fatalf("%v %v", gone, err)
	}
	v = open(t, path, nil, keys) // the old key is gone for good
	if got, err := v.Unseal("a", rewrapped[KeyID("a")], sealed); err != nil || got != who || v.Code("a") != code {
		t.Errorf("%+v %v, code %s", got, err, v.Code("a"))
	}
	if c, err := v.Counted(rewrapped["quota/2026-12"], "mail:x"); err != nil || c != counted {
		t.Errorf("counted as %s, %v", c, err)
	}
	if _, err := v.Unseal("a", key, sealed); err == nil {
		t.Error("what the old key wrapped can still be read")
	}
	if name, err := AddKey(ctx, path, nil, rand.Reader); err != nil || name != "3" {
		t.Errorf("%q %v", name, err)
	}
}

// A key management service's client, here a script that turns letters.
func TestSealedKeys(t *testing.T) {
	dir := t.TempDir()
	program, path := filepath.Join(dir, "kms"), filepath.Join(dir, "booking.kek")
	if err := os.WriteFile(program, []byte("#!/bin/sh\n[ \"$2\" = broken ] && exit 3\ntr 'A-Za-z' 'N-ZA-Mn-za-m'\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	keys := memory.New()
	v := open(t, path, Command(program), keys)
	text, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(text), "1 sealed ") {
		t.Fatalf("%s %v", text, err)
	}
	if strings.Contains(string(text), hex.EncodeToString(v.ring.Load().keys[0].master)) {
		t.Fatal("the key stands open in the file")
	}
	if again := open(t, path, Command(program), keys); again.Code("a") != v.Code("a") {
		t.Error("another key was opened")
	}
	for _, sealer := range []Sealer{nil, Command(filepath.Join(dir, "missing"))} {
		if _, err := Open(context.Background(), path, sealer, keys, rand.Reader); err == nil {
			t.Errorf("opened by %v", sealer)
		}
	}
	if _, err := ParseRing(context.Background(), []byte("broken sealed AAAA\n"), Command(program)); err == nil || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("a program that fails: %v", err)
	}
}

func TestBoundTo(t *testing.T) {
	v, err := New([]byte(strings.Repeat("m", MasterBytes)), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range []id.Appointment{"altona.2026-12-01.00", "waiting.00", "intake/h/0"} {
		key, _, err := v.Seal(a, Contact{Name: "x"})
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := v.Rewrap(key); err != nil {
			t.Errorf("%s: %v", a, err)
		}
	}
}
