package network

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/lotse-hamburg/lotse/events/day"
)

// source is one file: it remembers the line of every field it has, and
// collects every problem instead of stopping at the first.
type source struct {
	file     string
	lines    map[string]int
	failed   map[string]bool // fields with a problem already
	problems Problems
}

// decode reads YAML strictly into the struct that v points to, by its json
// tags: unknown and repeated keys, wrong kinds and unreadable scalars are
// problems.
//
// Besides what JSON has, a span may be written "08:00-18:00", one span stands
// for a list of one, and a map by weekday has the keys mon to sun or ranges
// such as mon-fri.
func decode(file string, text []byte, v any) *source {
	s := &source{file: file, lines: map[string]int{}, failed: map[string]bool{}}
	f, err := parser.ParseBytes(text, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		line, what := 0, err.Error()
		var syntax *yaml.SyntaxError
		if errors.As(err, &syntax) {
			line, what = syntax.Token.Position.Line, syntax.Message
		}
		s.at(line, "", "is not YAML ("+what+")", "mend the line; tabs and unclosed brackets are the usual cause")
		return s
	}
	if len(f.Docs) == 0 || f.Docs[0].Body == nil || f.Docs[0].Body.Type() == ast.NullType {
		return s
	}
	if len(f.Docs) > 1 {
		s.at(lineOf(f.Docs[1].Body), "", "has a second document", "remove the line ---")
	}
	s.value(f.Docs[0].Body, reflect.ValueOf(v).Elem(), "")
	return s
}

func (s *source) at(line int, field, what, cure string) {
	s.failed[field] = true
	s.problems = append(s.problems, Problem{s.file, line, field, what, cure})
}

// bad adds a problem of a field that could be read, at its line or that of
// what encloses it.
func (s *source) bad(field, what, cure string) {
	if !s.failed[field] {
		s.problems = append(s.problems, Problem{s.file, s.line(field), field, what, cure})
	}
}

func (s *source) line(field string) int {
	for f := field; f != ""; f = parent(f) {
		if l, ok := s.lines[f]; ok {
			return l
		}
	}
	return 0
}

// has reports whether the field was written.
func (s *source) has(field string) bool { _, ok := s.lines[field]; return ok }

func parent(field string) string { return field[:max(0, strings.LastIndexAny(field, ".["))] }

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func lineOf(n ast.Node) int {
	if n == nil || n.GetToken() == nil {
		return 0
	}
	if m, ok := n.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		return lineOf(m.Values[0].Key)
	}
	if m, ok := n.(*ast.MappingValueNode); ok {
		return lineOf(m.Key)
	}
	return n.GetToken().Position.Line
}

var (
	spanType  = reflect.TypeFor[day.Span]()
	spansType = reflect.TypeFor[[]day.Span]()
)

func (s *source) value(n ast.Node, v reflect.Value, path string) {
	switch n.Type() {
	case ast.NullType:
		return // as if it were not written
	case ast.AnchorType, ast.AliasType, ast.TagType, ast.MergeKeyType:
		s.at(lineOf(n), path, "is an anchor, alias or tag", "write the value out")
		return
	}
	if path != "" {
		if _, ok := s.lines[path]; !ok {
			s.lines[path] = lineOf(n)
		}
	}
	text, scalar := scalarOf(n)
	switch {
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		s.value(n, v.Elem(), path)
	case v.Type() == spanType && scalar:
		span, err := parseSpan(text)
		if err != nil {
			s.at(lineOf(n), path, err.Error(), "write it as 08:00-18:00")
			return
		}
		v.Set(reflect.ValueOf(span))
	case v.Type() == spanType && clockKey(n): // how [08:00-18:00] is read
		s.at(lineOf(n), path, "is a span without quotes", "in a list write it as \"08:00-18:00\"")
	case v.Type() == spansType && scalar:
		list := reflect.New(spansType).Elem()
		list.Set(reflect.MakeSlice(spansType, 1, 1))
		s.value(n, list.Index(0), path)
		v.Set(list)
	case v.CanAddr() && v.Addr().Type().Implements(reflect.TypeFor[encoding.TextUnmarshaler]()) && scalar:
		if err := v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(text)); err != nil {
			what, cure, _ := strings.Cut(err.Error(), ": ")
			s.at(lineOf(n), path, what, cure)
		}
	case v.Kind() == reflect.Struct:
		s.structure(n, v, path)
	case v.Kind() == reflect.Slice:
		s.list(n, v, path)
	case v.Kind() == reflect.Map:
		s.table(n, v, path)
	case !scalar:
		s.at(lineOf(n), path, "is a "+kindOf(n), "write "+want(v))
	default:
		s.scalar(n, text, v, path)
	}
}

// clockKey reports whether a table's only key is the hour of a time.
func clockKey(n ast.Node) bool {
	pairs, _ := pairsOf(n)
	if len(pairs) != 1 {
		return false
	}
	key, _ := scalarOf(pairs[0].Key)
	_, err := strconv.Atoi(key)
	return err == nil
}

