package contact

import (
	"bytes"
	"crypto/rand"
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
