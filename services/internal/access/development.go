package access

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
)

// DevelopmentFile is where a data folder keeps its development tokens.
const DevelopmentFile = "dev-tokens"

// All names the development token that has all roles.
const All = "all"

// Development are tokens for trying Lotse out: one per role, and one of all
// roles; random, kept in the data folder, readable by its owner only.
type Development struct {
	Path   string
	tokens map[string]string // by role
	known  map[[sha256.Size]byte]Principal
}

// OpenDevelopment makes the tokens or reads those that are there. The address
// served must be one of this machine only.
func OpenDevelopment(data, address string, random io.Reader) (*Development, error) {
	if !Loopback(address) {
		return nil, fmt.Errorf("development tokens are for this machine only, and %s is reached from outside: serve on 127.0.0.1, or set LOTSE_TOKENS_FILE or LOTSE_OIDC_ISSUER", address)
	}
	d := &Development{Path: filepath.Join(data, DevelopmentFile), tokens: map[string]string{}, known: map[[sha256.Size]byte]Principal{}}
	text, err := os.ReadFile(d.Path)
	if errors.Is(err, fs.ErrNotExist) {
		if text, err = fresh(random); err == nil {
			err = write(d.Path, text)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("development tokens: %w", err)
	}
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) == 2 {
			d.tokens[f[0]] = f[1]
		}
	}
	for _, name := range Developers() {
		t := d.tokens[name]
		if len(t) < 32 {
			return nil, fmt.Errorf("%s has no token for %s: delete the file for new ones", d.Path, name)
		}
		p := Principal{Subject: "dev-" + name, Roles: []Role{Role(name)}, Way: "development",
			Districts: []string{Any}, Centres: []string{Any}, Sources: []string{Any}}
		if name == All {
			p.Roles = Roles[1:]
		}
		d.known[sha256.Sum256([]byte(t))] = p
	}
	return d, nil
}

// Developers are the names of the tokens: the roles, and All.
func Developers() (names []string) {
	for _, r := range Roles[1:] {
		names = append(names, string(r))
	}
	return append(names, All)
}

func fresh(random io.Reader) ([]byte, error) {
	var b strings.Builder
	for _, name := range Developers() {
		raw := make([]byte, 32)
		if _, err := io.ReadFull(random, raw); err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "%s %s\n", name, base64.RawURLEncoding.EncodeToString(raw))
	}
	return []byte(b.String()), nil
}

func write(path string, text []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	return errors.Join(err, f.Close())
}

// Token of a role, or of All.
func (d *Development) Token(role string) string { return d.tokens[role] }

// Bearer recognises the tokens.
func (d *Development) Bearer(_ context.Context, token string) (Principal, error) {
	p, known := d.known[sha256.Sum256([]byte(token))]
	if !known {
		return Principal{}, ErrBadToken
	}
	return p, nil
}

// Loopback reports whether an address, host:port, is reached from this machine
// only.
func Loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
