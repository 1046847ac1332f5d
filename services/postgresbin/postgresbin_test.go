//go:build unix

package postgresbin

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestNewestFirst(t *testing.T) {
	folders := []string{"/usr/lib/postgresql/9.6/bin", "/usr/lib/postgresql/17/bin", "/usr/lib/postgresql/15/bin"}
	slices.SortFunc(folders, newestFirst)
	if got := strings.Join(folders, " "); got != "/usr/lib/postgresql/17/bin /usr/lib/postgresql/15/bin /usr/lib/postgresql/9.6/bin" {
		t.Error(got)
	}
}

func TestFindIsOnThePath(t *testing.T) {
	dir := t.TempDir()
	for _, program := range []string{"initdb", "lotse-never-installed"} {
		if err := os.WriteFile(filepath.Join(dir, program), nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
	real, err := filepath.EvalSymlinks(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := Find("initdb", "lotse-never-installed"); err != nil || got != real {
		t.Errorf("found %q, %v, want %q", got, err, real)
	}
	if got, err := Find("initdb", "lotse-not-there-either"); err == nil || !strings.Contains(err.Error(), "apt-get install postgresql") {
		t.Errorf("found %q, %v", got, err)
	}
}

func TestAccountIsNeverRoot(t *testing.T) {
	as, err := Account()
	if err == nil && os.Geteuid() == 0 && (as == nil || as.Uid == 0) {
		t.Errorf("root would run it as %+v", as)
	}
	if os.Geteuid() != 0 && (as != nil || err != nil) {
		t.Errorf("who is not root would run it as %+v, %v", as, err)
	}
}
