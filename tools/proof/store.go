package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"github.com/lotse-hamburg/lotse/tools/simulate"
)

// store keeps finished runs in a folder, a file each. What a file is of stands in it
// and in its name, so runs of other scenarios, cities and lengths lie beside it.
type store struct {
	folder    string
	keepOlder bool
}

// kept is a finished run.
type kept struct {
	Inputs string       `json:"inputs"` // hash of scenario and city
	Code   string       `json:"code"`
	Run    simulate.Run `json:"run"`
}

func (s store) path(scenario, policy string, seed uint64, inputs string) string {
	return filepath.Join(s.folder, fmt.Sprintf("%s.%s.%d.%s.json", scenario, policy, seed, inputs))
}

// keep a run; it is there as a whole or not at all.
func (s store) keep(t task, code string, r simulate.Run) error {
	text, err := json.Marshal(kept{t.inputs, code, r})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(s.folder, 0o755); err != nil {
		return err
	}
	path := s.path(t.Scenario.Name, r.Policy, r.Seed, t.inputs)
	if err := os.WriteFile(path+".new", text, 0o644); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// find a run that counts; nil: there is none.
func (s store) find(c cell, policy string, seed uint64, code string) (*kept, error) {
	return s.read(s.path(c.scenario.Name, policy, seed, c.inputs), code)
}

func (s store) read(path, code string) (*kept, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var k kept
	if err := json.Unmarshal(text, &k); err != nil {
		return nil, fmt.Errorf("%s: %w: remove the file, and its run is played again", path, err)
	}
	if k.Run.Result == nil {
		return nil, fmt.Errorf("%s has no result: remove the file, and its run is played again", path)
	}
	if k.Code != code && !s.keepOlder {
		return nil, nil
	}
	return &k, nil
}

// all runs of a scenario under a policy that count, by rising seeds.
func (s store) all(c cell, policy, code string) (out []*kept, err error) {
	paths, err := filepath.Glob(filepath.Join(s.folder, fmt.Sprintf("%s.%s.*.%s.json", c.scenario.Name, policy, c.inputs)))
	if err != nil {
		return nil, err
	}
	for _, p := range paths {
		k, err := s.read(p, code)
		if err != nil {
			return nil, err
		}
		if k != nil {
			out = append(out, k)
		}
	}
	slices.SortFunc(out, func(a, b *kept) int { return cmp.Compare(a.Run.Seed, b.Run.Seed) })
	return out, nil
}
