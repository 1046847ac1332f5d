package archtest

// pure is std-pure: the part of the standard library that has neither clock,
// context, I/O, chance nor goroutines. time is in it for its types; what asks
// for the time is forbidden by name.
var pure = setOf("bytes", "cmp", "container/heap", "container/list", "container/ring",
	"crypto/sha256", "encoding", "encoding/base64", "encoding/binary", "encoding/hex", "encoding/json",
	"errors", "fmt", "hash", "hash/crc32", "hash/fnv", "iter", "maps", "math", "math/bits", "math/cmplx",
	"reflect", "regexp", "slices", "sort", "strconv", "strings", "text/tabwriter", "time", "unicode",
	"unicode/utf16", "unicode/utf8", "unique")

// impure names what pure packages have that is not pure.
var impure = map[string]map[string]bool{
	"time": setOf("Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker",
		"Timer", "Ticker", "Local", "LoadLocation"),
	"fmt": setOf("Print", "Printf", "Println", "Scan", "Scanf", "Scanln"),
}

// vague are names that say nothing about what lies in a package.
var vague = setOf("common", "util", "utils", "types", "models", "helpers", "base", "manager", "core")

func setOf(names ...string) map[string]bool {
	m := make(map[string]bool, len(names))
	for _, n := range names {
		m[n] = true
	}
	return m
}
