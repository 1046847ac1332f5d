package natsaccess

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/nats-io/nkeys"
)

// The files of a folder.
const (
	AccountsFile = "accounts.conf"    // include of every server; public keys only
	ServerFile   = "nats-server.conf" // a sample that includes it
	usersFile    = "users.json"       // who there is; public keys only
	credsFolder  = "creds"            // <user>.nk, one seed each
)

// Credentials is the path of a user's file in a folder.
func Credentials(folder, user string) string {
	return filepath.Join(folder, credsFolder, user+".nk")
}

// Wish is what a folder is to hold. What it holds already stays.
type Wish struct {
	Add    []User   // beside the services, which are always there
	Remove []string // names of users whose credentials are to be worth nothing
	Rotate []string // names of users who are to get new credentials
	Local  bool     // who gives no credentials may try things out: for servers on loopback only
	Server *Server  // write the sample, too
	Force  bool     // overwrite configurations that were edited by hand
}

// Result says what was done.
type Result struct {
	Users   []User   `json:"users"`
	Added   []string `json:"added"`   // users who got credentials now
	Removed []string `json:"removed"` // users whose credentials are worth nothing now
	Written []string `json:"written"` // files
}

// ErrEdited: a configuration is not as it was generated.
var ErrEdited = errors.New("was changed by hand since it was generated: keep your settings in a file that includes it, or overwrite it with --force")

// Ensure brings a folder to what is wished. Asked again it changes nothing.
// Seeds are written before anything names them, with mode 0600, and never
// overwritten but for those to rotate.
func Ensure(folder string, w Wish) (Result, error) {
	if w.Server != nil {
		if err := w.Server.Check(); err != nil {
			return Result{}, err
		}
	}
	before, err := Users(folder)
	if err != nil {
		return Result{}, err
	}
	want, removed, err := w.roster(before)
	if err != nil {
		return Result{}, err
	}
	files, err := w.check(folder)
	if err != nil {
		return Result{}, err
	}
	if err := os.MkdirAll(filepath.Join(folder, credsFolder), 0o700); err != nil {
		return Result{}, err
	}
	out := Result{Users: want, Added: []string{}, Removed: removed, Written: []string{}}
	for i, u := range want {
		if u.Public != "" {
			continue
		}
		path := Credentials(folder, u.Name)
		public, fresh, err := credentials(path, slices.Contains(w.Rotate, u.Name))
		if err != nil {
			return out, err
		}
		want[i].Public = public
		if fresh {
			out.Added, out.Written = append(out.Added, u.Name), append(out.Written, path)
		}
	}
	roster, err := json.MarshalIndent(want, "", "  ")
	if err != nil {
		return out, err
	}
	files = append(files, file{usersFile, append(roster, '\n')}, file{AccountsFile, sealed(accounts(want, w.Local))})
	for _, f := range files {
		path := filepath.Join(folder, f.name)
		if have, err := os.ReadFile(path); err == nil && bytes.Equal(have, f.data) {
			continue
		}
		if err := replace(path, f.data, 0o644); err != nil {
			return out, err
		}
		out.Written = append(out.Written, path)
	}
	for _, name := range removed {
		if err := os.Remove(Credentials(folder, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return out, err
		}
	}
	return out, nil
}

type file struct {
	name string
	data []byte
}

// check looks before anything is written: generated files must be as they were
// generated.
func (w Wish) check(folder string) (files []file, err error) {
	names := []string{AccountsFile}
	if w.Server != nil {
		names = append(names, ServerFile)
		files = append(files, file{ServerFile, sealed(w.Server.config())})
	}
	for _, name := range names {
		have, err := os.ReadFile(filepath.Join(folder, name))
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, err
		case !intact(have) && !w.Force:
			return nil, fmt.Errorf("%s %w", filepath.Join(folder, name), ErrEdited)
		}
	}
	return files, nil
}

// roster is who there shall be, sorted; Public is empty for who needs a seed.
func (w Wish) roster(before []User) (want []User, removed []string, err error) {
	removed = []string{}
	for _, u := range before {
		if slices.Contains(w.Remove, u.Name) && u.Role != Service {
			removed = append(removed, u.Name)
			continue
		}
		if slices.Contains(w.Rotate, u.Name) {
			u.Public = ""
		}
		want = append(want, u)
	}
	for _, u := range append(services(), w.Add...) {
		if !slices.ContainsFunc(want, func(h User) bool { return h.Name == u.Name }) {
			want = append(want, u)
		}
	}
	slices.SortFunc(want, func(a, b User) int { return strings.Compare(a.Name, b.Name) })
	for _, name := range slices.Concat(w.Remove, w.Rotate) {
		if !slices.ContainsFunc(before, func(u User) bool { return u.Name == name }) {
			return nil, nil, fmt.Errorf("there is no user %q: see users.json", name)
		}
	}
	for _, name := range w.Remove {
		if !slices.Contains(removed, name) {
			return nil, nil, fmt.Errorf("user %q is one of Lotse's services and cannot be removed: rotate its credentials", name)
		}
	}
	return want, removed, nil
}

// Users lists who a folder knows; none when it is new.
func Users(folder string) (users []User, err error) {
	path := filepath.Join(folder, usersFile)
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(raw, &users); err != nil {
		return nil, fmt.Errorf("%s cannot be read (%w): put it back from a backup, or begin in an empty folder", path, err)
	}
	for _, u := range users {
		if u.Role != Service {
			name, ok := strings.CutPrefix(u.Name, string(u.Role)+"-")
			if _, err := Named(u.Role, name); !ok || err != nil || !slices.Contains(Roles(), u.Role) {
				return nil, fmt.Errorf("%s: user %q of role %q is none that Lotse makes: remove it", path, u.Name, u.Role)
			}
		}
		if !nkeys.IsValidPublicUserKey(u.Public) {
			return nil, fmt.Errorf("%s: public key %q of %s is no nkey of a user: remove the entry, a new one is made", path, u.Public, u.Name)
		}
	}
	return users, nil
}

// credentials returns the public key of a user's seed, making the seed where
// there is none.
func credentials(path string, anew bool) (public string, fresh bool, err error) {
	if raw, err := os.ReadFile(path); err == nil && !anew { // a run before this one came only so far
		pair, err := nkeys.FromSeed(bytes.TrimSpace(raw))
		if err != nil {
			return "", false, fmt.Errorf("%s holds no nkey seed (%w): move it away, a new one is made", path, err)
		}
		public, err = pair.PublicKey()
		return public, false, err
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", false, err
	}
	pair, err := nkeys.CreateUser()
	if err != nil {
		return "", false, err
	}
	seed, err := pair.Seed()
	if err != nil {
		return "", false, err
	}
	if public, err = pair.PublicKey(); err != nil {
		return "", false, err
	}
	return public, true, replace(path, append(seed, '\n'), 0o600)
}

// replace writes a file in whole or not at all.
func replace(path string, data []byte, mode fs.FileMode) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

const seal = "# Generated by lotse nats-config; do not edit. sha256 "

// sealed puts a line on top by which intact tells whether anybody edited.
func sealed(body []byte) []byte {
	sum := sha256.Sum256(body)
	return append([]byte(seal+hex.EncodeToString(sum[:])+"\n"), body...)
}

func intact(data []byte) bool {
	head, body, _ := bytes.Cut(data, []byte("\n"))
	sum := sha256.Sum256(body)
	return string(head) == seal+hex.EncodeToString(sum[:])
}
