package httpapi

import (
	"bytes"
	"encoding/json"
	"strconv"

	"github.com/lotse-hamburg/lotse/services/booking/internal/domain/slots"
)

// AppendJSON writes the answer to a search as encoding/json would, the offers by
// hand: they are hundreds, and the search itself takes less than to reflect on
// them.
func (a searchAnswer) AppendJSON(to []byte) ([]byte, error) {
	type plain searchAnswer // without this method
	rest := plain(a)
	rest.Offers = nil
	short, err := json.Marshal(rest)
	if err != nil {
		return nil, err
	}
	// A text cannot hold this: its quotes would be escaped.
	head, tail, _ := bytes.Cut(short, []byte(`"offers":null`))
	to = append(append(to, head...), `"offers":`...)
	if to, err = appendOffers(to, a.Offers); err != nil {
		return nil, err
	}
	return append(to, tail...), nil
}

func appendOffers(to []byte, offers []slots.Offer) (_ []byte, err error) {
	if offers == nil {
		return append(to, "null"...), nil
	}
	to = append(to, '[')
	for i, o := range offers {
		if i > 0 {
			to = append(to, ',')
		}
		to = append(to, `{"centre":`...)
		if to, err = appendText(to, string(o.Centre)); err != nil {
			return nil, err
		}
		to = append(to, `,"day":"`...)
		if to, err = o.Day.AppendText(to); err != nil {
			return nil, err
		}
		to = append(to, `","at":"`...)
		if to, err = o.At.AppendText(to); err != nil {
			return nil, err
		}
		to = strconv.AppendInt(append(to, `","minutes":`...), int64(o.Minutes), 10)
		to = strconv.AppendInt(append(to, `,"free":`...), int64(o.Free), 10)
		if o.Travel != 0 {
			to = strconv.AppendInt(append(to, `,"travel_minutes":`...), int64(o.Travel), 10)
		}
		to = append(to, '}')
	}
	return append(to, ']'), nil
}

// appendText quotes a text; ids have nothing to escape.
func appendText(to []byte, text string) ([]byte, error) {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			quoted, err := json.Marshal(text)
			return append(to, quoted...), err
		}
	}
	return append(append(append(to, '"'), text...), '"'), nil
}
