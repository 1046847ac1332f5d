// Package snapshottest holds what has a Snapshot and a Restore to their promise.
package snapshottest

import (
	"fmt"
	"reflect"
	"time"
	"unsafe"
)

// Diff says where two values differ, unexported fields included, or "". Times
// are compared as instants, nil and empty are the same, and what no snapshot
// can hold (channels, functions, locks, atomics) is passed over, and so are
// fields tagged `snapshot:"-"`.
func Diff(a, b any) string {
	return diff("", reflect.ValueOf(a), reflect.ValueOf(b), map[[2]uintptr]bool{})
}

func diff(at string, a, b reflect.Value, seen map[[2]uintptr]bool) string {
	if a.IsValid() != b.IsValid() || a.IsValid() && a.Type() != b.Type() {
		return fmt.Sprintf("%s: %v and %v", at, a, b)
	}
	if !a.IsValid() {
		return ""
	}
	a, b = open(a), open(b)
	if t := a.Type(); t == reflect.TypeFor[time.Time]() {
		if x, y := a.Interface().(time.Time), b.Interface().(time.Time); !x.Equal(y) {
			return fmt.Sprintf("%s: %s and %s", at, x, y)
		}
		return ""
	} else if p := t.PkgPath(); p == "sync" || p == "sync/atomic" {
		return ""
	}
	switch a.Kind() {
	case reflect.Chan, reflect.Func, reflect.UnsafePointer:
		return ""
	case reflect.Struct:
		for i := range a.NumField() {
			if a.Type().Field(i).Tag.Get("snapshot") == "-" {
				continue
			}
			if d := diff(at+"."+a.Type().Field(i).Name, a.Field(i), b.Field(i), seen); d != "" {
				return d
			}
		}
	case reflect.Pointer:
		pair := [2]uintptr{a.Pointer(), b.Pointer()}
		if pair[0] == pair[1] || seen[pair] {
			return ""
		}
		seen[pair] = true
		return diff(at, a.Elem(), b.Elem(), seen)
	case reflect.Interface:
		return diff(at, a.Elem(), b.Elem(), seen)
	case reflect.Slice, reflect.Array:
		if a.Len() != b.Len() {
			return fmt.Sprintf("%s: %d and %d entries", at, a.Len(), b.Len())
		}
		for i := range a.Len() {
			if d := diff(fmt.Sprintf("%s[%d]", at, i), a.Index(i), b.Index(i), seen); d != "" {
				return d
			}
		}
	case reflect.Map:
		for _, k := range b.MapKeys() {
			if !a.MapIndex(k).IsValid() {
				return fmt.Sprintf("%s[%v]: only in the second", at, k)
			}
		}
		for it := a.MapRange(); it.Next(); {
			other := b.MapIndex(it.Key())
			if !other.IsValid() {
				return fmt.Sprintf("%s[%v]: only in the first", at, it.Key())
			}
			if d := diff(fmt.Sprintf("%s[%v]", at, it.Key()), it.Value(), other, seen); d != "" {
				return d
			}
		}
	default:
		if !a.Equal(b) {
			return fmt.Sprintf("%s: %v and %v", at, a, b)
		}
	}
	return ""
}

// open makes a value readable as if all its fields were exported.
func open(v reflect.Value) reflect.Value {
	if v.CanAddr() {
		return reflect.NewAt(v.Type(), unsafe.Pointer(v.UnsafeAddr())).Elem()
	}
	c := reflect.New(v.Type()).Elem()
	c.Set(v)
	return c
}
