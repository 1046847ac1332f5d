package pages

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"sync"
)

// assets are what browsers load beside a page; assets/README.md says where they
// come from.
//
//go:embed assets/*.css assets/*.js assets/*.woff2 assets/*.svg
var assetFiles embed.FS

type asset struct {
	kind        string
	plain, gzip []byte
}

type bundle struct {
	hash  string
	files map[string]asset
}

var contentTypes = map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".woff2": "font/woff2", ".svg": "image/svg+xml"}

// assets are read once. They share one hash, since they name each other.
var assets = sync.OnceValue(func() bundle {
	b := bundle{files: map[string]asset{}}
	sum := sha256.New()
	names, _ := fs.Glob(assetFiles, "assets/*")
	for _, name := range names {
		plain, err := assetFiles.ReadFile(name)
		if err != nil {
			panic(err) // of embedded files
		}
		base := path.Base(name)
		_, _ = sum.Write([]byte(base))
		_, _ = sum.Write(plain)
		a := asset{kind: contentTypes[path.Ext(base)], plain: plain}
		if path.Ext(base) != ".woff2" { // which is compressed in itself
			var buf bytes.Buffer
			z, _ := gzip.NewWriterLevel(&buf, gzip.BestCompression)
			_, _ = z.Write(plain)
			_ = z.Close()
			a.gzip = buf.Bytes()
		}
		b.files[base] = a
	}
	b.hash = hex.EncodeToString(sum.Sum(nil))[:12]
	return b
})

// AssetPath is where a file is served, under the hash of all of them. A name that
// is none is a panic, which templates report.
func AssetPath(name string) string {
	if _, ok := assets().files[name]; !ok {
		panic("no asset is called " + name)
	}
	return "/assets/" + assets().hash + "/" + name
}

// serveAsset answers for ever: another content has another path. Who asks by
// another hash has a page of another replica, which is being replaced: they get
// what there is, for once.
func serveAsset(w http.ResponseWriter, r *http.Request) {
	a, ok := assets().files[r.PathValue("file")]
	h := w.Header()
	if !ok {
		http.Error(w, "404", http.StatusNotFound)
		return
	}
	h.Set("Content-Type", a.kind)
	if r.PathValue("hash") == assets().hash {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	h.Set("Vary", "Accept-Encoding")
	body := a.plain
	if a.gzip != nil && takesGzip(r) {
		h.Set("Content-Encoding", "gzip")
		body = a.gzip
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method != http.MethodHead {
		_, _ = w.Write(body) // who does not read it has gone
	}
}
