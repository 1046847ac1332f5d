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
// year.yaml there. Unknown fields are refused, and what it says is checked.
func Scenario(folder, name string) (s scenario.Scenario, err error) {
	path := name
	if !strings.ContainsAny(name, `/\`) && filepath.Ext(name) == "" {
		path = filepath.Join(folder, name+".yaml")
	}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) && path != name {
		known, _ := Scenarios(folder)
		return s, fmt.Errorf("%w: there is no %s in %s: name one of %s, or a file", ErrScenario, name, folder, strings.Join(known, ", "))
	}
	if err != nil {
		return s, fmt.Errorf("read the scenario: %w", err)
	}
	text, err := yaml.YAMLToJSON(raw)
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

// Scenarios lists the names in a folder.
func Scenarios(folder string) (names []string, err error) {
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	for _, f := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(f), ".yaml"))
	}
	slices.Sort(names)
	return names, err
}
