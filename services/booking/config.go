package booking

import (
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app/contact"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app/letter"
	"github.com/lotse-hamburg/lotse/services/booking/internal/app/smtp"
	"github.com/lotse-hamburg/lotse/services/internal/clock"
)

// Config of the service, read from the environment by envconfig.
type Config struct {
	KeyFile        string        `envconfig:"KEY_FILE" desc:"file of the key encryption keys, one a line, the newest last; empty: booking.kek in LOTSE_DATA; made on first use, back it up; lotse rotate-keys changes it"`
	KeyCommand     string        `envconfig:"KEY_COMMAND" desc:"program that opens and seals the keys in LOTSE_BOOKING_KEY_FILE, as a client of a key management service: run as 'program open|seal name', base64 on standard input and output; empty: the file has them open"`
	Zone           string        `envconfig:"ZONE" default:"Europe/Berlin" desc:"time zone of the offices"`
	PublishEvery   time.Duration `envconfig:"PUBLISH_EVERY" default:"100ms" desc:"shortest time between two publications of a centre-day's slots; longer spares the bus, shorter shows slots sooner"`
	PublicURL      string        `envconfig:"PUBLIC_URL" default:"http://localhost:8080/booking" desc:"where citizens reach this API; the links in letters begin with it"`
	SMTPAddress    string        `envconfig:"SMTP_ADDRESS" desc:"mail server, host:port; empty: no letters are sent"`
	SMTPProtect    string        `envconfig:"SMTP_PROTECT" default:"starttls" desc:"tls, starttls, or none for a server on the same machine"`
	SMTPUser       string        `envconfig:"SMTP_USER" desc:"name to log in with; empty: no log-in"`
	SMTPPassword   string        `envconfig:"SMTP_PASSWORD_FILE" desc:"file that holds the password"`
	MailFrom       string        `envconfig:"MAIL_FROM" desc:"address that letters come from"`
	MailName       string        `envconfig:"MAIL_NAME" default:"Hamburg Service" desc:"name that letters come from"`
	Proxies        string        `ignored:"true"` // LOTSE_TRUSTED_PROXIES; without it all clients behind a gateway share one limit
	RateReads      float64       `envconfig:"RATE_READS" default:"50" desc:"reads per second and client in the long run, four seconds' worth at once; 0: no limit"`
	RateCommands   float64       `envconfig:"RATE_COMMANDS" default:"5" desc:"commands per second and client in the long run, four seconds' worth at once; 0: no limit"`
	HoldsPerClient int           `envconfig:"HOLDS_PER_CLIENT" default:"10" desc:"slots that one client may keep at once; 0: no limit"`
	WrongCodes     int           `envconfig:"WRONG_CODES" default:"20" desc:"wrong codes per client and hour, before it has to wait; 0: no limit"`
	StreamsMost    int           `envconfig:"STREAMS_PER_CLIENT" default:"100" desc:"open pages of one client that are told of changes at once, as of all who share an address; further ones show them when they are loaded again; 0: no limit"`
	SSEWrite       time.Duration `envconfig:"SSE_WRITE" default:"5s" desc:"a listener to slots who takes longer for one write is dropped, and may resume"`
}

// DefaultConfig has every default; KeyFile must be set.
func DefaultConfig() Config {
	return Config{Zone: clock.City, PublishEvery: 100 * time.Millisecond, SSEWrite: 5 * time.Second, RateReads: 50, RateCommands: 5, HoldsPerClient: 10, WrongCodes: 20, StreamsMost: 100,
		PublicURL: "http://localhost:8080/booking", SMTPProtect: smtp.StartTLS, MailName: "Hamburg Service"}
}

// Validate names the field that is wrong, and the cure.
func (c Config) Validate() error {
	switch {
	case c.KeyFile == "":
		return fmt.Errorf("LOTSE_BOOKING_KEY_FILE is empty: name a file for the key that seals contacts")
	case c.PublishEvery < 0 || c.PublishEvery > 6*time.Hour:
		return fmt.Errorf("LOTSE_BOOKING_PUBLISH_EVERY is %s: it must lie between 0 and 6h", c.PublishEvery)
	case c.RateReads < 0 || c.RateCommands < 0 || c.HoldsPerClient < 0 || c.WrongCodes < 0 || c.StreamsMost < 0:
		return fmt.Errorf("LOTSE_BOOKING_RATE_READS, …_RATE_COMMANDS, …_HOLDS_PER_CLIENT, …_WRONG_CODES and …_STREAMS_PER_CLIENT must not be negative: write 0 for no limit")
	case c.SSEWrite <= 0:
		return fmt.Errorf("LOTSE_BOOKING_SSE_WRITE is %s: it must be more than 0", c.SSEWrite)
	}
	if u, err := url.Parse(c.PublicURL); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.RawQuery != "" {
		return fmt.Errorf("LOTSE_BOOKING_PUBLIC_URL is %q: write it as https://example.org/booking", c.PublicURL)
	}
	if _, err := c.post(); err != nil {
		return err
	}
	if _, err := clock.Zone(c.Zone); err != nil {
		return fmt.Errorf("LOTSE_BOOKING_ZONE: %w", err)
	}
	return nil
}

// sealer is nil where the key file has its keys open.
func (c Config) sealer() contact.Sealer {
	if c.KeyCommand == "" {
		return nil
	}
	return contact.Command(c.KeyCommand)
}

// smtp is the mail server and who writes.
func (c Config) smtp(password string) smtp.Options {
	return smtp.Options{Address: c.SMTPAddress, Protect: c.SMTPProtect, User: c.SMTPUser, Password: password, Sender: c.sender()}
}

func (c Config) sender() letter.Sender { return letter.Sender{Name: c.MailName, From: c.MailFrom} }

// post is nil where no mail server is configured.
func (c Config) post() (app.Post, error) {
	if c.SMTPAddress == "" {
		return nil, nil
	}
	password := ""
	if c.SMTPPassword != "" {
		raw, err := os.ReadFile(c.SMTPPassword)
		if err != nil {
			return nil, fmt.Errorf("LOTSE_BOOKING_SMTP_PASSWORD_FILE: %w", err)
		}
		password = strings.TrimSpace(string(raw))
	}
	return smtp.New(c.smtp(password))
}
