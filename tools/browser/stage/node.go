package stage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
)

// room is this folder, seen from the project's.
const room = "tools/browser"

// What the machine may lack to look at pages.
var (
	ErrMissing  = errors.New("cannot be looked at")
	ErrUnpacked = errors.New("cannot be looked at: the Node packages are not installed: npm ci --ignore-scripts in " + room)
)

// Equipped says what is missing to drive a browser from here.
func Equipped(root string) error {
	if _, err := exec.LookPath("node"); err != nil {
		return fmt.Errorf("%w: node is not installed (Debian: nodejs, npm)", ErrMissing)
	}
	if _, err := browser(); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(root, room, "node_modules", "playwright-core")); err != nil {
		return ErrUnpacked
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
	return "", fmt.Errorf("%w: no browser is installed (Debian: chromium), nor does LOTSE_CHROMIUM name one", ErrMissing)
}

// Script prepares a Node script of tools/browser; known is what it may know of its
// city (city() in lib/browser.mjs).
func Script(ctx context.Context, root string, known map[string]any, args ...string) (*exec.Cmd, error) {
	text, err := json.Marshal(known)
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "node", args...)
	cmd.Dir = filepath.Join(root, room)
	cmd.Env = append(os.Environ(), "LOTSE_CITY="+string(text), "NODE_NO_WARNINGS=1", "NO_COLOR=1")
	return cmd, nil
}

// Known is what every script may know of the city, with facts beside.
func (c *City) Known(facts ...map[string]any) map[string]any {
	known := map[string]any{"url": c.URL(), "nats": c.NATSURL(), "tokens": c.Tokens(), "today": c.Today.String()}
	for _, f := range facts {
		maps.Copy(known, f)
	}
	return known
}
