package systemtest

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
)

// needle is one way in which something planted may be written down.
type needle struct {
	what, how string
	bytes     []byte
}

// needles are all the ways in which planted words are searched for: as they are,
// in UTF-16 and Latin-1, hexadecimal, in base64 at each of its three offsets, and
// escaped as JSON, URLs, Go, HTML and mail do.
func needles(planted []string) (all []needle) {
	for _, p := range planted {
		seen := map[string]bool{}
		add := func(how string, b []byte) {
			if len(b) >= 6 && !seen[string(b)] {
				seen[string(b)] = true
				all = append(all, needle{p, how, b})
			}
		}
		plain := func(how, s string) {
			add(how, []byte(s))
			add(how+", capitals", []byte(strings.ToUpper(s)))
			add(how+", small", []byte(strings.ToLower(s)))
		}
		plain("clear", p)
		plain("without spaces", strings.Join(strings.Fields(p), ""))
		plain("URL query", url.QueryEscape(p))
		plain("URL path", url.PathEscape(p))
		plain("Go quoted", strings.Trim(strconv.QuoteToASCII(p), `"`))
		ascii := ""
		for _, r := range p {
			if r < 0x80 {
				ascii += string(r)
			} else {
				ascii += fmt.Sprintf(`\u%04x`, r)
			}
		}
		plain("JSON escaped", ascii)
		if raw, err := json.Marshal(p); err == nil {
			add("JSON", bytes.Trim(raw, `"`))
		}
		var latin, little, big []byte
		for _, r := range p {
			latin = append(latin, byte(r))
		}
		add("Latin-1", latin)
		for _, u := range utf16.Encode([]rune(p)) {
			little, big = append(little, byte(u), byte(u>>8)), append(big, byte(u>>8), byte(u))
		}
		add("UTF-16LE", little)
		add("UTF-16BE", big)
		for _, c := range [][]byte{[]byte(p), []byte(strings.ToLower(p)), latin} {
			add("hex", []byte(hex.EncodeToString(c)))
			add("hex, capitals", []byte(strings.ToUpper(hex.EncodeToString(c))))
			for skip := range 3 {
				// What stands before shifts the letters; those that mix with
				// neighbours are left out.
				padded := append(make([]byte, skip), c...)
				code := base64.RawStdEncoding.EncodeToString(padded)
				from := []int{0, 2, 3}[skip]
				code = code[from : len(code)-1]
				add(fmt.Sprint("base64+", skip), []byte(code))
				add(fmt.Sprint("base64url+", skip), []byte(strings.NewReplacer("+", "-", "/", "_").Replace(code)))
			}
		}
	}
	return all
}

// search lists the needles that some bytes hold.
func search(where string, hay []byte, all []needle) (found []string) {
	for _, n := range all {
		if i := bytes.Index(hay, n.bytes); i >= 0 {
			around := hay[max(0, i-80):min(len(hay), i+len(n.bytes)+40)]
			found = append(found, fmt.Sprintf("%s holds %q (%s): %s", where, n.what, n.how, printable(around)))
		}
	}
	return found
}

func printable(b []byte) string {
	return strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
			return '.'
		}
		return r
	}, string(b))
}

// searchFolder looks into every file below a folder.
func searchFolder(t *testing.T, dir string, all []needle) (found []string, files int, size int64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(path, dir)
		found = append(found, search("the name of "+name, []byte(name), all)...)
		if d.IsDir() {
			return nil
		}
		hay, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		files, size = files+1, size+int64(len(hay))
		found = append(found, search(name, hay, all)...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found, files, size
}

// inflated is what lies deflated somewhere in some bytes: the folded states
// within a snapshot.
func inflated(hay []byte) (out []byte) {
	r := flate.NewReader(nil)
	for i := range hay {
		if err := r.(flate.Resetter).Reset(bytes.NewReader(hay[i:]), nil); err != nil {
			panic(err)
		}
		b, err := io.ReadAll(io.LimitReader(r, 1<<20))
		if err == nil && len(b) > 32 {
			out = append(append(out, b...), 0)
		}
	}
	return out
}

// The search finds what it must, however it is written.
func TestSearchFindsWhatIsPlanted(t *testing.T) {
	const word = "Jörg Nägele-Vögtlin"
	all := needles([]string{word})
	var packed bytes.Buffer
	w, _ := flate.NewWriter(&packed, flate.BestSpeed)
	_, _ = fmt.Fprint(w, strings.Repeat("filler ", 20), word)
	_ = w.Close()
	raw, _ := json.Marshal(map[string]any{"a": []byte("xy" + word + "z")}) // base64
	utf := utf16.Encode([]rune(word))
	wide := make([]byte, 0, 2*len(utf))
	for _, u := range utf {
		wide = append(wide, byte(u), byte(u>>8))
	}
	for how, hay := range map[string][]byte{
		"clear": []byte("a " + word + " b"), "query": []byte("q=" + url.QueryEscape(word)), "path": []byte("/" + url.PathEscape(word)),
		"hex": []byte(hex.EncodeToString([]byte("_" + word))), "base64": raw, "base64 0": []byte(base64.StdEncoding.EncodeToString([]byte(word + "!!"))),
		"base64 1": []byte(base64.URLEncoding.EncodeToString([]byte("-" + word))), "escaped": []byte(strconv.QuoteToASCII(word)),
		"UTF-16": wide, "small": []byte(strings.ToLower(word)), "deflated": inflated(append([]byte("before"), packed.Bytes()...)),
	} {
		if len(search("here", hay, all)) == 0 {
			t.Errorf("not found: %s", how)
		}
	}
	if found := search("here", []byte("Jörg and others"), all); len(found) > 0 {
		t.Errorf("found what is not there: %v", found)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "log.db-wal"), []byte("\x00\x01"+word), 0o600); err != nil {
		t.Fatal(err)
	}
	if found, files, _ := searchFolder(t, dir, all); files != 1 || len(found) == 0 {
		t.Errorf("%d files, found %v", files, found)
	}
}
