package cluster

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/lotse-hamburg/lotse/events/lotse"
	"github.com/lotse-hamburg/lotse/services/natsaccess"
)

// roles that get a token, as deploy/prepare gives them; "all" has all of them.
var roles = []string{"central-planner", "district-planner", "telephone-agent", "desk", "hr-importer", "auditor", "operator", "monitor"}

// secrets is a folder as deploy/prepare makes it. What is there stays.
type secrets string

func (s secrets) path(parts ...string) string {
	return filepath.Join(append([]string{string(s)}, parts...)...)
}

// prepare makes everything that can be made before ports are known.
func (s secrets) prepare(sources []string, host func(string) string) error {
	for _, dir := range []string{s.path("tls"), s.path("tokens")} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	if err := s.certificates(host); err != nil {
		return fmt.Errorf("certificates of the bus: %w", err)
	}
	var wish natsaccess.Wish
	for role, names := range map[natsaccess.Role][]string{natsaccess.HR: sources, natsaccess.Frontend: {"web"}, natsaccess.Monitor: {"monitor"}, natsaccess.Operator: {"ops"}} {
		for _, name := range names {
			u, err := natsaccess.Named(role, name)
			if err != nil {
				return err
			}
			wish.Add = append(wish.Add, u)
		}
	}
	if _, err := natsaccess.Ensure(s.path("nats"), wish); err != nil {
		return fmt.Errorf("access to the bus: %w", err)
	}
	for _, name := range append([]string{"postgres-admin", "postgres-monitor"}, passwords()...) {
		if err := s.once(name, random); err != nil {
			return err
		}
	}
	if err := s.once("booking.kek", func() string { return "1 " + random() }); err != nil {
		return err
	}
	return s.tokens()
}

func passwords() (all []string) {
	for _, service := range lotse.Services {
		all = append(all, "postgres-"+service)
	}
	return all
}

// random is 32 bytes in hex.
func random() string {
	raw := make([]byte, 32)
	_, _ = rand.Read(raw) // never fails
	return hex.EncodeToString(raw)
}

// once writes a file unless it is there.
func (s secrets) once(name string, made func() string) error {
	if _, err := os.Stat(s.path(name)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return write(s.path(name), []byte(made()+"\n"))
}

// tokens makes one per role, and the list that services know them by.
func (s secrets) tokens() error {
	var list strings.Builder
	for _, role := range append([]string{"all"}, roles...) {
		if err := s.once(filepath.Join("tokens", role), random); err != nil {
			return err
		}
		token, err := secret(s.path("tokens", role))
		if err != nil {
			return err
		}
		may := role
		if role == "all" {
			may = strings.Join(roles, ",")
		}
		fmt.Fprintf(&list, "sha256:%x %s %s districts=* centres=* sources=*\n", sha256.Sum256([]byte(token)), role, may)
	}
	return write(s.path("tokens.list"), []byte(list.String()))
}

// certificates of an authority and of each server of the bus.
func (s secrets) certificates(host func(string) string) error {
	if _, err := os.Stat(s.path("tls", "ca.pem")); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	now := time.Now()
	ca := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Lotse bus"}, NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(10, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	for i, name := range servers {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return err
		}
		der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(int64(i) + 2), Subject: pkix.Name{CommonName: name},
			NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(2, 0, 0), DNSNames: []string{name, "localhost"}, IPAddresses: []net.IP{net.ParseIP(host(name))},
			KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}, ca, &key.PublicKey, caKey)
		if err != nil {
			return err
		}
		raw, err := x509.MarshalECPrivateKey(key)
		if err == nil {
			err = errors.Join(write(s.path("tls", name+".pem"), pemOf("CERTIFICATE", der)), write(s.path("tls", name+"-key.pem"), pemOf("EC PRIVATE KEY", raw)))
		}
		if err != nil {
			return err
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, ca, ca, &caKey.PublicKey, caKey) // last: with it everything is there
	if err != nil {
		return err
	}
	return write(s.path("tls", "ca.pem"), pemOf("CERTIFICATE", der))
}

func pemOf(kind string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
}
