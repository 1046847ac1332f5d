package apply

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

// Problem is a refusal: the server's problem document (RFC 9457), or what could
// be made of another answer.
type Problem struct {
	Type   string `json:"type,omitempty"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail,omitempty"`
	// Errors has one entry per field.
	Errors []FieldError `json:"errors,omitempty"`
	// Request is method and path of what was refused.
	Request    string        `json:"request"`
	RetryAfter time.Duration `json:"-"`
}

// FieldError is one field of a refused body.
type FieldError struct {
	Message  string `json:"message"`
	Location string `json:"location,omitempty"` // "body.centres[3].hours"
	Value    any    `json:"value,omitempty"`
}

// Error is a line with title and detail, and one per field.
func (p *Problem) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s answers %d %s", p.Request, p.Status, p.Title)
	if p.Detail != "" {
		b.WriteString(": " + p.Detail)
	}
	for _, e := range p.Errors {
		b.WriteString("\n  ")
		if e.Location != "" {
			b.WriteString(e.Location + ": ")
		}
		b.WriteString(e.Message)
		if v := short(e.Value); v != "" {
			b.WriteString(" (is " + v + ")")
		}
	}
	return b.String()
}

// short is a scalar as JSON; a whole body says nothing to a reader.
func short(v any) string {
	switch v.(type) {
	case nil, map[string]any, []any:
		return ""
	}
	raw, err := json.Marshal(v)
	if err != nil || len(raw) > 80 {
		return ""
	}
	return string(raw)
}

func problemOf(res *http.Response, raw []byte) *Problem {
	p := &Problem{}
	if err := json.Unmarshal(raw, p); err != nil || p.Title == "" {
		text := strings.TrimSpace(string(raw))
		if len(text) > 300 {
			text = text[:300] + "…"
		}
		p = &Problem{Title: http.StatusText(res.StatusCode), Detail: text}
	}
	p.Status = res.StatusCode
	p.Request = res.Request.Method + " " + res.Request.URL.Path
	p.RetryAfter = retryAfter(res.Header)
	return p
}

// dialled says that a connection stood, so that a command may have been done.
func dialled(err error) bool {
	var op *net.OpError
	var dns *net.DNSError
	return !errors.As(err, &dns) && !(errors.As(err, &op) && op.Op == "dial")
}
