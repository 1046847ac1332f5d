package cluster

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// StateFile is where a cluster tells what it is, if nothing else is said.
const StateFile = ".lotse/cluster.json"

// State of a running cluster. Secrets are named by their files, which only their
// owner can read.
type State struct {
	PID  int    `json:"pid"`  // of the process that runs the cluster
	URL  string `json:"url"`  // of the front: APIs below the services' names, and all pages
	Data string `json:"data"` // folder of everything
	Logs string `json:"logs"` // folder of what processes say, <process>.log

	NATS        []string `json:"nats"`             // tls://… of each server
	CA          string   `json:"nats_ca"`          // authority of their certificates
	Credentials string   `json:"nats_credentials"` // folder of lotse nats-config, creds/<user>.nk
	Sources     []string `json:"hr_sources"`       // that have credentials hr-<source>

	Databases map[string]string `json:"databases"`   // service or "admin" → file with its URL
	Tokens    string            `json:"tokens"`      // folder, a file per role; "all" may do everything
	TokenList string            `json:"tokens_list"` // what the services read of them
	KeyFile   string            `json:"booking_key"` // wraps the keys of citizens' contacts

	Processes []Running `json:"processes"`
}

// Running is one process.
type Running struct {
	Name     string `json:"name"`              // postgres, nats-1, booking-2
	Service  string `json:"service,omitempty"` // whose replica it is
	PID      int    `json:"pid"`               // 0: it is not running
	URL      string `json:"url,omitempty"`     // its own HTTP address; of NATS servers their monitoring
	Data     string `json:"data,omitempty"`    // folder of what it keeps
	Log      string `json:"log"`
	Restarts int    `json:"restarts"`
}

// Replicas of a service.
func (s State) Replicas(service string) (all []Running) {
	for _, p := range s.Processes {
		if p.Service == service {
			all = append(all, p)
		}
	}
	return all
}

// Token of a role, or of "all".
func (s State) Token(role string) (string, error) { return secret(filepath.Join(s.Tokens, role)) }

// Database is the URL of a service's log, or with "admin" of the whole.
func (s State) Database(service string) (string, error) {
	file, ok := s.Databases[service]
	if !ok {
		return "", fmt.Errorf("the cluster has no database for %q", service)
	}
	return secret(file)
}

func secret(file string) (string, error) {
	raw, err := os.ReadFile(file)
	return strings.TrimSpace(string(raw)), err
}

// Load reads the state of a cluster that runs.
func Load(path string) (s State, err error) {
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, fmt.Errorf("no cluster runs: %s is not there. Start one with make cluster, in another terminal", path)
	}
	if err == nil {
		err = json.Unmarshal(raw, &s)
	}
	if err != nil {
		return s, fmt.Errorf("state of the cluster: %s: %w", path, err)
	}
	if !alive(s.PID) {
		return s, fmt.Errorf("no cluster runs any more: the process %d that %s names is gone. Start one with make cluster", s.PID, path)
	}
	return s, nil
}

// alive reports whether there is such a process.
func alive(pid int) bool {
	err := syscall.Kill(pid, 0)
	return pid > 0 && (err == nil || errors.Is(err, syscall.EPERM))
}

// save writes the state in whole, readable by its owner.
func (s State) save(path string) error {
	raw, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return write(path, append(raw, '\n'))
}

// write replaces a file that only its owner may read.
func write(path string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}
