package httpserver

import (
	"io"
	"maps"
	"sync"

	"github.com/danielgtaylor/huma/v2"
)

// Appender is a body that writes itself, for an answer that is long and often
// asked for. It appends what encoding/json would write of it, without reflection.
type Appender interface {
	AppendJSON(to []byte) ([]byte, error)
}

var buffers = sync.Pool{New: func() any { return new([]byte) }}

// keptBuffer is the largest buffer that is kept for the next answer.
const keptBuffer = 256 << 10

// formats are huma's, and ask bodies that write themselves to do so.
func formats() map[string]huma.Format {
	all := maps.Clone(huma.DefaultFormats)
	for name, f := range all {
		all[name] = huma.Format{Unmarshal: f.Unmarshal, Marshal: func(w io.Writer, body any) error {
			a, ok := body.(Appender)
			if !ok {
				return f.Marshal(w, body)
			}
			buffer := buffers.Get().(*[]byte)
			text, err := a.AppendJSON((*buffer)[:0])
			if err != nil {
				return err
			}
			_, err = w.Write(append(text, '\n'))
			if cap(text) <= keptBuffer {
				*buffer = text
				buffers.Put(buffer)
			}
			return err
		}}
	}
	return all
}
