package simulate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/lotse-hamburg/lotse/services/simulation/scenario"
)

// ErrScenario is an error in what a scenario's file says.
var ErrScenario = errors.New("the scenario is wrong")

// Scenario reads a file by its path, or by its name in a folder: "year" is
// year.yaml there. A file that says "like: year" is as that one in its folder, but
// for what it says itself: groups are laid over each other, lists are replaced.
// Unknown fields are refused, and what it says is checked.
func Scenario(folder, name string) (s scenario.Scenario, err error) {
	path := name
	if !strings.ContainsAny(name, `/\`) && filepath.Ext(name) == "" {
		path = filepath.Join(folder, name+".yaml")
	}
	said, err := read(path, nil)
	if errors.Is(err, fs.ErrNotExist) && path != name {
		known, _ := Scenarios(folder)
		return s, fmt.Errorf("%w: there is no %s in %s: name one of %s, or a file", ErrScenario, name, folder, strings.Join(known, ", "))
	}
	if err != nil {
		return s, err
	}
	text, err := json.Marshal(said)
	if err != nil {
		return s, fmt.Errorf("%w: %s: %w", ErrScenario, path, err)
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return s, fmt.Errorf("%w: %s: %w", ErrScenario, path, err)
	}
	if err := s.Validate(); err != nil {
		return s, fmt.Errorf("%w: %s: %w", ErrScenario, path, err)
	}
	return s, nil
}

// read what a file says, on top of the one that it is like.
func read(path string, before []string) (map[string]any, error) {
	if slices.Contains(before, path) {
		return nil, fmt.Errorf("%w: %s is like itself, by way of %s", ErrScenario, path, strings.Join(before, ", "))
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the scenario: %w", err)
	}
	text, err := yaml.YAMLToJSON(raw)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrScenario, path, err)
	}
	said := map[string]any{}
	if err := json.Unmarshal(text, &said); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrScenario, path, err)
	}
	like, given := said["like"]
	delete(said, "like")
	if !given {
		return said, nil
	}
	name, ok := like.(string)
	if !ok || name != filepath.Base(name) {
		return nil, fmt.Errorf("%w: %s: like is %v: name a scenario beside it, such as year", ErrScenario, path, like)
	}
	base := filepath.Join(filepath.Dir(path), name+".yaml")
	under, err := read(base, append(before, path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: %s is like %s, and there is no %s", ErrScenario, path, name, base)
	}
	if err != nil {
		return nil, fmt.Errorf("%s is like %s: %w", path, name, err)
	}
	lay(under, said)
	return under, nil
}

// lay what is said over what stands.
func lay(under, said map[string]any) {
	for k, v := range said {
		below, both := under[k].(map[string]any)
		if over, ok := v.(map[string]any); ok && both {
			lay(below, over)
		} else {
			under[k] = v
		}
	}
}

// Scenarios lists the names in a folder.
func Scenarios(folder string) (names []string, err error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	for _, f := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(f), ".yaml"))
	}
	slices.Sort(names)
	return names, err
}
