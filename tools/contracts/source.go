package main

import (
	"fmt"
	"go/ast"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/lotse-hamburg/lotse/events/day"
)

// docs has what Go's comments say about types ("capacity.Policy") and their
// fields ("capacity.Policy.GoalDays").
type docs map[string]string

// readDocs reads the comments of all packages below a folder. The last element
// of a package's path names it.
func readDocs(dir string) (docs, error) {
	all := docs{}
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			return fmt.Errorf("read comments: %w", err)
		}
		for _, d := range f.Decls {
			if g, ok := d.(*ast.GenDecl); ok && g.Tok == token.TYPE {
				all.group(f.Name.Name, g)
			}
		}
		return nil
	})
	return all, err
}

func (d docs) group(pkg string, g *ast.GenDecl) {
	for _, s := range g.Specs {
		t := s.(*ast.TypeSpec)
		name := pkg + "." + t.Name.Name
		if d[name] = prose(t.Doc); d[name] == "" && len(g.Specs) == 1 {
			d[name] = prose(g.Doc)
		}
		st, ok := t.Type.(*ast.StructType)
		if !ok {
			continue
		}
		for _, f := range st.Fields.List {
			text := prose(f.Doc)
			if text == "" {
				text = prose(f.Comment)
			}
			for _, n := range f.Names {
				d[name+"."+n.Name] = text
			}
		}
	}
}

// prose is a comment as one paragraph.
func prose(c *ast.CommentGroup) string {
	var p comment.Parser
	text := string((&comment.Printer{TextWidth: -1}).Text(p.Parse(c.Text())))
	return strings.Join(strings.Fields(text), " ")
}

// of is what is said about a type.
func (d docs) of(t reflect.Type) string { return d[typeName(t)] }

// field is what is said about a field of a type; its type's words where the
// field has none.
func (d docs) field(owner reflect.Type, f reflect.StructField) string {
	if text := f.Tag.Get("doc"); text != "" {
		return text
	}
	if text := d[typeName(owner)+"."+f.Name]; text != "" {
		return text
	}
	t := f.Type
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice && t.Name() == "" {
		t = t.Elem()
	}
	if text := onTheWire[t]; text != "" {
		return text
	}
	return d.of(t)
}

// onTheWire says what a reader of JSON sees of types whose comments speak of Go.
var onTheWire = map[reflect.Type]string{
	dayType:                        "A date in the city's zone.",
	clockType:                      "A time of day on the city's clock; 24:00 is only an end.",
	reflect.TypeFor[day.Minutes](): "In minutes.",
	timeType:                       "An instant.",
}

// more is what a type's comment says beyond its first sentence, which Kind.Doc
// says already.
func (d docs) more(t reflect.Type) string {
	_, rest, _ := strings.Cut(d.of(t), ". ")
	return rest
}

func typeName(t reflect.Type) string {
	if t.Name() == "" || t.PkgPath() == "" {
		return ""
	}
	return path.Base(t.PkgPath()) + "." + t.Name()
}
