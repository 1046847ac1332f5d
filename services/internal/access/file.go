package access

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// File lists tokens and certificates of machines, and of people where there is
// no identity provider. One line each:
//
//	sha256:<64 hex digits of the token's hash>  <subject>  <role>[,<role>]  [districts=a,b] [centres=…] [sources=…]
//	cert:<common name or DNS name>              <subject>  <role>           …
//
// Empty lines and those that begin with # do not count. It is read again when it
// changes; what cannot be read then leaves the list as it was.
type File struct {
	path    string
	now     func() time.Time
	problem func(error)

	mu     sync.Mutex
	looked time.Time
	stamp  time.Time
	size   int64
	hashes map[[sha256.Size]byte]Principal
	certs  map[string]Principal
}

// lookEvery is how long a change of a file may go unseen.
const lookEvery = time.Second

// OpenFile reads the list at path; problem is told of a later one that cannot
// be used.
func OpenFile(path string, now func() time.Time, problem func(error)) (*File, error) {
	f := &File{path: path, now: now, problem: problem}
	return f, f.read()
}

func (f *File) read() error {
	at, err := os.Stat(f.path)
	if err != nil {
		return fmt.Errorf("LOTSE_TOKENS_FILE: %w", err)
	}
	f.stamp, f.size = at.ModTime(), at.Size()
	text, err := os.ReadFile(f.path)
	if err != nil {
		return fmt.Errorf("LOTSE_TOKENS_FILE: %w", err)
	}
	hashes, certs, err := parse(string(text))
	if err != nil {
		return fmt.Errorf("LOTSE_TOKENS_FILE %s, %w", f.path, err)
	}
	f.hashes, f.certs = hashes, certs
	return nil
}

// current looks for a change, with the lock held.
func (f *File) current() {
	if now := f.now(); now.Sub(f.looked) >= lookEvery {
		f.looked = now
		at, err := os.Stat(f.path)
		if err == nil && at.ModTime().Equal(f.stamp) && at.Size() == f.size {
			return
		}
		if err := f.read(); err != nil {
			f.problem(err)
		}
	}
}

func parse(text string) (hashes map[[sha256.Size]byte]Principal, certs map[string]Principal, err error) {
	hashes, certs = map[[sha256.Size]byte]Principal{}, map[string]Principal{}
	for n, line := range strings.Split(text, "\n") {
		fields := strings.Fields(line)
		if len(fields) == 0 || strings.HasPrefix(fields[0], "#") {
			continue
		}
		wrong := func(format string, a ...any) error {
			return fmt.Errorf("line %d: "+format, append([]any{n + 1}, a...)...)
		}
		if len(fields) < 3 {
			return nil, nil, wrong("write sha256:<hash> or cert:<name>, a subject and roles, with spaces between")
		}
		p := Principal{Subject: fields[1]}
		if p.Roles, err = roles(strings.Split(fields[2], ",")); err != nil {
			return nil, nil, wrong("%w", err)
		}
		for _, b := range fields[3:] {
			name, list, _ := strings.Cut(b, "=")
			into, known := map[string]*[]string{"districts": &p.Districts, "centres": &p.Centres, "sources": &p.Sources}[name]
			if !known || slices.Contains(strings.Split(list, ","), "") {
				return nil, nil, wrong("%q: write districts=, centres= or sources=, and ids with commas between, or *", b)
			}
			*into = strings.Split(list, ",")
		}
		kind, value, _ := strings.Cut(fields[0], ":")
		switch kind {
		case "sha256":
			raw, err := hex.DecodeString(value)
			if err != nil || len(raw) != sha256.Size {
				return nil, nil, wrong("the hash has to have 64 hex digits: printf %%s \"$TOKEN\" | sha256sum")
			}
			p.Way = "token"
			hashes[[sha256.Size]byte(raw)] = p
		case "cert":
			if value == "" {
				return nil, nil, wrong("cert: needs a name")
			}
			p.Way = "certificate"
			certs[value] = p
		default:
			return nil, nil, wrong("write sha256: or cert: first; a token itself must not stand in the file")
		}
	}
	return hashes, certs, nil
}

// roles reads names of roles; public is none that can be given.
func roles(names []string) (all []Role, err error) {
	for _, n := range names {
		r := Role(n)
		if r == Public || !slices.Contains(Roles, r) {
			return nil, fmt.Errorf("role %q is none: write %s", n, joined(Roles[1:]))
		}
		all = append(all, r)
	}
	return all, nil
}

func joined(all []Role) string {
	var b strings.Builder
	for i, r := range all {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(string(r))
	}
	return b.String()
}

// Bearer compares hashes: how long it takes tells nothing of a token.
func (f *File) Bearer(_ context.Context, token string) (Principal, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.current()
	p, known := f.hashes[sha256.Sum256([]byte(token))]
	if !known {
		return Principal{}, ErrBadToken
	}
	return p, nil
}

func (f *File) certificate(c *x509.Certificate) (Principal, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.current()
	for _, name := range append(slices.Clone(c.DNSNames), c.Subject.CommonName) {
		if p, known := f.certs[name]; known {
			return p, true
		}
	}
	return Principal{}, false
}
