//go:build linux

package relay_test

import (
	"bytes"
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

	lift := bustest.FullDisk(t, 64<<10)
	say(t, log, 100, append(append([]byte(`{"x":"`), bytes.Repeat([]byte("x"), 4<<10)...), `"}`...))
	bustest.Eventually(t, "the stream is thrown away", func() bool { return r.Stats().Replaced > 0 })
	lift()
	caughtUp(t, r, 105)
	content(t, c, log, 1)
}
