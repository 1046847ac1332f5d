package pseudonym

import (
	"bytes"
	"crypto/rand"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

func key(b byte) []byte { return bytes.Repeat([]byte{b}, KeyBytes) }

func names(t *testing.T, policy string, k []byte) *Names {
	t.Helper()
	n, err := New(policy, k)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestNames(t *testing.T) {
	n := names(t, DefaultPolicy, key(1))
	who := n.Of("hr", "4711")
	// Written down once: another form would make strangers of all employees.
	if who != "p-641gcw7cyqmhaf3z" {
		t.Errorf("4711 of hr is %s", who)
	}
	if !regexp.MustCompile(`^p-[0-9a-z]{16}$`).MatchString(who) {
		t.Errorf("%q is no id", who)
	}
	for _, source := range []string{"form", "csv", "calendar"} {
		if n.Of(source, "4711") != who {
			t.Errorf("%s does not meet hr", source)
		}
	}
	for what, other := range map[string]string{"another number": n.Of("hr", "4712"), "another source": n.Of("sap", "4711"),
		"a boundary elsewhere": n.Of("hr\x004", "711"), "another key": names(t, DefaultPolicy, key(2)).Of("hr", "4711")} {
		if other == who {
			t.Errorf("%s has the same pseudonym", what)
		}
	}
	if n.Of("lotse", who) != who || n.Of("hr", "") != "" || n.Keyed("lotse") || !n.Keyed("else") {
		t.Error("what is given was changed")
	}
	if m := n.Mark("hr", "4711"); strings.Contains(m, "4711") || m != n.Mark("form", "4711") || m == n.Mark("sap", "4711") || n.Mark("lotse", "4711") != "4711" {
		t.Errorf("mark %q", m)
	}
	var none *Names
	if none.Of("hr", "4711") != "4711" || none.Mark("hr", "x") != "x" {
		t.Error("without names ids are given")
	}
	if names(t, AllGiven, nil).Of("hr", "4711") != "4711" {
		t.Error("given ids were changed")
	}
}

func TestPolicies(t *testing.T) {
	for policy, want := range map[string]string{"": "no rule", "hr=given": "all other sources", "hr=maybe,*=given": "no rule", "h r=given,*=given": "no name",
		"*=given:x": "no rule", "*=keyed:a b": "no rule", "*=keyed": "32"} {
		if _, err := New(policy, nil); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", policy, err)
		}
	}
}

func TestKeyFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "staff.key")
	if _, err := Load(DefaultPolicy, ""); err == nil || !strings.Contains(err.Error(), "--new-key") {
		t.Errorf("without a file: %v", err)
	}
	if _, err := Load(AllGiven, ""); err != nil {
		t.Error(err)
	}
	if err := WriteKey(file, rand.Reader); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v %v", info.Mode(), err)
	}
	if err := WriteKey(file, rand.Reader); err == nil {
		t.Error("a key was written over")
	}
	a, err := Load(DefaultPolicy, file)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Load("*=keyed:hr", file)
	if err != nil || a.Of("hr", "1") != b.Of("any", "1") {
		t.Errorf("the same key names somebody otherwise: %v", err)
	}
	if err := os.WriteFile(file, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(DefaultPolicy, file); err == nil || !strings.Contains(err.Error(), "restore") {
		t.Errorf("a broken key: %v", err)
	}
}
