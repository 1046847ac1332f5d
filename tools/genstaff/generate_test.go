package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

func TestCheckedInFilesAreWhatTheSeedGives(t *testing.T) {
	g := generate(seed)
	for name, want := range map[string][]byte{"staff.yaml": staffYAML(g), "posts.yaml": postsYAML(g)} {
		have, err := os.ReadFile(filepath.Join("../../deploy/networks/hamburg", name))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(have, want) {
			t.Errorf("%s is not what the generator writes: go run ./tools/genstaff", name)
		}
	}
}

func TestAnotherSeedGivesOtherPeopleOnAsManyPosts(t *testing.T) {
	a, b := generate(seed), generate(seed+1)
	if len(a.posts) != len(b.posts) || a.vacant() != b.vacant() {
		t.Errorf("%d of %d posts vacant, with another seed %d of %d", a.vacant(), len(a.posts), b.vacant(), len(b.posts))
	}
	if bytes.Equal(staffYAML(a), staffYAML(b)) {
		t.Error("the seed changes nothing")
	}
	form, seen := regexp.MustCompile(`^e-[0-9a-f]{6}$`), map[string]bool{}
	for _, e := range a.employees {
		if !form.MatchString(e.id) || seen[e.id] {
			t.Errorf("pseudonym %q", e.id)
		}
		seen[e.id] = true
	}
	for _, p := range a.posts {
		if p.employee != "" && !seen[p.employee] {
			t.Errorf("post %s has %q, who is nobody", p.id, p.employee)
		}
		delete(seen, p.employee)
	}
	if len(seen) > 0 {
		t.Errorf("without a post: %v", seen)
	}
}
