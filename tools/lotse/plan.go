package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lotse-hamburg/lotse/services/capacity/planning"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/flow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/mincostflow"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/rule"
	"github.com/lotse-hamburg/lotse/services/capacity/planning/search"
)

const planHelp = `Looks for the plan of an instance: who works at which centre on which day. It prints
the plan's price in points by part (1 point is one slot one day late), a lower bound of
every plan's price, the gap between the two, who is moved, the hard rules broken, and
what no plan can mend, with its price and the rules that stand in the way.

With --budget 0 it prices the previous plan as it is. With --evaluate it prices a given
plan exactly and checks it against the hard rules; a plan that breaks one is listed
with its price, and the exit code is 1.

With --explain it also says in words what the plan does against the previous one: what
would happen without the moves, what each brings, who else was thought of, what stays
unsolved and which rules stand in the way, and which hour more would help most.

Files are JSON (format "lotse-instance-1"; a plan is {"x": [employee][day]} with the
index of a centre, or -1 for absent), gzipped where the name ends in .gz.`

const planExample = `  lotse plan --instance city.json.gz --out plan.json --budget 10s
  lotse plan --instance city.json.gz --evaluate plan.json --json
  lotse plan --instance city.json.gz --evaluate plan.json --explain --lang de`

type planFlags struct {
	instance, out, evaluate string
	budget                  time.Duration
	seed                    uint64
	json, bound, explain    bool
	lang                    string
}

// newPlan takes the clock that the budget is measured with.
func newPlan(now func() time.Time) *cobra.Command {
	var f planFlags
	cmd := &cobra.Command{
		Use:     "plan --instance <file>",
		Short:   "Find, or price, a plan of who works where",
		Long:    planHelp,
		Example: planExample,
		Args:    none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case f.instance == "":
				return misuse(cmd, errors.New("--instance is missing: name the file of the instance, .json or .json.gz"))
			case f.budget < 0:
				return misuse(cmd, fmt.Errorf("--budget is %v: give 0 for the previous plan, or the time of the search", f.budget))
			case f.evaluate == "" && cmd.Flags().Changed("evaluate"):
				return misuse(cmd, errors.New("--evaluate is empty: name the file of the plan, or leave it out to search one"))
			case f.out == "" && cmd.Flags().Changed("out"):
				return misuse(cmd, errors.New("--out is empty: name the file to write the plan to, or leave it out"))
			case f.evaluate != "" && f.out != "":
				return misuse(cmd, errors.New("--out with --evaluate: a plan that is only evaluated is not written; leave one of them out"))
			case f.lang != "en" && f.lang != "de":
				return misuse(cmd, fmt.Errorf("--lang is %q: give en or de", f.lang))
			}
			return runPlan(cmd, f, now)
		},
	}
	cmd.Flags().StringVar(&f.instance, "instance", "", "`file` of the instance")
	cmd.Flags().StringVar(&f.out, "out", "", "`file` to write the plan to")
	cmd.Flags().StringVar(&f.evaluate, "evaluate", "", "`file` of a plan to check and price instead of searching one")
	cmd.Flags().DurationVar(&f.budget, "budget", 10*time.Second, "of the search; the bound and the last exact price come on top")
	cmd.Flags().Uint64Var(&f.seed, "seed", 1, "of the search's dice")
	cmd.Flags().BoolVar(&f.bound, "bound", true, "compute the lower bound")
	cmd.Flags().BoolVar(&f.explain, "explain", false, "say in words what the plan does and why")
	cmd.Flags().StringVar(&f.lang, "lang", "en", "of rules and explanation: en or de; --json has both")
	cmd.Flags().BoolVar(&f.json, "json", false, "print one JSON document")
	return cmd
}

func runPlan(cmd *cobra.Command, f planFlags, now func() time.Time) error {
	ctx, out := cmd.Context(), cmd.OutOrStdout()
	progress := func(string) {}
	if errs := cmd.ErrOrStderr(); terminal(errs) {
		progress = rewrite(errs)
	}
	type answer struct {
		*planned
		err error
	}
	done := make(chan answer, 1) // so that the bound, which cannot be interrupted, may be left behind
	go func() {
		p, err := makePlan(ctx, f, now, progress)
		done <- answer{p, err}
	}()
	var a answer
	select {
	case a = <-done:
	case <-ctx.Done():
		return ctx.Err()
	}
	progress("")
	switch {
	case f.json && a.err != nil:
		wrong := planProblem{File: f.instance, Error: a.err.Error()}
		var in wrongFile
		var at *planning.PathError
		if errors.As(a.err, &in) {
			wrong.File = in.file
		}
		if errors.As(a.err, &at) {
			wrong.Path = at.Path
		}
		return errors.Join(a.err, printJSON(out, wrong))
	case a.err != nil:
		return a.err
	case f.json:
		if err := printJSON(out, a.planned); err != nil {
			return err
		}
	default:
		a.print(out, f.lang)
		a.printExplanation(out, f.lang)
	}
	if n := len(a.Broken); n > 0 && f.evaluate != "" {
		return fmt.Errorf("%s breaks a hard rule in %s", f.evaluate, count(n, "place"))
	}
	return nil
}

