// Genstaff writes the invented staff of the Hamburg network, staff.yaml and
// posts.yaml, from a seed. The same seed gives the same bytes; the output is
// checked in and a test compares it.
//
//	go run ./tools/genstaff -out deploy/networks/hamburg
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
)

// seed of the checked-in files.
const seed = 20261101

func main() {
	out := flag.String("out", "deploy/networks/hamburg", "folder to write staff.yaml and posts.yaml to")
	s := flag.Uint64("seed", seed, "seed; another one gives another staff")
	flag.Parse()
	if err := write(*out, *s); err != nil {
		fmt.Fprintln(os.Stderr, "genstaff:", err)
		os.Exit(1)
	}
}

func write(dir string, seed uint64) error {
	g := generate(seed)
	for name, text := range map[string][]byte{"staff.yaml": staffYAML(g), "posts.yaml": postsYAML(g)} {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return err
		}
	}
	fmt.Printf("%d employees on %d posts, %d of them vacant\n", len(g.employees), len(g.posts), g.vacant())
	return nil
}
