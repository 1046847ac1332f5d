package main

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"
)

// personnel is an HR system that says only that something changed, and is then
// asked with a secret.
type personnel struct {
	*httptest.Server
	folder string
	hook   string // signs what it says
	key    string // that it wants to be asked with
}

// newPersonnel begins it, and writes what absence is told of it: a folder of
// webhook secrets, a folder of connectors. The secret in it is an old one.
func newPersonnel(folder string) (*personnel, error) {
	p := &personnel{folder: folder, hook: rand.Text(), key: rand.Text()}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer "+p.key {
			http.Error(w, "no", http.StatusUnauthorized)
			return
		}
		http.NotFound(w, r) // the absence is gone
	}))
	files := map[string]string{
		"webhooks/personnel":        p.hook + "\n",
		"connectors/personnel.json": fmt.Sprintf(`{"url": "%s/absences/{id}", "header": "Authorization", "prefix": "Bearer ", "secret_file": %q}`, p.URL, filepath.Join(folder, "secret")),
		"secret":                    rand.Text() + "\n",
	}
	for name, text := range files {
		name = filepath.Join(folder, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, []byte(text), 0o600)); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// refusedSecret has absence told of a change that it cannot fetch.
func refusedSecret(ctx context.Context, s *stage) error {
	if err := s.restart(ctx, "absence", "LOTSE_ABSENCE_WEBHOOK_SECRETS="+filepath.Join(s.hr.folder, "webhooks"), "LOTSE_ABSENCE_CONNECTORS="+filepath.Join(s.hr.folder, "connectors")); err != nil {
		return err
	}
	body := fmt.Sprintf(`{"event_name": "absence-period.updated", "occurred_at": %q, "data": {"absence_period": {"id": "7c9e6679"}}}`, time.Now().UTC().Format(time.RFC3339))
	mac := hmac.New(sha256.New, []byte(s.hr.hook))
	mac.Write([]byte(body))
	status, text, err := s.post(ctx, "/absence/v1/hr/personnel/webhooks/personio", body, map[string]string{"X-Personio-Signature": "sha256=" + hex.EncodeToString(mac.Sum(nil))})
	if err == nil && status != http.StatusAccepted && status != http.StatusOK {
		err = fmt.Errorf("the webhook answers %d: %s", status, text)
	}
	return err
}

// newSecret puts the right one in the connector's file, which is read anew each time.
func newSecret(_ context.Context, s *stage) error {
	return os.WriteFile(filepath.Join(s.hr.folder, "secret"), []byte(s.hr.key+"\n"), 0o600)
}
