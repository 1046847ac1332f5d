package zms

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/lotse-hamburg/lotse/services/booking/internal/app"
	"github.com/lotse-hamburg/lotse/services/booking/internal/httpapi/guard"
)

// Prefix of all paths; a frontend's API base ends with it.
const Prefix = "/zms"

// maxBody of a request, in bytes.
const maxBody = 64 << 10

type handler struct{ app *app.App }

// New serves the paths below Prefix, each with and without a slash at the end.
func New(a *app.App) http.Handler {
	h := &handler{a}
	mux := http.NewServeMux()
	for path, serve := range map[string]func(*http.Request) (any, error){
		"GET offices-and-services":             h.officesAndServices,
		"GET services":                         h.servicesAt,
		"GET services-by-office":               h.servicesAt,
		"GET offices":                          h.officesFor,
		"GET offices-by-service":               h.officesFor,
		"GET available-days":                   h.availableDays,
		"GET available-days-by-office":         h.availableDays,
		"GET available-appointments":           h.availableAppointments(false),
		"GET available-appointments-by-office": h.availableAppointments(true),
		"GET available-calendar":               h.availableCalendar,
		"GET available-calendar-by-office":     h.availableCalendar,
		"GET captcha-details":                  h.captchaDetails,
		"GET captcha-challenge":                h.captchaChallenge,
		"POST captcha-verify":                  h.captchaVerify,
		"GET appointment":                      h.appointment,
		"POST reserve-appointment":             h.reserve,
		"POST update-appointment":              h.update,
		"POST preconfirm-appointment":          h.confirm(false),
		"POST confirm-appointment":             h.confirm(true),
		"POST cancel-appointment":              h.cancel,
	} {
		method, name, _ := strings.Cut(path, " ")
		answer := h.answer(serve)
		mux.HandleFunc(method+" "+Prefix+"/"+name, answer)
		mux.HandleFunc(method+" "+Prefix+"/"+name+"/{$}", answer)
	}
	return mux
}

// errorForm is one of ZMS's errors on the wire.
type errorForm struct {
	Code    string `json:"errorCode"`
	Message string `json:"errorMessage"`
	Status  int    `json:"statusCode"`
}

func (h *handler) answer(serve func(*http.Request) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		body, err := serve(r)
		err = guard.Tried(r.Context(), err)
		status := http.StatusOK
		if err != nil {
			all, inside := told(err)
			if inside {
				h.app.Node().Logger().ErrorContext(r.Context(), "request failed", "path", r.URL.Path, "error", err)
			}
			status = all.status()
			body = map[string]any{"errors": forms(all, language(r))}
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(body) // who does not read it has gone
	}
}

func forms(all failures, lang string) (out []errorForm) {
	for _, f := range all {
		m := f.de
		if lang == "en" {
			m = f.en
		}
		out = append(out, errorForm{f.code, m, f.status})
	}
	return out
}

// language of the answer: German, unless the client prefers English.
func language(r *http.Request) string {
	if strings.HasPrefix(strings.ToLower(strings.TrimSpace(r.Header.Get("Accept-Language"))), "en") {
		return "en"
	}
	return "de"
}

func decode(r *http.Request, into any) error {
	raw, err := io.ReadAll(r.Body)
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return errTooLarge
	}
	if err != nil || json.Unmarshal(raw, into) != nil {
		return errInvalidRequest
	}
	return nil
}

// loose reads what ZMS's frontends send as a number, as text, or as a list of
// either.
type loose []string

// UnmarshalJSON accepts null, a number, a text, and lists of numbers and texts.
func (l *loose) UnmarshalJSON(raw []byte) error {
	var several []json.RawMessage
	if json.Unmarshal(raw, &several) != nil {
		several = []json.RawMessage{raw}
	}
	for _, one := range several {
		if string(one) == "null" {
			continue
		}
		var s string
		if json.Unmarshal(one, &s) != nil {
			var n json.Number
			if err := json.Unmarshal(one, &n); err != nil {
				return err
			}
			s = n.String()
		}
		*l = append(*l, strings.TrimSpace(s))
	}
	return nil
}

// one is the only value, or nothing.
func (l loose) one() string {
	if len(l) != 1 {
		return ""
	}
	return l[0]
}
