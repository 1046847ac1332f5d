package smtp

import (
	"bytes"
	"context"
	"errors"
	"mime"
	"net"
	"net/mail"
	"strings"
	"testing"
	"time"

	server "github.com/emersion/go-smtp"

	"github.com/lotse-hamburg/lotse/services/booking/internal/app/letter"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app/smtp/smtptest"
)

var sender = letter.Sender{Name: "Bürgerservice", From: "termine@example.org"}

func TestLettersArrive(t *testing.T) {
	o := &smtptest.Office{Deny: map[string]*server.SMTPError{
		"gone@example.org": {Code: 550, Message: "<gone@example.org> unknown"},
		"full@example.org": {Code: 452, Message: "full@example.org is full"}}}
	post, err := New(Options{Address: o.Open(t), Protect: Plain, Sender: sender})
	if err != nil {
		t.Fatal(err)
	}
	l := letter.Message{ID: "abc@example.org", To: "erika@example.org", ToName: "Erika Müller", Language: "de", Subject: "Ihr Termin: Führungszeugnis", Text: "Guten Tag,\n\n.\nübermorgen\n",
		Calendar: []byte("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"), Method: letter.Publish}
	to := func(a string) letter.Message { m := l; m.To = a; return m }
	answers, err := post.Send(context.Background(), []letter.Message{l, to("gone@example.org"), to("full@example.org"), to("not an address"), to("max@example.org")})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []*Refused{nil, {550, false}, {452, true}, {0, false}, nil} {
		var got *Refused
		if errors.As(answers[i], &got); (got == nil) != (want == nil) || got != nil && *got != *want {
			t.Errorf("letter %d: %v, want %v", i, answers[i], want)
		}
		if answers[i] != nil && strings.Contains(answers[i].Error(), "@") {
			t.Errorf("the answer names the address: %v", answers[i])
		}
	}
	if len(o.Letters()) != 2 || o.Letters()[1].To != "max@example.org" {
		t.Fatalf("%d letters to %v", len(o.Letters()), o.Letters())
	}
	m, err := mail.ReadMessage(bytes.NewReader(o.Letters()[0].Raw))
	if err != nil {
		t.Fatal(err)
	}
	subject, _ := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	from, _ := m.Header.AddressList("From")
	if subject != l.Subject || m.Header.Get("Message-ID") != "<abc@example.org>" || m.Header.Get("Auto-Submitted") != "auto-generated" ||
		m.Header.Get("Content-Language") != "de" || len(from) != 1 || from[0].Name != "Bürgerservice" {
		t.Errorf("%v", m.Header)
	}
	got := o.Letters()[0]
	if strings.TrimSpace(got.Text) != strings.TrimSpace(l.Text) {
		t.Errorf("%q", got.Text)
	}
	if got.Method != letter.Publish || got.File != "termin.ics" || string(got.Calendar) != string(l.Calendar) {
		t.Errorf("%+v", got)
	}
}

func TestNobodyAnswers(t *testing.T) {
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listen.Addr().String()
	listen.Close()
	post, err := New(Options{Address: address, Protect: Plain, Sender: sender, Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := post.Send(context.Background(), []letter.Message{{To: "erika@example.org"}}); err == nil {
		t.Fatal("sent to nobody")
	}
}

// A server without encryption gets nothing where encryption is asked for.
func TestNothingInTheClear(t *testing.T) {
	o := &smtptest.Office{}
	post, err := New(Options{Address: o.Open(t), Protect: StartTLS, Sender: sender})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := post.Send(context.Background(), []letter.Message{{To: "erika@example.org", Text: "secret"}}); err == nil || len(o.Letters()) > 0 {
		t.Fatalf("%v, %d letters", err, len(o.Letters()))
	}
}

func TestOptionsNameWhatIsWrong(t *testing.T) {
	for field, o := range map[string]Options{
		"LOTSE_BOOKING_SMTP_ADDRESS": {Address: "mail.example.org", Protect: TLS, Sender: sender},
		"LOTSE_BOOKING_SMTP_PROTECT": {Address: "mail.example.org:25", Protect: "ssl", Sender: sender},
		"LOTSE_BOOKING_MAIL_FROM":    {Address: "mail.example.org:25", Protect: TLS},
	} {
		if err := o.Check(); err == nil || !strings.HasPrefix(err.Error(), field) {
			t.Errorf("%s: %v", field, err)
		}
	}
}
