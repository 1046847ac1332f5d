package load

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/lotse-hamburg/lotse/services/allinone/verify"
)

// Receipt is a line of the journal, as lotse verify reads it.
type Receipt = verify.Receipt

// unknown is what is told of an appointment when a command to it was never answered.
const unknown = verify.Unknown

// journal writes receipts. It is on disk every second, so that a load that is
// killed loses little of it.
type journal struct {
	mu    sync.Mutex
	out   *bufio.Writer
	lines int
	err   error
}

func newJournal(out io.Writer) *journal { return &journal{out: bufio.NewWriterSize(out, 1<<16)} }

func (j *journal) put(r Receipt) {
	raw, err := json.Marshal(r)
	j.mu.Lock()
	defer j.mu.Unlock()
	if err == nil {
		_, err = j.out.Write(append(raw, '\n'))
	}
	j.lines++
	j.err = errors.Join(j.err, err)
}

func (j *journal) flush() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return errors.Join(j.err, j.out.Flush())
}

func (j *journal) flushing(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for ctx.Err() == nil {
		select {
		case <-tick.C:
			_ = j.flush() // it is told again at the end
		case <-ctx.Done():
		}
	}
}
