package httpserver

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/events"
	"github.com/lotse-hamburg/lotse/services/internal/node"
	"github.com/lotse-hamburg/lotse/services/internal/problem"
)

type auditInput struct {
	Cursor string    `query:"cursor" doc:"next_cursor of the page before."`
	Limit  int       `query:"limit" minimum:"1" maximum:"1000" default:"100"`
	From   time.Time `query:"from" doc:"Recorded at this time or later."`
	Until  time.Time `query:"until" doc:"Recorded before this time."`
	Actor  string    `query:"actor" maxLength:"200" doc:"Who: role:pseudonym, or role: for all of a role."`
	What   string    `query:"operation" maxLength:"200" doc:"What was done: the type of an event, or the beginning of one."`
	Format string    `query:"format" enum:"json,jsonl,csv" default:"json" doc:"json: one document; jsonl: a document a line; csv. The latter two tell the next cursor in a header."`
}

type auditPage struct {
	Service string      `json:"service"`
	Deeds   []node.Deed `json:"deeds"`
	Next    string      `json:"next_cursor,omitempty" doc:"There is more: a page may be short, or empty, and yet not be the last."`
}

type auditOutput struct {
	ContentType string `header:"Content-Type"`
	Next        string `header:"Lotse-Next-Cursor" doc:"next_cursor of formats without a place for it"`
	Body        []byte
}

// Audit serves who decided what, when, why and from where.
func (a *API) Audit(n *node.Node) {
	registry := a.OpenAPI().Components.Schemas
	huma.Register(a, huma.Operation{OperationID: "list-audit", Method: http.MethodGet, Path: "/v1/audit",
		Summary: "List who decided what, when, why and from where",
		Description: "In the order of the log, from the log itself: decisions of planners, changes of network and policy, imports, what was decided about " +
			"parked messages, forgetting, and what staff did to appointments. Without personal data.",
		Tags: []string{"Audit"}, Errors: []int{422, 503},
		Responses: map[string]*huma.Response{"200": {Description: "A page", Content: map[string]*huma.MediaType{
			"application/json":     {Schema: registry.Schema(reflect.TypeFor[auditPage](), true, "AuditPage")},
			"application/x-ndjson": {Schema: &huma.Schema{Type: "string", Description: "A deed a line."}},
			"text/csv":             {Schema: &huma.Schema{Type: "string", Description: "A header and a deed a line; a text that a spreadsheet would take for a formula begins with '."}}}}}},
		func(ctx context.Context, in *auditInput) (*auditOutput, error) {
			q := node.AuditQuery{From: in.From, Until: in.Until, Actor: in.Actor, What: in.What, Limit: in.Limit}
			if in.Cursor != "" {
				var err error
				if q.After, err = strconv.ParseInt(in.Cursor, 10, 64); err != nil || q.After < 1 {
					return nil, problem.Table{}.From(&events.FieldError{Field: "cursor", Value: in.Cursor, Reason: "is not one of ours: send back next_cursor as it was, or none"})
				}
			}
			deeds, next, err := n.Audit(ctx, q)
			if err != nil {
				return nil, problem.Table{}.From(err)
			}
			page := auditPage{Service: a.Service, Deeds: deeds}
			if page.Deeds == nil {
				page.Deeds = []node.Deed{}
			}
			if next > 0 {
				page.Next = strconv.FormatInt(next, 10)
			}
			return page.as(in.Format)
		})
}

func (p auditPage) as(format string) (*auditOutput, error) {
	out, b := &auditOutput{Next: p.Next}, &bytes.Buffer{}
	switch format {
	case "csv":
		out.ContentType = "text/csv; charset=utf-8"
		w := csv.NewWriter(b)
		_ = w.Write([]string{"service", "position", "at", "actor", "from", "what", "about", "why", "correlation_id", "causation_id"})
		for _, d := range p.Deeds {
			_ = w.Write([]string{p.Service, strconv.FormatInt(d.Position, 10), d.At.UTC().Format(time.RFC3339Nano),
				plainCell(d.Actor), plainCell(d.From), plainCell(d.What), plainCell(d.About), plainCell(d.Why), plainCell(d.Story), plainCell(d.Cause)})
		}
		w.Flush() // into memory
	case "jsonl":
		out.ContentType = "application/x-ndjson"
		e := json.NewEncoder(b)
		for _, d := range p.Deeds {
			if err := e.Encode(struct {
				Service string `json:"service"`
				node.Deed
			}{p.Service, d}); err != nil {
				return nil, err
			}
		}
	default:
		out.ContentType, out.Next = "application/json", ""
		if err := json.NewEncoder(b).Encode(p); err != nil {
			return nil, err
		}
	}
	out.Body = b.Bytes()
	return out, nil
}

// plainCell keeps a spreadsheet from taking a text for a formula.
func plainCell(s string) string {
	if s != "" && strings.ContainsAny(s[:1], "=+-@\t\r") {
		return "'" + s
	}
	return s
}
