package pages

import (
	"compress/gzip"
	"net/http"
	"strconv"
	"strings"
	"sync"
)

// smallest answer that is worth compressing, in bytes.
const smallest = 1 << 10

var zippers = sync.Pool{New: func() any { w, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed+1); return w }}

// takesGzip reports whether a browser wants gzip.
func takesGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(strings.Join(r.Header.Values("Accept-Encoding"), ","), ",") {
		name, q, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name == "gzip" && strings.TrimSpace(q) != "q=0" {
			return true
		}
	}
	return false
}

// write answers with content, compressed where the browser likes.
func (x *Context) write(status int, contentType string, content []byte) error {
	if status == 0 {
		status = http.StatusOK
	}
	h := x.W.Header()
	h.Set("Content-Type", contentType)
	h.Add("Vary", "Accept-Encoding")
	if len(content) < smallest || !takesGzip(x.R) {
		h.Set("Content-Length", strconv.Itoa(len(content)))
		x.W.WriteHeader(status)
		_, _ = x.W.Write(content) // who does not read it has gone
		return nil
	}
	h.Set("Content-Encoding", "gzip")
	x.W.WriteHeader(status)
	z := zippers.Get().(*gzip.Writer)
	defer zippers.Put(z)
	z.Reset(x.W)
	_, _ = z.Write(content)
	_ = z.Close()
	return nil
}
