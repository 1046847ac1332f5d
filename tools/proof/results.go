package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"

	"github.com/lotse-hamburg/lotse/services/simulation/compare"
)

// Results are all that docs/proof.md says, in figures.
type Results struct {
	// Go that played, and Code: the hash of what was played.
	Go   string `json:"go"`
	Code string `json:"code"`

	Scenarios []Outcome `json:"scenarios"`
}

// Outcome of a scenario.
type Outcome struct {
	Name    string `json:"name"`
	About   string `json:"about"`
	From    string `json:"from"`
	Days    int    `json:"days"`
	WarmUp  int    `json:"warm_up"`
	People  int    `json:"people"`
	Centres int    `json:"centres"`
	Inputs  string `json:"inputs"`
	Claimed bool   `json:"claimed"`
	Runs    []Row  `json:"runs"`
}

// Row is a run.
type Row struct {
	compare.Sample
	Citizens int               `json:"citizens"`
	Logs     map[string]string `json:"logs,omitempty"`
	// Code, where it is not that of Results.
	Code string `json:"code,omitempty"`
}

func (o Outcome) samples() (all []compare.Sample) {
	for _, r := range o.Runs {
		all = append(all, r.Sample)
	}
	return all
}

func readResults(path string) (*Results, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var r Results
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, fmt.Errorf("%s: %w: write it anew with make proof", path, err)
	}
	return &r, nil
}

// write as JSON, a line for each run.
func (r *Results) write(path string) error {
	var b bytes.Buffer
	head := *r
	head.Scenarios = nil
	line := func(v any) ([]byte, error) { return json.Marshal(v) }
	first, err := line(head)
	if err != nil {
		return err
	}
	b.Write(bytes.Replace(first, []byte(`"scenarios":null}`), []byte(`"scenarios":[`), 1))
	for i, o := range r.Scenarios {
		runs := o.Runs
		o.Runs = nil
		first, err := line(o)
		if err != nil {
			return err
		}
		if i > 0 {
			b.WriteString(",")
		}
		b.WriteString("\n")
		b.Write(bytes.Replace(first, []byte(`"runs":null}`), []byte(`"runs":[`), 1))
		for j, run := range runs {
			text, err := line(run)
			if err != nil {
				return err
			}
			if j > 0 {
				b.WriteString(",")
			}
			b.WriteString("\n")
			b.Write(text)
		}
		b.WriteString("]}")
	}
	b.WriteString("]}\n")
	return os.WriteFile(path, b.Bytes(), 0o644)
}
