package faults

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Table is what docs/reliability.md shows.
type Table struct {
	Command string `json:"command"`
	Machine string `json:"machine"`
	Load    string `json:"load"`
	Rows    []Row  `json:"rows"`
}

// The files of a table in a folder.
const (
	dataFile = "reliability.json"
	pageFile = "reliability.md"
)

// ReadTable reads what was seen before; nothing yet is an empty table.
func ReadTable(folder string) (t Table, err error) {
	raw, err := os.ReadFile(filepath.Join(folder, dataFile))
	if errors.Is(err, fs.ErrNotExist) {
		return t, nil
	}
	if err == nil {
		err = json.Unmarshal(raw, &t)
	}
	return t, err
}

// Add puts a row in the place of an older one of its fault; the order is that of
// All.
func (t *Table) Add(r Row) {
	rows := map[string]Row{}
	for _, old := range t.Rows {
		rows[old.Key] = old
	}
	rows[r.Key] = r
	t.Rows = t.Rows[:0:0]
	for _, f := range All() {
		if row, ok := rows[f.Key]; ok {
			t.Rows = append(t.Rows, row)
		}
	}
}

// Write writes both files.
func (t Table) Write(folder string) error {
	raw, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		return err
	}
	return errors.Join(os.WriteFile(filepath.Join(folder, dataFile), append(raw, '\n'), 0o644), os.WriteFile(filepath.Join(folder, pageFile), []byte(t.Page()), 0o644))
}

// Page is docs/reliability.md.
func (t Table) Page() string {
	var b strings.Builder
	fmt.Fprintf(&b, `# Reliability

Written by the command from what it saw (reliability.json); nothing here is typed by hand. A row says when it was seen and with which
commit; a fault that is played again replaces its row.

`+"```"+`
%s
`+"```"+`

A cluster of processes on %s: Postgres, three NATS servers, two of each service and a front, each in a network namespace of its own where
that is allowed. Load, from before each fault until the cluster has recovered: %s. A try that fails is repeated with the same key until it is answered.
After each fault the load stops, and the auditor (`+"`lotse verify`"+`) reads all logs from their first events.

`, t.Command, t.Machine, t.Load)
	held, played := 0, 0
	for _, r := range t.Rows {
		if r.Left == "" {
			played++
			if r.Held() {
				held++
			}
		}
	}
	fmt.Fprintf(&b, "**%d of %d faults: nothing acknowledged was lost, nothing was doubled, nobody was in two places, all replicas agree.**\n\n", held, played)
	b.WriteString("| fault | what was done | receipts / lost | appointments / lost, doubled | people twice | apart | seen |\n| --- | --- | --- | --- | --- | --- | --- |\n")
	for _, r := range t.Rows {
		if r.Left != "" {
			fmt.Fprintf(&b, "| %s | not played: %s | | | | | |\n", cell(r.Fault), cell(r.Left))
			continue
		}
		fmt.Fprintf(&b, "| %s | %s | %d / **%d** | %d / **%d** | %d | %d | %s, %s |\n", cell(r.Fault), cell(r.What), r.Receipts, r.Lost, r.Appointments, r.Doubled, r.Twice, r.Apart, strings.Replace(strings.TrimSuffix(r.At, ":00Z"), "T", " ", 1), r.Code)
	}
	b.WriteString(`
*Lost*: acknowledged commands that are in no log. *Lost, doubled*: appointments lost, booked twice, beyond the counters or not as citizens were
told, and holes or repeats in logs. *Apart*: lanes that lag; answers of replicas, streams of slots, the frontends' bucket and listeners that differ from a
fresh fold of the logs.

## What clients felt, and how long it took

Seconds. *Errors until*: from the fault, of a lasting one from its end, to the last try that failed. *No booking for*: the longest stretch
without one. *All ready*: from the fault or its end until every process says that it is ready. *Sick note*: the slowest one's way from absence's log to
booking's, of those that came meanwhile: another replica has taken over by then.

| fault | tries answered / failed | errors until | no booking for | all ready | sick note | which errors |
| --- | --- | --- | --- | --- | --- | --- |
`)
	for _, r := range t.Rows {
		if r.Left == "" {
			fmt.Fprintf(&b, "| %s | %d / %d | %.1f | %.1f | %.1f | %.1f | %s |\n", cell(r.Fault), r.Commands, r.Failed, r.Again, r.Silence, r.Ready, r.Chain, cell(r.Errors))
		}
	}
	first := false
	for _, r := range t.Rows {
		if !r.Held() {
			if !first {
				b.WriteString("\n## What did not hold\n\n")
				first = true
			}
			fmt.Fprintf(&b, "- %s: %s\n", r.Fault, strings.Join(r.First, "; "))
		}
	}
	return b.String()
}

func cell(s string) string { return strings.NewReplacer("|", "\\|", "\n", " ").Replace(s) }
