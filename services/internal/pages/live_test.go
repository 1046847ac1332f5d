package pages_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/pages"
)

// Whoever looks whether an address exists does not begin to listen there.
func TestAHeadOfAStreamEnds(t *testing.T) {
	site, _ := town(t, nil)
	site.Package(nil).Live("GET /town/live", func(*pages.Context) map[string]string { return nil })
	all, err := site.Pages()
	if err != nil {
		t.Fatal(err)
	}
	w, ended := httptest.NewRecorder(), make(chan bool)
	go func() {
		all["/town/"].ServeHTTP(w, httptest.NewRequest("HEAD", "/town/live", nil).WithContext(t.Context()))
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Fatal("it listens")
	}
	if w.Code != 200 || w.Header().Get("Content-Type") != "text/event-stream" {
		t.Error(w.Code, w.Header())
	}
}
