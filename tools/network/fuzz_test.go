package network

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"github.com/lotse-hamburg/lotse/events/parsertest"
)

// Whatever stands in one file of a network, reading ends with a network that can
// be compared and handed on, or with problems that help.
func FuzzLoad(f *testing.F) {
	files, err := filepath.Glob(filepath.Join(tinyDir, "*.yaml"))
	if err != nil || len(files) == 0 {
		f.Fatal(files, err)
	}
	whole := fstest.MapFS{}
	var names []string
	for i, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		names = append(names, filepath.Base(name))
		whole[names[i]] = &fstest.MapFile{Data: text}
		f.Add(uint8(i), text)
	}
	f.Add(uint8(0), []byte("a: &a [*a, *a]"))
	f.Add(uint8(0), []byte("? {a: b}\n: c"))
	f.Add(uint8(1), []byte("- !!binary x"))
	f.Add(uint8(2), []byte("horizon_days: 1e300\n"))
	f.Fuzz(func(t *testing.T, file uint8, text []byte) {
		if len(text) > 1<<16 {
			return // a file of this size is the reader's own folder
		}
		m := fstest.MapFS{}
		for name, file := range whole {
			m[name] = file
		}
		m[names[int(file)%len(names)]] = &fstest.MapFile{Data: text}
		parsertest.Bounded(t, len(text), func() {
			n, err := LoadFS(m)
			var problems Problems
			switch {
			case err == nil:
				Diff(n, n)
				n.StaffImport()
			case !errors.As(err, &problems) || n != nil:
				t.Errorf("%v beside %v", err, n)
			}
		})
	})
}
