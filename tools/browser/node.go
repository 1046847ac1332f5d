package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/lotse-hamburg/lotse/tools/browser/stage"
)

// room is this folder, seen from the project's.
const room = "tools/browser"

// errMissing: the machine lacks what a browser test needs.
var errMissing = errors.New("cannot be asked")

// equipped says what is missing to drive a browser from here.
func equipped(root string) error {
	if _, err := exec.LookPath("node"); err != nil {
		return fmt.Errorf("%w: node is not installed (Debian: nodejs, npm)", errMissing)
	}
	if _, err := browser(); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(root, room, "node_modules", "playwright-core")); err != nil {
		return fmt.Errorf("%w: its Node packages are not installed: npm ci --ignore-scripts in %s", errMissing, room)
	}
	return nil
}

// browser is the executable that lib/browser.mjs will find.
func browser() (string, error) {
	for _, name := range []string{os.Getenv("LOTSE_CHROMIUM"), "chromium", "chromium-browser", "google-chrome"} {
		if name == "" {
			continue
		}
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", fmt.Errorf("%w: no browser is installed (Debian: chromium), nor does LOTSE_CHROMIUM name one", errMissing)
}

// script prepares a Node script of this room for a city; facts are what it may
// know besides the city's address and tokens.
func script(ctx context.Context, root string, c *stage.City, facts map[string]any, args ...string) (*exec.Cmd, error) {
	known := map[string]any{"url": c.URL(), "nats": c.NATSURL(), "tokens": c.Tokens(), "today": c.Today.String()}
	for k, v := range facts {
		known[k] = v
	}
	text, err := json.Marshal(known)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "node", args...)
	cmd.Dir = filepath.Join(root, room)
	cmd.Env = append(os.Environ(), "LOTSE_CITY="+string(text), "NODE_NO_WARNINGS=1", "NO_COLOR=1")
	return cmd, nil
}
