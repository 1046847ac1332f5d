package booking

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/services/booking/internal/httpapi/guard"
)

// wrongCodesIn is the time in which a client's wrong codes are forgotten.
const wrongCodesIn = time.Hour

// rate lets four seconds' worth through at once.
func (c Config) rate(perSecond float64) guard.Rate {
	if perSecond <= 0 {
		return guard.Rate{}
	}
	return guard.Rate{PerSecond: perSecond, Burst: max(1, int(4*perSecond))}
}

// proxies reads TRUSTED_PROXIES.
func (c Config) proxies() (all []netip.Prefix, err error) {
	for _, text := range strings.Split(c.Proxies, ",") {
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		p, err := netip.ParsePrefix(text)
		if addr, alone := netip.ParseAddr(text); alone == nil {
			p, err = addr.Prefix(addr.BitLen())
		}
		if err != nil {
			return nil, fmt.Errorf("TRUSTED_PROXIES has %q: write addresses or networks, such as 10.0.0.0/8", text)
		}
		all = append(all, p)
	}
	return all, nil
}

// staffToken is given, or read from its file, which is made on first use and
// may be read by its owner only.
func (c Config) staffToken(given string, random io.Reader) (string, error) {
	if given != "" || c.StaffToken == "" {
		return given, nil
	}
	text, err := os.ReadFile(c.StaffToken)
	if errors.Is(err, fs.ErrNotExist) {
		fresh := make([]byte, 24)
		if _, err := io.ReadFull(random, fresh); err != nil {
			return "", err
		}
		f, err := os.OpenFile(c.StaffToken, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err == nil {
			_, err = f.WriteString(hex.EncodeToString(fresh) + "\n")
			err = errors.Join(err, f.Close())
		}
		if err != nil && !errors.Is(err, fs.ErrExist) {
			return "", fmt.Errorf("STAFF_TOKEN_FILE: %w", err)
		}
		text, err = os.ReadFile(c.StaffToken)
		if err != nil {
			return "", fmt.Errorf("STAFF_TOKEN_FILE: %w", err)
		}
	} else if err != nil {
		return "", fmt.Errorf("STAFF_TOKEN_FILE: %w", err)
	}
	token := strings.TrimSpace(string(text))
	if len(token) < 16 {
		return "", fmt.Errorf("STAFF_TOKEN_FILE %s holds fewer than 16 characters: delete it for a new one", c.StaffToken)
	}
	return token, nil
}
