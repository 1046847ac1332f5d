package contact

import (
	"bytes"
	"context"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Ring has the key encryption keys, the newest last: it wraps data keys, and
// each unwraps what it has wrapped. A key file has one a line:
//
//	<64 hexadecimal digits>            the first key, named 1
//	<name> <64 hexadecimal digits>
//	<name> sealed <base64>             opened by a Sealer
type Ring struct{ keys []ringKey }

type ringKey struct {
	name   string
	master []byte
	box    cipher.AEAD
}

// Sealer keeps key encryption keys closed outside of the process, as a key
// management service does. It is asked at the start and when keys are changed,
// never on the way of a booking.
type Sealer interface {
	Seal(ctx context.Context, name string, plain []byte) (sealed []byte, err error)
	Open(ctx context.Context, name string, sealed []byte) (plain []byte, err error)
}

// Command is a Sealer that runs a program: "<program> seal|open <name>", bytes as
// base64 on standard input and output.
type Command string

const commandTime = 15 * time.Second

func (c Command) run(ctx context.Context, what, name string, in []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, commandTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, string(c), what, name)
	cmd.Stdin = strings.NewReader(base64.StdEncoding.EncodeToString(in) + "\n")
	out, err := cmd.Output() // what it says on standard error may hold the key
	if err != nil {
		return nil, fmt.Errorf("KEY_COMMAND %s %s %s: %w", c, what, name, err)
	}
	plain, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(out)))
	if err != nil {
		return nil, fmt.Errorf("KEY_COMMAND %s %s %s does not answer in base64", c, what, name)
	}
	return plain, nil
}

// Seal closes a key.
func (c Command) Seal(ctx context.Context, name string, plain []byte) ([]byte, error) {
	return c.run(ctx, "seal", name, plain)
}

// Open opens one.
func (c Command) Open(ctx context.Context, name string, sealed []byte) ([]byte, error) {
	return c.run(ctx, "open", name, sealed)
}

