// Package smtp hands letters to a mail server.
package smtp

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"time"

	"github.com/wneessen/go-mail"

	"github.com/lotse-hamburg/lotse/services/booking/internal/app/letter"
)

// How a connection is protected.
const (
	TLS      = "tls"      // from the first byte, port 465
	StartTLS = "starttls" // required before anything is sent, port 587
	Plain    = "none"     // not at all; only for a server on the same machine
)

// Options of a mail server.
type Options struct {
	Address        string // host:port
	Protect        string // TLS, StartTLS or Plain
	User, Password string // empty: no log-in
	Sender         letter.Sender
	Timeout        time.Duration // of one step of the dialogue; default 15 s
}

// Check names the field that is wrong, and the cure.
func (o Options) Check() error {
	_, port, err := net.SplitHostPort(o.Address)
	if n, wrong := strconv.Atoi(port); err != nil || wrong != nil || n < 1 || n > 65535 {
		return fmt.Errorf("LOTSE_BOOKING_SMTP_ADDRESS %q: write it as host:port, such as mail.example.org:587", o.Address)
	}
	switch o.Protect {
	case TLS, StartTLS, Plain:
	default:
		return fmt.Errorf("LOTSE_BOOKING_SMTP_PROTECT %q: write tls, starttls or none", o.Protect)
	}
	m := mail.NewMsg()
	if err := m.FromFormat(o.Sender.Name, o.Sender.From); err != nil {
		return fmt.Errorf("LOTSE_BOOKING_MAIL_FROM %q is not an e-mail address: write it as termine@example.org", o.Sender.From)
	}
	return nil
}

// Post sends letters. It has no connection between two calls.
type Post struct {
	opt    Options
	client []mail.Option
	host   string
}

// New makes a post.
func New(o Options) (*Post, error) {
	if err := o.Check(); err != nil {
		return nil, err
	}
	host, port, _ := net.SplitHostPort(o.Address)
	n, _ := strconv.Atoi(port)
	if o.Timeout == 0 {
		o.Timeout = 15 * time.Second
	}
	opts := []mail.Option{mail.WithPort(n), mail.WithTimeout(o.Timeout)}
	switch o.Protect {
	case TLS:
		opts = append(opts, mail.WithSSL())
	case StartTLS:
		opts = append(opts, mail.WithTLSPolicy(mail.TLSMandatory))
	default:
		opts = append(opts, mail.WithTLSPolicy(mail.NoTLS))
	}
	if o.User != "" {
		auth := mail.SMTPAuthAutoDiscover
		if o.Protect == Plain {
			auth = mail.SMTPAuthPlainNoEnc
		}
		opts = append(opts, mail.WithSMTPAuth(auth), mail.WithUsername(o.User), mail.WithPassword(o.Password))
	}
	return &Post{o, opts, host}, nil
}

// Refused is a letter that the server did not take. It says neither to whom nor
// what the server answered in words: that often repeats the address.
type Refused struct {
	Code      int  // of SMTP; 0: the letter could not even be written
	Temporary bool // worth trying again
}

// Again reports whether it is worth trying again.
func (r *Refused) Again() bool { return r.Temporary }

func (r *Refused) Error() string {
	if r.Code == 0 {
		return "the address or the letter is not valid"
	}
	return fmt.Sprintf("the mail server answered %d", r.Code)
}

// Send hands letters over on one connection and answers each: nil, or *Refused.
// An error means that the server could not be reached and none was sent.
func (p *Post) Send(ctx context.Context, letters []letter.Message) ([]error, error) {
	answers := make([]error, len(letters))
	msgs := make([]*mail.Msg, len(letters))
	for i, l := range letters {
		m, err := p.message(l)
		if err != nil {
			answers[i] = &Refused{}
			continue
		}
		msgs[i] = m
	}
	client, err := mail.NewClient(p.host, p.client...)
	if err != nil {
		return nil, err
	}
	if err := client.DialWithContext(ctx); err != nil {
		return nil, fmt.Errorf("mail server %s: %w", p.opt.Address, err)
	}
	defer func() { _ = client.Close() }()
	for i, m := range msgs {
		if m == nil {
			continue
		}
		if err := client.Send(m); err != nil {
			answers[i] = refused(err)
		}
	}
	return answers, nil
}

func refused(err error) *Refused {
	var sent *mail.SendError
	if errors.As(err, &sent) {
		code := sent.ErrorCode()
		return &Refused{Code: max(code, 400), Temporary: sent.IsTemp() || code < 500}
	}
	return &Refused{Code: 400, Temporary: true}
}

func (p *Post) message(l letter.Message) (*mail.Msg, error) {
	m := mail.NewMsg(mail.WithNoDefaultUserAgent())
	if err := m.FromFormat(p.opt.Sender.Name, p.opt.Sender.From); err != nil {
		return nil, err
	}
	if err := m.AddToFormat(l.ToName, l.To); err != nil {
		return nil, err
	}
	m.SetDate()
	m.SetMessageIDWithValue(l.ID)
	m.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no holiday replies
	m.SetGenHeader("Content-Language", l.Language)
	m.Subject(l.Subject)
	m.SetBodyString(mail.TypeTextPlain, l.Text)
	if len(l.Calendar) > 0 {
		if err := attach(m, l); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// attach adds the calendar file; its method stands in the type as well (RFC 6047).
func attach(m *mail.Msg, l letter.Message) error {
	return m.AttachReader("termin.ics", bytes.NewReader(l.Calendar),
		mail.WithFileContentType(mail.ContentType("text/calendar; charset=utf-8; method="+l.Method)))
}
