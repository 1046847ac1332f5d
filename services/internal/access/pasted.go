package access

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// developmentKey is where a data folder keeps what seals its sessions.
const developmentKey = "dev-session-key"

// Sessions are for people who log in by pasting one of the tokens. The cookies'
// key is kept beside the tokens, so that a restart ends no session.
func (d *Development) Sessions(now func() time.Time) (*Sessions, error) {
	path := filepath.Join(filepath.Dir(d.Path), developmentKey)
	key, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		key = []byte(rand.Text() + rand.Text()) // 256 bits
		err = write(path, key)
	}
	if err != nil {
		return nil, fmt.Errorf("key of sessions: %w", err)
	}
	return NewSessions(SessionOptions{Pasted: d, Key: key, Life: 12 * time.Hour, Now: now})
}

// Using lets people go on in sessions.
func (f *Front) Using(s *Sessions) *Front {
	opt := f.opt
	opt.Sessions = s
	return &Front{opt: opt, cross: f.cross}
}

// asked shows the page for a token.
func (s *Sessions) asked(w http.ResponseWriter, r *http.Request) {
	if s.ask == nil {
		Refuse(w, errNoSuchPath, 0)
		return
	}
	s.ask(w, r, local(r.URL.Query().Get("back")), nil)
}

// pasted makes a session of a token. The front has seen that our own page sends it.
func (s *Sessions) pasted(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, longest)
	back := local(r.PostFormValue("back"))
	p, err := s.opt.Pasted.Bearer(r.Context(), strings.TrimSpace(r.PostFormValue("token")))
	if err != nil {
		if s.ask == nil {
			Refuse(w, err, 0)
			return
		}
		s.ask(w, r, back, err)
		return
	}
	if err := s.put(w, sessionCookie, session{rand.Text(), p, s.opt.Now().Add(s.opt.Life)}, s.opt.Life); err != nil {
		s.refuse.refuse(w, r, err)
		return
	}
	s.send(w, r, back)
}
