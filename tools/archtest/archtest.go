// Package archtest holds the code to the import table of ARCHITECTURE.md, and
// to a few rules that no table needs: services never import each other, events
// imports the standard library only, pure rooms ask nobody for the time, no
// package has a name that says nothing, no file grows past 500 lines.
//
// It reads source files, whatever their build tags, and needs no build.
package archtest

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// MaxLines is the length of a file beyond which it is to be split.
const MaxLines = 500

// Violation is one thing that breaks a rule.
type Violation struct {
	File string
	Line int
	// What is wrong; Rule is where that stands; Cure what to do about it.
	What, Rule, Cure string
}

func (v Violation) String() string {
	s := fmt.Sprintf("%s:%d: %s", v.File, v.Line, v.What)
	if v.Rule != "" {
		s += " (" + v.Rule + ")"
	}
	return s + ": " + v.Cure
}

// checker walks one tree.
type checker struct {
	fsys    fs.FS
	table   table
	modules map[string]string // directory → module path
	found   []Violation
}

// Check reads the tree of a repository, with go.work and the document that has
// the table at its root, and returns what breaks the rules, by file and line.
func Check(fsys fs.FS, document string) ([]Violation, error) {
	doc, err := fs.ReadFile(fsys, document)
	if err != nil {
		return nil, err
	}
	c := &checker{fsys: fsys}
	if c.table, err = parseTable(document, string(doc)); err != nil {
		return nil, err
	}
	if c.modules, err = modules(fsys); err != nil {
		return nil, err
	}
	err = fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && p != "." && skipped(d.Name()):
			return fs.SkipDir
		case d.IsDir() || !d.Type().IsRegular():
			return nil
		}
		return c.file(p)
	})
	slices.SortStableFunc(c.found, func(a, b Violation) int {
		if a.File != b.File {
			return strings.Compare(a.File, b.File)
		}
		return a.Line - b.Line
	})
	return c.found, err
}

func skipped(dir string) bool {
	return dir == "testdata" || dir == "vendor" || dir == "node_modules" || dir == "bin" || dir == "data" ||
		strings.HasPrefix(dir, ".") && dir != ".ci" || strings.HasPrefix(dir, "_")
}

var (
	useLine    = regexp.MustCompile(`(?m)^\s*(?:use\s+)?\./(\S+)\s*$`)
	moduleLine = regexp.MustCompile(`(?m)^module\s+(\S+)`)
)

func modules(fsys fs.FS) (map[string]string, error) {
	work, err := fs.ReadFile(fsys, "go.work")
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	for _, m := range useLine.FindAllSubmatch(work, -1) {
		dir := string(m[1])
		mod, err := fs.ReadFile(fsys, dir+"/go.mod")
		if err != nil {
			return nil, err
		}
		name := moduleLine.FindSubmatch(mod)
		if name == nil {
			return nil, fmt.Errorf("%s/go.mod: no module line", dir)
		}
		all[dir] = string(name[1])
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("go.work: no use ./<directory>")
	}
	return all, nil
}

// outside is the folder of papers that lies beside a checkout; it is put
// together here so that this file does not mention it.
var outside = []byte(".." + "/shared")

func (c *checker) file(p string) error {
	text, err := fs.ReadFile(c.fsys, p)
	if err != nil {
		return err
	}
	if i := bytes.Index(text, outside); i >= 0 && !bytes.ContainsRune(text, 0) {
		c.bad(p, 1+bytes.Count(text[:i], []byte("\n")), "refers to "+string(outside), "",
			"say it here, or name a public source: a clone does not have that folder")
	}
	if dir, _, _ := strings.Cut(p, "/"); path.Ext(p) == ".go" && c.modules[dir] != "" {
		return c.source(p, text)
	}
	return nil
}

func (c *checker) bad(file string, line int, what, rule, cure string) {
	c.found = append(c.found, Violation{file, line, what, rule, cure})
}

func (c *checker) source(p string, text []byte) error {
	files := token.NewFileSet()
	f, err := parser.ParseFile(files, p, text, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	lineOf := func(n ast.Node) int { return files.Position(n.Pos()).Line }
	test := strings.HasSuffix(p, "_test.go")
	if n := bytes.Count(text, []byte("\n")); n > MaxLines && !test && !ast.IsGenerated(f) {
		c.bad(p, n, fmt.Sprintf("has %d lines", n), fmt.Sprintf("at most %d", MaxLines), "split it by what a reader looks for")
	}
	if name := strings.TrimSuffix(f.Name.Name, "_test"); vague[name] {
		c.bad(p, lineOf(f.Name), "is of package "+name, "", "name the package after what it does")
	} else if last := path.Base(path.Dir(p)); vague[last] {
		c.bad(p, 1, "lies in a folder called "+last, "", "name the package after what it does")
	}
	r, room, names := c.table.find(p)
	if room == "" {
		c.bad(p, 1, "lies in a room without a row", c.table.file, "add a row that says what "+path.Dir(p)+" may import")
		return nil
	}
	isPure := slices.Contains(r.may, "std-pure")
	local := map[string]string{} // name in this file → impure package
	for _, s := range f.Imports {
		imported, err := strconv.Unquote(s.Path.Value)
		if err != nil {
			return err
		}
		c.imports(p, lineOf(s), imported, r, room, names, test)
		if isPure && !test && impure[imported] != nil {
			name := path.Base(imported)
			if s.Name != nil {
				name = s.Name.Name
			}
			if name == "." {
				c.bad(p, lineOf(s), "imports all names of "+imported, c.ruleOf(r), "import it by name, so that a call for the time is seen")
			}
			local[name] = imported
		}
	}
	if isPure && !test {
		c.purity(f, p, lineOf, local, r)
	}
	return nil
}

// purity finds what asks the clock, the terminal or the scheduler.
func (c *checker) purity(f *ast.File, p string, lineOf func(ast.Node) int, local map[string]string, r row) {
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			c.bad(p, lineOf(n), "starts a goroutine", c.ruleOf(r), "be a plain function; the edges have the goroutines")
		case *ast.SelectorExpr:
			x, ok := n.X.(*ast.Ident)
			if ok && impure[local[x.Name]][n.Sel.Name] {
				c.bad(p, lineOf(n), "uses "+local[x.Name]+"."+n.Sel.Name, c.ruleOf(r), "let the command bring it as a field")
			}
		}
		return true
	})
}

func (c *checker) ruleOf(r row) string { return fmt.Sprintf("%s:%d", c.table.file, r.line) }
