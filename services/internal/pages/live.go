package pages

import (
	"crypto/sha256"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"slices"
)

// How streams behave. A part is told at most once in pace, so that a busy city
// does not make a page flicker.
const (
	pace      = 500 * time.Millisecond
	heartbeat = 15 * time.Second
	writeIn   = 10 * time.Second
)

// live is one stream of changes. What its parts are at is worked out once per
// position and reader's view, however many listen.
type live struct {
	mu    sync.Mutex
	views map[[sha256.Size]byte]*view // by address and reader, of any length
}

// view is what readers see who see the same. Those of others do not wait for it.
type view struct {
	mu sync.Mutex
	versions
}

type versions struct {
	at    int64
	parts map[string]string
}

// Live serves a stream of server-sent events that tells which parts of a page have
// changed: parts gives a version of each, any text that changes with it. parts is
// called at most twice a second per reader, and once for all readers who see the
// same; it should look, not render.
func (p *Package) Live(pattern string, parts func(x *Context) map[string]string) {
	l := &live{views: map[[sha256.Size]byte]*view{}}
	p.site.route(pattern, func(w http.ResponseWriter, r *http.Request) {
		x := p.site.context(p, w, r)
		if p.site.opt.Node == nil {
			x.fail(ErrNotFound)
			return
		}
		l.serve(x, parts)
	})
}

func (l *live) serve(x *Context, parts func(*Context) map[string]string) {
	h := x.W.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	x.W.WriteHeader(http.StatusOK)
	if x.R.Method == http.MethodHead { // who checks links does not listen
		return
	}
	out := http.NewResponseController(x.W)
	send := func(text string) bool {
		_ = out.SetWriteDeadline(time.Now().Add(writeIn)) // a recorder in tests has none
		if _, err := x.W.Write([]byte(text)); err != nil {
			return false
		}
		return out.Flush() == nil
	}
	node := x.site.opt.Node
	changed := node.Changed()
	now := l.at(x, parts)
	told := now.parts
	hello := ": listening\n\n"
	if since := x.since(); since >= 0 && since != now.at { // something has happened meanwhile
		hello += events(now, nil)
	}
	if !send(hello) {
		return
	}
	quiet := time.NewTicker(heartbeat)
	defer quiet.Stop()
	rest := time.NewTimer(0)
	defer rest.Stop()
	for {
		select { // however much happens, not before
		case <-x.R.Context().Done():
			return
		case <-rest.C:
		}
		for waiting := true; waiting; {
			select {
			case <-x.R.Context().Done():
				return
			case <-quiet.C:
				if !send(": quiet\n\n") {
					return
				}
			case <-changed:
				waiting = false
			}
		}
		changed = node.Changed()
		now = l.at(x, parts)
		if text := events(now, told); text != "" && !send(text) {
			return
		}
		told = now.parts
		rest.Reset(pace)
	}
}

// since is the position that the reader's page shows; -1: any.
func (x *Context) since() int64 {
	for _, v := range []string{x.R.Header.Get("Last-Event-ID"), x.R.URL.Query().Get("at")} {
		if n, err := strconv.ParseInt(v, 10, 64); err == nil && n >= 0 {
			return n
		}
	}
	return -1
}

func events(now versions, told map[string]string) string {
	var b strings.Builder
	names := make([]string, 0, len(now.parts))
	for name, version := range now.parts {
		if was, known := told[name]; !known || was != version {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&b, "id: %d\nevent: %s\ndata: %d\n\n", now.at, name, now.at)
	}
	return b.String()
}

// at is what the parts are at now. Readers of the same address and language who may
// see the same share it.
func (l *live) at(x *Context, parts func(*Context) map[string]string) versions {
	v := l.view(x)
	v.mu.Lock()
	defer v.mu.Unlock()
	position := x.site.opt.Node.Applied()
	if v.parts != nil && v.at == position {
		return v.versions
	}
	now := versions{at: position, parts: parts(x)}
	if x.R.Context().Err() == nil { // who has gone may have looked too early for the others
		v.versions = now
	}
	return now
}

func (l *live) view(x *Context) *view {
	p := x.Principal()
	q := x.R.URL.Query()
	q.Del("at")
	q.Del("lang")
	key := sha256.Sum256(fmt.Appendf(nil, "%q", []any{x.R.URL.Path, q.Encode(), x.lang, p.Roles, p.Districts, p.Centres, p.Sources}))
	l.mu.Lock()
	defer l.mu.Unlock()
	v, ok := l.views[key]
	if !ok {
		if len(l.views) > 1000 { // addresses are the readers' to choose
			clear(l.views)
		}
		v = &view{}
		l.views[key] = v
	}
	return v
}

// liveAttributes make an element a part of its page that is fetched again when the
// stream says so: {{live "districts"}} in the first tag of the template of that name.
func liveAttributes(name string) template.HTMLAttr {
	n := template.HTMLEscapeString(name)
	return template.HTMLAttr(fmt.Sprintf(`id="%s" hx-get="" hx-trigger="sse:%s" hx-target="this" hx-swap="morph:outerHTML"`, n, n))
}
