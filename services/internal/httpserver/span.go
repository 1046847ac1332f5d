package httpserver

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
)

type askedKey struct{}

// spanned puts a span and the usual metrics around next. They see which
// operation is asked for, how it goes and how large it is, and nothing of who
// asks: no address, no browser, no path with a citizen's secret, no query, and of
// the sender's trace only its number.
func (a *API) spanned(next http.Handler) http.Handler {
	return spanned(a.Service, func(r *http.Request) string { _, pattern := a.Mux.Handler(r); return pattern }, next)
}

func spanned(service string, route func(*http.Request) string, next http.Handler) http.Handler {
	inner := otelhttp.NewHandler(http.HandlerFunc(func(w http.ResponseWriter, seen *http.Request) {
		asked := seen.Context().Value(askedKey{}).(*http.Request).WithContext(seen.Context())
		asked.Body = seen.Body // whose bytes are counted
		if !slog.Default().Enabled(seen.Context(), slog.LevelDebug) {
			next.ServeHTTP(w, asked)
			return
		}
		began, answer := time.Now(), &answered{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(answer, asked)
		slog.DebugContext(seen.Context(), "asked", "of", service, "method", seen.Method, "route", seen.URL.Path, "status", answer.status, "took", time.Since(began).String())
	}), service)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		pattern := route(r)
		_, path, _ := strings.Cut(pattern, " ")
		seen := &http.Request{Method: method(r.Method), Proto: r.Proto, ProtoMajor: r.ProtoMajor, ProtoMinor: r.ProtoMinor, Pattern: pattern,
			URL: &url.URL{Path: path}, Host: service, Header: http.Header{}, Body: r.Body, ContentLength: r.ContentLength}
		if t := r.Header.Values("Traceparent"); len(t) == 1 {
			seen.Header.Set("Traceparent", t[0])
		}
		inner.ServeHTTP(w, seen.WithContext(context.WithValue(r.Context(), askedKey{}, r)))
	})
}

// answered remembers the status of an answer.
type answered struct {
	http.ResponseWriter
	status int
}

// WriteHeader implements http.ResponseWriter.
func (a *answered) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController flush and set deadlines.
func (a *answered) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func method(m string) string {
	if slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions}, m) {
		return m
	}
	return "OTHER"
}
