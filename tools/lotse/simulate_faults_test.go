package main

import (
	"strings"
	"testing"
)

func TestStoriesAreToldTheSame(t *testing.T) {
	tell := func(args ...string) (int, string) {
		var out, errs strings.Builder
		code := run(t.Context(), append([]string{"simulate", "--faults", "--seed", "5"}, args...), strings.NewReader(""), &out, &errs)
		return code, out.String() + errs.String()
	}
	code, once := tell()
	_, twice := tell()
	if code != 0 || once != twice || !strings.Contains(once, "nothing is found; hash ") {
		t.Errorf("exit code %d: %s and %s", code, once, twice)
	}
	if _, part := tell("--keep", "0,3,9", "--trace"); !strings.Contains(part, "\n   9 ") || strings.Contains(part, "\n   8 ") {
		t.Errorf("three steps are kept: %s", part)
	}
	for _, wrong := range []string{"3,2", "x", "-1"} {
		if code, said := tell("--keep", wrong); code != 2 || !strings.Contains(said, "--keep") {
			t.Errorf("--keep %s: exit code %d, %s", wrong, code, said)
		}
	}
}
