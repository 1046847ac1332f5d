package journal_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/journal"
)

// note asks for something to be written that meets nobody.
func note(stream string) journal.Job {
	return func(tx *journal.Tx) error {
		_, err := journal.Execute(tx, seatsOf, stream, take{"x"})
		return err
	}
}

// waiter says when somebody begins to wait for an answer: the job is queued then.
type waiter struct {
	context.Context
	once   sync.Once
	queued chan struct{}
}

func (w *waiter) Done() <-chan struct{} {
	w.once.Do(func() { close(w.queued) })
	return w.Context.Done()
}

// Where many ask, a commit waits for nearly as many as lately; a journal that
// stops decides what it has taken.
func TestCommitWaitsForThoseLatelySeen(t *testing.T) {
	var mu sync.Mutex
	var commits []int
	j := journal.New(memory.New(), journal.Options{Now: time.Now, Gather: time.Hour, Observe: func(units int, _ time.Duration, _ error) {
		mu.Lock()
		defer mu.Unlock()
		commits = append(commits, units)
	}})
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var running, asking sync.WaitGroup
	running.Go(func() {
		if err := j.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	ask := func(stream string, before func()) {
		w := &waiter{Context: t.Context(), queued: make(chan struct{})}
		defer func() { <-w.queued }()
		asking.Go(func() {
			job := note(stream)
			if _, err := j.Do(w, func(tx *journal.Tx) error { before(); return job(tx) }); err != nil {
				t.Errorf("%s: %v", stream, err)
			}
		})
	}
	until(t, "the journal runs", j.Running)
	blocked, release := make(chan struct{}), make(chan struct{})
	ask("first", func() { close(blocked); <-release })
	<-blocked
	for _, s := range []string{"a", "b", "c", "d", "e", "f", "g", "h"} {
		ask(s, func() {})
	}
	until(t, "eight wait", func() bool { return j.Waiting() == 8 })
	close(release)
	asking.Wait()

	ask("i", func() {})
	until(t, "the batch has begun", func() bool { return j.Waiting() == 0 })
	for _, s := range []string{"k", "l", "m", "n", "o", "p"} {
		ask(s, func() {})
	}
	asking.Wait()

	ask("q", func() {})
	until(t, "the last batch has begun", func() bool { return j.Waiting() == 0 })
	stop()
	asking.Wait()
	running.Wait()
	if want := []int{1, 8, 7, 1}; !slices.Equal(commits, want) {
		t.Errorf("units per commit %v, want %v", commits, want)
	}
}
