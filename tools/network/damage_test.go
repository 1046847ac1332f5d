package network

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"
)

// Whatever is torn out of a file or doubled in it, reading ends with a network
// or with problems that name a file, never with a panic.
func TestDamagedFilesAreRefusedOrRead(t *testing.T) {
	whole := tinyFS(t)
	try := func(name, what, text string) {
		defer func() {
			if p := recover(); p != nil {
				t.Errorf("%s, %s: panic: %v", name, what, p)
			}
		}()
		m := fstest.MapFS{}
		for k, v := range whole {
			m[k] = v
		}
		m[name] = &fstest.MapFile{Data: []byte(text)}
		n, err := LoadFS(m)
		var ps Problems
		switch {
		case err == nil && n != nil:
		case errors.As(err, &ps) && n == nil:
			for _, p := range ps {
				if !strings.HasSuffix(p.File, ".yaml") || p.What == "" || p.Cure == "" {
					t.Errorf("%s, %s: a problem that does not help: %q", name, what, p)
				}
			}
		default:
			t.Errorf("%s, %s: %v, %v", name, what, n, err)
		}
	}
	for name, f := range whole {
		lines := strings.SplitAfter(string(f.Data), "\n")
		for i, l := range lines {
			before, after := strings.Join(lines[:i], ""), strings.Join(lines[i+1:], "")
			try(name, "without line "+l, before+after)
			try(name, "twice line "+l, before+l+l+after)
			try(name, "half of line "+l, before+l[:len(l)/2]+"\n"+after)
			try(name, "cut in line "+l, before+l[:len(l)/2])
			try(name, "nulled line "+l, before+strings.SplitAfter(l+":", ":")[0]+" ~\n"+after)
			try(name, "indented line "+l, before+"  "+l+after)
		}
	}
}
