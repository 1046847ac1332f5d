// Command release writes what a release has beside its programs: the chart as a
// package, and what each program is made of as CycloneDX. deploy/release runs it, with
// the folder tools/deploycheck as its own.
package main

import (
	"archive/tar"
	"compress/gzip"
	"debug/buildinfo"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/CycloneDX/cyclonedx-go"
	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
)

func main() {
	version := flag.String("version", "", "of the release, `v1.2.3`")
	chart := flag.String("chart", "", "`folder` of the chart, to be packed")
	at := flag.Int64("time", 0, "of the release, `seconds` since 1970")
	out := flag.String("out", ".", "`folder` that is written to")
	flag.Parse()
	err := bills(*out, *version, time.Unix(*at, 0), flag.Args())
	if *chart != "" {
		err = errors.Join(err, pack(*chart, *out, *version, time.Unix(*at, 0)))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// pack writes <name>-<version>.tgz as helm package does, with the version for the
// chart's and the program's; the same chart gives the same bytes.
func pack(folder, out, version string, at time.Time) error {
	c, err := loader.Load(folder)
	if err != nil {
		return err
	}
	c.Metadata.Version, c.Metadata.AppVersion = strings.TrimPrefix(version, "v"), version
	if err := c.Validate(); err != nil {
		return err
	}
	file, err := chartutil.Save(c, out)
	if err != nil {
		return err
	}
	return dated(file, at)
}

// dated gives all entries of a package one time, which Save takes from the clock.
func dated(file string, at time.Time) error {
	in, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }()
	unzipped, err := gzip.NewReader(in)
	if err != nil {
		return err
	}
	out, err := os.Create(file + ".new")
	if err != nil {
		return err
	}
	zipped := gzip.NewWriter(out)
	from, to := tar.NewReader(unzipped), tar.NewWriter(zipped)
	for {
		h, err := from.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		h.ModTime = at
		if err := to.WriteHeader(h); err != nil {
			return err
		}
		if _, err := io.Copy(to, from); err != nil {
			return err
		}
	}
	if err := errors.Join(to.Close(), zipped.Close(), out.Close()); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}

// bills writes <program>.cdx.json for each program, from what the linker has written
// into it: all modules that are linked, with the sums of go.sum.
func bills(out, version string, at time.Time, programs []string) error {
	for _, program := range programs {
		info, err := buildinfo.ReadFile(program)
		if err != nil {
			return fmt.Errorf("%s: %w", program, err)
		}
		name := filepath.Base(program)
		bom := cyclonedx.NewBOM()
		bom.Metadata = &cyclonedx.Metadata{Timestamp: at.UTC().Format(time.RFC3339), Component: &cyclonedx.Component{Type: cyclonedx.ComponentTypeApplication, BOMRef: name, Name: name, Version: version,
			Licenses: &cyclonedx.Licenses{{License: &cyclonedx.License{ID: "EUPL-1.2"}}}}}
		all := []cyclonedx.Component{component("golang.org/std", strings.TrimPrefix(info.GoVersion, "go"), "")}
		for _, m := range info.Deps {
			if m.Replace != nil {
				m = m.Replace
			}
			if strings.HasPrefix(m.Path, ".") { // ours, of the same release
				continue
			}
			all = append(all, component(m.Path, m.Version, m.Sum))
		}
		bom.Components = &all
		file, err := os.Create(filepath.Join(out, name+".cdx.json"))
		if err != nil {
			return err
		}
		if err := errors.Join(cyclonedx.NewBOMEncoder(file, cyclonedx.BOMFileFormatJSON).SetPretty(true).Encode(bom), file.Close()); err != nil {
			return err
		}
	}
	return nil
}

func component(path, version, sum string) cyclonedx.Component {
	c := cyclonedx.Component{Type: cyclonedx.ComponentTypeLibrary, Name: path, Version: version, PackageURL: "pkg:golang/" + path + "@" + version}
	c.BOMRef = c.PackageURL
	if sum != "" {
		c.Properties = &[]cyclonedx.Property{{Name: "go:sum", Value: sum}}
	}
	return c
}
