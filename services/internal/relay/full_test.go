//go:build linux

package relay_test

import (
	"bytes"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"github.com/lotse-hamburg/lotse/services/internal/bus/bustest"
	"github.com/lotse-hamburg/lotse/services/internal/eventlog/memory"
	"github.com/lotse-hamburg/lotse/services/internal/relay"
)

// A NATS server that could not write a stream once does not write it again when
// it could. The limit on the size of files stands for a full disk.
func TestStreamThatCannotBeWrittenIsReplaced(t *testing.T) {
	c := bustest.Start(t).Connect(t)
	log := memory.New()
	r, _ := run(t, relay.Options{Log: log, Conn: c, AckWait: 100 * time.Millisecond})
	say(t, log, 5, []byte(`{}`))
	caughtUp(t, r, 5)

	signal.Ignore(syscall.SIGXFSZ)
	t.Cleanup(func() { signal.Reset(syscall.SIGXFSZ) })
	var was syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
		t.Fatal(err)
	}
	lift := func() {
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &was); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(lift)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 64 << 10, Max: was.Max}); err != nil {
		t.Fatal(err)
	}
	say(t, log, 100, append(append([]byte(`{"x":"`), bytes.Repeat([]byte("x"), 4<<10)...), `"}`...))
	bustest.Eventually(t, "the stream is thrown away", func() bool { return r.Stats().Replaced > 0 })
	lift()
	caughtUp(t, r, 105)
	content(t, c, log, 1)
}
