package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/lotse-hamburg/lotse/tools/apply"
)

const reportHelp = `Writes the monthly reports for the districts' committees into a folder, from the
public pages of the Lotse that runs at --server: whether the promise was kept, lead
times, who helped whom, decisions, uncovered appointments, measures and their state.

The HTML is the accessible form, the PDF is for the files, the CSV for spreadsheets.
Without --district all districts are written, without --month the last one that is
over. No log-in is needed: the reports are public.`

const reportExample = `  lotse report --month 2026-11 --out reports
  lotse report --district altona --district nord --format pdf --lang en
  lotse report --month 2026-11 --format csv --json`

type reportFlags struct {
	server, month, lang, out string
	districts, formats       []string
	json                     bool
	timeout                  time.Duration
}

// reported is what --json prints.
type reported struct {
	Server string         `json:"server"`
	Month  string         `json:"month"`
	Files  []reportedFile `json:"files"`
	Error  string         `json:"error,omitempty"`
}

type reportedFile struct {
	District string `json:"district"`
	Format   string `json:"format"`
	Path     string `json:"path"`
	Bytes    int    `json:"bytes"`
}

var (
	reportFormats = []string{"html", "pdf", "csv"}
	monthForm     = regexp.MustCompile(`^\d{4}-(0[1-9]|1[0-2])$`)
)

func newReport(now func() time.Time) *cobra.Command {
	var f reportFlags
	cmd := &cobra.Command{
		Use:     "report",
		Short:   "Write the monthly reports for the districts' committees",
		Long:    reportHelp,
		Example: reportExample,
		Args:    none,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.month == "" {
				first := now().AddDate(0, 0, 1-now().Day())
				f.month = first.AddDate(0, -1, 0).Format("2006-01")
			}
			if !monthForm.MatchString(f.month) {
				return misuse(cmd, fmt.Errorf("--month %q is no month: write it as 2026-11", f.month))
			}
			for _, format := range f.formats {
				if !slices.Contains(reportFormats, format) {
					return misuse(cmd, fmt.Errorf("--format %q is not known: give some of %s", format, strings.Join(reportFormats, ", ")))
				}
			}
			if f.lang != "de" && f.lang != "en" {
				return misuse(cmd, fmt.Errorf("--lang %q is not spoken: give de or en", f.lang))
			}
			return runReport(cmd, f)
		},
	}
	cmd.Flags().StringVar(&f.server, "server", "http://127.0.0.1:8080", "`address` of the running Lotse")
	cmd.Flags().StringVar(&f.month, "month", "", "`yyyy-mm` (default the last month)")
	cmd.Flags().StringSliceVar(&f.districts, "district", nil, "`id` of a district, may be repeated (default all)")
	cmd.Flags().StringSliceVar(&f.formats, "format", reportFormats, "html, pdf, csv")
	cmd.Flags().StringVar(&f.lang, "lang", "de", "de or en")
	cmd.Flags().StringVar(&f.out, "out", ".", "`folder` that the files are written to")
	cmd.Flags().BoolVar(&f.json, "json", false, "print one JSON document")
	cmd.Flags().DurationVar(&f.timeout, "timeout", time.Minute, "for one request")
	return cmd
}

func runReport(cmd *cobra.Command, f reportFlags) error {
	ctx, out := cmd.Context(), cmd.OutOrStdout()
	result := reported{Server: f.server, Month: f.month, Files: []reportedFile{}}
	finish := func(err error) error {
		if !f.json {
			return err
		}
		if err != nil {
			result.Error = err.Error()
		}
		return errors.Join(err, printJSON(out, result))
	}
	client := &http.Client{Timeout: f.timeout}
	if len(f.districts) == 0 {
		var err error
		if f.districts, err = reportDistricts(ctx, client, f.server); err != nil {
			return finish(err)
		}
	}
	if err := os.MkdirAll(f.out, 0o755); err != nil {
		return finish(fmt.Errorf("make the folder of --out: %w", err))
	}
	for _, d := range f.districts {
		for _, format := range f.formats {
			ending := "." + format
			if format == "html" {
				ending = ""
			}
			content, err := public(ctx, client, f.server, "/promise/reports/"+url.PathEscape(d)+"/"+f.month+ending, f.lang)
			if refused := (*apply.Problem)(nil); errors.As(err, &refused) && refused.Status == http.StatusNotFound {
				err = fmt.Errorf("there is no report of %s for %s: see %s/promise/reports/: %w", f.month, d, f.server, err)
			}
			if err != nil {
				return finish(err)
			}
			path := filepath.Join(f.out, "lotse-"+filepath.Base(d)+"-"+f.month+"."+format)
			if err := os.WriteFile(path, content, 0o644); err != nil {
				return finish(fmt.Errorf("write the report: %w", err))
			}
			result.Files = append(result.Files, reportedFile{d, format, path, len(content)})
			if !f.json {
				fmt.Fprintf(out, "%s  %d bytes\n", path, len(content))
			}
		}
	}
	return finish(nil)
}

// reportDistricts are those that the open data names.
func reportDistricts(ctx context.Context, client *http.Client, server string) ([]string, error) {
	raw, err := public(ctx, client, server, "/promise/data.json", "")
	if err != nil {
		return nil, err
	}
	var set struct{ Districts map[string]string }
	if err := json.Unmarshal(raw, &set); err != nil || len(set.Districts) == 0 {
		return nil, fmt.Errorf("%s/promise/data.json names no districts: is it a Lotse with a network?", server)
	}
	return slices.Sorted(maps.Keys(set.Districts)), nil
}

// public reads what everybody may.
func public(ctx context.Context, client *http.Client, server, path, lang string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(server, "/")+path, nil)
	if err != nil {
		return nil, fmt.Errorf("--server %s: %w", server, err)
	}
	if lang != "" {
		req.Header.Set("Accept-Language", lang)
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, &apply.Unreachable{Server: server, Cause: err}
	}
	defer func() { _ = resp.Body.Close() }()
	content, err := io.ReadAll(io.LimitReader(resp.Body, 64<<20))
	if err != nil {
		return nil, fmt.Errorf("GET %s: %w", path, err)
	}
	if resp.StatusCode != http.StatusOK {
		return nil, &apply.Problem{Request: "GET " + path, Status: resp.StatusCode, Title: http.StatusText(resp.StatusCode)}
	}
	return content, nil
}
