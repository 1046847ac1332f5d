package daemon

import (
	"context"
	"errors"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/lotse-hamburg/lotse/services/internal/bus"
	"github.com/lotse-hamburg/lotse/services/internal/httpserver"
)

// life is what becomes of a process: it starts, serves, and ends.
type life struct {
	state atomic.Value // a string of httpserver
	drain time.Duration
	asked func() // somebody has asked it to end
}

func (l *life) is() string { return l.state.Load().(string) }

// gate lets nobody in who would ask read models that are still being folded. Who
// asks how the process is, is answered.
func (l *life) gate(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if l.is() == httpserver.Starting && r.URL.Path != "/healthz" && r.URL.Path != "/readyz" && r.URL.Path != "/metrics" {
			w.Header().Set("Retry-After", "1")
			http.Error(w, "the service is starting: ask again in a moment", http.StatusServiceUnavailable)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// serve runs everything until ctx ends or something fails; serveHTTP listens on
// at. The end has an order: /readyz says no while requests are still served, for
// as long as gateways need to notice; then HTTP ends, and what was begun is
// finished; then lanes, reactors and relay end and the lease is given back, so
// that another replica goes on at once.
func (p Program) serve(ctx context.Context, s Service, conn *bus.Conn, l *life, serveHTTP func(context.Context) error, at net.Addr) error {
	g, failed := errgroup.WithContext(context.WithoutCancel(ctx))
	web, endWeb := context.WithCancel(failed)
	work, endWork := context.WithCancel(failed)
	defer endWeb()
	defer endWork()
	closed := make(chan struct{})
	g.Go(func() error { defer close(closed); return serveHTTP(web) })
	if err := s.Node().Start(ctx); err != nil {
		endWeb()
		return errors.Join(err, g.Wait())
	}
	g.Go(func() error { return s.Node().Run(work, conn) })
	for _, beside := range p.Beside {
		g.Go(func() error { return beside(work, s, conn) })
	}
	l.state.Store(httpserver.Serving)
	log := s.Node().Logger()
	log.Info("serving", "http", at.String(), "version", Version())
	g.Go(func() error {
		select {
		case <-ctx.Done():
		case <-failed.Done():
			return nil
		}
		l.asked()
		l.state.Store(httpserver.Ending)
		log.Info("ending", "drain", l.drain.String())
		select {
		case <-time.After(l.drain):
		case <-failed.Done():
		}
		endWeb()
		<-closed
		endWork()
		return nil
	})
	if err := g.Wait(); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	log.Info("ended")
	return nil
}