// makePlan reads, searches or evaluates, and writes the plan.
func makePlan(ctx context.Context, f planFlags, now func() time.Time, progress func(string)) (*planned, error) {
	in, err := readInstance(f.instance)
	if err != nil {
		return nil, err
	}
	p := &planned{Instance: in.Name, in: in}
	if f.evaluate != "" {
		err = p.evaluate(f)
	} else {
		if err := writable(f.out); err != nil {
			return nil, err
		}
		err = p.search(ctx, f, now, progress)
	}
	if err != nil {
		return nil, err
	}
	if f.out != "" {
		if err := writePlan(f.out, p.plan); err != nil {
			return nil, err
		}
		p.PlanFile = f.out
	}
	p.describe()
	if f.explain {
		progress(fmt.Sprintf("%.2f points, explaining", p.Objective))
		p.explain(ctx)
	}
	if f.bound && ctx.Err() == nil {
		progress(fmt.Sprintf("%.2f points, computing the bound", p.Objective))
		return p, tooLarge(f.instance, p.findBound())
	}
	return p, nil
}

func (p *planned) evaluate(f planFlags) error {
	data, err := readPlain(f.evaluate)
	if err != nil {
		return err
	}
	if p.plan, err = planning.ParsePlan(p.in, data); err != nil {
		return wrongFile{f.evaluate, err}
	}
	if p.result, err = flow.Evaluate(p.in, p.plan); err != nil {
		return tooLarge(f.instance, fmt.Errorf("price %s: %w", f.evaluate, err))
	}
	return nil
}

func (p *planned) search(ctx context.Context, f planFlags, now func() time.Time, progress func(string)) error {
	begin := now()
	progress("preparing")
	if f.budget == 0 { // search would leave off pricing too where the instance is large
		p.plan = p.in.Previous()
		var err error
		if p.result, err = flow.Evaluate(p.in, p.plan); err != nil {
			return tooLarge(f.instance, fmt.Errorf("price the previous plan: %w", err))
		}
		p.Search = &searched{Seconds: now().Sub(begin).Seconds(), Seed: f.seed}
		return nil
	}
	out, err := search.Solve(p.in, search.Options{
		Seed: f.seed,
		Stop: func() bool { return ctx.Err() != nil || now().Sub(begin) >= f.budget },
		Progress: func(at search.Progress) {
			progress(fmt.Sprintf("%5.1f s, round %d: %.2f points, %d tries", now().Sub(begin).Seconds(), at.Round+1, at.Objective, at.Tries))
		},
	})
	if err != nil {
		return tooLarge(f.instance, fmt.Errorf("search: %w", err))
	}
	p.plan, p.result = out.Plan, out.Result
	p.Search = &searched{BudgetSeconds: f.budget.Seconds(), Seconds: now().Sub(begin).Seconds(), Seed: f.seed,
		Rounds: out.Rounds, Tries: out.Tries, Complete: out.Complete, Rough: out.Rough}
	return nil
}

// boundRounds of fairness multipliers; more than that changes little.
const boundRounds = 30

func (p *planned) findBound() error {
	least, err := flow.LowerBound(p.in, boundRounds)
	if err != nil {
		return fmt.Errorf("bound: %w", err)
	}
	// The relaxation leaves missing heads out, so what of them is unavoidable adds up.
	for _, x := range rule.Impossible(p.in) {
		if x.Heads > 0 {
			least += x.Points
		}
	}
	p.Bound = &least
	if least > 0 {
		gap := p.Objective/least - 1
		p.Gap = &gap
	}
	return nil
}

// wrongFile: what stands in a file is wrong; a *planning.PathError says where.
type wrongFile struct {
	file string
	err  error
}

func (w wrongFile) Error() string { return w.file + ": " + w.err.Error() }
func (w wrongFile) Unwrap() error { return w.err }

// tooLarge blames the instance for sums that no number holds.
func tooLarge(instance string, err error) error {
	if errors.Is(err, mincostflow.ErrOverflow) {
		return wrongFile{instance, err}
	}
	return err
}

func readInstance(file string) (*planning.Instance, error) {
	data, err := readPlain(file)
	if err != nil {
		return nil, err
	}
	in, err := planning.Parse(data)
	if err != nil {
		return nil, wrongFile{file, err}
	}
	return in, nil
}

// readPlain reads one JSON document, unzipped.
func readPlain(file string) ([]byte, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if strings.HasSuffix(file, ".gz") {
		z, err := gzip.NewReader(bytes.NewReader(data))
		if err == nil {
			data, err = io.ReadAll(z)
		}
		if err != nil {
			return nil, wrongFile{file, &planning.PathError{Path: "$", Reason: "is not gzipped whole, as the name says: " + err.Error()}}
		}
	}
	var syntax *json.SyntaxError
	if err := json.Unmarshal(data, new(json.RawMessage)); errors.As(err, &syntax) {
		return nil, wrongFile{file, &planning.PathError{Path: "$", Reason: fmt.Sprintf("is not one JSON document: %v (byte %d)", syntax, syntax.Offset)}}
	}
	return data, nil
}

// writable finds a wrong --out before the search, not after it.
func writable(file string) error {
	if file == "" {
		return nil
	}
	if at, err := os.Stat(filepath.Dir(file)); err != nil {
		return fmt.Errorf("--out: %w", err)
	} else if !at.IsDir() {
		return fmt.Errorf("--out: %s is not a folder", filepath.Dir(file))
	}
	if at, err := os.Stat(file); err == nil && at.IsDir() {
		return fmt.Errorf("--out: %s is a folder: name a file", file)
	}
	return nil
}

func writePlan(file string, p planning.Plan) error {
	data, err := json.Marshal(p)
	if err != nil {
		return err
	}
	data = append(data, '\n')
	if strings.HasSuffix(file, ".gz") {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := z.Write(data); err != nil {
			return err
		}
		if err := z.Close(); err != nil {
			return err
		}
		data = b.Bytes()
	}
	return os.WriteFile(file, data, 0o644)
}
