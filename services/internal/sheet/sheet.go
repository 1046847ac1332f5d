// Package sheet opens tables as spreadsheets write them: with commas or semicolons,
// in UTF-8 or in the letters of a German Excel, with a byte order mark or a line
// that names the separator.
package sheet

import (
	"bytes"
	"encoding/csv"
	"unicode/utf8"
)

// Open returns a reader of the table's rows, the header line first, and how many
// lines stand before it: what is told of a line is that much further down.
func Open(data []byte) (rows *csv.Reader, above int) {
	data = lettered(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
	first, rest, _ := bytes.Cut(data, []byte("\n"))
	if sep, ok := bytes.CutPrefix(bytes.TrimSpace(first), []byte("sep=")); ok && len(sep) == 1 {
		data, above = rest, 1
		first, _, _ = bytes.Cut(data, []byte("\n"))
	}
	rows = csv.NewReader(bytes.NewReader(data))
	rows.TrimLeadingSpace = true
	if bytes.Count(first, []byte(";")) > bytes.Count(first, []byte(",")) {
		rows.Comma = ';'
	}
	return rows, above
}

// lettered makes UTF-8 of the letters that a German Excel writes without being
// asked otherwise, Windows-1252. All that matters of it is the same in Latin-1.
func lettered(data []byte) []byte {
	if utf8.Valid(data) {
		return data
	}
	out := make([]rune, len(data))
	for i, b := range data {
		out[i] = rune(b)
	}
	return []byte(string(out))
}
