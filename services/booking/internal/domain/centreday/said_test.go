package centreday

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"

	"github.com/lotse-hamburg/lotse/events/booking"
)

// fill gives every field a value of its own, and every list and table an entry.
func fill(v reflect.Value, next *int64) {
	*next++
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), next)
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), next)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i), next)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 2 {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			fill(key, next)
			fill(value, next)
			v.SetMapIndex(key, value)
		}
	case reflect.String:
		v.SetString(fmt.Sprint("s", *next))
	default:
		v.SetInt(*next)
	}
}

// leaves calls f with each value inside changed in turn, and its place.
func leaves(v reflect.Value, at string, f func(at string)) {
	switch v.Kind() {
	case reflect.Pointer:
		leaves(v.Elem(), at, f)
	case reflect.Struct:
		for i := range v.NumField() {
			leaves(v.Field(i), at+"."+v.Type().Field(i).Name, f)
		}
	case reflect.Slice:
		for i := range v.Len() {
			leaves(v.Index(i), fmt.Sprint(at, "[", i, "]"), f)
		}
		whole := reflect.ValueOf(v.Interface())
		v.Set(whole.Slice(0, 1))
		f(at + ", one less")
		v.Set(whole)
	case reflect.Map:
		for _, k := range v.MapKeys() {
			value := v.MapIndex(k)
			changed := reflect.New(v.Type().Elem()).Elem()
			changed.Set(value)
			leaves(changed, fmt.Sprint(at, "[", k, "]"), func(at string) { v.SetMapIndex(k, changed); f(at) })
			v.SetMapIndex(k, reflect.Value{})
			f(fmt.Sprint(at, " without ", k))
			v.SetMapIndex(k, value)
		}
	case reflect.String:
		was := v.String()
		v.SetString(was + "x")
		f(at)
		v.SetString(was)
	default:
		was := v.Int()
		v.SetInt(was + 100)
		f(at)
		v.SetInt(was)
	}
}

// Whatever changes in what is said of a day but its version changes the hash, also
// a field that is still to come; on the wire and back nothing does.
func TestTheHashIsOfEveryField(t *testing.T) {
	test := func(name string, said any, hash func() uint64, again func([]byte) uint64) {
		var n int64
		v := reflect.ValueOf(said).Elem()
		fill(v, &n)
		whole, seen := hash(), map[uint64]string{}
		leaves(v, name, func(at string) {
			h := hash()
			if other, twice := seen[h]; twice {
				t.Errorf("%s and %s have the same hash", at, other)
			}
			if seen[h] = at; (h == whole) != (at == name+".Version") {
				t.Errorf("%s: the hash is the same: %v", at, h == whole)
			}
		})
		if len(seen) < 20 || hash() != whole {
			t.Errorf("%s: %d changes, the hash is %x, at first %x", name, len(seen), hash(), whole)
		}
		data, err := json.Marshal(said)
		if err != nil || again(data) != whole {
			t.Errorf("%s: after the wire the hash is another; error %v", name, err)
		}
	}
	var slots booking.SlotsChanged
	test("slots", &slots, func() uint64 { return slotsHash(slots) }, func(data []byte) uint64 {
		var back booking.SlotsChanged
		if err := json.Unmarshal(data, &back); err != nil {
			t.Error(err)
		}
		return slotsHash(back)
	})
	var load booking.LoadChanged
	test("load", &load, func() uint64 { return loadHash(load) }, func(data []byte) uint64 {
		var back booking.LoadChanged
		if err := json.Unmarshal(data, &back); err != nil {
			t.Error(err)
		}
		return loadHash(back)
	})
	empty := booking.SlotsChanged{Free: []booking.FreeStarts{}}
	if slotsHash(empty) != slotsHash(booking.SlotsChanged{}) || loadHash(booking.LoadChanged{}) == loadHash(load) {
		t.Error("nothing and an empty list differ")
	}
}
