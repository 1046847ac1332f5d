package world

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strconv"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// digest is a hash over a log, kept while it grows: what was forgotten counts.
type digest struct {
	sum  hash.Hash
	line []byte
}

func newDigest() *digest { return &digest{sum: sha256.New()} }

func (d *digest) add(e eventlog.Event) {
	b := strconv.AppendInt(d.line[:0], e.Position, 10)
	b = append(b, ' ')
	b = append(b, e.ID.String()...)
	b = append(append(append(append(b, ' '), e.Type...), ' '), e.Data...)
	d.line = append(b, '\n')
	d.sum.Write(d.line)
}

// Hashes of the services' logs as they stand, position, id, type and data of all
// events: the same commands give the same.
func (w *World) Hashes() map[string]string {
	all := map[string]string{}
	for _, m := range w.members {
		all[m.name] = hex.EncodeToString(m.digest.sum.Sum(nil)[:8])
	}
	return all
}
