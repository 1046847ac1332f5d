package main

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lotse-hamburg/lotse/tools/apply"
)

// tokenFlags say whom a command acts as.
type tokenFlags struct {
	file, data string
	server     *string
}

// tokenHelp says where a command takes its token from.
const tokenHelp = "Show a token by --token-file or LOTSE_TOKEN; for a Lotse on this machine --data names its data folder, where development tokens are."

// register adds the flags; server is the flag that holds the address.
func (f *tokenFlags) register(cmd *cobra.Command, server *string) {
	f.server = server
	cmd.Flags().StringVar(&f.file, "token-file", "", "`file` of the token to show; without it LOTSE_TOKEN, and at a Lotse on this machine the development token in --data")
	cmd.Flags().StringVar(&f.data, "data", "lotse-data", "`folder` of the Lotse on this machine, where its development tokens are")
}

// client shows the token; role is the one whose development token is taken.
func (f *tokenFlags) client(role string, timeout time.Duration) (*http.Client, error) {
	token, err := f.token(role)
	return apply.Authorized(&http.Client{Timeout: timeout}, token), err
}

func (f *tokenFlags) token(role string) (string, error) {
	if f.file != "" {
		text, err := os.ReadFile(f.file)
		if err != nil {
			return "", fmt.Errorf("--token-file: %w", err)
		}
		return strings.TrimSpace(string(text)), nil
	}
	if t := os.Getenv("LOTSE_TOKEN"); t != "" {
		return t, nil
	}
	if u, err := url.Parse(*f.server); err != nil || !here(u.Hostname()) {
		return "", nil // the server says what is missing
	}
	return developmentToken(f.data, role), nil
}

func here(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// developmentToken is empty where there is none.
func developmentToken(data, role string) string {
	f, err := os.Open(filepath.Join(data, "dev-tokens"))
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if name, token, ok := strings.Cut(lines.Text(), " "); ok && name == role {
			return token
		}
	}
	return ""
}
