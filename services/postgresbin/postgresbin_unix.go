//go:build unix

package postgresbin

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// Find returns the folder that holds all of these programs: that of initdb on the
// PATH, or where Debian and others put the newest version.
func Find(programs ...string) (folder string, err error) {
	var folders []string
	if path, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(path); err == nil {
			folders = append(folders, filepath.Dir(real))
		}
	}
	for _, pattern := range []string{"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			return "", err
		}
		slices.SortFunc(found, newestFirst)
		folders = append(folders, found...)
	}
	for _, folder := range folders {
		missing := func(program string) bool {
			info, err := os.Stat(filepath.Join(folder, program))
			return err != nil || info.Mode()&0o111 == 0
		}
		if !slices.ContainsFunc(programs, missing) {
			return folder, nil
		}
	}
	return "", fmt.Errorf("no PostgreSQL on this machine: %s are neither on the PATH nor in /usr/lib/postgresql/*/bin. Install it (Debian: apt-get install postgresql)",
		strings.Join(programs, ", "))
}

// newestFirst orders folders by the version in their names; 9.6 is older than 15.
func newestFirst(a, b string) int {
	version := func(path string) (n float64) {
		for part := range strings.SplitSeq(path, "/") {
			digits := strings.TrimLeft(part, "abcdefghijklmnopqrstuvwxyz-@")
			if v, err := strconv.ParseFloat(digits, 64); err == nil {
				n = v
			}
		}
		return n
	}
	va, vb := version(a), version(b)
	switch {
	case va > vb:
		return -1
	case va < vb:
		return 1
	}
	return strings.Compare(b, a)
}

// Account is whom PostgreSQL and poolers run as when we are root, which they
// refuse to be; nil when we are not.
func Account() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(u.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(u.Gid, 10, 32)
		if uidErr == nil && gidErr == nil && uid != 0 {
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
		}
	}
	return nil, errors.New("started as root, and there is neither a user postgres nor a user nobody to run PostgreSQL as")
}
