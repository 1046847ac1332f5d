package httpserver

import (
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lotse-hamburg/lotse/services/internal/access"
)

// Security schemes of the documents.
const bearer = "bearer"

// tags say what the nouns of the paths are about.
var tags = map[string]string{
	"absences":          "Who is off, never why.",
	"appointments":      "Slots that are promised to citizens.",
	"at-risk":           "Appointments that the staff on duty cannot serve.",
	"attendance":        "Who came and how long it took.",
	"audit":             "Who decided what, and when.",
	"catalogue":         "What citizens may come for.",
	"call-list":         "Who must be told by telephone that an appointment is at risk.",
	"captcha":           "Proofs of work against robots.",
	"centres":           "Places where citizens are served.",
	"events":            "What changes, as it changes.",
	"forget":            "Destroying what is kept about citizens.",
	"forgotten":         "Whose data was destroyed.",
	"keys":              "Keys of what is kept about citizens.",
	"holds":             "Slots that are kept for minutes.",
	"hr":                "What HR systems send.",
	"imports":           "Lists of other systems.",
	"measures":          "Districts' temporary local solutions.",
	"network":           "What the city is: centres, hours, catalogue, policy.",
	"offerings":         "What centres can serve on days.",
	"online":            "Services that need no visit.",
	"parked":            "Messages that could not be handled, kept with their reason.",
	"personal-data":     "What is kept about a citizen, and forgetting it.",
	"promise":           "Lead times against the promise.",
	"proposals":         "Moves of staff, with effect and reasons.",
	"roster":            "Duties and deployments.",
	"slots":             "Bookable starts of services.",
	"staff":             "Employees, by pseudonym.",
	"suggestions":       "What a planner might do beside moving people.",
	"tickets":           "Walk-ins and their numbers.",
	"vacancies":         "Posts that nobody fills.",
	"waiting":           "Who waits for an earlier slot.",
	"waiting-times":     "How long walk-ins wait.",
	"capacity":          "What happens when staff are missing.",
	"letters":           "What citizens are written.",
	"services":          "What citizens may come for.",
	"visits-spared":     "Who took the way that needs no visit.",
	"undelivered":       "Messages to citizens that did not leave the house.",
	"holidays":          "Days without service.",
	"access":            "Who may do what.",
	"damages":           "What losses of staff cost.",
	"overbooking":       "How many more may be booked than there are counters.",
	"unknown-employees": "Employees who were never imported.",
}

// parameters say what is alike in all paths and headers.
var parameters = map[string]string{
	"path id":                "As the answer that named it.",
	"path absence_id":        "The id that it was entered with.",
	"path post":              "The post's id.",
	"header Last-Event-ID":   "The id of the last event seen; what is newer follows.",
	"query limit":            "How many a page has at most.",
	"query order":            "What comes first.",
	"query channel":          "Over which channel it would be booked.",
	"query employee":         "The employee's pseudonym.",
	"query code":             "The secret of the citizen's link.",
	"query lang":             "Language of what the citizen reads: de or en.",
	"header Accept-Language": "The language of what citizens read.",
}

// describe completes a service's document with what all have in common: who may
// ask, what can go wrong, how problems look.
func (a *API) describe() {
	doc := a.OpenAPI()
	doc.Info.License = &huma.License{Name: "EUPL-1.2", URL: "https://eupl.eu/1.2/en/"}
	doc.Info.Contact = &huma.Contact{Name: "Lotse", URL: "https://lotse.example/", Email: "lotse@lotse.example"}
	doc.Servers = []*huma.Server{
		{URL: "/" + a.Service, Description: "In one process (lotse up), below the service's name."},
		{URL: "/", Description: "As a deployable of its own."},
	}
	if doc.Components.SecuritySchemes == nil {
		doc.Components.SecuritySchemes = map[string]*huma.SecurityScheme{}
	}
	doc.Components.SecuritySchemes[bearer] = &huma.SecurityScheme{Type: "http", Scheme: "bearer",
		Description: "A token of the identity provider (OpenID Connect), or, in lotse up and demo, one of the development tokens in <data>/dev-tokens."}
	problems := doc.Components.Schemas.Schema(reflect.TypeFor[huma.ErrorModel](), true, "")
	used := map[string]bool{}
	for _, path := range slices.Sorted(maps.Keys(doc.Paths)) {
		p := doc.Paths[path]
		for _, op := range []*huma.Operation{p.Get, p.Put, p.Post, p.Delete, p.Patch, p.Head} {
			if op != nil {
				a.complete(op, path, problems)
				for _, t := range op.Tags {
					used[t] = true
				}
			}
		}
	}
	doc.Tags = nil
	for _, t := range slices.Sorted(maps.Keys(used)) {
		doc.Tags = append(doc.Tags, &huma.Tag{Name: t, Description: tags[t]})
	}
	for _, s := range doc.Components.Schemas.Map() {
		plainForms(s)
	}
	if m := doc.Components.Schemas.Map()["ErrorModel"]; m != nil {
		m.AdditionalProperties = true // RFC 9457, 3.2
		m.Properties["say"] = &huma.Schema{Type: huma.TypeObject, AdditionalProperties: &huma.Schema{Type: huma.TypeString},
			Description: "What is wrong, as citizens may read it, by language: de, en."}
	}
}

// complete says of one operation who may ask and what any may answer.
func (a *API) complete(op *huma.Operation, path string, problems *huma.Schema) {
	if len(op.Tags) == 0 {
		op.Tags = []string{strings.Split(path, "/")[2]}
	}
	for i, t := range op.Tags {
		op.Tags[i] = strings.ToLower(t)
	}
	for _, p := range op.Parameters {
		if p.Description == "" {
			p.Description = parameters[p.In+" "+p.Name]
		}
		if plainForms(p.Schema); p.Schema != nil {
			p.Schema.Nullable = false // an address has no null
		}
	}
	if op.RequestBody != nil {
		for _, m := range op.RequestBody.Content {
			plainForms(m.Schema)
		}
	}
	fails := func(status int) {
		key := strconv.Itoa(status)
		if op.Responses[key] == nil {
			op.Responses[key] = &huma.Response{Description: http.StatusText(status),
				Content: map[string]*huma.MediaType{"application/problem+json": {Schema: problems}}}
		}
	}
	delete(op.Responses, "default")
	var roles []access.Role
	for _, g := range access.Grants(a.Service, op.OperationID) {
		roles = append(roles, g.Role)
	}
	op.Security = []map[string][]string{{bearer: {}}}
	if slices.Contains(roles, access.Public) {
		op.Security = append([]map[string][]string{{}}, op.Security...)
	} else {
		op.Extensions = map[string]any{"x-roles": roles}
	}
	fails(http.StatusForbidden)
	fails(http.StatusTooManyRequests)
	fails(http.StatusUnauthorized) // a bad token is told to everybody
	fails(http.StatusUnprocessableEntity)
	fails(http.StatusInternalServerError)
	fails(http.StatusServiceUnavailable)
	if op.RequestBody != nil {
		fails(http.StatusBadRequest)
		fails(http.StatusRequestEntityTooLarge)
		fails(http.StatusUnsupportedMediaType)
	}
}

// plainForms takes out what huma adds to JSON Schema; the messages that it makes
// of it are made by now.
func plainForms(s *huma.Schema) {
	if s == nil {
		return
	}
	s.PatternDescription = ""
	plainForms(s.Items)
	for _, p := range s.Properties {
		plainForms(p)
	}
	if values, ok := s.AdditionalProperties.(*huma.Schema); ok {
		plainForms(values)
	}
}