var ringName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,40}$`)

// ParseRing reads a key file; sealer may be nil where nothing is sealed.
func ParseRing(ctx context.Context, text []byte, sealer Sealer) (*Ring, error) {
	r := &Ring{}
	number := 0
	for line := range bytes.Lines(text) {
		number++
		f := strings.Fields(string(line))
		if len(f) == 0 || strings.HasPrefix(f[0], "#") {
			continue
		}
		if len(f) == 1 {
			f = []string{"1", f[0]}
		}
		var master []byte
		var err error
		switch {
		case !ringName.MatchString(f[0]) || len(f) > 3 || len(f) == 3 && f[1] != "sealed":
			return nil, fmt.Errorf("line %d is none of a key file: write a name and %d hexadecimal digits, or a name, sealed and base64", number, 2*MasterBytes)
		case len(f) == 2:
			master, err = hex.DecodeString(f[1])
		case sealer == nil:
			return nil, fmt.Errorf("key %s is sealed: name the program that opens it in KEY_COMMAND", f[0])
		default:
			var sealed []byte
			if sealed, err = base64.StdEncoding.DecodeString(f[2]); err == nil {
				master, err = sealer.Open(ctx, f[0], sealed)
			}
		}
		if err != nil && len(f) == 3 {
			return nil, fmt.Errorf("key %s: %w", f[0], err)
		}
		if err != nil || len(master) != MasterBytes {
			return nil, fmt.Errorf("key %s does not have %d hexadecimal digits: restore it, since contacts cannot be read without it", f[0], 2*MasterBytes)
		}
		if err := r.add(f[0], master); err != nil {
			return nil, err
		}
	}
	if len(r.keys) == 0 {
		return nil, errors.New("there is no key: restore the file, since contacts cannot be read without it")
	}
	return r, nil
}

func (r *Ring) add(name string, master []byte) error {
	if r.find(name) != nil {
		return fmt.Errorf("key %s stands twice: give every key a name of its own", name)
	}
	box, err := aead(part(master, "key encryption"))
	r.keys = append(r.keys, ringKey{name, master, box})
	return err
}

func part(master []byte, what string) []byte {
	k, err := hkdf.Expand(sha256.New, master, "lotse booking "+what, 32)
	if err != nil {
		panic(err) // only for lengths beyond 255 hashes
	}
	return k
}

func (r *Ring) find(name string) *ringKey {
	for i := range r.keys {
		if r.keys[i].name == name {
			return &r.keys[i]
		}
	}
	return nil
}

// Newest is the name of the key that wraps.
func (r *Ring) Newest() string { return r.keys[len(r.keys)-1].name }

// Names are those of all keys, oldest first.
func (r *Ring) Names() (all []string) {
	for _, k := range r.keys {
		all = append(all, k.name)
	}
	return all
}

// mark begins what was wrapped by a key with a name; before there were names,
// nothing did.
const mark = 'K'

func (r *Ring) wrap(random io.Reader, bound string, plain []byte) ([]byte, error) {
	k := r.keys[len(r.keys)-1]
	nonce := make([]byte, k.box.NonceSize())
	if _, err := io.ReadFull(random, nonce); err != nil {
		return nil, err
	}
	out := append([]byte{mark, byte(len(k.name))}, k.name...)
	return k.box.Seal(append(out, nonce...), nonce, plain, []byte(bound)), nil
}

func named(wrapped []byte) (name string, rest []byte) {
	if len(wrapped) < 2 || wrapped[0] != mark || len(wrapped) < 2+int(wrapped[1]) {
		return "", wrapped
	}
	n := 2 + int(wrapped[1])
	return string(wrapped[2:n]), wrapped[n:]
}

// unwrap says by which key it was wrapped, too.
func (r *Ring) unwrap(bound string, wrapped []byte) (plain []byte, by string, err error) {
	name, rest := named(wrapped)
	if k := r.find(name); k != nil {
		if plain, err = unseal(k.box, bound, rest); err == nil {
			return plain, name, nil
		}
	}
	for _, k := range r.keys { // without a name
		if plain, err := unseal(k.box, bound, wrapped); err == nil {
			return plain, "", nil
		}
	}
	return nil, name, fmt.Errorf("%w: none of the keys %s does: restore the one that did", ErrUnreadable, strings.Join(r.Names(), ", "))
}

// ErrUnreadable: the key that wrapped a data key is gone.
var ErrUnreadable = errors.New("a data key cannot be unwrapped")

// ReadRing reads a key file.
func ReadRing(ctx context.Context, path string, sealer Sealer) (*Ring, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	r, err := ParseRing(ctx, text, sealer)
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", path, err)
	}
	return r, nil
}

// AddKey adds a fresh key to a key file, or begins one, and returns its name; with
// a sealer it stands there sealed. The file changes at once or not at all.
func AddKey(ctx context.Context, path string, sealer Sealer, random io.Reader) (name string, err error) {
	text, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	number := 1
	if len(text) > 0 {
		r, err := ParseRing(ctx, text, sealer)
		if err != nil {
			return "", fmt.Errorf("key file %s: %w", path, err)
		}
		for _, n := range r.Names() {
			if have, err := strconv.Atoi(n); err == nil {
				number = max(number, have+1)
			}
		}
		if text[len(text)-1] != '\n' {
			text = append(text, '\n')
		}
	}
	master := make([]byte, MasterBytes)
	if _, err := io.ReadFull(random, master); err != nil {
		return "", err
	}
	name = fmt.Sprint(number)
	value := hex.EncodeToString(master)
	if sealer != nil {
		sealed, err := sealer.Seal(ctx, name, master)
		if err != nil {
			return "", err
		}
		value = "sealed " + base64.StdEncoding.EncodeToString(sealed)
	}
	return name, replace(path, fmt.Appendf(text, "%s %s\n", name, value))
}

// RetireKeys leaves only the newest key in a key file, and returns the names of
// those that are gone. Nothing may be wrapped by them any more.
func RetireKeys(ctx context.Context, path string, sealer Sealer) (gone []string, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r, err := ParseRing(ctx, text, sealer)
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", path, err)
	}
	last := ""
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) > 0 && !strings.HasPrefix(f[0], "#") {
			last = line
		}
	}
	all := r.Names()
	if len(all) == 1 {
		return nil, nil
	}
	return all[:len(all)-1], replace(path, []byte(last))
}

// replace writes a file aside and puts it in the place of the old one, whose
// bytes are overwritten as far as the file system lets them be.
func replace(path string, text []byte) error {
	old, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".key-*") // mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(tmp.Name()) }()
	_, err = tmp.Write(text)
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	if old != nil {
		defer func() { _ = old.Close() }()
		if info, err := old.Stat(); err == nil {
			_, _ = old.WriteAt(make([]byte, info.Size()), 0)
			_ = old.Sync()
		}
	}
	if dir, err := os.Open(filepath.Dir(path)); err == nil {
		defer func() { _ = dir.Close() }()
		return dir.Sync()
	}
	return nil
}
