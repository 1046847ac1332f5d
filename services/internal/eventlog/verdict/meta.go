package verdict

import (
	"encoding/json"
	"fmt"

	fastjson "github.com/segmentio/encoding/json"

	"github.com/lotse-hamburg/lotse/services/internal/eventlog"
)

// EncodeMeta writes an event's meta as the databases keep it: one JSON object.
func EncodeMeta(m eventlog.Meta) ([]byte, error) {
	b, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("encode meta: %w", err)
	}
	return b, nil
}

// DecodeMeta reads what EncodeMeta wrote. A replay spends most of its time
// here, hence the faster decoder.
func DecodeMeta(b []byte, m *eventlog.Meta) error {
	if err := fastjson.Unmarshal(b, m); err != nil {
		return fmt.Errorf("decode meta %q: %w", b, err)
	}
	return nil
}
