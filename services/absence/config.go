package absence

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/services/absence/internal/app/connector"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr"
	"github.com/lotse-hamburg/lotse/services/absence/internal/hr/mapping"
	"github.com/lotse-hamburg/lotse/services/internal/pseudonym"
)

// Config of the absence service.
type Config struct {
	HRWorkers int `envconfig:"HR_WORKERS" default:"64" desc:"HR messages over NATS taken in at once; messages about one absence stay in order. More share a commit, fewer use less memory."`
	HRQueue   int `envconfig:"HR_QUEUE" default:"256" desc:"HR messages that may wait per worker before the subscription slows down."`
	// One file per source, as a mounted secret is.
	WebhookSecrets string `envconfig:"WEBHOOK_SECRETS" desc:"directory with a file per HR source that may post webhooks, named like the source, or <source>.<system> for that system's form only: one secret of at least 16 bytes a line, the old and the new one while they change. Empty: no webhooks are taken in."`
	Connectors     string `envconfig:"CONNECTORS" desc:"directory with a file <source>.json per HR source that is asked for an absence when its message says only that it changed: url with {id}, header, prefix and secret_file or oauth (token_url, client_id, secret_file, scopes), and below, under which messages may say where to ask. Empty: nobody is asked."`
	Pseudonyms     string `envconfig:"PSEUDONYMS" default:"form=keyed:hr,csv=keyed:hr,calendar=keyed:hr,lotse=given,*=keyed" desc:"which sources send personnel numbers, replaced by pseudonyms (keyed, or keyed:<number space> where sources share their numbers), and which send pseudonyms already (given); * is all others. The same as staffing's."`
	PseudonymKey   string `envconfig:"PSEUDONYM_KEY_FILE" desc:"file of the key of pseudonyms, the same as staffing's; lotse pseudonym --new-key makes it, and HR keeps a copy"`
	Zone           string `envconfig:"ZONE" default:"Europe/Berlin" desc:"time zone of times that HR systems write without one"`
}

// DefaultConfig has the defaults of the tags, but takes every id as a pseudonym:
// there is no key. A deployable has to be told.
func DefaultConfig() Config {
	return Config{HRWorkers: 64, HRQueue: 256, Zone: "Europe/Berlin", Pseudonyms: pseudonym.AllGiven}
}

// Validate names the first field that cannot work.
func (c Config) Validate() error {
	if c.HRWorkers < 1 || c.HRWorkers > 1024 {
		return fmt.Errorf("LOTSE_ABSENCE_HR_WORKERS is %d: give 1 to 1024", c.HRWorkers)
	}
	if c.HRQueue < 1 || c.HRQueue > 65536 {
		return fmt.Errorf("LOTSE_ABSENCE_HR_QUEUE is %d: give 1 to 65536", c.HRQueue)
	}
	if _, err := time.LoadLocation(c.Zone); err != nil || c.Zone == "" {
		return fmt.Errorf("LOTSE_ABSENCE_ZONE is %q: give a time zone such as Europe/Berlin", c.Zone)
	}
	if _, err := pseudonym.Load(c.Pseudonyms, c.PseudonymKey); err != nil {
		return fmt.Errorf("LOTSE_ABSENCE_PSEUDONYMS, LOTSE_ABSENCE_PSEUDONYM_KEY_FILE: %w", err)
	}
	if c.Connectors != "" {
		if _, err := connector.Load(c.Connectors); err != nil {
			return fmt.Errorf("LOTSE_ABSENCE_CONNECTORS: %w", err)
		}
	}
	return c.validateSecrets()
}

func (c Config) validateSecrets() error {
	if c.WebhookSecrets == "" {
		return nil
	}
	files, err := os.ReadDir(c.WebhookSecrets)
	if err != nil {
		return fmt.Errorf("LOTSE_ABSENCE_WEBHOOK_SECRETS is %q, which is no directory that can be read: name one with a file per source", c.WebhookSecrets)
	}
	for _, f := range files {
		if f.IsDir() || strings.HasPrefix(f.Name(), ".") { // as mounted secrets are
			continue
		}
		source, system, bound := strings.Cut(f.Name(), ".")
		if _, known := mapping.Signs(system); !hr.Source(source) || bound && !known {
			return fmt.Errorf("LOTSE_ABSENCE_WEBHOOK_SECRETS has a file %q: name it like a source, or <source>.<system> with a system of %s", f.Name(),
				strings.Join(append(mapping.Systems(), mapping.CloudEvents), ", "))
		}
		if _, err := secretsIn(filepath.Join(c.WebhookSecrets, f.Name())); err != nil {
			return fmt.Errorf("LOTSE_ABSENCE_WEBHOOK_SECRETS: %w", err)
		}
	}
	return nil
}

// webhookSecrets reads the secrets of a source for a system's form; both names
// are checked before.
func (c Config) webhookSecrets(source, system string) (all [][]byte, err error) {
	if c.WebhookSecrets == "" {
		return nil, nil
	}
	for _, name := range []string{source + "." + system, source} {
		secrets, err := secretsIn(filepath.Join(c.WebhookSecrets, name))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		all = append(all, secrets...)
	}
	return all, nil
}

// secretsIn reads a secret a line. One that is too short is an error: whoever
// wrote it relies on it.
func secretsIn(path string) (all [][]byte, err error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	n := 0
	for line := range bytes.Lines(data) {
		n++
		switch line = bytes.TrimSpace(line); {
		case len(line) == 0:
		case len(line) < minSecret:
			return nil, fmt.Errorf("%s, line %d: the secret has %d bytes: give at least %d", path, n, len(line), minSecret)
		default:
			all = append(all, line)
		}
	}
	return all, nil
}

// minSecret is the shortest secret that is used, in bytes.
const minSecret = 16
