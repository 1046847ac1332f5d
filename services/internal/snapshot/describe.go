package snapshot

import (
	"fmt"
	"io"
	"reflect"
	"time"
)

// describe spells a type out: kinds, and of structs the fields in order. Names
// of types do not count, so that one may be renamed.
func describe(t reflect.Type, to io.Writer, above map[reflect.Type]int) {
	if depth, inside := above[t]; inside {
		_, _ = fmt.Fprintf(to, "^%d", depth)
		return
	}
	if t == reflect.TypeFor[time.Time]() {
		_, _ = io.WriteString(to, "time")
		return
	}
	above[t] = len(above)
	defer delete(above, t)
	_, _ = io.WriteString(to, t.Kind().String())
	switch t.Kind() {
	case reflect.Struct:
		for i := range t.NumField() {
			if !kept(t.Field(i)) {
				continue
			}
			_, _ = fmt.Fprintf(to, "{%s ", t.Field(i).Name)
			describe(t.Field(i).Type, to, above)
			_, _ = io.WriteString(to, "}")
		}
	case reflect.Array:
		_, _ = fmt.Fprintf(to, "[%d]", t.Len())
		describe(t.Elem(), to, above)
	case reflect.Map:
		_, _ = io.WriteString(to, "[")
		describe(t.Key(), to, above)
		_, _ = io.WriteString(to, "]")
		describe(t.Elem(), to, above)
	case reflect.Slice, reflect.Pointer:
		_, _ = io.WriteString(to, " ")
		describe(t.Elem(), to, above)
	}
}