func (s *source) structure(n ast.Node, v reflect.Value, path string) {
	pairs, ok := pairsOf(n)
	if !ok {
		s.at(lineOf(n), path, "is a "+kindOf(n), "write it as keys and values: "+strings.Join(keysOf(v.Type()), ", "))
		return
	}
	seen := map[string]bool{}
	for _, p := range pairs {
		key, _ := scalarOf(p.Key)
		at := join(path, key)
		f, ok := field(v, key)
		switch {
		case !ok:
			s.at(lineOf(p.Key), at, "is not a key of "+s.thing(path), near(key, keysOf(v.Type())))
			continue
		case seen[key]:
			s.at(lineOf(p.Key), at, "is written twice", "keep one")
			continue
		}
		seen[key] = true
		if p.Value.Type() != ast.NullType {
			s.lines[at] = lineOf(p.Key)
		}
		s.value(p.Value, f, at)
	}
}

// thing names what lies at a path, for an error about a key in it.
func (s *source) thing(path string) string {
	if path == "" {
		return "this file"
	}
	return path
}

func (s *source) list(n ast.Node, v reflect.Value, path string) {
	seq, ok := n.(*ast.SequenceNode)
	if !ok {
		s.at(lineOf(n), path, "is a "+kindOf(n), "write it as a list, one \"- \" per entry or in [ ]")
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(seq.Values), len(seq.Values)))
	for i, e := range seq.Values {
		at := fmt.Sprintf("%s[%d]", path, i)
		s.lines[at] = lineOf(e)
		if e.Type() == ast.NullType {
			s.at(lineOf(e), at, "is empty", "remove the entry or fill it")
			continue
		}
		s.value(e, v.Index(i), at)
	}
}

func (s *source) table(n ast.Node, v reflect.Value, path string) {
	pairs, ok := pairsOf(n)
	if !ok {
		s.at(lineOf(n), path, "is a "+kindOf(n), "write it as keys and values")
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for _, p := range pairs {
		key, _ := scalarOf(p.Key)
		keys := []reflect.Value{reflect.ValueOf(key).Convert(reflect.TypeFor[string]())}
		names := []string{key}
		if v.Type().Key().Kind() == reflect.Int {
			days, err := parseWeekdays(key)
			if err != nil {
				s.at(lineOf(p.Key), join(path, key), err.Error(), "write mon, tue, wed, thu, fri, sat or a range such as mon-fri")
				continue
			}
			keys, names = nil, nil
			for _, d := range days {
				keys, names = append(keys, reflect.ValueOf(d)), append(names, weekdays[d-1])
			}
		}
		first := join(path, names[0])
		e := reflect.New(v.Type().Elem()).Elem()
		for i, k := range keys {
			at := join(path, names[i])
			k = k.Convert(v.Type().Key())
			if v.MapIndex(k).IsValid() {
				s.at(lineOf(p.Key), at, "is written twice", "keep one")
				continue
			}
			s.lines[at] = lineOf(p.Key)
			if i == 0 { // a range is read once, so that its problems count once
				s.value(p.Value, e, at)
			} else if s.failed[first] {
				s.failed[at] = true
			}
			v.SetMapIndex(k, own(e))
		}
	}
}

// own is a value whose list, if it is one, is not shared with other days.
func own(v reflect.Value) reflect.Value {
	if v.Kind() != reflect.Slice {
		return v
	}
	return reflect.AppendSlice(reflect.MakeSlice(v.Type(), 0, v.Len()), v)
}

func (s *source) scalar(n ast.Node, text string, v reflect.Value, path string) {
	var err error
	switch v.Kind() {
	case reflect.String:
		v.SetString(text)
	case reflect.Bool:
		var b bool
		if b, err = strconv.ParseBool(text); n.Type() != ast.BoolType {
			err = errors.New("no")
		}
		v.SetBool(b)
	case reflect.Int, reflect.Int64:
		var i int64
		i, err = strconv.ParseInt(text, 10, 64)
		v.SetInt(i)
	case reflect.Float64:
		var f float64
		f, err = strconv.ParseFloat(text, 64)
		v.SetFloat(f)
	default:
		panic("network: no way to read a " + v.Type().String())
	}
	if err != nil {
		s.at(lineOf(n), path, fmt.Sprintf("%q is not %s", text, want(v)), "write "+want(v))
	}
}

func want(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int64:
		return "a whole number"
	case reflect.Float64:
		return "a number"
	}
	return "a single value"
}

func kindOf(n ast.Node) string {
	switch n.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return "table"
	case *ast.SequenceNode:
		return "list"
	}
	return "single value"
}

func pairsOf(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

// scalarOf returns a scalar as it is written, so that a key of digits stays one.
func scalarOf(n ast.Node) (string, bool) {
	switch n := n.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return strings.TrimSpace(n.Value.Value), true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	return "", false
}

func field(v reflect.Value, key string) (reflect.Value, bool) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			if e, ok := field(v.Field(i), key); ok {
				return e, true
			}
		} else if name == key && name != "-" {
			return v.Field(i), true
		}
	}
	return reflect.Value{}, false
}

func keysOf(t reflect.Type) []string {
	var keys []string
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if f.Anonymous && name == "" {
			keys = append(keys, keysOf(f.Type)...)
		} else if name != "-" {
			keys = append(keys, name)
		}
	}
	return keys
}
