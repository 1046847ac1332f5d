package contact

import (
	"bytes"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSealAndUnseal(t *testing.T) {
	v, err := New(bytes.Repeat([]byte{7}, MasterBytes), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	want := Contact{Name: "Erika Mustermann", Email: "erika@example.org"}
	key, sealed, err := v.Seal("a", want)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, []byte("Erika")) {
		t.Fatal("the name can be read")
	}
	if got, err := v.Unseal("a", key, sealed); err != nil || got != want {
		t.Fatalf("%+v %v", got, err)
	}
	if _, err := v.Unseal("b", key, sealed); err == nil {
		t.Fatal("another appointment's contact was read")
	}
	other, _ := New(bytes.Repeat([]byte{8}, MasterBytes), rand.Reader)
	if _, err := other.Unseal("a", key, sealed); err == nil {
		t.Fatal("read with another master key")
	}
}

func TestCodes(t *testing.T) {
	v, _ := New(bytes.Repeat([]byte{7}, MasterBytes), rand.Reader)
	code := v.Code("a")
	if len(code) != 10 || code != v.Code("a") || code == v.Code("b") || len(v.Link("a")) != 26 {
		t.Fatalf("code %q, link %q", code, v.Link("a"))
	}
	stored := v.Hash("a", code)
	if spoken := strings.ToLower(code[:5]) + " - " + code[5:]; !v.Matches("a", spoken, stored) {
		t.Fatalf("%q is not taken for %q", spoken, code)
	}
	if v.Matches("b", code, stored) || v.Matches("a", code[:9], stored) || v.Matches("a", "", "") {
		t.Fatal("a wrong code matches")
	}
}

func TestKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "booking.kek")
	a, err := Open(path, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", info.Mode(), err)
	}
	b, err := Open(path, rand.Reader)
	if err != nil || a.Code("x") != b.Code("x") {
		t.Fatalf("another key the second time: %v", err)
	}
	if err := os.WriteFile(path, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, rand.Reader); err == nil || !strings.Contains(err.Error(), "restore") {
		t.Fatalf("a broken key file: %v", err)
	}
}
