// Package smtptest has a real mail server for tests, on loopback.
package smtptest

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/emersion/go-smtp"
)

// Letter as it arrived.
type Letter struct {
	To       string
	Raw      []byte
	ID       string // without angle brackets
	Subject  string
	Text     string
	Calendar []byte // the file that was attached
	Method   string
	File     string
}

// Office is a mail server that keeps what it gets.
type Office struct {
	// Deny answers recipients with an error.
	Deny map[string]*smtp.SMTPError

	mu      sync.Mutex
	letters []Letter
}

// Letters that have arrived, oldest first.
func (o *Office) Letters() []Letter {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.letters)
}

// Open serves until the test ends and returns the address.
func (o *Office) Open(t testing.TB) string {
	t.Helper()
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	o.Serve(t, listen)
	return listen.Addr().String()
}

// Serve answers on a listener until the test ends.
func (o *Office) Serve(t testing.TB, listen net.Listener) {
	s := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &session{office: o}, nil }))
	s.Domain = "localhost"
	ended := make(chan struct{})
	go func() { defer close(ended); _ = s.Serve(listen) }()
	// Whoever closes a server that has not begun yet does not close its listener.
	t.Cleanup(func() { _ = s.Close(); _ = listen.Close(); <-ended })
}

type session struct {
	office *Office
	to     string
}

func (s *session) Reset()                               { s.to = "" }
func (s *session) Logout() error                        { return nil }
func (s *session) Mail(string, *smtp.MailOptions) error { return nil }

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if err := s.office.Deny[to]; err != nil {
		return err
	}
	s.to = to
	return nil
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	l, err := read(raw)
	if err != nil {
		return err
	}
	l.To = s.to
	s.office.mu.Lock()
	defer s.office.mu.Unlock()
	s.office.letters = append(s.office.letters, l)
	return nil
}

func read(raw []byte) (l Letter, err error) {
	l.Raw = raw
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return l, err
	}
	l.ID = strings.Trim(m.Header.Get("Message-ID"), "<>")
	if l.Subject, err = new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject")); err != nil {
		return l, err
	}
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return l, err
	}
	body, boundary := io.Reader(m.Body), params["boundary"]
	if !strings.HasPrefix(kind, "multipart/") { // make one of it, so that its encoding is read too
		boundary = "whole"
		head := "--whole\r\nContent-Type: " + m.Header.Get("Content-Type") + "\r\nContent-Transfer-Encoding: " + m.Header.Get("Content-Transfer-Encoding") + "\r\n\r\n"
		body = io.MultiReader(strings.NewReader(head), body, strings.NewReader("\r\n--whole--\r\n"))
	}
	for parts := multipart.NewReader(body, boundary); ; {
		p, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return l, nil
		}
		if err != nil {
			return l, err
		}
		if err := l.part(p); err != nil {
			return l, err
		}
	}
}

func (l *Letter) part(p *multipart.Part) error {
	data, err := io.ReadAll(p)
	if err != nil {
		return err
	}
	kind, params, err := mime.ParseMediaType(p.Header.Get("Content-Type"))
	if err != nil {
		return err
	}
	if kind == "text/plain" {
		l.Text = strings.ReplaceAll(string(data), "\r\n", "\n")
		return nil
	}
	l.Method, l.File = params["method"], p.FileName()
	if p.Header.Get("Content-Transfer-Encoding") == "base64" {
		data, err = decode(data)
	}
	l.Calendar = data
	return err
}

func decode(data []byte) ([]byte, error) {
	return io.ReadAll(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(data)))
}
