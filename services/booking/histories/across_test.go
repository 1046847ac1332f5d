package histories

import (
	"bytes"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"
)

// asks sends a request and returns status, position and body.
func asks(t *testing.T, method, url, key, position string, body string) (status int, at, answer string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, bytes.NewBufferString(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	if position != "" {
		r.Header.Set("Lotse-Position", position)
	}
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	raw, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return got.StatusCode, got.Header.Get("Lotse-Position"), string(raw)
}

// What one replica has answered holds at the other at once: a read that names
// the position sees it, and a repeated command gets the same answer, also when
// both are asked at the same moment.
func TestAnswersHoldAtTheOtherReplica(t *testing.T) {
	stores := onPostgres(t, 2)
	_, conn := server(t)
	urls := serve(t, conn, stores...)
	c := speak(t, conn)
	c.found()
	record := newRecorder(today() + 7)
	if !change(t, c, record, stores[0], asked{kind: offering, counters: [starts]int{9, 9, 9, 9}}, failover) {
		return
	}
	knows(t, newClient(t, 0, 1, urls, record, 1))
	wish := `{"service":"passport","centre":"c0","day":"` + record.first.String() + `","at":"09:00"}`
	search := "/v1/slots?service=passport&centre=c0&times=09:00-10:00&day=" + record.first.String()
	one, two := urls[0].Load().(string), urls[1].Load().(string)
	for round := range 9 {
		status, at, first := asks(t, http.MethodPost, one+"/v1/holds", string(rune('a'+round)), "", wish)
		if status != http.StatusCreated || at == "" {
			t.Fatalf("%d %s", status, first)
		}
		begun := time.Now()
		status, _, found := asks(t, http.MethodGet, two+search, "", at, "")
		if took := time.Since(begun); status != http.StatusOK || took > 500*time.Millisecond {
			t.Errorf("a read at %s: %d after %v: %s", at, status, took, found)
		}
		if bytes.Contains([]byte(found), []byte(`"at":"09:00"`)) != (round < 8) {
			t.Errorf("after %d holds of 9: %s", round+1, found)
		}
		if status, _, again := asks(t, http.MethodPost, two+"/v1/holds", string(rune('a'+round)), "", wish); status != http.StatusCreated || again != first {
			t.Errorf("the same command at the other replica: %d %s, want %s", status, again, first)
		}
		one, two = two, one
	}
	if status, at, _ := asks(t, http.MethodGet, one+search, "", "1-999999999", ""); status != http.StatusServiceUnavailable {
		t.Errorf("a position that is not there yet: %d %s", status, at)
	}
	var all sync.WaitGroup
	answers := make([]string, 16)
	for i := range answers {
		all.Go(func() {
			_, _, answers[i] = asks(t, http.MethodPost, urls[i%2].Load().(string)+"/v1/holds", "at once", "", `{"service":"passport","centre":"c0","day":"`+record.first.String()+`","at":"09:15"}`)
		})
	}
	all.Wait()
	for _, a := range answers {
		if a != answers[0] || !bytes.Contains([]byte(a), []byte(`"hold"`)) {
			t.Errorf("one command sent 16 times to two replicas: %s and %s", answers[0], a)
		}
	}
}
